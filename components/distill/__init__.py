"""Stage: trains the round's student.

Takes the tables of examples of this round (and of earlier ones, if so configured) and a base model. Gives the student
as a model folder in the store, and its learning curve. Must never know: benchmarks, agents that play, judges, or
where an example comes from.
"""
