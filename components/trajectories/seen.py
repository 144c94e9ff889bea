"""What the shards of a phase played: tables with a row for each episode, so that who counts or lists reads no episode.

    <round>/tables/seen/<phase>/<digest of the episodes>.parquet

A row is that of `rows.episode_row`, and the digests of the page states that the episode saw. The tables can be made
again: an episode that none of them has (a killed shard's, an earlier release's) is read itself, and where episodes are
judged anew the tables of their phase go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import groupby
from typing import Any

from components.errors import InputError
from components.trajectories.digests import json_digest
from components.trajectories.episodes import load_episodes
from components.trajectories.rows import EPISODE_COLUMNS, to_table
from components.trajectories.schema import Episode
from components.trajectories.store import Store
from components.trajectories.tables import MANIFEST_SUFFIX, read_table, write_table

SEEN_COLUMNS = {**EPISODE_COLUMNS, "states": "strings"}
Row = dict[str, Any]


def leave_rows(store: Store, rows: Sequence[Row]) -> None:
    """Leaves a table of these rows of `SEEN_COLUMNS`, all of one phase; none where there are no rows."""
    if rows:
        sources = {row["episode_key"]: row["digest"] for row in rows}
        key = f"{_tables_of(rows[0]['episode_key'])}{json_digest(sources)[:32]}.parquet"
        write_table(store, key, to_table(rows, columns=SEEN_COLUMNS), sources=sources)


def rows_at(
    store: Store, keys: Iterable[str], *, columns: Sequence[str], row: Callable[[Episode], Row]
) -> Iterator[Row]:
    """A row of each episode, in this order: of the tables of its phase, or `row`'s of the episode itself.

    Args:
        keys: those of one phase stand together.
        columns: what is wanted, of `SEEN_COLUMNS`.

    Raises:
        InputError: an episode that is read is broken.
    """
    for folder, group in groupby(keys, key=_tables_of):
        known, wanted = _known(store, folder, columns=("episode_key", *columns)), list(group)
        read = load_episodes(store, (key for key in wanted if key not in known))
        for key in wanted:
            yield known[key] if key in known else row(next(read))


def forget_rows(store: Store, key: str) -> None:
    """Removes the tables that have a row of the episode at this key, which is about to say something else."""
    for table in list(store.list(_tables_of(key))):
        store.delete(table)


def _known(store: Store, folder: str, *, columns: Sequence[str]) -> dict[str, Row]:
    """Rows of every table of a phase that is whole, by the episode's key."""
    known: dict[str, Row] = {}
    for key in list(store.list(folder)):
        if not key.endswith(MANIFEST_SUFFIX):
            with suppress(KeyError, InputError):
                table = read_table(store, key, columns=list(dict.fromkeys(columns)))
                known |= {row["episode_key"]: _as_told(row) for row in table.to_pylist()}
    return known


def _as_told(row: Row) -> Row:
    """The row with its time as `episode_row` gives it."""
    time = row.get("started_at")
    return {**row, "started_at": time.isoformat()} if time else row


def _tables_of(key: str) -> str:
    """Where the tables of an episode's phase are: its key is `runs/<run>/round-<n>/episodes/<phase>/<task>/<file>`."""
    before, _, rest = key.partition("/episodes/")
    return f"{before}/tables/seen/{rest.partition('/')[0]}/"
