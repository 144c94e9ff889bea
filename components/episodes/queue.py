"""What of a plan is left to be played, and which worker takes what next: as quick for 100,000 as for ten."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Mapping
from typing import Generic, Protocol, TypeVar


class Named(Protocol):
    @property
    def task_id(self) -> str: ...


T = TypeVar("T", bound=Named)


class Queue(Generic[T]):
    """Tasks with seeds, in the order of the plan."""

    def __init__(self, assignments: Iterable[tuple[T, int]]) -> None:
        self._left: dict[str, deque[tuple[int, tuple[T, int]]]] = {}
        for place, each in enumerate(assignments):
            self._left.setdefault(each[0].task_id, deque()).append((place, each))
        self._taken: dict[int, str] = {}  # the task of each worker's latest assignment

    def __bool__(self) -> bool:
        return bool(self._left)

    def take(self, worker: int, *, open_task: str, failures: Mapping[str, int]) -> tuple[T, int]:
        """The next assignment of the task whose page is open, else of the one with the fewest other workers, so that
        each keeps a page of its own; tasks that just failed come last, so that they hold up no other.

        Args:
            failures: how often each task failed last.
        """
        others = Counter(task for other, task in self._taken.items() if other != worker)

        def rank(task: str) -> tuple[int, bool, int, int]:
            first, _ = self._left[task][0]
            return failures[task], task != open_task, others[task], first

        task = self._taken[worker] = min(self._left, key=rank)
        _, assignment = self._left[task].popleft()
        if not self._left[task]:
            del self._left[task]
        return assignment
