"""Settings of the audit: the proxy mixture-of-experts, the replicates of the test, and what a verdict needs."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from components.agents.config import AgentConfig
from components.signatures.config import ShadowConfig
from components.verdicts.config import TestConfig

RESERVED = {"teacher", "student", "start"}
"""Who is somebody in every round's audit, besides `unrelated-...` (`controls.py`)."""
UNRELATED = "unrelated-"


class DetectConfig(BaseModel):
    """Everything the detect stage can be told."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    probes: int = Field(192, ge=16, description="number of probes; each is one turn of a stored evaluation episode")
    probes_per_replicate: int = Field(16, ge=4, description="minimum number of probes in a replicate")
    reasons: bool = Field(
        True, description="compare reasons as well as actions, if teacher and student both write them"
    )
    others: dict[str, AgentConfig] = Field(
        default_factory=dict,
        description="further agents, by name, that the student should not come from; each is tested as the teacher is",
    )
    seed: int = Field(0, description="random seed of shadows and resampling; the round's seed is added")
    shadow: ShadowConfig = Field(default_factory=lambda: ShadowConfig(), description="proxy model and its training")
    test: TestConfig = Field(default_factory=lambda: TestConfig(), description="the hypothesis test")

    @model_validator(mode="after")
    def _enough(self) -> Self:
        if reserved := sorted(name for name in self.others if name in RESERVED or name.startswith(UNRELATED)):
            raise ValueError(f"others: {reserved[0]!r} is somebody else in every audit; choose another name")
        if 0.5**self.test.replicates * (1 + len(self.others)) > self.test.alpha:
            raise ValueError(f"{len(self.others)} others are too many for {self.test.replicates} replicates")
        need = self.test.replicates * self.probes_per_replicate
        if self.probes < need:
            raise ValueError(
                f"{self.probes} probes can never fill {self.test.replicates} replicates of "
                f"{self.probes_per_replicate}: ask for {need} at least"
            )
        return self
