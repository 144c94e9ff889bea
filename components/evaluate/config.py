"""Which episodes measure an agent; part of the recipe."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class EvaluateConfig(BaseModel):
    """How many episodes judge an agent, on the held-out seeds of training tasks and on the held-out tasks."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seeds: int = Field(
        8,
        ge=1,
        description="held-out seeds of each training task; without seeds: times that each task is played",
    )
    task_seeds: int = Field(8, ge=0, description="seeds of each held-out task; 0: held-out tasks are not played")
    confidence: float = Field(0.95, gt=0.5, lt=1, description="confidence level of all intervals")
    reuse: bool = Field(
        True, description="use a stored result of the same agent, tasks, seeds and code instead of playing again"
    )
