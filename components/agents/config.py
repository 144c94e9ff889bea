"""Agents by configuration: the part of a recipe that says who is the teacher and how the student acts."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ScriptedConfig(_Settings):
    """Rules written by hand for MiniWoB++; the laptop's teacher, which needs no model."""

    kind: Literal["scripted"] = "scripted"


class RandomConfig(_Settings):
    """Acts at random over the same text: the reference that every rate is read beside."""

    kind: Literal["random"] = "random"


class StopConfig(_Settings):
    """Stops at once: what a task gives for doing nothing."""

    kind: Literal["stop"] = "stop"


class ChatConfig(_Settings):
    """A chat model behind the OpenAI protocol."""

    kind: Literal["chat"] = "chat"
    model: str = Field(description="the model's name at the endpoint")
    base_url: str = Field(description="address of the endpoint, such as http://127.0.0.1:8000/v1")
    api_key_env: str = Field("", description="environment variable that holds the key; the key itself is never stored")
    temperature: float | None = Field(0.0, ge=0, description="null where the endpoint refuses the setting")
    max_tokens: int = Field(512, ge=1, description="longest answer, in tokens")
    window: int = Field(5, ge=0, description="past steps the model is shown")
    candidates: int = Field(5, ge=1, description="most candidates asked for in speculative synthesis")
    examples: int = Field(3, ge=0, description="pieces of the knowledge base shown at every step, where there is one")
    filter_examples: bool = Field(False, description="ask the model first which of the retrieved pieces help")
    concurrency: int = Field(8, ge=1, description="requests under way at once")
    timeout: float = Field(120, gt=0, description="seconds a request may take")
    retries: int = Field(5, ge=0, description="further attempts of a request after an error that may pass")
    backoff: float = Field(1.0, ge=0, description="seconds before the first retry; doubled before each further one")
    budget_tokens: int | None = Field(None, ge=1, description="tokens one process may use; it then stops cleanly")
    budget_usd: float | None = Field(None, gt=0, description="money one process may spend; it then stops cleanly")
    usd_per_million_prompt: float = Field(0.0, ge=0, description="price of a million prompt tokens")
    usd_per_million_completion: float = Field(0.0, ge=0, description="price of a million answer tokens")


class LocalConfig(_Settings):
    """A model of the store or of a folder, run in this process."""

    kind: Literal["local"] = "local"
    model: str = Field(description="a model reference: digest in the store, folder, models:/name@alias, hf:owner/name")
    temperature: float = Field(0.0, ge=0, description="0 decides greedily; above, it samples by the episode's own seed")
    reasons: bool = Field(False, description="write a reason before every action: slower; the audit compares them")


AgentConfig = Annotated[
    ScriptedConfig | ChatConfig | LocalConfig | RandomConfig | StopConfig, Field(discriminator="kind")
]
