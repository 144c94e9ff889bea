"""Stage: checks everything that can be wrong, and writes the round's manifest."""
