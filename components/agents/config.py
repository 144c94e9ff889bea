"""Agents by configuration: the part of a recipe that says who is the teacher and how the student acts."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from components.endpoints.config import Endpoint
from components.privacy.config import PrivacyConfig

DELIVERY = frozenset(
    {
        *("base_url", "api_key_env", "max_tokens_name", "concurrency", "timeout", "retries", "backoff"),
        *("usd_per_million_prompt", "usd_per_million_completion", "budget_tokens", "budget_usd"),
    }
)
"""How a model is reached and paid: with another address or a larger budget it is the same agent with the same
vectors.
"""
VECTORS = "embedding"
"""The key of an embedding endpoint in recipes."""


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ScriptedConfig(_Settings):
    """Rules written by hand for MiniWoB++ and the forum; the laptop's teacher, which needs no model."""

    kind: Literal["scripted"] = "scripted"


class RandomConfig(_Settings):
    """Acts at random over the same text: the reference with which every rate is compared."""

    kind: Literal["random"] = "random"


class StopConfig(_Settings):
    """Stops at once: shows what a task gives for doing nothing."""

    kind: Literal["stop"] = "stop"


class PromptBudget(_Settings):
    """Most tokens (bytes / 4) of each block of a prompt; what does not fit is trimmed. Instructions come on top."""

    goal: int = Field(1000, ge=20, description="tokens for the goal")
    examples: int = Field(6000, ge=100, description="tokens for all retrieved pieces of knowledge together")
    plan: int = Field(500, ge=50, description="tokens for the plan, if the agent plans")
    history: int = Field(2000, ge=100, description="tokens for the past steps")
    page: int = Field(12_000, ge=200, description="tokens for the page")


class ChatConfig(Endpoint):
    """A chat model behind the OpenAI protocol."""

    kind: Literal["chat"] = "chat"
    model: str = Field(description="the model's name at the endpoint")
    base_url: str = Field(description="address of the endpoint, such as http://127.0.0.1:8000/v1")
    system: bool = Field(
        True, description="false if the endpoint has no system role: that text is then part of the user message"
    )
    constrained: bool = Field(
        False,
        description="have the endpoint restrict answers to valid actions on the page (a JSON schema); helps small "
        "models",
    )
    max_tokens: int = Field(
        512, ge=1, description="maximum length of an answer in tokens; reasoning models need thousands"
    )
    window: int = Field(5, ge=0, description="number of past steps shown to the model")
    plan: bool = Field(
        False,
        description="let the model plan in parts: branch begins a part, prune gives one up; it sees only the steps of "
        "the current part",
    )
    recall: bool = Field(
        False,
        description="let the model note what it may need of a page: a past step shows the elements that it "
        "highlighted or, if these are too many, its description of the page",
    )
    prompt: PromptBudget = Field(default_factory=PromptBudget, description="maximum length of each block of a prompt")
    candidates: int = Field(
        5, ge=1, description="maximum number of candidate actions asked for at a step of speculative exploration"
    )
    examples: int = Field(
        3, ge=0, description="number of pieces of knowledge shown at each step, if there is a knowledge base"
    )
    filter_examples: bool = Field(
        False, description="ask the model first which of the retrieved pieces of knowledge help"
    )
    budget_tokens: int | None = Field(
        None,
        ge=1,
        description="token limit of the whole run; once it is reached the run stops and can be continued with a "
        "larger one",
    )
    budget_usd: float | None = Field(
        None, gt=0, description="cost limit of the whole run in US dollars; it stops there likewise"
    )

    @model_validator(mode="after")
    def _priced(self) -> Self:
        if self.budget_usd is not None and not (self.usd_per_million_prompt or self.usd_per_million_completion):
            raise ValueError(
                "budget_usd needs a price: set usd_per_million_prompt and usd_per_million_completion, or use "
                "budget_tokens"
            )
        return self


class LocalConfig(_Settings):
    """A model of the store or of a folder, run in this process."""

    kind: Literal["local"] = "local"
    model: str = Field(
        description="model reference: a digest in the store, a folder, models:/name@alias or hf:owner/name"
    )
    temperature: float = Field(
        0.0, ge=0, description="sampling temperature, seeded by the episode; 0: the most likely action"
    )
    reasons: bool = Field(
        False, description="write a reason before each action: slower, but the audit can compare reasons"
    )


class HybridConfig(_Settings):
    """A remote chat model that never sees a page with private data: there a model at home decides."""

    kind: Literal["hybrid"] = "hybrid"
    remote: ChatConfig = Field(description="model that decides on pages without private data")
    local: Annotated[LocalConfig | ChatConfig | ScriptedConfig, Field(discriminator="kind")] | Literal["student"] = (
        Field(
            description="model that decides on pages with private data: one in this process, one at an address at "
            "home, or `student`, the round's student as it was when the round began"
        )
    )
    privacy: PrivacyConfig = Field(
        default_factory=PrivacyConfig, description="what counts as private, and which hosts are at home"
    )

    @model_validator(mode="after")
    def _at_home(self) -> Self:
        if isinstance(self.local, ChatConfig) and not self.privacy.is_home(self.local.base_url):
            raise ValueError(
                f"local decides private steps, but {self.local.base_url} is not at home: name its host in privacy.home "
                "if it is yours"
            )
        return self


AgentConfig = Annotated[
    ScriptedConfig | ChatConfig | LocalConfig | HybridConfig | RandomConfig | StopConfig, Field(discriminator="kind")
]


def with_student(config: AgentConfig, student: str) -> AgentConfig:
    """The configuration with a model in place of the word `student`. Args: `student` is the model's reference."""
    if isinstance(config, HybridConfig) and config.local == "student":
        return config.model_copy(update={"local": LocalConfig(model=student)})
    return config


def endpoints(config: AgentConfig) -> dict[str, ChatConfig]:
    """The chat models of an agent, by their place in its configuration: `.remote`; empty for the agent itself."""
    if isinstance(config, ChatConfig):
        return {"": config}
    if isinstance(config, HybridConfig):
        return {".remote": config.remote} | ({".local": config.local} if isinstance(config.local, ChatConfig) else {})
    return {}


def deciding(record: Any, *, key: str = "") -> Any:
    """A configuration's JSON without `DELIVERY`, at any depth: only the settings on which results depend.

    Args:
        key: of the record in the one around it; empty for the whole.
    """
    if isinstance(record, list):
        return [deciding(item) for item in record]
    if not isinstance(record, dict):
        return record
    left_out = DELIVERY if record.get("kind") == "chat" or key == VECTORS else frozenset()
    return {name: deciding(value, key=name) for name, value in record.items() if name not in left_out}
