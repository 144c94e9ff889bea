"""From judged episodes to those that are learnt from: good ones, each trajectory once, no task more than its share."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from components.agents.plan import of_plan
from components.synthesize.trajectories import Tried, found_by, same_page
from components.trajectories.knowledge_entry import FoundBy
from components.trajectories.schema import Episode, Step

PRECEDENCE: tuple[FoundBy, ...] = ("teacher", "speculative", "student", "imported")
QUIET = frozenset({"click", "type", "select"})


def good_ones(tried: Iterable[Tried]) -> list[Tried]:
    """Those judged solved that hold at least one step, teacher's first, then in the order of their keys."""
    good = [each for each in tried if each.good and each.steps]
    return sorted(good, key=lambda each: (PRECEDENCE.index(each.finder), each.key))


def distinct(tried: Iterable[Tried], dropped: Counter[str]) -> list[Tried]:
    """The first of every set of equal trajectories."""
    first: dict[bytes, Tried] = {}
    for each in tried:
        if first.setdefault(each.trajectory, each) is not each:
            dropped["equal trajectory"] += 1
    return list(first.values())


def capped(tried: Sequence[Tried], *, per_task: int, seed: int, dropped: Counter[str]) -> list[Tried]:
    """At most so many trajectories of each task, the finders taking turns, each in an order drawn by the seed.

    Easy tasks are solved often; without a cap they would be most of what is learnt (ours).
    """
    queues: dict[str, dict[FoundBy, list[Tried]]] = defaultdict(lambda: defaultdict(list))
    for each in sorted(tried, key=lambda each: _draw(seed, each.key)):
        queues[each.task_id][each.finder].append(each)
    chosen: list[Tried] = []
    for finders in queues.values():
        turns = [each for turn in _turns(finders) for each in turn]
        chosen += turns[:per_task]
        dropped["over the task's share"] += len(turns[per_task:])
    return sorted(chosen, key=lambda each: each.key)


def _turns(finders: Mapping[FoundBy, list[Tried]]) -> Iterable[list[Tried]]:
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
    tried = drop_useless and found_by(episode) == "student"
    kept = []
    for step, following in zip(episode.steps, (*episode.steps[1:], None), strict=True):
        if step.feedback:
            dropped["step with an error"] += 1
        elif of_plan(step.action):
            dropped["step of a plan"] += 1
        elif tried and following and step.action.split()[0] in QUIET and same_page(step, following):
            dropped["step without effect"] += 1
        else:
            kept.append(step)
    return kept
