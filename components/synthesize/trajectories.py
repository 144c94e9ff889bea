"""Reading an episode as a trajectory: who found it, what its steps mean, when two are the same."""

from __future__ import annotations

import hashlib

from components.browser.steps import described
from components.errors import InputError
from components.text import without_references
from components.trajectories.knowledge_entry import FoundBy
from components.trajectories.phases import EXPLORING, IMPORTED
from components.trajectories.schema import Episode, Step


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


def same_page(first: Step, second: Step) -> bool:
    """Whether two steps saw the same page, whatever the references."""
    return first.url == second.url and without_references(first.observation) == without_references(second.observation)


def trajectory_id(episode: Episode) -> str:
    """Digest of goal, pages and actions: trajectories that say the same have the same, whoever found them."""
    parts = [episode.task_id, episode.intent]
    for step in episode.steps:
        parts += [without_references(step.observation), described(step)]
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()
