"""Stage: compares challenger and champion on the same tasks and seeds, and moves the names in the registry.

Takes the round's two evaluations, the audit's verdict and what the recipe requires. Gives the decision with its
statistics, and moves the registry's aliases. Must never know: how episodes are played, or how a verdict is reached.
"""
