"""How episodes are played and retried; a section of the recipe, for all stages that play."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class PlaySettings(BaseModel):
    """Limits of an episode, and retries."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_steps: int | None = Field(
        None, ge=1, description="maximum number of steps of an episode; unset: the task's own limit"
    )
    corrections: int = Field(0, ge=0, description="invalid answers of an episode that cost no step")
    useless_steps: int = Field(
        4,
        ge=2,
        description="an episode ends after so many steps in a row without effect: the same action again (keys "
        "excepted), or failed actions",
    )
    episode_seconds: float = Field(
        600,
        gt=0,
        description="time limit of an episode in seconds, not counting the time its agent decides; a longer one is an "
        "infrastructure error",
    )
    decision_seconds: float = Field(
        1200,
        gt=0,
        description="time limit of one decision in seconds, including the wait for a busy model; a longer one ends "
        "the episode as ModelTooSlow",
    )
    retries: int = Field(2, ge=0, description="retries of an episode after an error that is not the agent's fault")
    backoff: float = Field(1.0, ge=0, description="seconds before the first retry; doubled for each further one")
    traces: int = Field(
        10,
        ge=0,
        description="episodes of each phase whose requests to a chat model are shown in MLflow (Traces), unsolved "
        "ones first; 0: none",
    )
