"""Stage: checks everything that can be wrong before a round, and writes the round's manifest.

Takes recipe and place, also from the form in Kubeflow's UI. Gives the manifest, the job that binds every stage to it,
and each stage's section of the recipe. Must never know: what the stages do with their sections; it imports no more of
them than `config.py`.
"""
