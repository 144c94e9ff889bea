"""What was decided, stored at `<round>/results/promote.json`."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field


class TaskChange(BaseModel):
    """One task's paired episodes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    task_id: str
    split: str
    pairs: int
    gains: int = Field(description="pairs that only the challenger solved")
    losses: int = Field(description="pairs that only the champion solved")


class PromoteResult(BaseModel):
    """The decision, its statistics and what was moved in the registry."""

    stage: ClassVar[str] = "promote"
    model_config = ConfigDict(frozen=True, extra="forbid")

    run: str
    round: int
    inputs: str = Field(description="digest of what the decision is based on")
    decision: Literal["promote", "hold", "inconclusive"]
    reason: str = Field(description="what was measured, and what decided")
    because: str = Field("", description="last part of the reason: what decided")
    challenger: str = Field(description="digest of the challenger's model")
    champion: str = Field(description="digest of the model it was compared with")
    champion_is_start: bool = Field(
        description="no champion was registered: the challenger was compared with the run's first model"
    )
    pairs: int
    left_out: int = Field(
        description="pairs left out because one of the two episodes ended in an error that is not the agent's"
    )
    gains: int
    losses: int
    challenger_rate: float
    champion_rate: float
    difference: float
    interval: tuple[float, float] | None = Field(description="interval of the difference, by resampling tasks")
    p_value: float = Field(description="McNemar's exact test, two-sided")
    minimum_detectable_effect: float
    alpha: float
    power: float
    by_task: tuple[TaskChange, ...]
    verdict: str = Field(description="verdict of the audit; empty if there was none")
    required_verdict: str
    policy_holds: bool | None = Field(None, description="whether the policy holds; none if the recipe has no policy")
    policy: tuple[str, ...] = Field(
        (), description="what the policy required and what the audit found, one sentence for each requirement"
    )
    model_name: str
    version: str = Field(description="version of the challenger in the registry")
    champion_version: str = Field(description="version of the champion after the decision; empty if there is none")
