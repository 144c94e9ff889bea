"""Stage: audits models from elsewhere, on a laptop or as a pipeline of its own, beside the round.

Takes a request: teachers, suspect and controls by reference, probes, settings and a policy. Asks all models the probes,
has an instrument measure the answers, and gives a report with one verdict and its page. Must never know: rounds, their
episodes and what is promoted; `verdicts` decides how a verdict is reached.
"""
