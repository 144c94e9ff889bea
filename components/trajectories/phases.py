"""The phases of a round, whose names are folders of episodes: trying, exploring in three modes, judging."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Mode = Literal["teacher", "speculative", "student"]
Role = Literal["student", "champion", "teacher", "teacher_without_knowledge", "random", "stop"]
"""Who is judged. `random` and `stop` act at random and stop at once: what a rate must be read beside."""
PROPOSE = "propose"
"""Where the teacher's attempts at proposed tasks are: nothing is learnt from them."""
CHANCE: tuple[Role, ...] = ("random", "stop")
SplitName = Literal["heldout_seeds", "heldout_tasks", "transductive"]
"""Other seeds of training tasks; tasks never learnt from; and, of a benchmark without seeds, training tasks again."""
HELD_OUT: Mapping[SplitName, str] = {"heldout_seeds": "held-out seeds", "heldout_tasks": "held-out tasks"}
"""The splits of what a student has not met, in words."""


def explore_phase(mode: Mode) -> str:
    """Where the episodes of one mode of exploring are."""
    return f"explore-{mode}"


def evaluate_phase(role: Role, split: SplitName) -> str:
    """Where the episodes of one judged agent on one split are."""
    return f"evaluate-{role}-{split}"


IMPORTED = "imported"
"""The phase of episodes that others recorded."""

EXPLORING: dict[str, Mode] = {
    explore_phase("teacher"): "teacher",
    explore_phase("speculative"): "speculative",
    explore_phase("student"): "student",
}
