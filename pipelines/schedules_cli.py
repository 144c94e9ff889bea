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

    parsed_place = read_place(place)
    schedules_file, forms = read_schedules(file)
    bundle = None if none else package(compiled, place=parsed_place)
    with Cluster(parsed_place) as kubeflow:
        planned = changes(kubeflow, schedules_file, forms, package=bundle)
        version = (
            kubeflow.publish(bundle.compiled, pipeline=PIPELINE, version=bundle.version)
            if bundle and carries_out
            else None
        )
        for change in planned:
            if carries_out:
                carry_out(kubeflow, change, version=version)
            _tell(change)
    if not planned:
        errors.print(f"Nothing of {schedules_file.owner} recurs.", highlight=False, markup=False)
    if as_json:
        records = [{"name": change.name, "change": change.kind, "next": change.next_times()} for change in planned]
        print(json.dumps(records, indent=2))


def _tell(change: Change) -> None:
    times = change.next_times()
    when = f"next {', '.join(times)} UTC" if times else "" if change.wanted is None else "disabled"
    lines = [
        f"{WORDS[change.kind]} {change.name}  {when}".rstrip(),
        *(f"    {difference}" for difference in change.differences()),
    ]
    errors.print("\n".join(lines), highlight=False, markup=False, soft_wrap=True)
