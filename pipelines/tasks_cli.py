"""`symbiont tasks`: what was proposed, and a person's word on it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from pipelines.options import AsJson, Out, PlaceName, RoundNumber, RunName, errors, print_table

tasks = typer.Typer(rich_markup_mode="markdown", no_args_is_help=True, help="Tasks that were proposed, for review.")
Names = Annotated[list[str], typer.Argument(metavar="TASK...", help="Names of proposals, as `list` shows them.")]


@tasks.callback()
def about() -> None:
    """Tasks that were proposed, for review."""


@tasks.command(name="list", epilog="**Example**: `symbiont tasks list --status refused`")
def list_(
    status: Annotated[str, typer.Option("--status", help="Only played, refused or resting.")] = "",
    run: RunName = "",
    round: RoundNumber = None,
    place: PlaceName = "laptop",
    out: Out = Path("out"),
    as_json: AsJson = False,
) -> None:
    """Lists a round's proposals: what becomes of each, and why."""
    from pipelines.proposed import list_proposed, proposed_table

    lines, reviews, digest = list_proposed(status, run=run, round=round, place=place, out=out)
    if as_json:
        for proposal in lines:
            print(json.dumps({**proposal.model_dump(mode="json"), "review": reviews.get(proposal.id, "")}))
        return
    print_table(proposed_table(lines, reviews))
    played = sum(proposal.status == "played" for proposal in lines)
    errors.print(f"{played} of {len(lines)} played; tasks: {{proposed: {digest}}} plays just these", highlight=False)


@tasks.command(epilog="**Example**: `symbiont tasks show open-c7451801`")
def show(
    task: Annotated[str, typer.Argument(help="Name of a proposal.")],
    run: RunName = "",
    round: RoundNumber = None,
    place: PlaceName = "laptop",
    out: Out = Path("out"),
) -> None:
    """Shows one proposal: its cases and its check, where it is from, what the teacher made of it."""
    from pipelines.proposed import show_proposed

    print(show_proposed(task, run=run, round=round, place=place, out=out), end="")


@tasks.command(epilog="**Example**: `symbiont tasks approve open-c7451801`")
def approve(
    names: Names, run: RunName = "", round: RoundNumber = None, place: PlaceName = "laptop", out: Out = Path("out")
) -> None:
    """Makes the run's next rounds play these first. What belongs to the evaluation is still refused."""
    from pipelines.proposed import review_proposed

    review_proposed(names, "approved", run=run, round=round, place=place, out=out)


@tasks.command(epilog="**Example**: `symbiont tasks reject open-c7451801 press-1b2c3d4e`")
def reject(
    names: Names, run: RunName = "", round: RoundNumber = None, place: PlaceName = "laptop", out: Out = Path("out")
) -> None:
    """Makes the run's next rounds leave these out."""
    from pipelines.proposed import review_proposed

    review_proposed(names, "rejected", run=run, round=round, place=place, out=out)


@tasks.command(epilog="**Example**: `symbiont tasks export > tasks.yaml`, to be edited and kept in your `sites.yaml`.")
def export(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[TASK]...", help="Names of proposals; left out: those that are played."),
    ] = None,
    run: RunName = "",
    round: RoundNumber = None,
    place: PlaceName = "laptop",
    out: Out = Path("out"),
) -> None:
    """Prints proposals as tasks of a `sites.yaml`."""
    from pipelines.proposed import export_proposed

    print(export_proposed(names or (), run=run, round=round, place=place, out=out), end="")
