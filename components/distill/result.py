"""What a distillation leaves for the stages after it."""

from __future__ import annotations

from pydantic import Field

from components.trajectories.schema import Record


class CurvePoint(Record):
    """A point of the learning curve; see `train.Point`."""

    step: int
    train_loss: float
    validation_loss: float | None
    action_accuracy: float | None
    tokens: int
    seconds: float


class DistillResult(Record):
    schema_version: int = 1
    inputs: str = Field(
        description="digest of configuration, base, data and seed; the same inputs give the same student"
    )
    model_digest: str = Field(description="the student, under models/<digest>/ of the store")
    base: str = Field(description="reference of the model training started from")
    base_digest: str
    sources: dict[str, str] = Field(description="digests of the tables of examples, by key")
    parameters: int
    examples: dict[str, int] = Field(description="examples learnt from, by task")
    validation_examples: int
    cut: int = Field(description="examples whose page was cut to fit the context")
    lengths: dict[str, int] = Field(description="how many examples have how many tokens")
    curve: tuple[CurvePoint, ...]

    @property
    def seconds(self) -> float:
        """Wall-clock seconds spent training."""
        return self.curve[-1].seconds
