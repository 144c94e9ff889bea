"""YAML files that people write.

Takes a file and a pydantic model. Gives the model, or every mistake at once, with its line and in plain words. Never
knows what the models are about.
"""
