"""Stage: the audit of a round, which asks whose student this round's student is.

Takes the evaluations' episodes and the agents of the round: teacher, student, start, and controls of its own. Gives a
finding for each teacher and keeps it as `results/detect.json`. Must never know: how agents were trained, and what the
verdict is used for.
"""
