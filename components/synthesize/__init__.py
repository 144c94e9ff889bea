"""Stage: from episodes to training examples and to pieces of the knowledge base."""
