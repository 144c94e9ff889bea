"""The command `symbiont ablate`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from pipelines.ablation.variants import VARIANTS
from pipelines.options import AsJson, Changes, PlaceName, RecipeName, errors

ablation = typer.Typer(rich_markup_mode="markdown")


@ablation.command(
    epilog="**Variants**\n\n"
    + "\n".join(f"- `{name}` - {variant.about}" for name, variant in VARIANTS.items())
    + "\n\n**Examples**\n\n"
    "- `symbiont ablate` - every variant from three seeds, hours on two cores; it goes on after any stop\n"
    "- `symbiont ablate --variants random-exploration,student-exploration --seeds 1` - what the student finds, beside "
    "the control alone\n"
    "- `symbiont ablate --recipe tiny.yaml --rounds 1 --set distill.steps=50` - a trial in minutes"
)
def ablate(
    recipe: RecipeName = "laptop",
    variants: Annotated[
        str, typer.Option("--variants", metavar="A,B", help="Which variants; left out: all.")
    ] = ",".join(VARIANTS),
    seeds: Annotated[int, typer.Option("--seeds", min=1, help="Seeds that each variant is run with.")] = 3,
    seed: Annotated[int, typer.Option("--seed", "-s", min=0, help="The first seed.")] = 0,
    rounds: Annotated[
        int | None, typer.Option("--rounds", "-n", min=1, help="Rounds of each run; left out: the recipe's.")
    ] = None,
    changes: Changes = None,
    place: PlaceName = "laptop",
    out: Annotated[
        Path, typer.Option("--out", "-o", resolve_path=True, help="Holds the store and a folder for each run.")
    ] = Path("out/ablation"),
    table: Annotated[
        Path | None, typer.Option("--table", resolve_path=True, help="Where the table goes; left out: OUT/ablation.md.")
    ] = None,
    rows: Annotated[
        Path | None, typer.Option("--rows", resolve_path=True, help="Where the rows go; left out: OUT/ablation.json.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Measures what each ingredient is worth: the plain recipe, then with one more at a time, each with several seeds.

    Leaves a table with intervals and cost that says in words what helps and what does not, and rows of {variant, seed,
    split, success_rate, episodes, seconds}. Finished runs are not repeated.
    """
    from pipelines.ablation.run import measure

    table_rows = measure(
        recipe=recipe,
        changes=changes or (),
        variants=[name.strip() for name in variants.split(",") if name.strip()],
        seeds=range(seed, seed + seeds),
        rounds=rounds,
        place=place,
        out=out,
        table=table or out / "ablation.md",
        rows=rows or out / "ablation.json",
        console=errors,
    )
    if as_json:
        print(json.dumps([row.model_dump() for row in table_rows], indent=2))
