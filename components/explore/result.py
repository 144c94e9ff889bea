"""What exploring found: counts by outcome and by task, and the states the student saw and the teacher did not."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from pydantic import Field

from components.browser.observation import Observation, state_digest
from components.trajectories.schema import AgentInfo, Episode, Outcome, Record


class TaskCount(Record):
    solved: int = 0
    failed: int = 0


class ExploreResult(Record):
    """One shard of one mode in one round. Written to the store once nothing is missing."""

    run: str
    round: int
    mode: str
    shard: int
    shards: int
    agent: AgentInfo
    inputs: str = Field(description="digest of everything the episodes depend on")
    outcomes: dict[str, int] = Field(description="episodes by outcome; those without a countable one were retried")
    tasks: dict[str, TaskCount] = Field(description="by task id")
    states: int = Field(description="different page states seen, whatever their references")
    new_states: int = Field(description="those the teacher did not see on this round's tasks and seeds; its own: 0")
    steps: int
    retries: int = Field(description="attempts that infrastructure errors took, in all runs of this shard")
    seconds: float = Field(description="of the last run of this shard")
    episodes_per_second: float = Field(description="of the last run; 0 where it found everything played")
    stopped: str = Field("", description="why not everything was played (the budget); empty when everything was")

    @property
    def success_rate(self) -> float:
        """Of the countable episodes; 0 where there are none."""
        solved = self.outcomes.get(Outcome.SOLVED, 0)
        counted = solved + self.outcomes.get(Outcome.FAILED, 0)
        return solved / counted if counted else 0.0

    @property
    def complete(self) -> bool:
        """Whether running again could add nothing."""
        return not self.stopped and all(Outcome(outcome).counts for outcome in self.outcomes)


def count_outcomes(episodes: Iterable[Episode]) -> dict[str, int]:
    counts = Counter(episode.outcome.value for episode in episodes)
    return {outcome.value: counts[outcome.value] for outcome in Outcome if counts[outcome.value]}


def count_tasks(episodes: Iterable[Episode]) -> dict[str, TaskCount]:
    """Solved and failed episodes of every task that was played."""
    solved, failed = Counter[str](), Counter[str]()
    for episode in episodes:
        solved[episode.task_id] += episode.outcome is Outcome.SOLVED
        failed[episode.task_id] += episode.outcome is Outcome.FAILED
    return {task: TaskCount(solved=solved[task], failed=failed[task]) for task in sorted(solved)}


def states_by_task(episodes: Iterable[Episode]) -> dict[str, set[str]]:
    """Digests of the states every task's episodes visited."""
    states = defaultdict[str, set[str]](set)
    for episode in episodes:
        states[episode.task_id].update(
            state_digest(Observation(url=step.url, title=step.title, text=step.observation, elements={}))
            for step in episode.steps
        )
    return states
