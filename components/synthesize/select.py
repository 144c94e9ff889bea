"""From judged episodes to those that are learnt from: good ones, each trajectory once, no task more than its share."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from components.agents.plan import of_plan
from components.synthesize.trajectories import JudgedEpisode, found_by, same_page
from components.trajectories.knowledge_entry import FoundBy
from components.trajectories.schema import Episode, Step

PRECEDENCE: tuple[FoundBy, ...] = ("teacher", "speculative", "student", "imported")
QUIET = frozenset({"click", "type", "select"})


def good_ones(tried: Iterable[JudgedEpisode]) -> list[JudgedEpisode]:
    """Those judged solved that hold at least one step, teacher's first, then in the order of their keys."""
    good = [attempt for attempt in tried if attempt.good and attempt.steps]
    return sorted(good, key=lambda attempt: (PRECEDENCE.index(attempt.finder), attempt.key))


def distinct(tried: Iterable[JudgedEpisode], dropped: Counter[str]) -> list[JudgedEpisode]:
    """The first of every set of equal trajectories."""
    first: dict[bytes, JudgedEpisode] = {}
    for attempt in tried:
        if first.setdefault(attempt.trajectory, attempt) is not attempt:
            dropped["equal trajectory"] += 1
    return list(first.values())


def capped(tried: Sequence[JudgedEpisode], *, per_task: int, seed: int, dropped: Counter[str]) -> list[JudgedEpisode]:
    """At most so many trajectories of each task, the finders taking turns, each in an order drawn by the seed.

    Easy tasks are solved often; without a cap they would be most of what is learnt (ours).
    """
    queues: dict[str, dict[FoundBy, list[JudgedEpisode]]] = defaultdict(lambda: defaultdict(list))
    for attempt in sorted(tried, key=lambda attempt: _draw(seed, attempt.key)):
        queues[attempt.task_id][attempt.finder].append(attempt)
    chosen: list[JudgedEpisode] = []
    for finders in queues.values():
        turns = [attempt for turn in _turns(finders) for attempt in turn]
        chosen += turns[:per_task]
        dropped["over the task's share"] += len(turns[per_task:])
    return sorted(chosen, key=lambda attempt: attempt.key)


def _turns(finders: Mapping[FoundBy, list[JudgedEpisode]]) -> Iterable[list[JudgedEpisode]]:
    for turn in range(max(map(len, finders.values()), default=0)):
        yield [finders[name][turn] for name in PRECEDENCE if turn < len(finders.get(name, ()))]


def _draw(seed: int, key: str) -> bytes:
    return hashlib.sha256(f"{seed}/{key}".encode()).digest()


def learnt_steps(episode: Episode, *, drop_useless: bool, dropped: Counter[str]) -> list[Step]:
    """The steps of a good episode that are worth learning, in order (ours).

    Left out are actions that met an error, those of a plan, which is the teacher's memory, and with `drop_useless` the
    student's own clicks, typing and selecting after which the page was what it was before: it tries things. A teacher
    means what it does, and much of it shows nowhere in the text of a page: the slider that must be clicked before keys
    move it, the first of two buttons.
    """
    drops_useless = drop_useless and found_by(episode) == "student"
    steps = []
    for step, following in zip(episode.steps, (*episode.steps[1:], None), strict=True):
        if step.feedback:
            dropped["step with an error"] += 1
        elif of_plan(step.action):
            dropped["step of a plan"] += 1
        elif drops_useless and following and step.action.split()[0] in QUIET and same_page(step, following):
            dropped["step without effect"] += 1
        else:
            steps.append(step)
    return steps
