"""The teacher's labels on the student's failed episodes: examples of pages that a teacher itself never gets to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from components.synthesize.trajectories import JudgedEpisode
from components.trajectories.schema import Episode, Step

LABELS = "labels"
"""Source of these examples, in their rows."""


def to_be_taught(tried: Sequence[JudgedEpisode]) -> list[JudgedEpisode]:
    """The student's episodes that were judged not good, of the tasks of which most of the teacher's are."""
    mostly = Counter[str]()
    for attempt in tried:
        if attempt.finder == "teacher":
            mostly[attempt.task_id] += 1 if attempt.good else -1
    failed = (attempt for attempt in tried if attempt.finder == "student" and not attempt.good)
    return sorted((attempt for attempt in failed if mostly[attempt.task_id] > 0), key=lambda attempt: attempt.key)


def taught_steps(episode: Episode) -> list[Step]:
    """The steps that the teacher labelled, with its action and reason in place of what was done."""
    return [
        step.model_copy(update={"action": label.action, "reason": label.reason})
        for step in episode.steps
        if step.speculation
        for label in step.speculation.candidates[:1]
    ]
