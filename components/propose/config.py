"""What is proposed in a round; part of the recipe. Nothing is, unless `by` names a proposer."""

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
    """Generated tasks for a web application, which are trained on in addition to those of `tasks.train`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    by: tuple[Proposer, ...] = Field(
        (),
        description="who proposes tasks: templates (from links and forms, no model), clicks (from trying elements, no "
        "model; needs a site with a reset), hindsight (from what earlier episodes reached), model (asks `model`); "
        "empty: none are proposed",
    )
    pages: int = Field(120, ge=1, description="number of further pages looked at in each round")
    clicks: int = Field(300, ge=1, description="number of further actions tried in each round, if `by` has clicks")
    pause: float = Field(1.0, ge=0, description="seconds between two page loads on a site that others use too")
    most: int = Field(60, ge=1, description="maximum number of proposed tasks played in a round")
    per_region: int = Field(10, ge=1, description="maximum number of these that begin in one section of the map")
    attempts: int = Field(
        1, ge=1, description="cases of a task that the teacher tries; a task of which it solves none is not played"
    )
    likeness: float = Field(
        0.75,
        gt=0,
        le=1,
        description="share of common words from which two intents count as one task; with `embedding`, cosine "
        "similarity",
    )
    reliable: float = Field(
        0.9, gt=0, le=1, description="success rate of the student from which a task is left out for a round"
    )
    approved_only: bool = Field(
        False, description="play only tasks that a person approved with `symbiont tasks approve`"
    )
    model: ChatConfig | None = Field(None, description="model that writes proposals, if `by` has model")
    questions: int = Field(30, ge=1, description="requests to that model in each round")
    personas: tuple[str, ...] = Field(
        PERSONAS, min_length=1, description="roles that the model is asked to take, in turn"
    )
    documents: tuple[str, ...] = Field(
        (), description="Markdown, HTML or text files shown to the model, one part in each request"
    )
    embedding: EmbeddingEndpoint | None = Field(
        None, description="embedding endpoint for `likeness`; unset: common words"
    )

    @model_validator(mode="after")
    def _has_model(self) -> Self:
        if ("model" in self.by) != (self.model is not None):
            raise ValueError("name `model` in `by` and say which model; or neither")
        return self
