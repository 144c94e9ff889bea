"""Counts of explored episodes: by outcome, by task, and the page states they saw."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from components.browser.steps import state_of
from components.results.explore import TaskCount
from components.trajectories.schema import Episode, Outcome


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
        states[episode.task_id].update(map(state_of, episode.steps))
    return states
