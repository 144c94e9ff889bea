"""What the teacher would have done where the student did not get there: examples of pages that no teacher gets to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from components.synthesize.trajectories import Tried
from components.trajectories.schema import Episode, Step

LABELS = "labels"
"""Whose the examples are: the teacher's word about the student's pages."""


def to_be_taught(tried: Sequence[Tried]) -> list[Tried]:
    """The student's episodes that were judged not good, of the tasks of which most of the teacher's are."""
    mostly = Counter[str]()
    for each in tried:
        if each.finder == "teacher":
            mostly[each.task_id] += 1 if each.good else -1
    lost = (each for each in tried if each.finder == "student" and not each.good)
    return sorted((each for each in lost if mostly[each.task_id] > 0), key=lambda each: each.key)


def taught_steps(episode: Episode) -> list[Step]:
    """The steps that the teacher labelled, with its action and reason in place of what was done."""
    return [
        step.model_copy(update={"action": told.action, "reason": told.reason})
        for step in episode.steps
        if step.speculation
        for told in step.speculation.candidates[:1]
    ]
