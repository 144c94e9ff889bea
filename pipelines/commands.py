"""What the commands of the command line do, without typer: folders, servers, and calls of the engines."""

from __future__ import annotations

import contextlib
import shlex
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from components.documents.named import find_document
from components.documents.yaml_files import read_yaml
from components.errors import InputError
from components.place import Place, announce, read_place
from components.preflight.checks import check_stored
from components.preflight.config import Recipe
from components.preflight.documents import as_recipe, changed
from components.preflight.numbering import choose_number
from components.preflight.run import check_inputs
from components.tracking import check_tracking
from components.trajectories.open_store import check_store, open_store
from components.trajectories.store import Store
from pipelines.display import Display
from pipelines.local.credentials import load_credentials
from pipelines.local.services import Services, store_folder
from pipelines.outfolder import OutFolder, opened, reading, running
from pipelines.rounds import Run, check_goes_on, default_name, run_rounds

if TYPE_CHECKING:
    from pipelines.summary import Summary


def read_recipe(reference: str, changes: Sequence[str] = ()) -> Recipe:
    """The recipe of a name or a file.

    Args:
        changes: `key.of.key=value`, set over what the file says.
    """
    path = find_document(reference, kind="recipe")
    return as_recipe(changed(read_yaml(path), changes), folder=path.parent)


def announced_place(reference: str) -> Place:
    """The place of a reference, with its addresses in the environment."""
    parsed_place = read_place(reference)
    announce(parsed_place)
    return parsed_place


def checked(recipe: Recipe, place: str, *, out: Path) -> Place:
    """The place, after recipe and place were checked as far as that is possible before a server of ours is up.

    Raises:
        InputError: recipe or place, or something that they name, is wrong.
    """
    parsed_place = read_place(place)
    check_inputs(recipe, parsed_place, work=out / "work")
    announce(parsed_place)
    if parsed_place.store:
        check_store(open_store(parsed_place.store))
    if parsed_place.mlflow:
        check_tracking()
    return parsed_place


def run_command(
    *,
    recipe: Recipe,
    place: str,
    name: str = "",
    rounds: int | None,
    number: int = 0,
    seed: int,
    out: Path,
    keep: bool,
    console: Console,
    quiet: bool,
) -> Summary:
    """`symbiont run`. Checks what can be checked before it starts the servers.

    Args:
        name: of the run; empty for that of the recipe and the seed.
        number: only this round; 0: all that are missing of `rounds`.
    """
    parsed_place = checked(recipe, place, out=out)
    rounds = rounds or recipe.rounds
    name = name or default_name(recipe, seed=seed)
    planned_run = Run(name=name, recipe=recipe, place=parsed_place, seed=seed, folder=OutFolder(root=out.absolute()))
    if not parsed_place.s3_server:  # that one's is read once the server is up
        _check_run(planned_run, store=stored_at(parsed_place, out=out), rounds=rounds, number=number)
    display = Display(console=console)
    with opened(out, place=parsed_place, usual_ports=keep) as (folder, services):
        run = replace(planned_run, place=services.place, folder=folder)
        if parsed_place.s3_server:
            _check_run(run, store=run.store, rounds=rounds, number=number)
        display.say(f"Run {run.name} into {folder.root}")
        display.say(f"MLflow: {services.place.mlflow}  ({_log_in(folder)})")
        summary = run_rounds(run, rounds=rounds, number=number, services=services, display=display)
        display.say(f"Report: {folder.report()}")
        display.say(f"Numbers: {folder.summary}")
        if not quiet:
            display.say("Look closer: symbiont trajectories, symbiont serve, symbiont audit (see --help)")
        if keep:
            _wait(console, folder=folder, services=services)
    return summary


def _check_run(run: Run, *, store: Store, rounds: int, number: int) -> None:
    choose_number(store, run=run.name, number=number)
    check_stored(store, run=run.name)
    if not number:
        check_goes_on(run, store=store, rounds=rounds)


def serve_command(*, place: str, out: Path, console: Console) -> None:
    """`symbiont serve`: the servers of a folder, until Ctrl-C."""
    parsed_place = read_place(place)
    folder_of_runs = out / "s3" if parsed_place.s3_server else store_folder(out) / "runs"
    if not parsed_place.store and not folder_of_runs.is_dir():
        raise _nothing_here(out)
    with opened(out, place=parsed_place, usual_ports=True) as (folder, services):
        console.print("MLflow is starting, which takes ten seconds or more ...", highlight=False)
        services.wait_for_mlflow()
        _wait(console, folder=folder, services=services)


def _wait(console: Console, *, folder: OutFolder, services: Services) -> None:
    """Prints how the servers are reached, and watches them until Ctrl-C.

    Raises:
        InfraError: one of them ended.
    """
    lines = [f"MLflow  {services.place.mlflow}  ({_log_in(folder)})", f"Store   {services.place.store}"]
    if services.addresses.s3:
        lines[-1] += f" at {services.addresses.s3}  (keys in {folder.credentials})"
    lines += [f'Shell   eval "$(symbiont env --out {shlex.quote(str(folder.root))})"', "Ctrl-C ends them."]
    console.print("\n".join(lines), highlight=False, markup=False, soft_wrap=True)
    with contextlib.suppress(KeyboardInterrupt):
        while True:
            time.sleep(1)
            services.check()


def _log_in(folder: OutFolder) -> str:
    user = load_credentials(folder.root).mlflow_user
    return f"user {user}, password: mlflow_password in {folder.credentials}"


def env_command(*, out: Path) -> str:
    """`symbiont env`: what a shell evaluates to reach the servers of a folder that is being served.

    Raises:
        InputError: no command keeps servers up over this folder.
    """
    addresses = running(out.absolute())
    if addresses is None:
        raise InputError(
            "no servers are up over this folder",
            where=str(out.absolute()),
            fix=f"`symbiont serve --out {out}` in another terminal, or `symbiont run --keep-serving`",
        )
    variables = addresses.environment(load_credentials(out.absolute()))
    return "\n".join(f"export {name}={shlex.quote(value)}" for name, value in variables.items())


@contextlib.contextmanager
def store_of(place: str, *, out: Path) -> Iterator[tuple[Place, Store]]:
    """The place and its store, for reading."""
    parsed_place = read_place(place)
    if not parsed_place.store:
        _must_exist(out / ("s3" if parsed_place.s3_server else "store"))
    with reading(out, place=parsed_place) as filled:
        yield filled, open_store(filled.store)


def stored_at(place: Place, *, out: Path) -> Store:
    """The store of a place that starts no server for it: its own, or the folder below OUT."""
    return open_store(place.store or store_folder(out.absolute()))


def _must_exist(folder: Path) -> None:
    if not folder.is_dir():
        raise _nothing_here(folder)


def _nothing_here(folder: Path) -> InputError:
    fix = "give the --out of a run, or `symbiont run`"
    return InputError("no run has been made here", where=str(folder.absolute()), fix=fix)
