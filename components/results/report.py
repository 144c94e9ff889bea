"""What a report found by reading a round's episodes, and where its page is, at `<round>/results/report.json`."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field, model_validator

from components.results.episodes import Change
from components.results.privacy import PrivacySummary
from components.results.synergy import Synergy
from components.trajectories.phases import SplitName, main_split
from components.trajectories.schema import Record


class Visited(Record):
    """What exploring met, the student's place beside the teacher, on the same tasks: AgentSymbiotic's N_S (3.1).

    The paper counts pairs of state and action. Ours counts states alone as well: with actions, a student that only acts
    badly on known pages looks inventive. The interval is ours.
    """

    teacher: int = Field(description="number of different ones in the teacher's episodes, by digest")
    student: int = Field(description="number in the episodes of the agent that explored as the student")
    new: int = Field(description="N_S: number of these that no teacher episode of this or an earlier round met")
    interval: tuple[float, float] = Field(
        description="Wilson interval of new / student, 95 %; its sample size is reduced where those of one task are "
        "alike"
    )
    new_by_task: dict[str, int]


class Facts(Record):
    """What is in no other stage's result: read once from the round's episodes, so that later reports need not."""

    outcomes: dict[str, dict[str, int]] = Field(description="episodes by phase, then by outcome")
    explorer: str = Field(
        "", description="kind of the agent that explored as the student: `local`, or `random`; empty: none"
    )
    states: Visited | None = Field(description="page states; none if neither teacher nor student explored")
    actions: Visited | None = Field(description="pairs of page state and action; none in the same case")
    synergy: dict[SplitName, Synergy] = Field(
        description="gain from working together, by split; empty if it was not evaluated"
    )
    since_last: dict[SplitName, Change] = Field(
        description="the student compared with the last round's; empty in the first round, or if one was not evaluated"
    )
    since_start: dict[SplitName, Change] = Field(
        description="the student compared with the model that the run began with; empty if that was not evaluated"
    )
    beside_chance: dict[SplitName, Change] = Field(
        description="the student compared with an agent that acts at random; empty if that was not evaluated"
    )
    privacy: PrivacySummary | None = Field(
        None, description="what left for other machines; none if the teacher is not hybrid"
    )
    usd: float = Field(description="cost of all episodes played in this round, in US dollars")
    tokens: int

    @model_validator(mode="before")
    @classmethod
    def _of_one_split(cls, record: Any) -> Any:
        """Earlier releases stored the main split's `change` alone."""
        if not isinstance(record, dict) or "change" not in record:
            return record
        rest = {key: value for key, value in record.items() if key != "change"}
        main = main_split(record.get("since_start") or ("heldout_seeds",))
        return {"since_last": {main: record["change"]} if record["change"] else {}, **rest}


class ReportResult(Record):
    """Where the page is, and the facts it was made from."""

    stage: ClassVar[str] = "report"

    run: str
    round: int
    inputs: str = Field(description="`<digest of the other results>.<digest of episodes, earlier rounds, and so on>`")
    page: str = Field(description="SHA-256 of the page, which is stored as a blob with the suffix html")
    facts: Facts
