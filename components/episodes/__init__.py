"""Episodes: one agent, one task, one page, from the start to a typed outcome; and many of them, each exactly once.

Takes a benchmark, an agent, a pool of browsers and a store. Gives one stored record an episode, whatever happened to
it. Never knows what the episodes are for, how an agent decides, or how a benchmark judges.
"""
