"""What preflight noted for readers of the round, stored at `<round>/results/preflight.json`. Told, never compared."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from components.trajectories.schema import Record


class PreflightResult(Record):
    """Beside the manifest, which holds what decides the round's results."""

    stage: ClassVar[str] = "preflight"

    inputs: str = Field(description="digest of the manifest")
    recipe: str = Field(description="the whole recipe as YAML, defaults filled in; empty where nobody gave it")
    benchmark: str = Field("", description="what people call the benchmark; empty where it is called by its name")
    machine: str = Field(description="system, processor, cores and memory of where preflight ran")
    control: str = Field(
        "", description="name of the run in which a random agent explores in the student's place; empty: there is none"
    )
    commit: str = Field(description="git commit of the code; empty where it is not a checkout")
