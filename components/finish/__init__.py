"""Stage: whatever became of a round, frees what it held and writes how it ended."""
