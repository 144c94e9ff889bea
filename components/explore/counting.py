"""Counts of explored episodes, from rows of `trajectories.seen`: by outcome, by task, and the page states they saw."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from components.results.explore import TaskCount
from components.trajectories.schema import Outcome

Rows = Iterable[Mapping[str, Any]]


def count_outcomes(rows: Rows) -> dict[str, int]:
    counts = Counter(row["outcome"] for row in rows)
    return {outcome.value: counts[outcome.value] for outcome in Outcome if counts[outcome.value]}


def count_tasks(rows: Rows) -> dict[str, TaskCount]:
    """Solved and failed episodes of every task that was played."""
    solved, failed = Counter[str](), Counter[str]()
    for row in rows:
        solved[row["task_id"]] += row["outcome"] == Outcome.SOLVED
        failed[row["task_id"]] += row["outcome"] == Outcome.FAILED
    return {task: TaskCount(solved=solved[task], failed=failed[task]) for task in sorted(solved)}


def states_by_task(rows: Rows) -> dict[str, set[str]]:
    """Digests of the states every task's episodes visited."""
    states = defaultdict[str, set[str]](set)
    for row in rows:
        states[row["task_id"]].update(row["states"])
    return states
