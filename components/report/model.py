"""What a report shows, put together from the results of every stage of every round so far.

A stage that has not run, or not in this round, leaves its field empty and its section says so.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from components.trajectories.schema import Episode


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Success(_Part):
    """Success of one agent on one split."""

    solved: int
    episodes: int
    success_rate: float
    low: float
    high: float
    steps_per_solved: float | None = None
    seconds_per_solved: float | None = None
    usd_per_solved: float | None = None
    by_task: dict[str, tuple[int, int]] = Field(default_factory=dict, description="solved and counted, by task")


class LearningPoint(_Part):
    """What distillation measured at one optimizer step."""

    step: int
    loss: float | None = None
    validation_loss: float | None = None
    action_accuracy: float | None = None


class Solution(_Part):
    """A task and seed that one agent solved and another did not."""

    task_id: str
    seed: int
    episode_key: str


class Discovery(_Part):
    """What exploring found, the student's beside the teacher's, on the same tasks."""

    teacher_states: int = Field(description="different page states, by digest, in the teacher's episodes")
    student_states: int
    new_states: int = Field(
        description="states of the student's that no teacher episode of this or an earlier round saw"
    )
    new_states_by_task: dict[str, int]
    student_only: tuple[Solution, ...] = Field(
        description="solved by the student's exploring where the teacher failed on that seed, or never solved the task"
    )
    student_only_tasks: tuple[str, ...] = Field(description="of these, tasks of which the teacher solved no seed")


class HeatMap(_Part):
    """How a source's experts (rows) share the kinds of input (columns) among them."""

    title: str
    columns: tuple[str, ...]
    values: tuple[tuple[float, ...], ...]


class Audit(_Part):
    verdict: str
    p_value: float | None = None
    distances: dict[str, float] = Field(default_factory=dict)
    because: str = ""
    limits: tuple[str, ...] = ()
    heat_maps: tuple[HeatMap, ...] = ()


class TaskChange(_Part):
    task_id: str
    pairs: int
    gains: int
    losses: int


class Promotion(_Part):
    decision: str
    reason: str
    champion_is_start: bool
    pairs: int
    left_out: int
    gains: int
    losses: int
    challenger_rate: float
    champion_rate: float
    difference: float
    interval: tuple[float, float] | None
    p_value: float
    minimum_detectable_effect: float
    alpha: float
    power: float
    model_name: str
    version: str
    champion_version: str
    by_task: tuple[TaskChange, ...] = ()


class Change(_Part):
    """This round's student against the last round's on the same held-out seeds."""

    gains: int
    losses: int
    p_value: float = Field(description="McNemar's exact test")


class RoundInput(_Part):
    """One round as its stages left it."""

    number: int
    success: dict[str, dict[str, Success]] = Field(default_factory=dict, description="by role, then by split")
    outcomes: dict[str, dict[str, int]] = Field(default_factory=dict, description="by phase, then by outcome")
    accepted: int | None = Field(None, description="student's proposals that the teacher's candidates held")
    proposed: int | None = None
    learning: tuple[LearningPoint, ...] = ()
    change: Change | None = None
    discovery: Discovery | None = None
    knowledge_from_student: int | None = Field(None, description="knowledge-base entries found by the student alone")
    knowledge_entries: int | None = None
    audit: Audit | None = None
    promotion: Promotion | None = None
    seconds: dict[str, float] = Field(default_factory=dict, description="by stage")
    usd: float = 0.0
    tokens: int = 0


class EpisodeView(_Part):
    """An episode of the viewer, with the bytes of those screenshots that are kept in the page."""

    episode: Episode
    agent: str = Field(description="who acted, in words: teacher, student, speculative, and whether being judged")
    why: str = Field("", description="why it was chosen, such as solved by the student alone")
    screenshots: dict[int, bytes] = Field(default_factory=dict, description="PNG by step")


class ReportInput(_Part):
    """Everything of one report: all rounds up to `round`, and a sample of this round's episodes."""

    run: str
    round: int
    rounds: tuple[RoundInput, ...]
    episodes: tuple[EpisodeView, ...] = ()
    episodes_in_store: int = Field(0, description="episodes of this round, of which the viewer holds a sample")

    @property
    def now(self) -> RoundInput:
        """The round the report is about."""
        return self.rounds[-1]
