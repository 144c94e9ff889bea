"""Stage: proposes tasks for a web application.

Takes the sites of the round's tasks, episodes of earlier rounds and the teacher. It maps the sites, proposes tasks,
refuses those that belong to the evaluation, has the teacher try the others, and gives the chosen ones. Must never know:
students and training, and what an episode of the evaluation did.
"""
