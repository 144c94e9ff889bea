"""The typed result of each stage, which other stages read: one module for each stage, and `place`, where results are
stored.

- Takes: what a stage found, as a pydantic model with the digest of everything it depends on.
- Gives: the same model to whoever asks (`place.read`), or None where the stage has not run.
- Must never know: how a stage works. Nothing here imports one, and no result computes what a stage would.
"""
