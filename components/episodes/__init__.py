"""Episodes: one agent plays one task on one page until a typed outcome; and many of them, each exactly once.

Takes a benchmark, an agent, a pool of browsers and a store. Gives one stored record for every episode, whatever
happened in it. Must never know what the episodes are for, how an agent decides, or how a benchmark judges.
"""
