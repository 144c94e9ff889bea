"""Tables with a row for each episode that the shards of a phase played: counting and listing then read no episode.

    <round>/tables/seen/<phase>/<digest of the episodes>.parquet

A row is that of `rows.episode_row`, and the digests of the page states that the episode saw. The tables can be made
again: an episode that none of them has (a killed shard's, an earlier release's) is read itself, and when episodes are
judged again the tables of their phase are removed.
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
    """A row of each episode, in the order of `keys`: from its phase's tables, or else made of the episode itself.

    Args:
        keys: of episodes; those of one phase stand together.
        columns: the columns of the row, of `SEEN_COLUMNS`.
        row: makes the row of an episode that no table has.

    Raises:
        InputError: an episode that is read is broken.
    """
    for folder, group in groupby(keys, key=_tables_of):
        stored_rows, group_keys = _stored_rows(store, folder, columns=("episode_key", *columns)), list(group)
        episodes = load_episodes(store, (key for key in group_keys if key not in stored_rows))
        for key in group_keys:
            yield stored_rows[key] if key in stored_rows else row(next(episodes))


def forget_rows(store: Store, key: str) -> None:
    """Removes the tables of the phase of the episode at this key, because the episode is about to change."""
    for table in list(store.list(_tables_of(key))):
        store.delete(table)


def _stored_rows(store: Store, folder: str, *, columns: Sequence[str]) -> dict[str, Row]:
    """Rows of every table of a phase that is whole, by the episode's key."""
    rows: dict[str, Row] = {}
    for key in list(store.list(folder)):
        if not key.endswith(MANIFEST_SUFFIX):
            with suppress(KeyError, InputError):
                table = read_table(store, key, columns=list(dict.fromkeys(columns)))
                rows |= {row["episode_key"]: _with_iso_time(row) for row in table.to_pylist()}
    return rows


def _with_iso_time(row: Row) -> Row:
    """The row with its time as `episode_row` gives it."""
    time = row.get("started_at")
    return {**row, "started_at": time.isoformat()} if time else row


def _tables_of(key: str) -> str:
    """Where the tables of an episode's phase are: its key is `runs/<run>/round-<n>/episodes/<phase>/<task>/<file>`."""
    before, _, rest = key.partition("/episodes/")
    return f"{before}/tables/seen/{rest.partition('/')[0]}/"
