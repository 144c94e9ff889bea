"""Files that people write: YAML, and documents in words.

Takes a file and a pydantic model. Gives the model, or every mistake at once, with its line and in plain words; or the
words of a document. Never knows what they are about.
"""
