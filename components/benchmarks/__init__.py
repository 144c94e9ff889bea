"""Benchmarks: tasks, the sites that they are played on, and their evaluators.

Takes a page (`browser`) and a seed. Gives the task's start, and an evaluation once the episode has ended. Must never
know which agent plays, what a prompt is, or where an episode is stored. Evaluators read only what the judged agent
cannot write.
"""
