"""Benchmarks: tasks, the sites they run on, and who judges.

Takes a page (`browser`) and a seed. Gives the task's start, and an evaluation once the episode ended. Never knows which
agent plays, what a prompt is, or where an episode is stored. A verdict is read where the judged agent cannot write.
"""
