"""Whose mistake it is where an episode is solved before it begins: the task's, or that of its case or its site."""

from __future__ import annotations

from components.errors import InputError
from components.sites.trouble import SiteError


class Begun:
    """The tasks of which an episode has begun unsolved."""

    def __init__(self) -> None:
        self._tasks = set[str]()

    def check(self, task: str, mistake: InputError | None, *, alone: bool) -> None:
        """Notes that a task begins unsolved, or raises why it does not.

        Args:
            mistake: that it is solved; None where it is not.
            alone: it may be this episode's: another case is not solved, or the site is no longer at its beginning.

        Raises:
            InputError: the mistake; no episode of this task can be played.
            SiteError: the mistake, which is this episode's alone, or an episode of the task has begun unsolved.
        """
        if mistake is None:
            self._tasks.add(task)
        elif alone or task in self._tasks:
            raise SiteError(f"{mistake.what}, though not of every case, or the site was left so")
        else:
            raise mistake
