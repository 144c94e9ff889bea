"""What of a plan is left to be played, and which worker takes what next: as quick for 100,000 as for ten."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Mapping
from typing import Generic, Protocol, TypeVar


class Named(Protocol):
    @property
    def task_id(self) -> str: ...
    @property
    def after(self) -> tuple[str, ...]: ...


T = TypeVar("T", bound=Named)


class Queue(Generic[T]):
    """Tasks with seeds, in the order of the plan, but that a task waits until those that it comes after have ended with
    its seed, as far as they are in the plan."""

    def __init__(self, assignments: Iterable[tuple[T, int]]) -> None:
        self._left: dict[str, deque[tuple[int, tuple[T, int]]]] = {}
        self._not_ended: set[tuple[str, int]] = set()
        for place, each in enumerate(assignments):
            self._left.setdefault(each[0].task_id, deque()).append((place, each))
            self._not_ended.add((each[0].task_id, each[1]))
        self._taken: dict[int, str] = {}  # the task of each worker's latest assignment

    def __bool__(self) -> bool:
        return bool(self._left)

    def take(self, worker: int, *, open_task: str, failures: Mapping[str, int]) -> tuple[T, int] | None:
        """The next assignment of the task whose page is open, else of the one with the fewest other workers, so that
        each keeps a page of its own; tasks that just failed come last, so that they hold up no other. None where all
        that is left waits for what others play.

        Args:
            failures: how often each task failed last.
        """
        others = Counter(task for other, task in self._taken.items() if other != worker)

        def rank(task: str) -> tuple[int, bool, int, int]:
            first, _ = self._left[task][0]
            return failures[task], task != open_task, others[task], first

        task = min(filter(self._ready, self._left), key=rank, default=None)
        if task is None:
            return None
        self._taken[worker] = task
        _, assignment = self._left[task].popleft()
        if not self._left[task]:
            del self._left[task]
        return assignment

    def _ready(self, task: str) -> bool:
        _, (first, seed) = self._left[task][0]
        return all((name, seed) not in self._not_ended for name in first.after)

    def end(self, assignment: tuple[T, int]) -> None:
        """Lets go what comes after an assignment, however that ended."""
        task, seed = assignment
        self._not_ended.discard((task.task_id, seed))
