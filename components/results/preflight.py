"""What preflight noted for readers of the round, stored at `<round>/results/preflight.json`. It is shown, never
compared.
"""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from components.trajectories.schema import Record


class PreflightResult(Record):
    """Beside the manifest, which holds what decides the round's results."""

    stage: ClassVar[str] = "preflight"

    inputs: str = Field(description="digest of the manifest")
    recipe: str = Field(description="the whole recipe as YAML with all defaults; empty if none was given")
    benchmark: str = Field("", description="display name of the benchmark; empty if it is its name")
    machine: str = Field(description="system, processor, cores and memory of the machine that ran preflight")
    control: str = Field(
        "", description="name of the control run, in which a random agent explores as the student; empty: there is none"
    )
    commit: str = Field(description="git commit of the code; empty if it is not a checkout")
