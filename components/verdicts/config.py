"""Settings of the test: its replicates, and what a verdict needs."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class TestConfig(BaseModel):
    """What a verdict needs. The margin and the number of replicates bound the rate of false accusations."""

    __test__ = False  # not a test class, whatever pytest thinks of its name
    model_config = ConfigDict(frozen=True, extra="forbid")

    replicates: int = Field(
        8,
        ge=4,
        le=64,
        description="disjoint groups that the probes are divided into; each measures how alike every two models are",
    )
    alpha: float = Field(
        0.05, gt=0, lt=0.5, description="significance level of the test; intervals have the confidence level 1 - alpha"
    )
    margin: float = Field(
        0.88,
        gt=0,
        lt=1,
        description="distance below which a suspect counts as distilled (0: the teacher, 1: an independent model); "
        "lowered where controls vary much, see `false_accusations`",
    )
    white_box_margin: float = Field(
        0.6,
        gt=0,
        lt=1,
        description="margin of a white-box audit, which compares the models' own routing; related models are closer "
        "there",
    )
    false_accusations: float = Field(
        0.02,
        gt=0,
        lt=0.5,
        description="accepted probability that another model like the controls falls below the margin, estimated from "
        "how much they vary",
    )
    clearance: float = Field(
        0.95,
        gt=0,
        lt=1,
        description="distance above which a suspect counts as independent; between margin and clearance: inconclusive",
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
