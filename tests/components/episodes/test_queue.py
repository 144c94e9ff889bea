"""Workers keep to the task whose page is open, spread over the others, and leave what just failed for the end."""

import random
import time
from collections import Counter
from dataclasses import dataclass

from components.episodes.queue import Queue


@dataclass(frozen=True)
class Named:
    task_id: str
    after: tuple[str, ...] = ()


def test_who_takes_what_next() -> None:
    plan = [(Named(name), seed) for name in "abc" for seed in (1, 2)]
    queue, failures = Queue(plan), Counter[str]()
    first = queue.take(0, open_task="", failures=failures)
    assert first == (Named("a"), 1)
    assert queue.take(1, open_task="", failures=failures) == (Named("b"), 1)
    assert queue.take(0, open_task="a", failures=failures) == (Named("a"), 2)
    failures["c"] = 1
    assert queue.take(0, open_task="a", failures=failures) == (Named("b"), 2)
    assert [queue.take(0, open_task="", failures=failures)[1] for _ in range(2)] == [1, 2]
    assert not queue


def test_everything_is_taken_once_however_many_there_are() -> None:
    drawn = random.Random(3)
    plan = [(Named(f"t{number % 40}"), number) for number in range(20_000)]
    queue, failures, began = Queue(plan), Counter[str](), time.process_time()
    taken = []
    while queue:
        taken.append(queue.take(drawn.randrange(8), open_task="t1", failures=failures))
    assert sorted(seed for _, seed in taken) == list(range(20_000))
    assert time.process_time() - began < 20  # a walk over the whole plan for each would take minutes


def test_what_comes_after_another_waits_for_its_end_with_the_same_seed() -> None:
    first, then, free = Named("first"), Named("then", after=("first", "not in the plan")), Named("free")
    queue = Queue([(then, 1), (then, 2), (first, 1), (first, 2), (free, 1)])
    failures = Counter({"free": 1})
    begun = [queue.take(0, open_task="then", failures=failures) for _ in range(4)]
    assert begun == [(first, 1), (first, 2), (free, 1), None]
    queue.end((first, 2))
    assert queue.take(0, open_task="then", failures=failures) is None, "seed 1 is the next of its task"
    queue.end((first, 1))
    assert [queue.take(0, open_task="then", failures=failures) for _ in range(2)] == [(then, 1), (then, 2)]
    assert not queue
