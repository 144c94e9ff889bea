"""Stage: turns a round's episodes into training examples and pieces of the knowledge base.

Takes the episodes that explored, judges them, and gives tables of examples, episodes and steps, and knowledge entries.
Must never know: how students are trained, and episodes of the evaluation, which it refuses.
"""
