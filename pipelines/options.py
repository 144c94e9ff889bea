"""Options that several commands share, and where the command line says what is not a result."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

errors = Console(stderr=True)

Out = Annotated[Path, typer.Option("--out", "-o", help="Folder of the run: data, logs, reports, summary.json.")]
RecipeName = Annotated[str, typer.Option("--recipe", "-r", help="What to do: a shipped recipe's name or a YAML file.")]
PlaceName = Annotated[str, typer.Option("--place", "-p", help="Where to do it: a shipped place's name or a YAML file.")]
Seed = Annotated[int, typer.Option("--seed", "-s", min=0, help="Another seed, another run; the same one repeats it.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON on standard output.")]
