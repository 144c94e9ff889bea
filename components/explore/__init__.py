"""Stage: plays training tasks and stores the episodes.

Takes tasks, a teacher and a student, in one of three modes. Gives the stored episodes and their counts. Must never
know: held-out tasks and seeds, and what is made of the episodes.
"""
