"""What a run does: teacher, student, tasks, numbers. One YAML file of `pipelines/recipes`, put together here from the
stages' own settings, so that every key is defined, described and checked in one place.

What several stages share (tasks, limits of an episode) stands once in a recipe, and what the place decides (browsers)
stands there; both are copied into each stage's part.
"""

from __future__ import annotations

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from components.agents.config import AgentConfig, ScriptedConfig
from components.detect.config import DetectConfig
from components.distill.config import DistillConfig
from components.episodes.config import PlaySettings
from components.evaluate.config import EvaluateConfig
from components.explore.config import ExploreConfig
from components.place import Place
from components.preflight.config import PreflightConfig
from components.promote.config import PromoteConfig
from components.report.config import ReportConfig
from components.synthesize.config import SynthesizeConfig
from components.trajectories.digests import json_digest

SHARED = {
    "benchmark": "tasks.benchmark",
    "benchmark_options": "tasks.options",
    "train_tasks": "tasks.train",
    "heldout_tasks": "tasks.heldout",
    "play": "play",
    "browser": "browser, in the place",
}
BY_ROUND = {"role": "student", "agent": {"kind": "scripted"}}  # what the round fills in for each evaluation


class Tasks(BaseModel):
    """What is played."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    benchmark: str = Field("miniwob", description="where the tasks come from")
    options: dict[str, Any] = Field(default_factory=dict, description="options of the benchmark, e.g. folder")
    train: tuple[str, ...] | None = Field(None, description="training tasks; unset: the benchmark's own choice")
    heldout: tuple[str, ...] | None = Field(None, description="tasks never trained on; unset: likewise")


class Recipe(BaseModel):
    """One YAML file of `pipelines/recipes`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,40}$", description="part of the run's name")
    about: str = Field("", description="one sentence for whoever chooses a recipe")
    rounds: int = Field(3, ge=1, le=999, description="rounds of `symbiont run`, unless --rounds says otherwise")
    tasks: Tasks = Field(default_factory=Tasks, description="what is played")
    teacher: AgentConfig = Field(default_factory=ScriptedConfig, description="who is learnt from")
    play: PlaySettings = Field(default_factory=PlaySettings, description="limits of an episode, and retries")
    explore: ExploreConfig = Field(default_factory=ExploreConfig, description="what is explored in a round")
    synthesize: SynthesizeConfig = Field(default_factory=SynthesizeConfig, description="from episodes to examples")
    distill: DistillConfig = Field(default_factory=DistillConfig, description="how the student learns")
    evaluate: EvaluateConfig = Field(
        default_factory=lambda: EvaluateConfig.model_validate(BY_ROUND), description="what is played to judge an agent"
    )
    detect: DetectConfig = Field(default_factory=DetectConfig, description="the audit")
    promote: PromoteConfig = Field(default_factory=PromoteConfig, description="when a student becomes the champion")
    report: ReportConfig = Field(default_factory=ReportConfig, description="what the report holds")

    @model_validator(mode="before")
    @classmethod
    def _fill_in(cls, found: Any) -> Any:
        """Gives `evaluate` the role and agent it wants; whoever sets them is told that the round does."""
        if isinstance(found, dict) and isinstance(found.get("evaluate"), dict):
            for key in BY_ROUND:
                if key in found["evaluate"]:
                    raise ValueError(f"evaluate.{key} is set by the round; take it out")
            return {**found, "evaluate": {**found["evaluate"], **BY_ROUND}}
        return found

    @model_validator(mode="after")
    def _shared_once(self) -> Self:
        for name in ("explore", "synthesize", "evaluate"):
            for key in getattr(self, name).model_fields_set & SHARED.keys():
                raise ValueError(f"{name}.{key} stands once for all stages: set {SHARED[key]}")
        return self

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

    @property
    def digest(self) -> str:
        """SHA-256 of everything but the words about it; `rounds` is how long it is followed, not what it says."""
        record = self.model_dump(mode="json", exclude={"about", "rounds"})
        return json_digest(record)

    def stage_configs(self, place: Place) -> dict[str, str]:
        """JSON of every stage's configuration, by the pipeline's parameter."""
        sections = {name: getattr(self, name) for name in ("explore", "synthesize", "evaluate")}
        parts = {name: section.model_copy(update=self._shared(section, place)) for name, section in sections.items()}
        parts |= {name: getattr(self, name) for name in ("distill", "detect", "promote", "report")}
        parts["preflight"] = self.preflight(place)
        configs = {f"{name}_config": part.model_dump_json() for name, part in parts.items()}
        return {**configs, "teacher": self.teacher.model_dump_json()}

    def preflight(self, place: Place) -> PreflightConfig:
        return PreflightConfig(
            recipe=self.digest,
            benchmark=self.tasks.benchmark,
            benchmark_options=self.tasks.options,
            train_tasks=self.tasks.train,
            heldout_tasks=self.tasks.heldout,
            teacher=self.teacher,
            others=self.detect.others,
            student=self.distill.student,
            context=self.distill.context,
            model_name=self.promote.model_name,
            free_gb=place.free_gb,
            browser=place.browser,
            place=place.name,
        )

    def _shared(self, section: BaseModel, place: Place) -> dict[str, Any]:
        values = {
            "benchmark": self.tasks.benchmark,
            "benchmark_options": self.tasks.options,
            "train_tasks": self.tasks.train,
            "heldout_tasks": self.tasks.heldout,
            "play": self.play,
            "browser": place.browser,
        }
        return {key: value for key, value in values.items() if key in type(section).model_fields}
