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
        "", description="folder or Hugging Face id of a mixture-of-experts to start from; empty: one from scratch"
    )
    vocabulary: int = Field(512, ge=300, le=65536, description="tokens of the from-scratch proxy's byte-level BPE")
    hidden: int = Field(64, ge=8, description="width of the from-scratch proxy")
    layers: int = Field(2, ge=1, description="layers of the from-scratch proxy, each with experts")
    experts: int = Field(32, ge=2, description="experts per layer of the from-scratch proxy")
    top_k: int = Field(2, ge=1, description="experts each token is routed to in the from-scratch proxy")
    prompt_tokens: int = Field(64, ge=1, description="tokens of a probe's prompt that the proxy reads, from its start")
    response_tokens: int = Field(40, ge=1, description="tokens of a response that the proxy learns, from its start")
    trainings: int = Field(
        4,
        ge=1,
        description="times everybody's shadow is made, each from other initial weights; likeness is the mean",
    )
    common_steps: int = Field(0, ge=0, description="steps of the stage that all sources share; 0: it is left out")
    common_rate: float = Field(3e-3, gt=0, description="learning rate of the common stage")
    steps: int = Field(0, ge=0, description="steps of each source's own stage; 0: one shadow reads everybody")
    rate: float = Field(3e-3, gt=0, description="learning rate of each source's own stage")
    batch: int = Field(32, ge=1, description="examples per step")
    device: Literal["cpu", "cuda"] = Field(
        "cpu",
        description="where shadows live, read and learn: cpu, or cuda, a GPU; a proxy of billions wants a GPU, and the "
        "last digits differ between the two",
    )
    threads: int = Field(1, ge=1, description="CPU threads; one thread makes a repeated audit repeat itself exactly")
    checkpoint_seconds: float = Field(60.0, gt=0, description="how often a shadow in training is saved")

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
