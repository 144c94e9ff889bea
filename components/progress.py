"""How far a long piece of work is: rate, success and time left, on standard error.

On a terminal it is one live bar; elsewhere (a pod's log, a pipe) one plain line every two seconds.
"""

from __future__ import annotations

import sys
import time
from contextvars import ContextVar
from types import TracebackType
from typing import Self, TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn
from rich.progress import Progress as Bar

EVERY = 2.0
_shown: ContextVar[Progress | None] = ContextVar("shown", default=None)


def tell(text: str) -> None:
    """Shows a text in the current progress line; prints it on standard error where there is none."""
    if progress := _shown.get():
        progress.say(text)
    else:
        print(text, file=sys.stderr, flush=True)


class Progress:
    """Counts finished items of `total`; a context manager.

    Args:
        label: what is being done, in a few words.
        total: items in all, those already done included.
        done: items an earlier run left finished; they count as done but not in the rate.
    """

    def __init__(self, label: str, total: int, *, done: int = 0, stream: TextIO | None = None) -> None:
        self.label, self.total, self.done, self.resumed = label, total, done, done
        self.solved = self.judged = self.errors = 0
        self._stream = stream or sys.stderr
        self._started = self._printed = time.monotonic()
        self._bar: Bar | None = None
        self._task = TaskID(0)

    def __enter__(self) -> Self:
        self._started = self._printed = time.monotonic()
        self._before = _shown.get()
        _shown.set(self)
        if self._stream.isatty():
            columns = (
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("{task.fields[more]}"),
            )
            self._bar = Bar(*columns, console=Console(file=self._stream), transient=False)
            self._task = self._bar.add_task(self.label, total=self.total, completed=self.done, more="")
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _shown.set(self._before)
        if self._bar:
            self._bar.update(self._task, completed=self.done, more=self._more())
            self._bar.stop()
        else:
            self._print(self._more())

    def say(self, text: str) -> None:
        """Shows a text instead of rate and success, until the next item."""
        if self._bar:
            self._bar.update(self._task, more=text)
        else:
            self._print(text)

    def advance(self, solved: bool | None = None) -> None:
        """One more item: solved, not solved, or (None) neither: it has no success, or an error took it."""
        self.done += 1
        if solved is None:
            self.errors += 1
        else:
            self.judged += 1
            self.solved += solved
        now = time.monotonic()
        if self._bar:
            self._bar.update(self._task, completed=self.done, more=self._more())
        elif now - self._printed >= EVERY:
            self._printed = now
            self._print(self._more())

    @property
    def rate(self) -> float:
        """Items a second since the start of this run; 0 before the first."""
        return (self.done - self.resumed) / max(time.monotonic() - self._started, 1e-9)

    def _more(self) -> str:
        rate = self.rate
        parts = [f"{rate:.1f}/s" if rate >= 1 or rate == 0 else f"{1 / rate:.1f} s each"]
        if self.judged:
            parts.append(f"solved {self.solved}/{self.judged} ({100 * self.solved / self.judged:.0f} %)")
        if self.judged and self.errors:
            parts.append(f"errors {self.errors}")
        remaining = self.total - self.done
        if remaining > 0 and rate > 0:
            parts.append(f"{duration(remaining / rate)} left")
        return ", ".join(parts)

    def _print(self, text: str) -> None:
        print(f"{self.label}: {self.done}/{self.total}, {text}", file=self._stream, flush=True)


def duration(seconds: float) -> str:
    """Seconds for people: `8 s`, `3 min 20 s`, `2 h 5 min`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
