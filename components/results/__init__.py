"""What each stage leaves for the others, typed: one module a stage, and `place`, where results are kept and read.

- Takes: what a stage found, as a pydantic model with the digest of everything it depends on.
- Gives: the same model to whoever asks (`place.read`), or None where the stage has not run.
- Must never know: how a stage works. Nothing here imports one, and no result computes anything a stage would.
"""
