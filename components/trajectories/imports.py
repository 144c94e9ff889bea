"""Trajectories of others in the store. Each set is below `runs/@<source>/`, so that it can be removed as a whole.

A set's name is `@<source>` where a run's would be, which no run can have: episodes of sets are listed, shown and
exported like others, and no round reads them unless its recipe names the source.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pydantic import Field

from components.errors import InputError
from components.trajectories.episodes import list_episodes
from components.trajectories.records import read_record
from components.trajectories.schema import Record, round_prefix
from components.trajectories.store import Store

SOURCE = re.compile(r"[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?")
MARK = "@"
RECORD = "record of an import"
SAME_AGAIN = "delete the object, and take the source down once more"
ROUND = 0


class ImportRecord(Record):
    """Stored when a file is in, at `runs/@<source>/imports/<digest>.json`.

    Attributes:
        file: its name; digest: its SHA-256.
        left_out: trajectories by why they are no episodes.
        unread: steps whose action has no counterpart among ours; they are kept, and not learnt.
    """

    source: str
    licence: str
    form: str
    file: str
    digest: str
    episodes: int
    steps: int
    unread: int
    left_out: dict[str, int]
    imported_at: str = Field(description="in UTC, as ISO 8601")


class TakenDown(Record):
    """Stored at `takedowns/<source>.json` before anything is removed; the source may not be imported again."""

    source: str
    licence: str
    files: tuple[str, ...]
    taken_down_at: str


def set_name(source: str) -> str:
    """The set's name in keys, where a run's name would be: `@<source>`.

    Raises:
        InputError: this cannot be the name of a source.
    """
    if not SOURCE.fullmatch(source):
        fix = "use small letters, digits, dots and hyphens, at most 63, as in a3-synth"
        raise InputError(f"{source!r} cannot be the name of a source", where="source", fix=fix)
    return f"{MARK}{source}"


def set_prefix(source: str) -> str:
    """Prefix of everything that is stored of a set."""
    return f"runs/{set_name(source)}/"


def record_key(source: str, digest: str) -> str:
    return f"{set_prefix(source)}imports/{digest[:32]}.json"


def takedown_key(source: str) -> str:
    """Where it stands that a source was taken down. Raises as `set_name`."""
    return f"takedowns/{set_name(source).removeprefix(MARK)}.json"


def find_takedown(store: Store, source: str) -> TakenDown | None:
    try:
        return read_record(store, takedown_key(source), TakenDown, what="word of a takedown", fix=SAME_AGAIN)
    except KeyError:
        return None


def records_of(store: Store, source: str) -> list[ImportRecord]:
    """The records of a set's files, each of which is imported whole."""
    keys = store.list(f"{set_prefix(source)}imports/")
    return [read_record(store, key, ImportRecord, what=RECORD) for key in keys]


def sources(store: Store) -> list[str]:
    """Every set that is stored."""
    keys = (key.split("/")[1].removeprefix(MARK) for key in store.list(f"runs/{MARK}"))
    return list(dict.fromkeys(keys))


def check_imported(store: Store, source: str) -> list[ImportRecord]:
    """The records of a set's files, for a recipe that names the set.

    Raises:
        InputError: the source was taken down, or is not imported here.
    """
    if takedown := find_takedown(store, source):
        raise InputError(
            f"the source {source} was taken down at {takedown.taken_down_at}",
            where=f"{store.url}/{takedown_key(source)}",
            fix="take it out of synthesize.imports",
        )
    records = records_of(store, source)
    if not records:
        names = ", ".join(sources(store)) or "none"
        fix = f"`symbiont import FILE --source {source}` first; there is {names}"
        raise InputError(f"no source {source} is imported here", where=store.url, fix=fix)
    return records


def imported_keys(store: Store, source: str) -> Iterator[str]:
    """Keys of a set's episodes."""
    return list_episodes(store, f"{round_prefix(run=set_name(source), round=ROUND)}/episodes/")
