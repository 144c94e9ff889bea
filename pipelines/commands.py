"""What the commands of the command line do, without typer: folders, servers, and calls of the engines."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from components.documents.check import check_document, read_document
from components.documents.yaml_files import read_yaml
from components.errors import InputError
from components.place import Place, announce, open_knowledge
from components.preflight.checks import check_stored
from components.preflight.run import check_inputs
from components.tracking import check_tracking
from components.trajectories.open_store import open_store, probe
from components.trajectories.rounds import Round
from components.trajectories.store import Store
from components.verdicts.policy import Policy
from pipelines.display import Display
from pipelines.documents import PLACE_FIX, RECIPE_FIX, changed, find_document
from pipelines.outfolder import OutFolder, opened
from pipelines.recipe import Recipe
from pipelines.rounds import Run, run_rounds

if TYPE_CHECKING:
    from components.results.evaluate import EvaluateResult
    from pipelines.summary import Summary


def read_recipe(reference: str, changes: Sequence[str] = ()) -> Recipe:
    """The recipe, with the policy in it where it names the file of one, relative to its own.

    Args:
        changes: `key.of.key=value`, set over what the file says.
    """
    path = find_document(reference, kind="recipe")
    document = changed(read_yaml(path), changes)
    content = document.content
    promote = content.get("promote") if isinstance(content, dict) else None
    if isinstance(promote, dict) and isinstance(promote.get("policy"), str):
        policy = read_document(path.parent / promote["policy"], Policy)
        content = {**content, "promote": {**promote, "policy": policy.model_dump(mode="json")}}
    return check_document(content, Recipe, where=document.where, marks=document.marks, fix=RECIPE_FIX)


def read_place(reference: str) -> Place:
    return read_document(find_document(reference, kind="place"), Place, fix=PLACE_FIX)


def announced_place(reference: str) -> Place:
    """The place of a reference, with its addresses in the environment."""
    where = read_place(reference)
    announce(where)
    return where


def checked(recipe: Recipe, place: str, *, out: Path) -> Place:
    """The place, once everything was checked that can be before a server of ours is up.

    Raises:
        InputError: something in them, or what they name, is wrong.
    """
    here = read_place(place)
    check_inputs(recipe.preflight(here), work=out / "work")
    announce(here)
    if here.store:
        probe(open_store(here.store))
    if here.mlflow:
        check_tracking()
    return here


def run_command(
    *,
    recipe: Recipe,
    place: str,
    rounds: int | None,
    seed: int,
    out: Path,
    keep: bool,
    console: Console,
    quiet: bool,
) -> Summary:
    """`symbiont run`: everything that can be wrong is checked before the servers are started."""
    here = checked(recipe, place, out=out)
    rounds = rounds or recipe.rounds
    begun = Run(recipe=recipe, place=here, seed=seed, folder=OutFolder(root=out.absolute()))
    check_stored(stored_at(here, out=out), run=begun.name, rounds=rounds)
    display = Display(console=console)
    with opened(out, place=here) as (folder, services):
        run = Run(recipe=recipe, place=services.place, seed=seed, folder=folder)
        display.say(f"Run {run.name} into {folder.root}")
        display.say(f"MLflow: {services.place.mlflow}  (log-in in {folder.root / 'credentials.json'})")
        summary = run_rounds(run, rounds=rounds, services=services, display=display)
        display.say(f"Report: {folder.report()}")
        display.say(f"Numbers: {folder.summary}")
        if not quiet:
            display.say("Look closer: symbiont trajectories, symbiont serve, symbiont audit (see --help)")
        if keep:
            _wait(console, where=services.place)
    return summary


def evaluate_command(
    *, model: str, recipe: Recipe, place: str, seed: int, out: Path, console: Console
) -> EvaluateResult:
    """`symbiont evaluate`: stored like a round's evaluation, in a run of its own each time."""
    from components.agents.build import build_agent
    from components.agents.config import LocalConfig
    from components.evaluate.run import run as evaluate
    from components.models.files import is_local, resolve_model

    here = checked(recipe, place, out=out)
    if model != "teacher" and is_local(model):
        resolve_model(model, work=out / "work")
    with opened(out, place=here) as (folder, services):
        if model.startswith("models:/"):
            services.wait_for_mlflow()
        first = Run(recipe=recipe, place=services.place, seed=seed, folder=folder).round(1)
        knowledge = open_knowledge(first) if model == "teacher" else None
        config = recipe.teacher if model == "teacher" else LocalConfig(model=model)
        console.print(f"Evaluating {model} ...", highlight=False)
        name = datetime.now(UTC).strftime("evaluate-%Y%m%d-%H%M%S-%f")
        return evaluate(
            config=recipe.evaluate,
            tasks=recipe.tasks,
            play=recipe.play,
            browser=services.place.browser,
            round=Round(run=name, number=1, seed=seed, store=first.store, work=first.work),
            role="teacher" if model == "teacher" else "student",
            agent=build_agent(config, store=first.store, work=first.work, knowledge=knowledge),
        )


def serve_command(*, place: str, out: Path, console: Console) -> None:
    """`symbiont serve`: the servers of a folder, until Ctrl-C."""
    _must_exist(out)
    with opened(out, place=read_place(place)) as (_, services):
        services.wait_for_mlflow()
        _wait(console, where=services.place)


def _wait(console: Console, *, where: Place) -> None:
    console.print(
        f"MLflow {where.mlflow}\nS3     {where.s3_endpoint or where.store}\nCtrl-C ends them.", highlight=False
    )
    with contextlib.suppress(KeyboardInterrupt):
        while True:
            time.sleep(3600)


@contextlib.contextmanager
def store_of(place: str, *, out: Path) -> Iterator[tuple[Place, Store]]:
    """The place and its store, for reading. The laptop's is read as plain files, so that no server is needed and a run
    under way is not disturbed."""
    where = announced_place(place)
    if not where.store:
        _must_exist(out / "store")
    store = stored_at(where, out=out)
    work = where.work or str(out.absolute() / "work")
    yield where.model_copy(update={"store": store.url, "work": work}), store


def stored_at(where: Place, *, out: Path) -> Store:
    """The place's store; the laptop's as the folder it is."""
    from pipelines.local.services import BUCKET

    return open_store(where.store or out.absolute() / "store" / BUCKET)


def _must_exist(folder: Path) -> None:
    if not folder.is_dir():
        raise InputError(
            "no run has been made here", where=str(folder), fix="give the --out of a run, or `symbiont run`"
        )
