"""Settings of a shadow: the proxy mixture-of-experts and its training."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class ShadowConfig(BaseModel):
    """A proxy mixture-of-experts and how it is distilled from responses. The defaults take seconds on one core.

    Training is in two stages: a *common* one on all sources' responses together, and one on each source's own (the
    authors' way). Ours is to leave out both: one shadow with random weights, or those of `proxy`, reads everybody. A
    stage of its own makes every shadow drift at random, a common one teaches routers what everybody shares; more
    initial weights are worth more than more steps (docs/log.md).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    proxy: str = Field(
        "",
        description="mixture-of-experts model to start from, a folder or Hugging Face id; empty: a new one with "
        "random weights",
    )
    vocabulary: int = Field(
        512, ge=300, le=65536, description="vocabulary size of the new proxy's tokenizer (byte-level BPE)"
    )
    hidden: int = Field(64, ge=8, description="hidden size of the new proxy")
    layers: int = Field(2, ge=1, description="layers of the new proxy, each with experts")
    experts: int = Field(32, ge=2, description="experts in each layer of the new proxy")
    top_k: int = Field(2, ge=1, description="experts that each token is routed to in the new proxy")
    prompt_tokens: int = Field(
        64, ge=1, description="tokens of a probe's prompt that the proxy reads, counted from its start"
    )
    response_tokens: int = Field(
        40, ge=1, description="tokens of a response that the proxy learns, counted from its start"
    )
    trainings: int = Field(
        4,
        ge=1,
        description="shadows of each source, each from other initial weights; their likenesses are averaged",
    )
    common_steps: int = Field(0, ge=0, description="training steps that all sources share; 0: none")
    common_rate: float = Field(3e-3, gt=0, description="learning rate of the shared steps")
    steps: int = Field(
        0,
        ge=0,
        description="training steps of each source's own shadow; 0: one shadow reads the answers of all sources",
    )
    rate: float = Field(3e-3, gt=0, description="learning rate of each source's own steps")
    batch: int = Field(32, ge=1, description="examples in each step")
    device: Literal["cpu", "cuda"] = Field(
        "cpu",
        description="device of the shadows; take cuda (a GPU) for a proxy of billions of parameters. The last digits "
        "differ between devices",
    )
    threads: int = Field(
        1, ge=1, description="CPU threads; only with 1 does a repeated audit give exactly the same numbers"
    )
    checkpoint_seconds: float = Field(60.0, gt=0, description="seconds between two checkpoints of a shadow in training")

    @property
    def trained(self) -> bool:
        """Whether a shadow learns anything before it reads."""
        return bool(self.common_steps or self.steps)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.top_k > self.experts:
            raise ValueError(f"top_k is {self.top_k}, but there are only {self.experts} experts")
        if self.hidden % 8:
            raise ValueError(f"hidden is {self.hidden}, but must be a multiple of 8")
        return self
