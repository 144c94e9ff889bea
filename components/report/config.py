"""How much of the episodes a report carries; part of the recipe."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class ReportConfig(BaseModel):
    """Limits that keep the one file small enough to open on a phone."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    episodes: int = Field(
        60, ge=0, description="number of episodes in the trajectory viewer, chosen from the whole round"
    )
    replay_seconds: float = Field(
        20.0,
        ge=0,
        description="time limit for replaying the shown episodes to take screenshots, on benchmarks whose pages are "
        "always the same; 0: stored screenshots only",
    )
    screenshot_megabytes: float = Field(
        8.0, ge=0, description="maximum size of all screenshots in the page; later ones are left out"
    )
