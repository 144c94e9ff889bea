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
    """Noted ones take up to a third of the places; phases share the rest, alternating outcomes, over many tasks."""
    pool = sorted({each.key: each for each in candidates}.values(), key=lambda each: each.key)
    noted = _spread([each for each in pool if each.why])[: count // 3]
    taken = {each.key for each in noted}
    phases: dict[str, list[Candidate]] = {}
    for each in pool:
        if each.key not in taken:
            phases.setdefault(each.phase, []).append(each)
    rounds = zip_longest(*(_spread(each) for each in phases.values()))
    rest = [each for turn in rounds for each in turn if each is not None]
    return sorted([*noted, *rest][:count], key=lambda each: (not each.why, each.task_id, each.phase, each.key))


def _spread(candidates: Sequence[Candidate]) -> list[Candidate]:
    """In an order whose beginning holds many tasks and every outcome: the n-th of a task and outcome comes n-th."""
    shuffled = sorted(candidates, key=lambda each: hashlib.sha256(each.key.encode()).digest())
    turns, seen = [], Counter[str]()
    for each in shuffled:
        turns.append((seen[each.task_id] + seen[each.outcome] // 4, each))
        seen.update((each.task_id, each.outcome))
    return [each for _, each in sorted(turns, key=lambda turn: turn[0])]


def view(
    store: Store, chosen: Sequence[Candidate], *, config: ReportConfig, replay: Replay | None = None
) -> tuple[EpisodeView, ...]:
    """Loads the chosen episodes and the teacher's beside them, with pictures for as long as there is room: those that
    were kept, else those that a replay takes."""
    keys = dict.fromkeys(key for each in chosen for key in (each.key, each.beside) if key)
    episodes = dict(zip(keys, load_episodes(store, list(keys)), strict=True))
    pictures, room = _kept(store, episodes.values(), room=int(config.screenshot_megabytes * 1e6))
    if replay is not None:
        pictures |= replay.pictures((each for each in episodes.values() if each.key not in pictures), room=room)

    def shown(key: str, anchor: str) -> EpisodeView:
        episode = episodes[key]
        return EpisodeView(
            episode=episode,
            agent=AGENTS.get(episode.phase, episode.phase),
            anchor=anchor,
            pictures=pictures.get(key, {}),
        )

    return tuple(
        replace(
            shown(each.key, f"e{place}"),
            why=each.why,
            good=each.good,
            beside=shown(each.beside, f"t{place}") if each.beside else None,
        )
        for place, each in enumerate(chosen)
    )


def _kept(store: Store, episodes: Iterable[Episode], *, room: int) -> tuple[Pictures, int]:
    """Pictures that were kept while the episodes were played, and the room that is left after them."""
    found: Pictures = {}
    for episode in episodes:
        for step in episode.steps:
            if step.screenshot is None:
                continue
            try:
                data = get_blob(store, step.screenshot, "png")
            except KeyError:
                continue  # a blob that is gone is left out like one without room
            if len(data) <= room:
                found.setdefault(episode.key, {})[step.index] = Picture(png=data)
                room -= len(data)
    return found, room
