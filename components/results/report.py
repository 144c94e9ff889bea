"""What a report found by reading a round's episodes, and where its page is, at `<round>/results/report.json`."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from components.trajectories.phases import SplitName
from components.trajectories.schema import Record


class StatesFound(Record):
    """Page states that exploring reached, the student's beside the teacher's, on the same tasks."""

    teacher: int = Field(description="different page states, by digest, in the teacher's episodes")
    student: int
    new: int = Field(description="states of the student's that no teacher episode of this or an earlier round saw")
    new_by_task: dict[str, int]


class Change(Record):
    """This round's student against another agent, on the tasks and seeds that count for both."""

    gains: int
    losses: int
    p_value: float = Field(description="McNemar's exact test")


class Facts(Record):
    """What is in no other stage's result: read once from the round's episodes, so that later reports need not."""

    outcomes: dict[str, dict[str, int]] = Field(description="by phase, then by outcome")
    states: StatesFound | None = Field(description="none where neither teacher nor student explored")
    change: Change | None = Field(description="none in the first round, or where a student was not evaluated")
    since_start: dict[SplitName, Change] = Field(
        description="the student beside the untrained model the run began with; empty where that was not evaluated"
    )
    beside_chance: dict[SplitName, Change] = Field(
        description="the student beside an agent that acts at random; empty where that was not evaluated"
    )
    usd: float = Field(description="dollars of all episodes played in this round")
    tokens: int


class ReportResult(Record):
    """Where the page is, and the facts it was made from."""

    stage: ClassVar[str] = "report"

    run: str
    round: int
    inputs: str = Field(description="`<digest of the other results>.<digest of episodes, earlier rounds, settings>`")
    page: str = Field(description="SHA-256 of the page, a blob with the suffix html")
    facts: Facts
