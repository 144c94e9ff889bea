"""A round on somebody's Kubeflow: started, followed, stopped, repeated by a schedule.

Takes a place that says how Kubeflow Pipelines is reached, and what a person wants there: a form, a file of schedules.
Gives runs and recurring runs of the compiled pipeline, and messages about what became of them. Must never know what a
stage does, nor keep a secret: tokens are in the environment, or in a file that is read for every request.
"""
