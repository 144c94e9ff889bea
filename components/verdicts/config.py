"""Settings of the test: its replicates, and what a verdict needs."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class TestConfig(BaseModel):
    """What a verdict needs. The margin and the number of replicates bound the rate of false accusations."""

    __test__ = False  # not a test class, whatever pytest thinks of its name
    model_config = ConfigDict(frozen=True, extra="forbid")

    replicates: int = Field(
        8, ge=4, le=64, description="disjoint parts of the probes; each gives one likeness of every two models"
    )
    alpha: float = Field(0.05, gt=0, lt=0.5, description="level of the test; also one minus the intervals' level")
    margin: float = Field(
        0.88,
        gt=0,
        lt=1,
        description="distance under which a suspect counts as distilled: 0 is the teacher, 1 an independent model; "
        "less where controls scatter (`false_accusations`)",
    )
    white_box_margin: float = Field(
        0.6,
        gt=0,
        lt=1,
        description="the margin where models' own routing is compared, in which relatives lie closer to each other",
    )
    false_accusations: float = Field(
        0.02,
        gt=0,
        lt=0.5,
        description="share of audits in which one more control may lie under the margin, as their scatter tells",
    )
    clearance: float = Field(
        0.95, gt=0, lt=1, description="distance over which it counts as independent; between the two nothing is said"
    )

    @model_validator(mode="after")
    def _can_decide(self) -> Self:
        for name in ("margin", "white_box_margin"):
            if self.clearance < getattr(self, name):
                raise ValueError(f"clearance is {self.clearance}, but must not be under {name}, {getattr(self, name)}")
        if 0.5**self.replicates > self.alpha:
            raise ValueError(
                f"{self.replicates} replicates cannot give a p-value under alpha = {self.alpha}; "
                "the smallest a sign-flip test gives is 0.5 to the power of the replicates"
            )
        return self

    def of_routing(self) -> Self:
        """The test of a white-box audit."""
        return self.model_copy(update={"margin": self.white_box_margin})
