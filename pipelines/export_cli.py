"""`symbiont export`: what a run left, in the forms of other projects."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from components.exchange.forms import UNSTATED, Format
from pipelines.model_cli import REFERENCE
from pipelines.options import Out, PlaceName, RunName, errors

export = typer.Typer(rich_markup_mode="markdown", no_args_is_help=True, help="Models and trajectories for others.")


@export.callback()
def about() -> None:
    """Models and trajectories for others."""


@export.command(
    epilog="**Example**: `symbiont export model champion --to ./my-agent`, then "
    "`AutoModelForCausalLM.from_pretrained('./my-agent')`, or `hf upload`."
)
def model(
    model: Annotated[str, typer.Argument(help=REFERENCE[0].upper() + REFERENCE[1:] + ".")],
    to: Annotated[Path, typer.Option("--to", help="A new folder.", resolve_path=True)],
    run: RunName = "",
    place: PlaceName = "laptop",
    out: Out = Path("out"),
) -> None:
    """Writes a model with its card in the layout of the Hugging Face hub."""
    from components.models.storing import export_model
    from pipelines.model_folders import model_folder

    with model_folder(model, run=run, place=place, out=out) as folder:
        print(export_model(folder, to))


@export.command(
    epilog="**Examples**\n\n"
    "- `symbiont export trajectories --to mine.jsonl --licence CC-BY-4.0` - the Agent Data Protocol\n"
    "- `symbiont export trajectories --to sft.jsonl --format messages --outcome solved --no-screenshots`\n"
    "- `symbiont export trajectories --to steps.parquet --format parquet --run laptop-0`"
)
def trajectories(
    to: Annotated[Path, typer.Option("--to", help="A file; pages' pictures go beside it.", resolve_path=True)],
    format: Annotated[
        Format,
        typer.Option(
            "--format",
            help="adp: Agent Data Protocol, an episode a line. messages: a step a line, as a conversation to fine-tune "
            "on. parquet: a step a row.",
        ),
    ] = "adp",
    licence: Annotated[
        str, typer.Option("--licence", help="Licence of episodes that were played here; written on every row.")
    ] = UNSTATED,
    screenshots: Annotated[
        bool, typer.Option("--screenshots/--no-screenshots", help="With pictures of the pages.")
    ] = True,
    private: Annotated[
        bool, typer.Option("--with-private", help="Keep private values as they were; for your own use only.")
    ] = False,
    run: Annotated[str, typer.Option("--run", help="Only this run.")] = "",
    round: Annotated[int | None, typer.Option("--round", min=1, help="Only this round.")] = None,
    phase: Annotated[
        str, typer.Option("--phase", help="Only phases with this prefix; left out: all but evaluations.")
    ] = "",
    task: Annotated[str, typer.Option("--task", help="Only this task.")] = "",
    outcome: Annotated[str, typer.Option("--outcome", help="Only solved or failed.")] = "",
    place: PlaceName = "laptop",
    out: Out = Path("out"),
) -> None:
    """Writes stored episodes to one file, each row with its source and licence.

    E-mail addresses, passwords and the like are replaced by names such as `[email 1]`, and such episodes are written
    without pictures; an episode in which a model saw more than rules do is left out whole.
    """
    from components.exchange.export import Export
    from components.trajectories.listing import EpisodeFilter
    from pipelines.commands import store_of

    episodes = EpisodeFilter(run=run, round=round, phase=phase, task_id=task, outcome=outcome)
    with store_of(place, out=out) as (_, store):
        result = Export(
            store=store,
            filter=episodes,
            format=format,
            to=to,
            licence=licence,
            screenshots=screenshots,
            private=private,
        ).run()
    print(to)
    lines = [
        f"{result.episodes} episodes in {result.rows} rows",
        *([f"{result.pictures} pictures"] if result.pictures else []),
    ]
    lines += [f"{number} left out: {why}" for why, number in result.left_out.items()]
    errors.print("\n".join(lines), highlight=False, markup=False)
