"""Stage: trains the student on the examples and stores it."""
