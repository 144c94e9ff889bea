"""Trajectories in other projects' forms, out of the store and into it.

Takes: a store and a choice of its episodes.
Gives: files of other forms, row by row, each row with the source and the licence of what stands in it.
Must never know: how an episode is played, what a round or a student makes of it.
"""
