"""The record of an episode: one immutable object each, kept in a `store`.

The observation of step i is what the agent saw before action i. Times are seconds, costs US dollars, tokens counts.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from components.text import cleaned

SCHEMA_VERSION = 4


class Outcome(StrEnum):
    """How an episode ended. Only `solved` and `failed` enter training data and denominators."""

    SOLVED = "solved"
    FAILED = "failed"
    ENV_ERROR = "env_error"
    JUDGE_ERROR = "judge_error"
    INFRA_ERROR = "infra_error"

    @property
    def counts(self) -> bool:
        return self in (Outcome.SOLVED, Outcome.FAILED)


class Record(BaseModel):
    """Base of everything stored: immutable, an unknown key is an error, and whatever it holds can be read again.

    Texts are cleaned (`text.clean`), and numbers that JSON does not know (infinite, or none) are refused.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @field_validator("*", mode="after")
    @classmethod
    def _storable(cls, value: Any) -> Any:
        return cleaned(value)  # other records have cleaned themselves


class Cost(Record):
    """What models were asked and answered, also an endpoint of vectors: its tokens are of the prompt."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    usd: float = 0.0

    def __add__(self, other: Cost) -> Cost:
        return Cost(
            prompt_tokens=self.prompt_tokens + other.prompt_tokens,
            completion_tokens=self.completion_tokens + other.completion_tokens,
            usd=self.usd + other.usd,
        )


class Target(Record):
    """The element an action names, described so that it can be found again on another copy of the page."""

    ref: int
    role: str
    name: str
    line: str = Field(description="the element's line of the observation, without its reference")


class PageEvent(Record):
    """Something that happened to the page beside the action: a dialog, pop-up, download, crash, hang or close."""

    kind: Literal["dialog", "popup", "download", "crash", "hang", "closed", "blocked_navigation", "console_error"]
    detail: str = ""


class Candidate(Record):
    action: str
    reason: str = ""


class Speculation(Record):
    """What the student proposed at this step and what the teacher made of it (AgentSymbiotic 3.3, eq. 5-6)."""

    proposed: Candidate
    candidates: tuple[Candidate, ...]
    accepted: bool


class Timing(Record):
    """Seconds of each part of a step."""

    observe: float = 0.0
    decide: float = 0.0
    act: float = 0.0


class Step(Record):
    index: int
    url: str
    title: str = ""
    observation: str
    action: str = Field(description="the executed action in canonical form, or the text that was no valid action")
    reason: str = ""
    description: str = Field("", description="the agent's note about the page")
    highlight: str = Field("", description="lines of elements that the agent wants to remember")
    target: Target | None = None
    purposes: dict[int, str] = Field(
        default_factory=dict,
        description="purpose of fields by reference, from the page's markup; no agent was shown it",
    )
    feedback: str = Field("", description="error that the agent was shown after this action; empty if it worked")
    decided_by: Literal["teacher", "student"] | None = None
    speculation: Speculation | None = None
    private: tuple[str, ...] = Field((), description="classes of private data because of which a model at home decided")
    retrieved: tuple[str, ...] = Field((), description="ids of the pieces of knowledge that the agent was shown")
    events: tuple[PageEvent, ...] = ()
    timing: Timing = Timing()
    cost: Cost = Cost()
    screenshot: str | None = Field(None, description="digest of the screenshot blob")
    exchange: str | None = Field(None, description="digest of the blob with the request to a chat model and its answer")


class AgentInfo(Record):
    """Who acted. `digest` covers weights or rules, prompts and settings: another digest is another agent."""

    name: str
    kind: str
    digest: str
    prompt: str = Field("", description="name and version of the prompt file; empty if there is none")


class Origin(Record):
    """Whose recording an episode is, where it was not played here."""

    source: str = Field(description="name of the imported set, by which it can be taken down again")
    licence: str


class Episode(Record):
    schema_version: int = SCHEMA_VERSION
    run: str
    round: int
    phase: str = Field(description="one of the names in `trajectories.phases`")
    benchmark: str
    benchmark_version: str = ""
    evaluator_checksum: str = ""
    task_id: str
    family: str
    template: str
    seed: int
    intent: str
    notice: str = Field("", description="what the agent was told besides the goal, such as the form of the answer")
    start_url: str
    end_url: str = Field("", description="address of the last page; empty if unknown")
    agent: AgentInfo
    steps: tuple[Step, ...]
    outcome: Outcome
    reward: float = 0.0
    answer: str | None = None
    message: str = Field("", description="why it ended, as the evaluator or the error says")
    retries: tuple[str, ...] = Field((), description="infrastructure errors of earlier attempts at this episode")
    network: str | None = Field(None, description="digest of the blob with the network record (HAR)")
    started_at: str
    seconds: float
    origin: Origin | None = None
    extra: dict[str, Any] = Field(
        default_factory=dict, description="of an error: its cause and traceback; `judged`: what the verdict is based on"
    )

    @property
    def key(self) -> str:
        """Where this episode is stored; the same work always has the same key, so doing it twice leaves one record."""
        return episode_key(run=self.run, round=self.round, phase=self.phase, task_id=self.task_id, seed=self.seed)


def round_prefix(*, run: str, round: int) -> str:
    """Prefix of everything one round writes: `runs/<run>/round-<nnn>`."""
    return f"runs/{run}/round-{round:03d}"


def episode_key(*, run: str, round: int, phase: str, task_id: str, seed: int) -> str:
    return f"{round_prefix(run=run, round=round)}/episodes/{phase}/{task_id}/{seed}.json.zst"
