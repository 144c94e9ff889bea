"""Tables made from episodes: Parquet files with a manifest that says what they were made from.

The manifest is written after the table and makes it count: a table without one is what a killed writer left, and is
replaced. The same rows give the same bytes (for one release of Arrow), so doing the work twice changes nothing.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from components.errors import InputError
from components.trajectories.digests import json_digest
from components.trajectories.records import read_record
from components.trajectories.schema import Record
from components.trajectories.store import Store

MANIFEST_SUFFIX = ".manifest.json"
GROUP_ROWS = 65_536
PARQUET_OPTIONS = {"compression": "zstd", "store_schema": False}
"""How every table is written."""
MEND = "delete done.json of its round and run the same command again: the stage that made it makes it whole"


class TableManifest(Record):
    """What stands beside a table.

    Attributes:
        digest: SHA-256 of the Parquet file.
        columns: name and Arrow type, in order.
        sources: digest of everything the rows come from, by key or name.
    """

    schema_version: int = 1
    digest: str
    rows: int
    columns: dict[str, str]
    sources: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableInfo:
    """A table of the store: `digest` is that of its Parquet file, `sources` that of the manifest's sources."""

    key: str
    digest: str
    rows: int
    sources: str


def write_table(
    store: Store,
    key: str,
    rows: Any,
    *,
    sources: Mapping[str, str] | Iterable[str],
    schema: Any = None,
) -> TableInfo:
    """Writes a table and its manifest, once; a torn one at this key is made whole.

    Args:
        key: ends in `.parquet`.
        rows: a `pyarrow.Table`, or rows as dictionaries.
        sources: digests by name, or digests alone.
        schema: a `pyarrow.Schema` for rows that are dictionaries; found from the rows when left out.

    Raises:
        InputError: another table, made from something else, already stands there.
    """
    import pyarrow as pa

    table = rows if isinstance(rows, pa.Table) else pa.Table.from_pylist(list(rows), schema=schema)
    data = _to_parquet(table)
    digests = dict(sources) if isinstance(sources, Mapping) else {digest: digest for digest in sources}
    manifest = TableManifest(
        digest=hashlib.sha256(data).hexdigest(),
        rows=table.num_rows,
        columns={field.name: str(field.type) for field in table.schema},
        sources=dict(sorted(digests.items())),
    )
    return keep_table(store, key, manifest, put=lambda: _put_whole(store, key, data))


def keep_table(store: Store, key: str, manifest: TableManifest, *, put: Callable[[], None]) -> TableInfo:
    """Puts a table where it belongs, and then its manifest.

    Args:
        put: makes the table's object whole, whatever stands there.

    Raises:
        InputError: as `write_table`.
    """
    first = False
    if not store.exists(key + MANIFEST_SUFFIX):
        put()
        first = store.put_new(key + MANIFEST_SUFFIX, manifest.model_dump_json(indent=1).encode())
    standing = read_table_manifest(store, key)
    if standing == manifest:
        if not first:  # else it was put a moment ago, and another look would read all of it
            put()
    else:
        differs = "made from other sources" if standing.sources != manifest.sources else "with other rows"
        raise InputError(
            f"a table {differs} already stands at this key",
            where=f"{store.url}/{key}",
            fix="use another run, or delete the table and its manifest to have it made anew",
        )
    return _info(key, manifest)


def _put_whole(store: Store, key: str, data: bytes) -> None:
    if not store.put_new(key, data) and store.get(key) != data:
        store.put(key, data)


def is_whole(store: Store, key: str, *, digest: str) -> bool:
    """Whether this very table stands at the key, with every byte of it."""
    try:
        return read_table_manifest(store, key).digest == digest == store.digest(key)
    except (KeyError, InputError):
        return False


def read_table(store: Store, key: str, columns: Sequence[str] | None = None) -> Any:
    """The table at `key` as a `pyarrow.Table`, checked against its manifest.

    Raises:
        KeyError: no such table, or a killed writer left it without its manifest.
        InputError: it is gone or torn: its bytes are not those of the manifest.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    manifest = read_table_manifest(store, key)
    try:
        data = store.get(key)
    except KeyError:
        raise InputError("the table is gone, and its manifest is there", where=f"{store.url}/{key}", fix=MEND) from None
    if hashlib.sha256(data).hexdigest() != manifest.digest:
        raise InputError("the table is not the one its manifest describes", where=f"{store.url}/{key}", fix=MEND)
    # Arrow's own copy: its threads may still hold the last piece as Python ends, and one of Python's would abort it
    own = pa.BufferOutputStream()
    own.write(data)
    return pq.read_table(pa.BufferReader(own.getvalue()), columns=None if columns is None else list(columns))


def read_table_manifest(store: Store, key: str) -> TableManifest:
    """The manifest of the table at `key`.

    Raises:
        KeyError: there is none.
        InputError: it cannot be read.
    """
    manifest_key = key + MANIFEST_SUFFIX
    return read_record(
        store, manifest_key, TableManifest, what="manifest of a table", fix=f"delete the manifest; {MEND}"
    )


def table_info(store: Store, key: str) -> TableInfo:
    """What `write_table` returned when this table was written."""
    return _info(key, read_table_manifest(store, key))


def _info(key: str, manifest: TableManifest) -> TableInfo:
    return TableInfo(key=key, digest=manifest.digest, rows=manifest.rows, sources=json_digest(manifest.sources))


def _to_parquet(table: Any) -> bytes:
    import pyarrow.parquet as pq

    buffer = io.BytesIO()
    pq.write_table(table.replace_schema_metadata(None), buffer, row_group_size=GROUP_ROWS, **PARQUET_OPTIONS)
    return buffer.getvalue()
