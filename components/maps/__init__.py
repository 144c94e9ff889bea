"""A map of a site: its pages and states, how they are linked, and which agents visited them.

Takes: pages to look at, replicas of sites to walk over, stored episodes.
Gives: what each page offers (links, forms, tables), and what each click led to, kept one by one in the store so that a
walk that was killed goes on; sections of pages and kinds of states that are alike; edges between them; what agents
visited.
Must never know: tasks, benchmarks, agents, or what is made of a map. What pages say is hostile and is checked here.
"""
