"""What proposing left, stored at `<round>/results/propose.json`: every proposal with its fate, and the map."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from components.trajectories.schema import Record

Status = Literal["played", "refused", "resting"]


class ProposedTask(Record):
    """One proposal and what became of it."""

    id: str
    intent: str
    by: str
    region: str
    cases: int
    status: Status
    reason: str = Field("", description="why it is not played, or what a reader should know")
    attempts: int = Field(0, description="attempts of the teacher that count")
    solved: int = Field(0, description="number of these attempts that solved it")
    student: float | None = Field(
        None, description="success rate of the last round's student on it; none: not measured"
    )


class MapSection(Record):
    """Pages that are alike."""

    section: str
    pages: int = Field(description="number of known addresses")
    looked: int = Field(description="number of these that were looked at")
    depth: int | None = Field(description="links from the start of the walk; none: no link leads there")
    summary: str
    steps: dict[str, int] = Field(default_factory=dict, description="steps of agents there, by agent: teacher, student")
    rounds: tuple[int, ...] = Field((), description="rounds in which agents were there")


class MapResult(Record):
    """The map of one site for one visitor."""

    site: str
    user: str
    by: Literal["links", "clicks"] = Field("links", description="how one section leads to another")
    sections: tuple[MapSection, ...]
    edges: tuple[tuple[str, str, int], ...] = Field(description="from section, to section, number of links and steps")
    known: tuple[int, ...] = Field(description="number of known addresses after each page that was looked at")
    structures: tuple[int, ...] = Field(
        description="number of kinds of pages, by their structure, after each page that was looked at"
    )


class ProposeResult(Record):
    """Attributes: `tasks` is the digest of the tasks that are played, a blob of a `ProposedTasks`; empty: none."""

    stage: ClassVar[str] = "propose"

    run: str
    round: int
    inputs: str
    proposals: tuple[ProposedTask, ...]
    maps: tuple[MapResult, ...]
    questions: int = Field(0, description="requests to a language model")
    tasks: str
    seconds: float

    @property
    def played(self) -> tuple[ProposedTask, ...]:
        return tuple(proposal for proposal in self.proposals if proposal.status == "played")
