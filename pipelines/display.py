"""What a person sees of a run: on a terminal one live table, elsewhere a plain line now and then."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from components.progress import duration
from pipelines.local.process import Event

QUIET_SECONDS = 15.0  # between two plain lines of one stage


@dataclass(kw_only=True)
class Line:
    """One stage of the round under way."""

    name: str
    started: float
    done: int = 0
    total: int = 0
    more: str = ""
    seconds: float | None = None
    failed: bool = False
    printed: float = 0.0


@dataclass(kw_only=True)
class Display:
    """Shows the events of a run. `console` writes to standard error: standard output is for results."""

    console: Console
    started: float = field(default_factory=time.monotonic)
    title: str = ""
    lines: dict[str, Line] = field(default_factory=dict)

    @contextmanager
    def round(self, title: str) -> Iterator[None]:
        """The table of one round; it stays on the screen when the round is over."""
        self.title, self.lines = title, {}
        if not self.console.is_terminal:
            self.say(title)
            yield
            return
        with Live(get_renderable=self._table, console=self.console, refresh_per_second=4):
            yield

    def say(self, text: str) -> None:
        """A line of its own, with the time since the beginning where there is no terminal."""
        if self.console.is_terminal:
            self.console.print(text, highlight=False, markup=False)
        else:
            self.console.print(f"[{self._elapsed()}] {text}", highlight=False, markup=False, soft_wrap=True)

    def show(self, event: Event) -> None:
        """Takes an event of `pipelines.local.process` in."""
        name = event.name if event.kind != "progress" else self._stage_of(event.name)
        line = self.lines.setdefault(name, Line(name=name, started=time.monotonic()))
        if event.kind == "progress":
            line.done, line.total, line.more = event.done, event.total, event.more
        elif event.kind == "ends":
            line.seconds, line.done = event.seconds, line.total
        line.failed = event.kind == "failed"
        if not self.console.is_terminal:
            self._print(line, event)

    def _stage_of(self, label: str) -> str:
        """The running stage a progress line belongs to: the one of its name, else the newest that has not ended."""
        label = label.replace(" ", "-")
        running = [name for name, line in self.lines.items() if line.seconds is None]
        alike = [name for name in running if name.startswith(label) or label.startswith(name)]
        return (alike or running or [label])[-1]

    def _print(self, line: Line, event: Event) -> None:
        now = time.monotonic()
        if event.kind == "ends":
            about = f" ({line.more})" if line.more else ""
            self.say(f"  {line.name}: done in {duration(event.seconds)}{about}")
        elif event.kind == "failed":
            self.say(f"  {line.name}: failed")
        elif event.kind == "progress" and now - line.printed > QUIET_SECONDS:
            line.printed = now
            self.say(f"  {line.name}: {line.done}/{line.total} {line.more}")

    def _table(self) -> RenderableType:
        table = Table.grid(padding=(0, 2))
        for line in self.lines.values():
            mark = (
                Text("✗", "red")
                if line.failed
                else Text("✓", "green")
                if line.seconds is not None
                else Text("•", "cyan")
            )
            seconds = line.seconds if line.seconds is not None else time.monotonic() - line.started
            bar: RenderableType = ProgressBar(total=line.total, completed=line.done, width=24) if line.total else ""
            count = f"{line.done}/{line.total}" if line.total else ""
            table.add_row(mark, Text(line.name), bar, count, Text(line.more), Text(duration(seconds), "dim"))
        return Group(Text(f"{self.title}   {self._elapsed()}", "bold"), table)

    def _elapsed(self) -> str:
        seconds = int(time.monotonic() - self.started)
        return f"{seconds // 60:02d}:{seconds % 60:02d}"
