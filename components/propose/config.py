"""What is proposed in a round; part of the recipe. Nothing, unless somebody is named who proposes."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from components.agents.config import ChatConfig
from components.proposals.proposal import Proposer
from components.trajectories.embeddings import EmbeddingEndpoint

PERSONAS = (
    "somebody who is here for the first time and looks around",
    "a regular who looks something up",
    "somebody who has something to say or to hand in",
    "whoever keeps this place in order",
)


class ProposeConfig(BaseModel):
    """Tasks for a web application that nobody wrote: trained on, beside those of `tasks.train`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    by: tuple[Proposer, ...] = Field(
        (),
        description="who proposes: templates (from links and forms, without a model), clicks (from what clicking "
        "shows, likewise; for sites with a reset), hindsight (what earlier rounds' episodes reached), model (asks "
        "`model`); none: nothing is proposed",
    )
    pages: int = Field(120, ge=1, description="pages that each round looks at, further ones than the round before")
    clicks: int = Field(300, ge=1, description="deeds that each round tries, where `by` names clicks; likewise")
    pause: float = Field(1.0, ge=0, description="seconds between two pages of a site that others use too")
    most: int = Field(60, ge=1, description="proposed tasks that are played in a round")
    per_region: int = Field(10, ge=1, description="of these, as many begin in one section of the map at most")
    attempts: int = Field(1, ge=1, description="cases the teacher tries; a task it solves none of is not played")
    likeness: float = Field(
        0.75, gt=0, le=1, description="share of words from which on two intents are one task; of cosine, with embedding"
    )
    reliable: float = Field(0.9, gt=0, le=1, description="a task of which the student solves so much rests a round")
    approved_only: bool = Field(False, description="play only what a person approved: `symbiont tasks approve`")
    model: ChatConfig | None = Field(None, description="who writes proposals, where `by` names model")
    questions: int = Field(30, ge=1, description="questions that the model is asked in a round")
    personas: tuple[str, ...] = Field(PERSONAS, min_length=1, description="as whom it is asked, in turn")
    documents: tuple[str, ...] = Field(
        (), description="Markdown, HTML or text files it is shown too, a part a question"
    )
    embedding: EmbeddingEndpoint | None = Field(None, description="vectors for likeness; unset: sets of words")

    @model_validator(mode="after")
    def _has_model(self) -> Self:
        if ("model" in self.by) != (self.model is not None):
            raise ValueError("name `model` in `by` and say which model; or neither")
        return self
