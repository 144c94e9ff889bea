"""What was seen and done, and where it is kept.

Takes: episodes as the players made them, rows of tables, pieces of knowledge, bytes under keys; and the address of a
store, a folder or `s3://bucket/prefix`.
Gives: each of them back, whole and unaltered, or an error that says whose fault it is; lists in a fixed order. An
object is written once: of several writers one wins, and a kill leaves nothing half-written. Must never know: how an
episode is played or judged, what a model is, what a round does with what it reads. It imports no stage and no
benchmark: a guard, passed in as an argument, decides what may enter the knowledge base.
"""
