"""Which solutions came from the student alone: the measure of what the student gives the teacher.

A solution counts when a student's own episode solved it and the teacher had tried and failed: on the very same task and
seed, and, for a whole task, on every seed it tried. The teacher's side is what it explored up to this round, alone or
correcting the student; a speculative episode in which every action was the student's says nothing about the teacher.
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
    tried: dict[str, dict[int, bool]] = defaultdict(dict)
    mine: list[Mapping[str, Any]] = []
    for row in rows:
        solved = row["outcome"] == Outcome.SOLVED
        mode = EXPLORING.get(row["phase"])
        if mode == "student":
            mine += [row] if solved and row["round"] == round else []
        elif mode == "teacher" or (mode == "speculative" and row["teacher_steps"]):
            seeds = tried[row["task_id"]]
            seeds[row["seed"]] = seeds.get(row["seed"], False) or solved
    found = []
    for row in sorted(mine, key=lambda row: (row["task_id"], row["seed"])):
        seeds = tried[row["task_id"]]
        if seeds and not any(seeds.values()):
            found.append(_discovery(row, "task"))
        elif seeds.get(row["seed"]) is False:
            found.append(_discovery(row, "seed"))
    return tuple(found)


def _discovery(row: Mapping[str, Any], kind: Literal["task", "seed"]) -> Discovery:
    names = ("task_id", "template", "seed", "round", "episode_key")
    return Discovery(kind=kind, **{name: row[name] for name in names})
