"""What exploring found, stored at `<round>/results/explore-<mode>-<shard>.json`."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from components.trajectories.schema import AgentInfo, Outcome, Record


class TaskCount(Record):
    solved: int = 0
    failed: int = 0


class ExploreResult(Record):
    """One shard of one mode in one round. Written to the store once nothing is missing."""

    stage: ClassVar[str] = "explore"
    run: str
    round: int
    mode: str
    shard: int
    shards: int
    agent: AgentInfo
    inputs: str = Field(description="digest of everything the episodes depend on")
    outcomes: dict[str, int] = Field(description="episodes by outcome; those without a countable outcome were retried")
    causes: dict[str, int] = Field(
        default_factory=dict,
        description="why episodes have no countable outcome; `TypeError (page)` is an unexpected error",
    )
    tasks: dict[str, TaskCount] = Field(description="counts by task id")
    states: int = Field(description="number of different page states, ignoring element references")
    new_states: int = Field(
        description="number of these that the teacher did not see on this round's tasks and seeds; 0 for the teacher "
        "itself"
    )
    steps: int
    retries: int = Field(description="attempts lost to infrastructure errors, in all runs of this shard")
    seconds: float = Field(description="duration of the last run of this shard")
    episodes_per_second: float = Field(description="speed of the last run; 0 if everything had been played before")
    stopped: str = Field("", description="why not everything was played (the budget); empty if everything was")

    @property
    def success_rate(self) -> float:
        """Of the countable episodes; 0 where there are none."""
        solved = self.outcomes.get(Outcome.SOLVED, 0)
        counted = solved + self.outcomes.get(Outcome.FAILED, 0)
        return solved / counted if counted else 0.0

    @property
    def complete(self) -> bool:
        """Whether every planned episode counts; where not, `outcomes` says how many do not, and how they ended."""
        return not self.stopped and all(Outcome(outcome).counts for outcome in self.outcomes)
