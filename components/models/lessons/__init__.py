"""What the shipped base learns before it is anybody's student: synthetic pages and questions about them.

Takes a seed. Gives pages, questions with one right answer, and the trained base. Must never know any benchmark: nothing
here shares a label, a layout or a wording with one.
"""
