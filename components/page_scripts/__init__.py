"""What runs inside a page: one script, put together from parts, that looks at it and acts on it.

Takes calls by a key that the page does not know. Gives a tree of what a person sees and can use, and what became of an
action. Must never know tasks, agents or rewards, and must never trust the page: it reads through functions that were
kept before the page ran, and its own names are not the page's.
"""
