"""Stage: plays held-out seeds and held-out tasks, and reports how often they were solved.

Takes an agent in a role (student, champion, teacher, chance) and the tasks. Gives success rates with intervals and a
table of the episodes. Must never know: how the agent was trained. Nothing is ever learnt from its episodes.
"""
