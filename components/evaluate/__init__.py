"""Stage: plays held-out seeds and held-out tasks, and says how often they were solved."""
