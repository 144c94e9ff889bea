"""Options that several commands share, and the console for messages: results alone go to standard output.

--recipe, --place, --seed and --out can be set in the environment instead: SYMBIONT_RECIPE, SYMBIONT_PLACE,
SYMBIONT_SEED, SYMBIONT_OUT.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

errors = Console(stderr=True)
WIDE = 240  # columns of a table that goes to a file or a program


def _named(kind: str) -> Callable[[], list[str]]:
    """Names of the shipped documents of a kind, for completion in a shell."""

    def names() -> list[str]:
        from components.documents.named import named_documents

        return sorted(named_documents(kind))

    return names


Out = Annotated[
    Path,
    typer.Option(
        "--out",
        "-o",
        envvar="SYMBIONT_OUT",
        resolve_path=True,
        help="Folder of the run: data, logs, reports, summary.json.",
    ),
]
RecipeName = Annotated[
    str,
    typer.Option(
        "--recipe",
        "-r",
        envvar="SYMBIONT_RECIPE",
        autocompletion=_named("recipe"),
        help="What to do: a shipped recipe's name or a YAML file.",
    ),
]
Changes = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Changes a key of the recipe: distill.steps=800; may be repeated."),
]
PlaceName = Annotated[
    str,
    typer.Option(
        "--place",
        "-p",
        envvar="SYMBIONT_PLACE",
        autocompletion=_named("place"),
        help="Where to do it: a shipped place's name or a YAML file.",
    ),
]
Seed = Annotated[
    int,
    typer.Option("--seed", "-s", min=0, envvar="SYMBIONT_SEED", help="Seed of the run; the same seed repeats it."),
]
RunName = Annotated[
    str, typer.Option("--run", metavar="NAME", help="Which stored run (see `symbiont runs`); left out: the newest.")
]
RoundNumber = Annotated[
    int | None, typer.Option("--round", min=1, help="Which round; left out: the newest finished one.")
]
Compiled = Annotated[
    Path | None,
    typer.Option(
        "--compiled",
        exists=True,
        dir_okay=False,
        help="The compiled round (`symbiont compile --to`); left out: compiled now.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON on standard output.")]


def print_table(table: Table) -> None:
    """Prints a table on standard output, uncut unless that is a terminal. Nothing in it is read as markup: some texts
    come from pages, endpoints or Kubernetes."""
    console = Console()
    (console if console.is_terminal else Console(width=WIDE)).print(table, markup=False)
