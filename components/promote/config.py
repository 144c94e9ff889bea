"""When a challenger becomes the champion; part of the recipe."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from components.verdicts.policy import Policy


class PromoteConfig(BaseModel):
    """The evidence asked for and the registered model it is asked for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model_name: str = Field(
        "symbiont-student",
        pattern=r"^[A-Za-z0-9._-]+$",
        description="registered model in MLflow whose aliases move: letters, digits and . _ -",
    )
    splits: tuple[Literal["heldout_seeds", "heldout_tasks"], ...] = Field(
        ("heldout_seeds", "heldout_tasks"), min_length=1, description="splits whose pairs are the evidence"
    )
    alpha: float = Field(0.05, gt=0, lt=0.5, description="largest p-value that counts as a difference")
    power: float = Field(0.8, gt=0.5, lt=1, description="chance to find the minimum detectable effect")
    worthwhile_gain: float = Field(
        0.02, ge=0, lt=1, description="a gain in success rate below this is not worth a new champion"
    )
    evidence: Literal["proof", "gain"] = Field(
        "proof",
        description="what makes a new champion: proof: a gain that chance does not explain; gain: that it solved more "
        "of the same pages, so that the champion is the best student measured",
    )
    required_verdict: Literal["distilled", "independent", "not independent", "any"] = Field(
        "distilled",
        description="what the audit must have found before a promotion, where there is no policy; `not independent` "
        "takes an audit that cannot say as well",
    )
    policy: Policy | None = Field(
        None, description="what the audit must have found of every teacher it names; or the name of a YAML file of it"
    )
