"""What is shown of a round, with words that others chose: shown as they are, and never read as markup."""

from __future__ import annotations

import io

import pytest
from rich.console import Console
from rich.table import Table

from pipelines.display import Display
from pipelines.local.process import Event
from pipelines.options import print_table

HOSTILE = "[/INST] [red]x[/red] [link=file:///etc/passwd]here"


@pytest.mark.parametrize("terminal", [True, False])
def test_words_in_brackets_are_shown_as_they_are(terminal: bool) -> None:
    console = Console(file=io.StringIO(), force_terminal=terminal, width=200, _environ={})
    display = Display(console=console)
    with display.round("a round"):
        display.say(HOSTILE)
        display.show(Event(kind="begins", name="explore-teacher"))
        display.show(Event(kind="progress", name="explore-teacher", done=1, total=2, more=HOSTILE))
        display.show(Event(kind="failed", name="[/x]"))
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert shown.count(HOSTILE) >= 2, "said, and beside the stage"
    assert "[/x]" in shown


def test_a_tables_cells_are_shown_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    table = Table("ended")
    table.add_row(HOSTILE)
    print_table(table)
    assert HOSTILE in capsys.readouterr().out
