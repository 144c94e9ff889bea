"""How a place trains in a TrainJob of Kubeflow Trainer (its section `training.job`)."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

NAME = r"^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$"


class TrainJobSettings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    runtime: str = Field(
        "symbiont-trainer", pattern=NAME, description="name of the training runtime that its pods are made from"
    )
    kind: Literal["TrainingRuntime", "ClusterTrainingRuntime"] = Field(
        "TrainingRuntime",
        description="kind of the runtime: in the job's namespace (the chart makes one), or for the whole cluster",
    )
    nodes: int = Field(1, ge=1, le=64, description="number of pods; the processes are divided evenly among them")
    queue: str = Field("", pattern=rf"^$|{NAME}", description="Kueue LocalQueue that the job waits in; empty: no queue")
    minutes: int = Field(
        1440,
        ge=1,
        description="time limit in minutes, waiting in the queue not counted; the next attempt resumes from the last "
        "checkpoint",
    )
