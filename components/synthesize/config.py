"""What a synthesis does: a part of the recipe."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from components.agents.config import ChatConfig
from components.trajectories.embeddings import EmbeddingEndpoint
from components.trajectories.phases import Mode


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class OutcomeJudge(_Settings):
    """A trajectory is good when the task's evaluator says so."""

    kind: Literal["outcome"] = "outcome"


class RuleJudge(_Settings):
    """A trajectory is good when the evaluator says so and it got there without much ado."""

    kind: Literal["rule"] = "rule"
    max_errors: int = Field(1, ge=0, description="failed actions a good trajectory may hold")
    max_steps: int | None = Field(None, ge=1, description="steps a good trajectory may take; unset: any number")


class ModelJudge(_Settings):
    """A trajectory is good when most voices of a language model say so; the evaluator is not asked."""

    kind: Literal["model"] = "model"
    model: ChatConfig = Field(description="who judges; a temperature above 0 makes its voices differ")
    voices: int = Field(3, ge=1, description="independent judgements of each trajectory; odd, so one side has most")
    page_chars: int = Field(4000, ge=100, description="characters of the last page the judge is shown")

    @field_validator("voices")
    @classmethod
    def _odd(cls, voices: int) -> int:
        if voices % 2 == 0:
            raise ValueError("must be odd")
        return voices


JudgeConfig = Annotated[OutcomeJudge | RuleJudge | ModelJudge, Field(discriminator="kind")]


class KnowledgeConfig(_Settings):
    """What enters the knowledge base."""

    longest: int = Field(5, ge=1, description="most steps of a piece; every shorter piece of a trajectory enters too")
    per_task: int = Field(12, ge=0, description="trajectories that enter, of each task and finder, in one round")
    failures: bool = Field(False, description="let failed trajectories in too, marked as such")
    imports: tuple[str, ...] = Field((), description="sources of imported trajectories whose solved ones enter too")
    writer: ChatConfig | None = Field(None, description="model that words the pieces; unset: fixed phrases")
    embedding: EmbeddingEndpoint | None = Field(None, description="endpoint of vectors; unset: full-text search alone")


class SynthesizeConfig(_Settings):
    """From a round's episodes to training examples and knowledge."""

    judge: JudgeConfig = Field(default_factory=OutcomeJudge, description="who says which trajectories are good")
    train_on: tuple[Mode, ...] = Field(
        ("teacher", "speculative"),
        min_length=1,
        description="whose good trajectories are learnt from; the paper's are these two",
    )
    imports: tuple[str, ...] = Field(
        (),
        description="sources of imported trajectories that are learnt from as well, as `symbiont imports` lists them",
    )
    per_task: int = Field(64, ge=1, description="good trajectories of each task that are learnt from, in one round")
    drop_useless: bool = Field(True, description="leave out the student's own steps that changed nothing on the page")
    knowledge: KnowledgeConfig = Field(default_factory=KnowledgeConfig, description="what enters the knowledge base")

    @property
    def sources(self) -> tuple[str, ...]:
        """Imported sources that are read, for whatever."""
        return tuple(dict.fromkeys((*self.imports, *self.knowledge.imports)))

    @property
    def chat_models(self) -> dict[str, ChatConfig]:
        """The models that judge and write, by their place in the recipe."""
        judge = self.judge.model if isinstance(self.judge, ModelJudge) else None
        models = {"synthesize.judge.model": judge, "synthesize.knowledge.writer": self.knowledge.writer}
        return {where: model for where, model in models.items() if model is not None}
