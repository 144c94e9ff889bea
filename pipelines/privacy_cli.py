"""`symbiont privacy`: what a hybrid teacher kept at home, and what left."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from components.errors import ExitCode
from pipelines.options import AsJson, Out, PlaceName, RunName, print_table

privacy = typer.Typer(rich_markup_mode="markdown", no_args_is_help=True, help="What stayed at home, and what left.")


@privacy.callback()
def about() -> None:
    """What a hybrid teacher kept at home, and what left."""


@privacy.command(epilog="**Example**: `symbiont privacy report --json | jq .found_today`")
def report(
    run: RunName = "",
    round: Annotated[int | None, typer.Option("--round", min=1, help="Which round; left out: all.")] = None,
    place: PlaceName = "laptop",
    out: Out = Path("out"),
    as_json: AsJson = False,
) -> None:
    """Shows per site and class how many steps stayed at home, checks the log of what left, and scans it again.

    What left by `symbiont play` is shown too where no run is named, and alone with `--run alone`.

    Ends with status 3 where the log was altered or lacks something, or today's rules find something in what was sent.
    """
    from pipelines.privacy_report import privacy_lines, privacy_report, privacy_table

    summary = privacy_report(run=run, round=round, place=place, out=out)
    if as_json:
        print(summary.model_dump_json(indent=2))
    else:
        print_table(privacy_table(summary))
        print("\n".join(privacy_lines(summary)))
        if summary.played:
            print("\nBy `symbiont play`, which belongs to no run (`--run alone`):")
            print("\n".join(privacy_lines(summary.played)))
    if not summary.all_in_order:
        raise typer.Exit(ExitCode.POLICY)
