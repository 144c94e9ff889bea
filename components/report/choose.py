"""Which episodes the viewer holds: what is worth looking at first, then a fair spread of the rest. Deterministic."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from components.report.config import ReportConfig
from components.report.model import EpisodeView, Picture
from components.report.replay import Pictures, Replay
from components.trajectories.episodes import get_blob, load_episodes
from components.trajectories.phases import EXPLORING, PROPOSE, SPLITS, Role, evaluate_phase
from components.trajectories.schema import Episode
from components.trajectories.store import Store

JUDGED: Mapping[Role, str] = {
    "student": "student",
    "champion": "champion",
    "teacher_without_knowledge": "teacher without knowledge",
    "teacher": "teacher",
    "random": "acting at random",
    "stop": "stopping at once",
}
AGENTS = {
    PROPOSE: "teacher, on proposed tasks",
    **EXPLORING,
    **{evaluate_phase(role, split): f"{name}, judged" for role, name in JUDGED.items() for split in SPLITS},
}
"""Who acts in a phase, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An episode that may be shown. `why` is set where it is worth showing first, `good` says whether it is good news.

    Attributes:
        beside: key of the teacher's episode on the same task and seed; empty where there is none.
    """

    key: str
    phase: str
    task_id: str
    outcome: str
    why: str = ""
    good: bool = True
    beside: str = ""


def choose(candidates: Iterable[Candidate], *, count: int) -> list[Candidate]:
    """The episodes that the viewer holds, at most `count`, sorted by task; those that are worth a look (`why`) first.

    Those take up to a third of the places. Phases share the rest; within a phase outcomes and tasks take turns.
    """
    pool = sorted({candidate.key: candidate for candidate in candidates}.values(), key=lambda candidate: candidate.key)
    noted = _spread([candidate for candidate in pool if candidate.why])[: count // 3]
    noted_keys = {candidate.key for candidate in noted}
    phases: dict[str, list[Candidate]] = {}
    for candidate in pool:
        if candidate.key not in noted_keys:
            phases.setdefault(candidate.phase, []).append(candidate)
    rounds = zip_longest(*(_spread(group) for group in phases.values()))
    rest = [candidate for turn in rounds for candidate in turn if candidate is not None]
    return sorted(
        [*noted, *rest][:count],
        key=lambda candidate: (not candidate.why, candidate.task_id, candidate.phase, candidate.key),
    )


def _spread(candidates: Sequence[Candidate]) -> list[Candidate]:
    """In an order whose beginning holds many tasks and every outcome: the n-th of a task and outcome comes n-th."""
    shuffled = sorted(candidates, key=lambda candidate: hashlib.sha256(candidate.key.encode()).digest())
    turns, counts = [], Counter[str]()
    for candidate in shuffled:
        turns.append((counts[candidate.task_id] + counts[candidate.outcome] // 4, candidate))
        counts.update((candidate.task_id, candidate.outcome))
    return [candidate for _, candidate in sorted(turns, key=lambda turn: turn[0])]


def view(
    store: Store, chosen: Sequence[Candidate], *, config: ReportConfig, replay: Replay | None = None
) -> tuple[EpisodeView, ...]:
    """Loads the chosen episodes and the teacher's beside them, with pictures for as long as there is room.

    Pictures are those that were kept while the episodes were played, else those that the replay takes.
    """
    keys = dict.fromkeys(key for candidate in chosen for key in (candidate.key, candidate.beside) if key)
    episodes = dict(zip(keys, load_episodes(store, list(keys)), strict=True))
    pictures, room = _stored_pictures(store, episodes.values(), room=int(config.screenshot_megabytes * 1e6))
    if replay is not None:
        pictures |= replay.pictures(
            (episode for episode in episodes.values() if episode.key not in pictures), room=room
        )

    def view_of(key: str, anchor: str) -> EpisodeView:
        episode = episodes[key]
        return EpisodeView(
            episode=episode,
            agent=AGENTS.get(episode.phase, episode.phase),
            anchor=anchor,
            pictures=pictures.get(key, {}),
        )

    return tuple(
        replace(
            view_of(candidate.key, f"e{place}"),
            why=candidate.why,
            good=candidate.good,
            beside=view_of(candidate.beside, f"t{place}") if candidate.beside else None,
        )
        for place, candidate in enumerate(chosen)
    )


def _stored_pictures(store: Store, episodes: Iterable[Episode], *, room: int) -> tuple[Pictures, int]:
    """Pictures that were kept while the episodes were played, and the room that is left after them."""
    pictures: Pictures = {}
    for episode in episodes:
        for step in episode.steps:
            if step.screenshot is None:
                continue
            try:
                data = get_blob(store, step.screenshot, "png")
            except KeyError:
                continue  # a blob that is gone is left out like one without room
            if len(data) <= room:
                pictures.setdefault(episode.key, {})[step.index] = Picture(png=data)
                room -= len(data)
    return pictures, room
