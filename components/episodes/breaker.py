"""Tells an outage from bad tasks: stops a run in which nothing works; a run in which only some tasks fail goes on."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass

from components.episodes.faults import Fault
from components.errors import InfraError, InputError

WINDOW = 20
"""How many of the latest episodes are looked at."""
FEWEST = 10
"""An outage needs at least so many failures of one cause among them..."""
SHARE = 0.9
"""...that are at least this share of them..."""
TASKS = 3
"""...and belong to so many tasks (to all, where the plan has fewer)."""
MANY_TASKS = 6
"""Failures of so many tasks at once are an outage even if none of these tasks has ever worked."""
REFUSALS = 3
"""After so many InputErrors without a success the input counts as wrong for every episode."""


@dataclass(frozen=True, slots=True)
class _Ended:
    task: str
    fault: Fault | None


class Breaker:
    """Counts how episodes end, over distinct tasks and causes.

    A task whose page always crashes fails alone: other tasks work, and it never did. An outage takes down tasks that
    worked before, or many at once, or lets none work at all.

    Args:
        tasks: of the plan.
        working: those with an episode stored earlier.
    """

    def __init__(self, tasks: Iterable[str], *, working: Iterable[str] = ()) -> None:
        self._tasks, self._working = set(tasks), set(working)
        self._window = deque[_Ended](maxlen=WINDOW)
        self._refused: list[InputError] = []
        self._begun_before = bool(self._working)
        self._worked = False
        self.failures = Counter[str]()
        """Failures in a row of each task; none since it last worked."""

    def worked(self, task: str) -> None:
        self._worked = True
        self._working.add(task)
        del self.failures[task]
        self._window.append(_Ended(task, None))

    def failed(self, task: str, fault: Fault) -> None:
        """Counts an episode that could not be played.

        Raises:
            InputError: the input is wrong for every episode.
            InfraError: nothing works any more, for one cause.
            Exception: likewise, where the cause is a mistake of ours: that very mistake.
        """
        self.failures[task] += 1
        self._window.append(_Ended(task, fault))
        if isinstance(fault.error, InputError):
            self._refused.append(fault.error)
            if not self._worked and len(self._refused) >= REFUSALS:
                raise fault.error
        if self._is_outage(fault):
            self._stop(fault)

    def end(self) -> None:
        """Called when nothing is left to play.

        Raises:
            InputError: nothing has ever worked, and this is why.
        """
        if self._refused and not self._worked and not self._begun_before:
            raise self._refused[0]

    def _is_outage(self, fault: Fault) -> bool:
        same_cause = [
            episode for episode in self._window if episode.fault is not None and episode.fault.cause == fault.cause
        ]
        if len(same_cause) < FEWEST or len(same_cause) < SHARE * len(self._window):
            return False
        tasks = {episode.task for episode in same_cause}
        if len(tasks) < min(TASKS, len(self._tasks)):
            return False
        return not self._working or bool(tasks & self._working) or len(tasks) >= MANY_TASKS

    def _stop(self, fault: Fault) -> None:
        if fault.trace or isinstance(fault.error, InputError):
            raise fault.error
        count = sum(episode.fault is not None for episode in self._window)
        raise InfraError(
            f"{count} of the last {len(self._window)} episodes could not be played; the last: {fault.message}"
        ) from fault.error
