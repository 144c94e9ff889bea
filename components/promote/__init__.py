"""Stage: compares challenger and champion on the same tasks and seeds, and moves the names in the registry."""
