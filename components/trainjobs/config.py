"""How a place trains in a TrainJob of Kubeflow Trainer (its section `training.job`)."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

NAME = r"^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$"


class TrainJobSettings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    runtime: str = Field("symbiont-trainer", pattern=NAME, description="the runtime its pods are made by")
    kind: Literal["TrainingRuntime", "ClusterTrainingRuntime"] = Field(
        "TrainingRuntime",
        description="of the runtime: the namespace's, as the chart makes it, or the whole cluster's",
    )
    nodes: int = Field(1, ge=1, le=64, description="pods that the processes are divided among")
    queue: str = Field(
        "", pattern=rf"^$|{NAME}", description="Kueue's LocalQueue in which it waits for its turn; empty: none"
    )
    minutes: int = Field(
        1440, ge=1, description="how long it may take, waiting left out; what it did until then is gone on from"
    )
