"""The assignments that are left to be played, and which of them a worker takes next; quick even for 100,000."""

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
    """Tasks with seeds in the order of the plan. A task waits until the tasks of its `after` have ended with the same
    seed, as far as they are in the plan."""

    def __init__(self, assignments: Iterable[tuple[T, int]]) -> None:
        self._left: dict[str, deque[tuple[int, tuple[T, int]]]] = {}
        self._not_ended: set[tuple[str, int]] = set()
        for place, assignment in enumerate(assignments):
            self._left.setdefault(assignment[0].task_id, deque()).append((place, assignment))
            self._not_ended.add((assignment[0].task_id, assignment[1]))
        self._latest_task: dict[int, str] = {}  # the task of each worker's latest assignment

    def __bool__(self) -> bool:
        return bool(self._left)

    def take(self, worker: int, *, open_task: str, failures: Mapping[str, int]) -> tuple[T, int] | None:
        """The worker's next assignment; None where all that are left wait for others that are being played.

        Tasks that failed lately come last. Among the others, the task whose page the worker has open comes first, then
        the one with the fewest other workers, so that each worker keeps its page.

        Args:
            open_task: the task whose page the worker has open; empty: none.
            failures: by task, its failures in a row.
        """
        others = Counter(task for other_worker, task in self._latest_task.items() if other_worker != worker)

        def rank(task: str) -> tuple[int, bool, int, int]:
            first, _ = self._left[task][0]
            return failures[task], task != open_task, others[task], first

        task = min(filter(self._ready, self._left), key=rank, default=None)
        if task is None:
            return None
        self._latest_task[worker] = task
        _, assignment = self._left[task].popleft()
        if not self._left[task]:
            del self._left[task]
        return assignment

    def _ready(self, task: str) -> bool:
        _, (first, seed) = self._left[task][0]
        return all((name, seed) not in self._not_ended for name in first.after)

    def end(self, assignment: tuple[T, int]) -> None:
        """Marks an assignment as ended, with whatever outcome, so that those that wait for it can be taken."""
        task, seed = assignment
        self._not_ended.discard((task.task_id, seed))
