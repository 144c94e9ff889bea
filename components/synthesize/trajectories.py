"""Reading an episode as a trajectory: who found it, what its steps mean, when two are the same."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Self

from components.browser.steps import action_in_words
from components.errors import InputError
from components.text import without_references
from components.trajectories.knowledge_entry import FoundBy
from components.trajectories.phases import EXPLORING, IMPORTED
from components.trajectories.schema import Episode, Outcome, Step


def found_by(episode: Episode) -> FoundBy:
    """Whose trajectory this is.

    Raises:
        InputError: the episode was not played to explore.
    """
    if episode.phase == IMPORTED:
        return "imported"
    try:
        return EXPLORING[episode.phase]
    except KeyError:
        raise InputError(
            f"an episode of phase {episode.phase!r} is no exploration",
            where=episode.key,
            fix=f"phases of exploration are {', '.join(EXPLORING)}",
        ) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedEpisode:
    """What of a judged episode decides whether it is learnt from: a few words of each, however many there are.

    Attributes:
        outcome: as it was judged; evaluator: the benchmark's own verdict, where a model judged.
        trajectory: equal for trajectories that say the same, whoever found them.
    """

    key: str
    task_id: str
    finder: FoundBy
    outcome: Outcome
    evaluator: Outcome | None
    steps: int
    trajectory: bytes

    @classmethod
    def of(cls, episode: Episode, *, outcome: Outcome, evaluator: Outcome | None) -> Self:
        return cls(
            key=episode.key,
            task_id=episode.task_id,
            finder=found_by(episode),
            outcome=outcome,
            evaluator=evaluator,
            steps=len(episode.steps),
            trajectory=trajectory_id(episode),
        )

    @property
    def good(self) -> bool:
        return self.outcome is Outcome.SOLVED


def same_page(first: Step, second: Step) -> bool:
    """Whether two steps saw the same page, whatever the references."""
    return first.url == second.url and without_references(first.observation) == without_references(second.observation)


def trajectory_id(episode: Episode) -> bytes:
    """Digest of goal, pages and actions: trajectories that say the same have the same, whoever found them."""
    parts = [episode.task_id, episode.intent]
    for step in episode.steps:
        parts += [without_references(step.observation), action_in_words(step)]
    return hashlib.sha256("\x00".join(parts).encode()).digest()
