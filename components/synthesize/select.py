"""From judged episodes to those that are learnt from: good ones, each trajectory once, no task more than its share."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from components.synthesize.judgement import Judgement
from components.synthesize.trajectories import found_by, same_page, trajectory_id
from components.trajectories.knowledge_entry import FoundBy
from components.trajectories.schema import Episode, Step

PRECEDENCE: tuple[FoundBy, ...] = ("teacher", "speculative", "student", "imported")
QUIET = frozenset({"click", "type", "select"})


def good_episodes(episodes: Iterable[Episode], judgements: Mapping[str, Judgement]) -> list[Episode]:
    """Those judged solved that hold at least one step, teacher's first, then in the order of their keys."""
    good = [episode for episode in episodes if judgements[episode.key].good and episode.steps]
    return sorted(good, key=lambda episode: (PRECEDENCE.index(found_by(episode)), episode.key))


def distinct(episodes: Iterable[Episode], dropped: Counter[str]) -> list[Episode]:
    """The first of every set of equal trajectories."""
    first: dict[str, Episode] = {}
    for episode in episodes:
        if first.setdefault(trajectory_id(episode), episode) is not episode:
            dropped["equal trajectory"] += 1
    return list(first.values())


def capped(episodes: Sequence[Episode], *, per_task: int, seed: int, dropped: Counter[str]) -> list[Episode]:
    """At most so many trajectories of each task, the finders taking turns, each in an order drawn by the seed.

    Easy tasks are solved often; without a cap they would be most of what is learnt (ours).
    """
    queues: dict[str, dict[FoundBy, list[Episode]]] = defaultdict(lambda: defaultdict(list))
    for episode in sorted(episodes, key=lambda episode: _draw(seed, episode.key)):
        queues[episode.task_id][found_by(episode)].append(episode)
    chosen: list[Episode] = []
    for finders in queues.values():
        turns = [episode for turn in _turns(finders) for episode in turn]
        chosen += turns[:per_task]
        dropped["over the task's share"] += len(turns[per_task:])
    return sorted(chosen, key=lambda episode: episode.key)


def _turns(finders: Mapping[FoundBy, list[Episode]]) -> Iterable[list[Episode]]:
    for turn in range(max(map(len, finders.values()), default=0)):
        yield [finders[name][turn] for name in PRECEDENCE if turn < len(finders.get(name, ()))]


def _draw(seed: int, key: str) -> bytes:
    return hashlib.sha256(f"{seed}/{key}".encode()).digest()


def learnt_steps(episode: Episode, *, drop_useless: bool, dropped: Counter[str]) -> list[Step]:
    """The steps of a good episode that are worth learning, in order (ours).

    Left out are actions that met an error, and with `drop_useless` the student's own clicks, typing and selecting after
    which the page was what it was before: it tries things. A teacher means what it does, and much of it shows nowhere
    in the text of a page: the slider that must be clicked before keys move it, the first of two buttons.
    """
    tried = drop_useless and found_by(episode) == "student"
    kept = []
    for step, following in zip(episode.steps, (*episode.steps[1:], None), strict=True):
        if step.feedback:
            dropped["step with an error"] += 1
        elif tried and following and step.action.split()[0] in QUIET and same_page(step, following):
            dropped["step without effect"] += 1
        else:
            kept.append(step)
    return kept
