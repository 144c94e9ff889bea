"""What a round does: teacher, student, tasks, numbers. One YAML file, put together here from the stages' own settings,
so that every key is defined, described and checked in one place. Preflight reads it and hands each stage its own.

What several stages share (tasks, limits of an episode) is once in a recipe and is given to each of them; what the place
decides (browsers) is in the place.
"""

from __future__ import annotations

from typing import Any, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from components.agents.config import AgentConfig, ScriptedConfig, deciding
from components.benchmarks.config import TasksConfig
from components.detect.config import DetectConfig
from components.distill.config import DistillConfig
from components.episodes.config import PlaySettings
from components.evaluate.config import EvaluateConfig
from components.explore.config import ExploreConfig
from components.promote.config import PromoteConfig
from components.propose.config import ProposeConfig
from components.report.config import ReportConfig
from components.synthesize.config import SynthesizeConfig
from components.trajectories.digests import json_digest

SHARED = ("tasks", "play", "teacher")
STAGES = ("propose", "explore", "synthesize", "distill", "evaluate", "detect", "promote", "report")


class Recipe(BaseModel):
    """One YAML file; `pipelines/recipes` holds those that are shipped."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(
        pattern=r"^[a-z0-9][a-z0-9-]{0,40}$",
        description="name of the recipe and part of the run's: small letters, digits and hyphens, such as mine-one",
    )
    about: str = Field("", description="one sentence that helps to choose between recipes")
    rounds: int = Field(3, ge=1, le=999, description="number of rounds of `symbiont run`, unless --rounds is given")
    tasks: TasksConfig = Field(default_factory=TasksConfig, description="benchmark, training tasks and held-out tasks")
    teacher: AgentConfig = Field(default_factory=ScriptedConfig, description="agent that the student learns from")
    play: PlaySettings = Field(default_factory=PlaySettings, description="limits of an episode, and retries")
    propose: ProposeConfig = Field(default_factory=ProposeConfig, description="where new tasks come from")
    explore: ExploreConfig = Field(default_factory=ExploreConfig, description="which episodes are played to learn from")
    synthesize: SynthesizeConfig = Field(
        default_factory=SynthesizeConfig, description="how episodes become training examples and knowledge"
    )
    distill: DistillConfig = Field(default_factory=DistillConfig, description="how the student is trained")
    evaluate: EvaluateConfig = Field(default_factory=EvaluateConfig, description="which episodes measure an agent")
    detect: DetectConfig = Field(
        default_factory=DetectConfig, description="the audit: was the student distilled from its teacher?"
    )
    promote: PromoteConfig = Field(default_factory=PromoteConfig, description="when the student becomes the champion")
    report: ReportConfig = Field(default_factory=ReportConfig, description="content of the report")

    @model_validator(mode="after")
    def _policy_is_audited(self) -> Self:
        audited = ("teacher", *self.detect.others)
        for name in self.promote.policy.named if self.promote.policy else ():
            if name not in audited:
                raise ValueError(
                    f"promote.policy requires a verdict on {name!r}, whom the audit does not ask about; it asks about "
                    f"{', '.join(audited)}: add it to detect.others"
                )
        return self

    @model_validator(mode="after")
    def _has_tasks(self) -> Self:
        if self.propose.by and self.tasks.proposed:
            raise ValueError("tasks.proposed names tasks that were proposed before: leave it out, or propose.by")
        if self.tasks.train == () and not (self.propose.by or self.tasks.proposed):
            raise ValueError(
                "tasks.train is empty and nobody proposes: name training tasks, or who proposes (propose.by)"
            )
        return self

    @property
    def settings(self) -> dict[str, Any]:
        """Everything that results depend on: not the words about it, how long it is followed (`rounds`), what MLflow
        shows (`play.traces`), or how its chat models are reached and paid."""
        record = self.model_dump(mode="json", exclude={"about": True, "rounds": True, "play": {"traces"}})
        settings: dict[str, Any] = deciding(record)
        return settings

    @property
    def digest(self) -> str:
        """SHA-256 of `settings`."""
        return json_digest(self.settings)

    @property
    def has_control(self) -> bool:
        """Whether a run with a random explorer instead of the student would differ from this one."""
        return self.explore.explorer != "random" and self.explore.student_seeds > 0

    @property
    def text(self) -> str:
        """The whole recipe as YAML, defaults filled in."""
        return yaml.safe_dump(self.model_dump(mode="json"), sort_keys=False, allow_unicode=True)

    @property
    def sections(self) -> dict[str, str]:
        """What each stage is told, as JSON: its own section, and by name what several of them share."""
        names = (*SHARED, *STAGES)
        return {name: getattr(self, name).model_dump_json() for name in names}
