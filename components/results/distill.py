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
        description="running mean of the weighted loss, in nats per token; none before the first step"
    )
    validation_loss: float | None = Field(
        None, description="loss on held-out actions, in nats per token; none if it was not measured at this step"
    )
    action_accuracy: float | None = Field(
        None, description="share of held-out actions that the model would write exactly; none if it was not measured"
    )
    tokens: int = Field(description="tokens read so far, without padding")
    seconds: float = Field(description="seconds spent training so far, including killed attempts")
    memory_mb: float | None = Field(
        None, description="peak memory of a training process in megabytes; of its GPU if there is one"
    )
    mfu: float | None = Field(
        None,
        description="share of the GPUs' peak (in bf16) that the student's own arithmetic used since the point before; "
        "none on a CPU",
    )


class DistillResult(Record):
    stage: ClassVar[str] = "distill"
    schema_version: int = 1
    inputs: str = Field(
        description="digest of configuration, base, data and seed; the same inputs give the same student"
    )
    model_digest: str = Field(description="digest of the student, stored under models/<digest>/")
    base: str = Field(description="reference of the model that training started from")
    base_digest: str
    sources: dict[str, str] = Field(description="digests of the tables of examples, by key")
    parameters: int
    examples: dict[str, int] = Field(description="number of examples trained on, by task")
    validation_examples: int
    cut: int = Field(description="number of examples whose page was cut to fit the context, or that were left out")
    lengths: dict[str, int] = Field(description="number of examples by length in tokens")
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
