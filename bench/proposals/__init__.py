"""Measurements of proposed tasks: whether verdicts are right, and which paraphrases the leak check lets through.

Takes: a run with proposals on the forum, conditions and paraphrases written by hand (YAML beside this file).
Gives: rows of bench/proposals.json. Must never know: how a proposal was made.
"""
