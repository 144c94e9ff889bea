"""Proposals: tasks that nobody wrote by hand, each with where it came from; and what a person said of them.

Takes a task in the form of `sites.yaml` with its origin. Gives it back from the store by run and round, and reviews.
Must never know: who proposes and how, what was refused and why, agents, models or browsers.
"""
