"""The commands that keep a cluster's recurring runs as a file says: `schedules apply`, `diff` and `remove`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.options import AsJson, Compiled, PlaceName, errors

if TYPE_CHECKING:
    from pipelines.cluster.syncing import Change

schedules = typer.Typer(help="Rounds that recur on a cluster, from a file in Git.", no_args_is_help=True)

File = Annotated[Path, typer.Argument(metavar="[FILE]", help="The file of schedules.")]
WORDS = {"create": "+", "replace": "~", "change": "~", "remove": "-", "keep": "="}


@schedules.command(epilog="**Example**: `symbiont schedules apply schedules.yaml`; a second time it changes nothing.")
def apply(
    file: File = Path("schedules.yaml"),
    place: PlaceName = "cluster",
    compiled: Compiled = None,
    as_json: AsJson = False,
) -> None:
    """Makes the place's recurring runs what the file says, and uploads the pipeline where it is missing.

    Rounds run one at a time, and missed ones are not caught up. Times are UTC. To change a recurring run, a new one is
    made before the old one is removed; recurring runs of other owners are not touched.
    """
    _sync(file, place=place, compiled=compiled, as_json=as_json, carries_out=True)


@schedules.command()
def diff(
    file: File = Path("schedules.yaml"),
    place: PlaceName = "cluster",
    compiled: Compiled = None,
    as_json: AsJson = False,
) -> None:
    """Says what `apply` would do, and does nothing."""
    _sync(file, place=place, compiled=compiled, as_json=as_json, carries_out=False)


@schedules.command()
def remove(file: File = Path("schedules.yaml"), place: PlaceName = "cluster", as_json: AsJson = False) -> None:
    """Removes every recurring run of the file's owner; what they stored stays."""
    _sync(file, place=place, compiled=None, as_json=as_json, carries_out=True, none=True)


@schedules.command()
def schema() -> None:
    """Prints the JSON Schema of a file of schedules."""
    from pipelines.schemas import schemas

    print(schemas()["schedule"], end="")


def _sync(
    file: Path, *, place: str, compiled: Path | None, as_json: bool, carries_out: bool, none: bool = False
) -> None:
    from components.place import read_place
    from pipelines.cluster.kubeflow import Cluster
    from pipelines.cluster.package import PIPELINE, package
    from pipelines.cluster.schedules import read_schedules
    from pipelines.cluster.syncing import carry_out, changes

    here = read_place(place)
    read, forms = read_schedules(file)
    made = None if none else package(compiled, place=here)
    with Cluster(here) as there:
        found = changes(there, read, forms, package=made)
        version = (
            there.publish(made.compiled, pipeline=PIPELINE, version=made.version) if made and carries_out else None
        )
        for each in found:
            if carries_out:
                carry_out(there, each, version=version)
            _tell(each)
    if not found:
        errors.print(f"Nothing of {read.owner} recurs.", highlight=False, markup=False)
    if as_json:
        told = [{"name": each.name, "change": each.kind, "next": each.next_times()} for each in found]
        print(json.dumps(told, indent=2))


def _tell(change: Change) -> None:
    times = change.next_times()
    when = f"next {', '.join(times)} UTC" if times else "" if change.wanted is None else "disabled"
    lines = [f"{WORDS[change.kind]} {change.name}  {when}".rstrip(), *(f"    {each}" for each in change.differences())]
    errors.print("\n".join(lines), highlight=False, markup=False, soft_wrap=True)
