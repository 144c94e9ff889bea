"""Proposals: generated tasks, each with its origin, and people's reviews of them.

Takes a task in the form of `sites.yaml` with its origin. Gives it back from the store by run and round, with reviews.
Must never know: who proposes and how, what was refused and why, agents, models or browsers.
"""
