"""How much of the episodes a report carries; part of the recipe."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class ReportConfig(BaseModel):
    """Limits that keep the one file small enough to open on a phone."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    episodes: int = Field(60, ge=0, description="episodes in the trajectory viewer, chosen from all of the round")
    replay_seconds: float = Field(
        20.0,
        ge=0,
        description="longest that the shown episodes are played again for pictures of their pages, where those are the "
        "same every time; 0: no pictures but those that were kept",
    )
    screenshot_megabytes: float = Field(
        8.0, ge=0, description="screenshots in the page, in all; later ones are left out"
    )
