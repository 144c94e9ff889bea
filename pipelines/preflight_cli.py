"""The command that asks everything a round needs, and begins none."""

from __future__ import annotations

import json
from pathlib import Path

import typer

from components.errors import ExitCode
from pipelines.options import AsJson, Changes, Out, PlaceName, RecipeName, print_table

preflights = typer.Typer(rich_markup_mode="markdown")


@preflights.command(
    epilog="**Examples**\n\n"
    "- `symbiont preflight` - this machine\n"
    "- `symbiont preflight --place cluster --recipe mine.yaml` - a cluster, by your kubeconfig"
)
def preflight(
    recipe: RecipeName = "laptop",
    place: PlaceName = "laptop",
    changes: Changes = None,
    out: Out = Path("out"),
    as_json: AsJson = False,
) -> None:
    """Checks everything that a round needs, and says how to fix what is wrong; starts nothing.

    On a cluster: Kubeflow, the rights of runs, the kinds that are installed, the secrets, and whether any node could
    take each stage's pod. What only pods can reach is checked when a round begins.
    """
    from components.place import read_place
    from pipelines.asking import answers_table, preflight_command
    from pipelines.commands import read_recipe

    answers = preflight_command(read_recipe(recipe, changes or ()), read_place(place), out=out)
    if as_json:
        print(json.dumps([answer.model_dump(mode="json") for answer in answers], indent=2))
    else:
        print_table(answers_table(answers))
    if any(answer.state == "wrong" for answer in answers):
        raise typer.Exit(ExitCode.INPUT)
