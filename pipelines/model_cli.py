"""The commands of the command line that use a model: `play`, `serve-model`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from components.errors import ExitCode
from components.models.devices import Precision
from pipelines.options import Changes, Out, PlaceName, RecipeName, RunName, errors

models = typer.Typer(rich_markup_mode="markdown")
REFERENCE = "champion or student of a stored run, base, a folder, a digest, models:/name@alias, hf:owner/name"


@models.command(
    epilog="**Examples**\n\n"
    "- `symbiont play --task click-button` - the newest student, without a window\n"
    "- `symbiont play --task book-flight --model teacher --headed --seed 3`"
)
def play(
    task: Annotated[str, typer.Option("--task", help="Which task; docs/miniwob-tasks.md lists them.")],
    model: Annotated[str, typer.Option("--model", help=f"teacher, {REFERENCE}.")] = "student",
    seed: Annotated[int, typer.Option("--seed", "-s", min=0, help="Seed of the task's page.")] = 0,
    headed: Annotated[bool, typer.Option("--headed", help="In a window, with a second between steps.")] = False,
    run: RunName = "",
    recipe: RecipeName = "laptop",
    changes: Changes = None,
    place: PlaceName = "laptop",
    out: Out = Path("out"),
) -> None:
    """Plays one episode and shows each step: page, reason, action. Only what a hybrid teacher sends is kept."""
    from components.trajectories.schema import Outcome
    from pipelines.commands import read_recipe
    from pipelines.one_episode import Show, play_command

    show = Show(
        recipe=read_recipe(recipe, changes or ()),
        task=task,
        seed=seed,
        headed=headed,
        pause=1.0 if headed else 0.0,
        say=lambda line: print(line, flush=True),
    )
    episode = play_command(show, model=model, run=run, place=place, out=out)
    print(
        f"\n{episode.outcome.value} in {len(episode.steps)} steps, {episode.seconds:.1f} s. {episode.message}".rstrip()
    )
    if episode.outcome is Outcome.INFRA_ERROR:
        raise typer.Exit(ExitCode.INFRA)


@models.command(
    name="serve-model",
    epilog="**Example**: `symbiont serve-model --model champion --port 8000`, then "
    "`teacher: {kind: chat, model: student, base_url: http://127.0.0.1:8000/v1}` in a recipe, or any OpenAI client.",
)
def serve_model(
    model: Annotated[str, typer.Option("--model", help=REFERENCE[0].upper() + REFERENCE[1:] + ".")] = "champion",
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Where to listen.")] = 8000,
    host: Annotated[
        str, typer.Option("--host", help="Address to listen on: this machine alone, or 0.0.0.0 for all.")
    ] = "127.0.0.1",
    name: Annotated[str, typer.Option("--name", help="What the model is called in requests.")] = "student",
    precision: Annotated[
        Precision | None,
        typer.Option("--precision", help="Of its weights and matrix products; left out: fp32, bf16 by vLLM on a GPU."),
    ] = None,
    run: RunName = "",
    place: PlaceName = "laptop",
    out: Out = Path("out"),
) -> None:
    """Serves a model behind the OpenAI protocol until Ctrl-C: vLLM where it is installed, else a small server.

    A reader of private data (docs/privacy.md) is served as an analyzer for `privacy.analyzer` of a hybrid teacher.
    """
    from components.models.reader import is_reader
    from components.models.serve import serve
    from pipelines.model_folders import model_folder

    with model_folder(model, run=run, place=place, out=out) as folder:
        path = "" if is_reader(folder) else "/v1"
        line = f"{name}: http://{host}:{port}{path}  ({folder})\nCtrl-C ends it."
        errors.print(line, highlight=False, soft_wrap=True)
        serve(folder, host=host, port=port, name=name, precision=precision)
