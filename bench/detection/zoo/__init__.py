"""Zoos of small models trained from scratch, whose descent is known: who was distilled from whom, and who from nobody.

Takes: a seed and the size of a zoo. Gives: for every member its answers, its likelihoods and how its experts route.
Must never know: how anybody detects descent.
"""
