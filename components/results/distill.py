"""What a distillation leaves for the stages after it."""

from __future__ import annotations

from typing import ClassVar

from pydantic import ConfigDict, Field

from components.trajectories.schema import Record


class Point(Record):
    """A point of the learning curve, after `step` steps; what is not a finite number is no point."""

    model_config = ConfigDict(allow_inf_nan=False)

    step: int
    train_loss: float | None = Field(
        description="nats per token, the running mean of the weighted loss; none before the first step"
    )
    validation_loss: float | None = Field(
        None, description="nats per token of held-out actions; none where it was not measured at this step"
    )
    action_accuracy: float | None = Field(
        None, description="share of held-out actions the model would write exactly so; none likewise"
    )
    tokens: int = Field(description="tokens read so far, padding left out")
    seconds: float = Field(description="wall-clock seconds spent training so far, those of killed attempts included")
    memory_mb: float | None = Field(
        None, description="most memory that a training process held, in megabytes; of its GPU where there is one"
    )
    mfu: float | None = Field(
        None,
        description="share of what the GPUs can do at most (in bf16) that the student's own arithmetic took since the "
        "point before; none on a CPU",
    )


class DistillResult(Record):
    stage: ClassVar[str] = "distill"
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
    cut: int = Field(description="examples whose page was cut to fit the context, or that were left out")
    lengths: dict[str, int] = Field(description="how many examples have how many tokens")
    curve: tuple[Point, ...]

    @property
    def seconds(self) -> float:
        """Wall-clock seconds spent training."""
        return self.curve[-1].seconds

    @property
    def worse_than_start(self) -> bool:
        """Whether the student predicts held-out actions worse than the model it started from."""
        measured = [point.validation_loss for point in self.curve if point.validation_loss is not None]
        return len(measured) > 1 and measured[-1] > measured[0]
