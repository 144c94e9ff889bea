"""Settings of the audit: the proxy mixture-of-experts, the replicates of the test, and what a verdict needs."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from components.agents.config import AgentConfig

RESERVED = {"teacher", "student", "start"}
"""Who is somebody in every round's audit, besides `unrelated-...` (`controls.py`)."""
UNRELATED = "unrelated-"


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
    threads: int = Field(1, ge=1, description="CPU threads; one thread makes a repeated audit repeat itself exactly")
    checkpoint_seconds: float = Field(60.0, gt=0, description="how often a shadow in training is saved")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.top_k > self.experts:
            raise ValueError(f"top_k is {self.top_k}, but there are only {self.experts} experts")
        if self.hidden % 8:
            raise ValueError(f"hidden is {self.hidden}, but must be a multiple of 8")
        return self


class TestConfig(BaseModel):
    """What a verdict needs. The margin and the number of replicates bound the rate of false accusations."""

    __test__ = False  # not a test class, whatever pytest thinks of its name
    model_config = ConfigDict(frozen=True, extra="forbid")

    replicates: int = Field(
        8, ge=4, le=64, description="disjoint parts of the probes; each gives one likeness of every two models"
    )
    alpha: float = Field(0.05, gt=0, lt=0.5, description="level of the test; also one minus the intervals' level")
    margin: float = Field(
        0.88,
        gt=0,
        lt=1,
        description="distance under which a suspect counts as distilled: 0 is the teacher, 1 an independent model; "
        "less where controls scatter (`false_accusations`)",
    )
    white_box_margin: float = Field(
        0.6,
        gt=0,
        lt=1,
        description="the margin where models' own routing is compared, in which relatives lie closer to each other",
    )
    false_accusations: float = Field(
        0.02,
        gt=0,
        lt=0.5,
        description="share of audits in which one more control may lie under the margin, as their scatter tells",
    )
    clearance: float = Field(
        0.95, gt=0, lt=1, description="distance over which it counts as independent; between the two nothing is said"
    )

    @model_validator(mode="after")
    def _can_decide(self) -> Self:
        for name in ("margin", "white_box_margin"):
            if self.clearance < getattr(self, name):
                raise ValueError(f"clearance is {self.clearance}, but must not be under {name}, {getattr(self, name)}")
        if 0.5**self.replicates > self.alpha:
            raise ValueError(
                f"{self.replicates} replicates cannot give a p-value under alpha = {self.alpha}; "
                "the smallest a sign-flip test gives is 0.5 to the power of the replicates"
            )
        return self

    def of_routing(self) -> Self:
        """The test of a white-box audit."""
        return self.model_copy(update={"margin": self.white_box_margin})


class DetectConfig(BaseModel):
    """Everything the detect stage can be told."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    probes: int = Field(192, ge=16, description="probe turns taken from stored evaluation episodes")
    probes_per_replicate: int = Field(16, ge=4, description="fewest probes a replicate may have")
    reasons: bool = Field(True, description="compare reasons as well as actions where teacher and student give both")
    others: dict[str, AgentConfig] = Field(
        default_factory=dict,
        description="agents the student must not come from, by name; each is judged as a teacher is",
    )
    seed: int = Field(0, description="of the shadows and of the resampling; the round's seed is added")
    shadow: ShadowConfig = Field(default_factory=lambda: ShadowConfig(), description="the proxy and its training")
    test: TestConfig = Field(default_factory=lambda: TestConfig(), description="the hypothesis test")

    @model_validator(mode="after")
    def _enough(self) -> Self:
        if taken := sorted(name for name in self.others if name in RESERVED or name.startswith(UNRELATED)):
            raise ValueError(f"others: {taken[0]!r} is somebody else in every audit; choose another name")
        if 0.5**self.test.replicates * (1 + len(self.others)) > self.test.alpha:
            raise ValueError(f"{len(self.others)} others are too many for {self.test.replicates} replicates")
        need = self.test.replicates * self.probes_per_replicate
        if self.probes < need:
            raise ValueError(
                f"{self.probes} probes can never fill {self.test.replicates} replicates of "
                f"{self.probes_per_replicate}: ask for {need} at least"
            )
        return self
