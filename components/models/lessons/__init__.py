"""The training data of the shipped base: synthetic pages, questions about them, and errands on them.

Takes a seed. Gives pages, questions with one right answer, and the trained base. Must never know any benchmark: nothing
here shares a label, a layout or a wording with one.
"""
