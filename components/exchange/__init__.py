"""Trajectories in other projects' formats, out of the store and into it.

Takes: a store and a choice of its episodes.
Gives: files in other formats, row by row, each row with its source and licence.
Must never know: how an episode is played, or what a round or a student does with it.
"""
