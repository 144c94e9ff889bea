"""How episodes become examples and knowledge; part of the recipe."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from components.agents.config import ChatConfig
from components.errors import InputError
from components.prompt_files import PromptFile, read_prompt_file
from components.trajectories.embeddings import EmbeddingEndpoint
from components.trajectories.phases import Mode

WORDS = Path(__file__).with_name("words")


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class OutcomeJudge(_Settings):
    """A trajectory is good when the task's evaluator says so."""

    kind: Literal["outcome"] = "outcome"


class RuleJudge(_Settings):
    """A trajectory is good when the evaluator says so and it has few steps and errors."""

    kind: Literal["rule"] = "rule"
    max_errors: int = Field(1, ge=0, description="failed actions allowed in a good trajectory")
    max_steps: int | None = Field(None, ge=1, description="steps allowed in a good trajectory; unset: no limit")


class _Asking(_Settings):
    """A judge that asks models; the evaluator is not asked, but reported beside it. The model's own `prompt` limits how
    much of an attempt it is shown.
    """

    criteria: str = Field(
        "success-1",
        description="criteria to judge by: the name of a file in components/synthesize/words, or a path of your own",
    )
    pages: int = Field(
        4, ge=1, description="maximum number of pages shown to a judge: the last one and the most relevant others"
    )
    parts: ClassVar[tuple[str, ...]] = ()

    @property
    def seats(self) -> dict[str, ChatConfig]:
        """The models that are asked, by their place in the judge's section."""
        raise NotImplementedError

    @property
    def asked(self) -> tuple[ChatConfig, ...]:
        """The same, once for each of their voices."""
        return tuple(self.seats.values())

    @property
    def words(self) -> PromptFile:
        """The criteria, and how each part is asked."""
        return read_prompt_file(WORDS / f"{self.criteria}.md" if "/" not in self.criteria else Path(self.criteria))

    @model_validator(mode="after")
    def _has_words(self) -> Self:
        try:
            missing = {"criteria", *self.parts} - self.words.parts.keys()
        except InputError as error:
            raise ValueError(f"criteria: {error}") from None
        if missing:
            raise ValueError(f"criteria: {self.criteria} has no part {', '.join(sorted(missing))}")
        return self


class ModelJudge(_Asking):
    """A trajectory is good when most votes of a language model say so."""

    kind: Literal["model"] = "model"
    model: ChatConfig = Field(description="model that judges; its votes can only differ if its temperature is above 0")
    voices: int = Field(3, ge=1, description="independent votes on each trajectory; odd, so that there is a majority")
    parts: ClassVar[tuple[str, ...]] = ("voice",)

    @property
    def seats(self) -> dict[str, ChatConfig]:
        return {"model": self.model}

    @property
    def asked(self) -> tuple[ChatConfig, ...]:
        return (self.model,) * self.voices

    @field_validator("voices")
    @classmethod
    def _odd(cls, voices: int) -> int:
        if voices % 2 == 0:
            raise ValueError("must be odd")
        return voices


class PanelJudge(_Asking):
    """A trajectory is good when most of several models say so, each with one vote."""

    kind: Literal["panel"] = "panel"
    models: tuple[ChatConfig, ...] = Field(
        min_length=3, description="models that judge, one vote each; an odd number, so that there is a majority"
    )
    parts: ClassVar[tuple[str, ...]] = ("voice",)

    @property
    def seats(self) -> dict[str, ChatConfig]:
        return {f"models.{number}": model for number, model in enumerate(self.models)}

    @field_validator("models")
    @classmethod
    def _odd(cls, models: tuple[ChatConfig, ...]) -> tuple[ChatConfig, ...]:
        if len(models) % 2 == 0:
            raise ValueError("must be an odd number of models")
        return models


class DebateJudge(_Asking):
    """Two models argue for and against a trajectory, and a third decides (Liang et al. 2024, whom the paper cites)."""

    kind: Literal["debate"] = "debate"
    speaks_for: ChatConfig = Field(description="model that argues that the attempt succeeded")
    speaks_against: ChatConfig = Field(description="model that argues that the attempt failed")
    judge: ChatConfig = Field(description="model that reads both arguments and decides")
    turns: int = Field(2, ge=1, description="turns of each side")
    parts: ClassVar[tuple[str, ...]] = ("for", "against", "judge")

    @property
    def seats(self) -> dict[str, ChatConfig]:
        return {"speaks_for": self.speaks_for, "speaks_against": self.speaks_against, "judge": self.judge}


AskingJudge = ModelJudge | PanelJudge | DebateJudge
JudgeConfig = Annotated[OutcomeJudge | RuleJudge | ModelJudge | PanelJudge | DebateJudge, Field(discriminator="kind")]


class KnowledgeConfig(_Settings):
    """What is added to the knowledge base."""

    longest: int = Field(
        5, ge=1, description="maximum number of steps in a piece; all shorter pieces of a trajectory are added too"
    )
    per_task: int = Field(
        12, ge=0, description="trajectories added in a round, for each task and each agent that found them"
    )
    failures: bool = Field(False, description="add failed trajectories too, marked as failed")
    imports: tuple[str, ...] = Field((), description="imported sources whose solved trajectories are added too")
    writer: ChatConfig | None = Field(
        None, description="model that writes the text of the pieces; unset: fixed phrases"
    )
    embedding: EmbeddingEndpoint | None = Field(
        None, description="embedding endpoint for vector search; unset: full-text search only"
    )


class SynthesizeConfig(_Settings):
    """From a round's episodes to training examples and knowledge."""

    judge: JudgeConfig = Field(
        default_factory=OutcomeJudge, description="how it is decided which trajectories are good"
    )
    train_on: tuple[Mode, ...] = Field(
        ("teacher", "speculative"),
        min_length=1,
        description="explore phases whose good trajectories become training examples; the default is the paper's",
    )
    imports: tuple[str, ...] = Field(
        (),
        description="imported sources to train on as well; `symbiont imports` lists them",
    )
    per_task: int = Field(64, ge=1, description="maximum number of good trajectories of each task that one round adds")
    drop_useless: bool = Field(True, description="leave out the student's own steps that changed nothing on the page")
    knowledge: KnowledgeConfig = Field(default_factory=KnowledgeConfig, description="what enters the knowledge base")

    @property
    def sources(self) -> tuple[str, ...]:
        """Imported sources that are read, for examples or for knowledge."""
        return tuple(dict.fromkeys((*self.imports, *self.knowledge.imports)))

    @property
    def chat_models(self) -> dict[str, ChatConfig]:
        """The models that judge and write, by their place in the recipe."""
        writer, judge = self.knowledge.writer, self.judge
        writers = {"synthesize.knowledge.writer": writer} if writer else {}
        seats = judge.seats if isinstance(judge, _Asking) else {}
        return writers | {f"synthesize.judge.{place}": model for place, model in seats.items()}
