"""What is played to judge an agent; part of the recipe."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from components.agents.config import AgentConfig
from components.browser.settings import BrowserSettings
from components.episodes.config import PlaySettings
from components.results.evaluate import Role


class EvaluateConfig(BaseModel):
    """One agent, in one role, on the held-out seeds of training tasks and on the held-out tasks."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    role: Role = Field(description="what the agent is in this round; part of the names of episodes and result")
    agent: AgentConfig = Field(description="who acts")
    benchmark: str = Field("miniwob", description="where the tasks come from")
    benchmark_options: dict[str, Any] = Field(default_factory=dict, description="options of the benchmark, e.g. folder")
    train_tasks: tuple[str, ...] | None = Field(None, description="training tasks; unset: the benchmark's own choice")
    heldout_tasks: tuple[str, ...] | None = Field(None, description="tasks never trained on; unset: likewise")
    seeds: int = Field(8, ge=1, description="held-out seeds of every training task")
    task_seeds: int = Field(8, ge=0, description="seeds of every held-out task; 0 leaves these tasks out")
    confidence: float = Field(0.95, gt=0.5, lt=1, description="of every interval")
    reuse: bool = Field(True, description="take over an earlier round's result of the same agent, tasks and seeds")
    play: PlaySettings = Field(default_factory=PlaySettings, description="limits of an episode, and retries")
    browser: BrowserSettings = Field(default_factory=BrowserSettings, description="the browsers and pages played on")
