"""Whose mistake it is where a task is solved before its episode begins: the task's, or the site's of an earlier one."""

from __future__ import annotations

from components.errors import InputError
from components.sites.trouble import SiteError


class Begun:
    """The tasks of which an episode has begun unsolved."""

    def __init__(self) -> None:
        self._tasks = set[str]()

    def check(self, task: str, mistake: InputError | None, *, used: bool = False) -> None:
        """Notes that a task begins unsolved, or raises why it does not.

        Args:
            mistake: that it is solved; None where it is not.
            used: its site may no longer be at its beginning.

        Raises:
            InputError: the mistake; no episode of this task can be played.
            SiteError: the mistake of this episode alone: the site was used, or another case of the task was not solved.
        """
        if mistake is None:
            self._tasks.add(task)
        elif used or task in self._tasks:
            raise SiteError(f"{mistake.what}; the task has begun unsolved before, or its site was left so")
        else:
            raise mistake
