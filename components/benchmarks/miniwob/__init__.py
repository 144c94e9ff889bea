"""MiniWoB++: its list of tasks, which of them can be played and why the others cannot, and how one is judged."""
