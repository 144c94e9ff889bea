"""When a challenger becomes the champion; part of the recipe."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from components.verdicts.policy import Policy


class PromoteConfig(BaseModel):
    """Which evidence is required, and for which registered model."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model_name: str = Field(
        "symbiont-student",
        pattern=r"^[A-Za-z0-9._-]+$",
        description="registered model in MLflow whose aliases are moved: letters, digits and . _ -",
    )
    splits: tuple[Literal["heldout_seeds", "heldout_tasks"], ...] = Field(
        ("heldout_seeds", "heldout_tasks"), min_length=1, description="splits on which the two models are compared"
    )
    alpha: float = Field(0.05, gt=0, lt=0.5, description="largest p-value that counts as significant")
    power: float = Field(
        0.8, gt=0.5, lt=1, description="statistical power at which the minimum detectable effect is computed"
    )
    worthwhile_gain: float = Field(
        0.02, ge=0, lt=1, description="smallest gain in success rate (0 to 1) that is worth a new champion"
    )
    evidence: Literal["proof", "gain"] = Field(
        "proof",
        description="what a new champion needs: proof: a significant gain; gain: more episodes solved on the same "
        "pages, so that the champion is the best student measured",
    )
    required_verdict: Literal["distilled", "independent", "not independent", "any"] = Field(
        "distilled",
        description="verdict that a promotion needs if there is no policy; `not independent` also accepts an "
        "inconclusive one",
    )
    policy: Policy | None = Field(
        None, description="verdicts that a promotion needs, by teacher; or the name of a YAML file with them"
    )
