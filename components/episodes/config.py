"""How episodes are played and what is tried again; part of the explore and evaluate recipes."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class PlaySettings(BaseModel):
    """Limits of an episode, and retries."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_steps: int | None = Field(None, ge=1, description="steps an episode may take; unset: what its task says")
    corrections: int = Field(
        0, ge=0, description="of an episode's texts that are no valid action, so many cost none of its steps"
    )
    useless_steps: int = Field(
        4,
        ge=2,
        description="an episode ends after so many steps in a row that changed nothing: one action repeated (keys "
        "excepted), or actions that failed",
    )
    episode_seconds: float = Field(
        600,
        gt=0,
        description="an episode that takes longer is an infrastructure error; the time its agent decides is left out",
    )
    decision_seconds: float = Field(
        1200,
        gt=0,
        description="a decision that takes longer, its wait for a busy model included, ends the episode: ModelTooSlow",
    )
    retries: int = Field(2, ge=0, description="further attempts after an error that is not the agent's fault")
    backoff: float = Field(1.0, ge=0, description="seconds before the first retry; doubled before each further one")
    traces: int = Field(
        10,
        ge=0,
        description="episodes of each phase whose conversation with a chat model is shown in MLflow (Traces), those "
        "that were not solved first; 0: none",
    )
