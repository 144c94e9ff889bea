"""One run in peace and one with every fault that a web run meets: the same episodes must come out of both.

Takes: a number of episodes and a seed. Gives: which faults were injected and met, every episode's outcome, and whether
anything is missing, counted twice or otherwise than in peace. Must never know: how a fault is told from a failure.
"""
