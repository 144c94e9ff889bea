"""Solutions that only the student found: a measure of what the student gives the teacher. Ours.

A solution counts if a student's own episode solved a task and seed that the teacher tried and failed. It counts for the
whole task if the teacher failed on every seed it tried. The teacher's attempts are its episodes up to this round, alone
or correcting the student. A speculative episode in which all actions were the student's does not count as one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from components.results.synthesize import Discovery
from components.trajectories.phases import EXPLORING
from components.trajectories.schema import Outcome


def student_only(rows: Iterable[Mapping[str, Any]], *, round: int) -> tuple[Discovery, ...]:
    """The discoveries of one round.

    Args:
        rows: episodes that explored in this round and the earlier ones, as `rows.episode_row` gives them.
    """
    outcomes: dict[str, dict[int, bool]] = defaultdict(dict)
    solved_rows: list[Mapping[str, Any]] = []
    for row in rows:
        solved = row["outcome"] == Outcome.SOLVED
        mode = EXPLORING.get(row["phase"])
        if mode == "student":
            solved_rows += [row] if solved and row["round"] == round else []
        elif mode == "teacher" or (mode == "speculative" and row["teacher_steps"]):
            seeds = outcomes[row["task_id"]]
            seeds[row["seed"]] = seeds.get(row["seed"], False) or solved
    discoveries = []
    for row in sorted(solved_rows, key=lambda row: (row["task_id"], row["seed"])):
        seeds = outcomes[row["task_id"]]
        if seeds and not any(seeds.values()):
            discoveries.append(_discovery(row, "task"))
        elif seeds.get(row["seed"]) is False:
            discoveries.append(_discovery(row, "seed"))
    return tuple(discoveries)


def _discovery(row: Mapping[str, Any], kind: Literal["task", "seed"]) -> Discovery:
    names = ("task_id", "template", "seed", "round", "episode_key")
    return Discovery(kind=kind, **{name: row[name] for name in names})
