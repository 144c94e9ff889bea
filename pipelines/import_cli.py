"""The commands for trajectories that others recorded: `import`, `imports`, `takedown`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.options import AsJson, Out, PlaceName, errors

if TYPE_CHECKING:
    from components.trajectories.store import Store

imports = typer.Typer(rich_markup_mode="markdown")
Source = Annotated[str, typer.Option("--source", help="Name of the set, for recipes and for its takedown.")]


@imports.command(
    name="import",
    epilog="**Example**: `symbiont import train.jsonl --source a3-synth --format a3 --licence CC-BY-4.0`, then "
    "`symbiont run --set synthesize.imports=[a3-synth]`.",
)
def import_(
    files: Annotated[list[Path], typer.Argument(help="Files of JSON, one row a line.", resolve_path=True)],
    source: Source,
    licence: Annotated[
        str, typer.Option("--licence", help="Licence of the set, as its publisher states it; kept on every row.")
    ],
    format: Annotated[
        str, typer.Option("--format", metavar="a3|adp", help="a3: A3-Synth's train.jsonl. adp: Agent Data Protocol.")
    ] = "adp",
    place: PlaceName = "laptop",
    out: Out = Path("out"),
) -> None:
    """Imports published trajectories as episodes; importing the same files again adds nothing.

    A file is checked before anything of it is stored. Its actions are translated into ours, and its pages are written
    as our browser prints them; steps that have no counterpart are kept, but not learnt.
    """
    from components.errors import InputError
    from components.exchange.imports import READERS, import_file
    from components.trajectories.schema import Origin

    if format not in READERS:
        raise InputError(f"there is no form {format!r}", where="--format", fix=f"use {' or '.join(READERS)}")
    with _store(place, out=out) as store:
        for file in files:
            record = import_file(store, file, form=format, origin=Origin(source=source, licence=licence))
            print(
                f"{record.file}: {record.episodes} episodes, {record.steps} steps, {record.unread} of them not to be "
                "learnt"
            )
            for why, number in record.left_out.items():
                errors.print(f"  {number} left out: {why}", highlight=False, markup=False)


@imports.command(name="imports", epilog="**Example**: `symbiont imports --json | jq '.[].licence'`")
def list_imports(place: PlaceName = "laptop", out: Out = Path("out"), as_json: AsJson = False) -> None:
    """Lists the sources that are imported, file by file."""
    from components.trajectories.imports import records_of, sources

    with _store(place, out=out) as store:
        records = [record for source in sources(store) for record in records_of(store, source)]
    if as_json:
        print(json.dumps([record.model_dump(mode="json") for record in records], indent=2))
        return
    for record in records:
        print(f"{record.source}  {record.licence}  {record.file}: {record.episodes} episodes, {record.steps} steps")


@imports.command(epilog="**Example**: `symbiont takedown --source a3-synth`, and the same with `--yes`.")
def takedown(
    source: Source,
    yes: Annotated[bool, typer.Option("--yes", help="Remove it; left out: only list what would be removed.")] = False,
    place: PlaceName = "laptop",
    out: Out = Path("out"),
    as_json: AsJson = False,
) -> None:
    """Removes a source's episodes, tables and knowledge from the store, and shows which models learnt from it.

    The next training learns without it. Models stay: whether one may be used is for you to say. The source can then not
    be imported again.
    """
    from components.exchange.takedown import check_known, lineage, take_down
    from components.trajectories.imports import find_takedown

    with _store(place, out=out) as store:
        check_known(store, source)
        record = find_takedown(store, source)
        removed = take_down(store, source) if yes else 0
        models = lineage(store, source)
    if as_json:
        print(json.dumps([model.model_dump(mode="json") for model in models], indent=2))
    for model in [] if as_json else models:
        origin = f"goes on from {model.through[:12]}" if model.through else "learnt from it"
        print(f"{model.model[:12]}  {model.run} round {model.round}: {origin}{', became champion' * model.promoted}")
    sentence = f"{removed} objects removed" if yes else "Nothing was removed yet: --yes does it"
    if record and not yes:
        sentence = f"It was taken down at {record.taken_down_at}"
    errors.print(f"{len(models)} models learnt from {source}. {sentence}.", highlight=False, markup=False)


@contextmanager
def _store(place: str, *, out: Path) -> Iterator[Store]:
    """The place's store; a laptop's folder is made where there is none yet."""
    from components.place import read_place
    from pipelines.commands import store_of

    parsed_place = read_place(place)
    if not (parsed_place.store or parsed_place.s3_server):
        (out / "store").mkdir(parents=True, exist_ok=True)
    with store_of(place, out=out) as (_, store):
        yield store
