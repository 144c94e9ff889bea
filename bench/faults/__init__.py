"""One undisturbed run and one with every fault that a web run meets: both must give the same episodes.

Takes: a number of episodes and a seed. Gives: which faults were injected and met, every episode's outcome, and whether
anything is missing, counted twice or different from the undisturbed run. Must never know: how a fault is distinguished
from a failure.
"""
