"""The phases of a round, whose names are folders of episodes: trying, exploring in three modes, judging."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Literal

Mode = Literal["teacher", "speculative", "student"]
Role = Literal["student", "champion", "teacher", "teacher_without_knowledge", "random", "stop"]
"""Who is judged. `random` acts at random, `stop` stops at once: every rate should be compared with theirs."""
PROPOSE = "propose"
"""Where the teacher's attempts at proposed tasks are: nothing is learnt from them."""
CHANCE: tuple[Role, ...] = ("random", "stop")
SplitName = Literal["heldout_seeds", "heldout_tasks", "transductive"]
"""Other seeds of training tasks; tasks never learnt from; and, of a benchmark without seeds, training tasks again."""
HELD_OUT: Mapping[SplitName, str] = {"heldout_seeds": "held-out seeds", "heldout_tasks": "held-out tasks"}
"""The splits of what a student has not met, in words."""
PRACTISED: tuple[SplitName, ...] = ("heldout_seeds", "transductive")
"""How training tasks are judged: on held-out seeds, or again if a benchmark has no seeds."""
SPLITS: Mapping[SplitName, str] = {**HELD_OUT, "transductive": "training tasks again (transductive)"}
"""Names of the splits, in the order in which they are listed."""


def main_split(splits: Collection[str]) -> SplitName:
    """The split that is named first: held-out seeds, or held-out tasks where a benchmark has no seeds.

    Args:
        splits: those that were judged.
    """
    return "heldout_seeds" if "heldout_seeds" in splits else "heldout_tasks"


def titles(splits: Collection[str]) -> dict[SplitName, str]:
    """The judged splits in words, in the order of `SPLITS`.

    Without seeds, held-out tasks get the name that the literature puts beside `transductive`: disjoint.
    """
    disjoint = {} if "heldout_seeds" in splits else {"heldout_tasks": "held-out tasks (disjoint)"}
    return {split: disjoint.get(split, title) for split, title in SPLITS.items() if split in splits}


EXPLORE, EVALUATE = "explore-", "evaluate-"
"""How the names of all phases of exploring, and of all of judging, begin."""


def explore_phase(mode: Mode) -> str:
    """Where the episodes of one mode of exploring are."""
    return f"{EXPLORE}{mode}"


def evaluation_of(role: Role) -> str:
    """What the evaluation of one agent is called, as a stage and as a result."""
    return f"{EVALUATE}{role}"


def evaluate_phase(role: Role, split: SplitName) -> str:
    """Where the episodes of one judged agent on one split are."""
    return f"{evaluation_of(role)}-{split}"


IMPORTED = "imported"
"""The phase of episodes that others recorded."""

EXPLORING: dict[str, Mode] = {
    explore_phase("teacher"): "teacher",
    explore_phase("speculative"): "speculative",
    explore_phase("student"): "student",
}
