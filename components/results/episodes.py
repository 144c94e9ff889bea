"""Pairs of episodes of two evaluations: the same task and seed, played by one agent and by the other."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from pydantic import Field

from components.errors import InputError
from components.results.evaluate import EvaluateResult
from components.results.place import MEND
from components.statistics import compare_paired
from components.trajectories.phases import SplitName
from components.trajectories.schema import Outcome, Record
from components.trajectories.store import Store
from components.trajectories.tables import read_table

NONE: Mapping[str, Outcome] = MappingProxyType({})
Outcomes = Mapping[tuple[str, str, int], Outcome]
"""By (split, task, seed)."""
Pair = tuple[bool, bool]


class Change(Record):
    """One agent beside another, on the tasks and seeds that count for both."""

    pairs: int
    gains: int = Field(description="pairs that only this agent solved")
    losses: int = Field(description="pairs that only the other agent solved")
    difference: float = Field(description="its success rate minus the other agent's")
    interval: tuple[float, float] | None = Field(
        description="interval of the difference, 95 %, by resampling tasks; null with a single task"
    )
    p_value: float = Field(description="McNemar's exact test, two-sided")


def compare(store: Store, a: EvaluateResult, b: EvaluateResult, *, split: SplitName) -> Change:
    """How agent `b` differs from agent `a` on a split. Errors as `rows_of`."""
    old, new = (outcomes_of(store, evaluation, splits=(split,)) for evaluation in (a, b))
    return change_of({task: pairs for (task, _), pairs in pairs_of(old, new).items()})


def change_of(pairs: Mapping[str, Sequence[Pair]]) -> Change:
    """The change over pairs by task, each (the other solved, this one solved)."""
    paired = compare_paired(pairs)
    return Change(
        pairs=paired.pairs,
        gains=paired.gains,
        losses=paired.losses,
        difference=paired.difference,
        interval=paired.interval,
        p_value=paired.p_value,
    )


def rows_of(store: Store, evaluation: EvaluateResult, *, columns: Sequence[str] | None = None) -> list[dict[str, Any]]:
    """The rows of an evaluation's table of episodes, one for each.

    Raises:
        InputError: the table is gone or torn.
    """
    try:
        rows: list[dict[str, Any]] = read_table(store, evaluation.table, columns=columns).to_pylist()
    except KeyError:
        address = f"{store.url}/{evaluation.table}"
        raise InputError("the table of an evaluation is gone", where=address, fix=MEND) from None
    return rows


def outcomes_of(
    store: Store, evaluation: EvaluateResult, *, splits: Collection[str], flipped: Mapping[str, Outcome] = NONE
) -> Outcomes:
    """The outcome of every episode of these splits. Errors as `rows_of`.

    Args:
        flipped: outcomes that count instead of the stored ones, by the episode's key.
    """
    columns = ["split", "task_id", "seed", "outcome", *(["episode_key"] if flipped else [])]
    return {
        (row["split"], row["task_id"], row["seed"]): flipped.get(row.get("episode_key", ""), Outcome(row["outcome"]))
        for row in rows_of(store, evaluation, columns=columns)
        if row["split"] in splits
    }


def pairs_of(a: Outcomes, b: Outcomes) -> dict[tuple[str, str], list[Pair]]:
    """(a solved, b solved) of every seed that counted for both, by (task, split).

    Pairs where either ended in an error of page, judge or infrastructure say nothing about the agents and are left out.
    """
    pairs: dict[tuple[str, str], list[Pair]] = {}
    for key in sorted(a.keys() & b.keys()):
        split, task, _ = key
        if a[key].counts and b[key].counts:
            pairs.setdefault((task, split), []).append((a[key] is Outcome.SOLVED, b[key] is Outcome.SOLVED))
    return pairs
