"""Stage: plays training tasks and stores the episodes."""
