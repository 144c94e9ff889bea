"""Tables that may be too large for memory: made a row group at a time in a local file, read a few rows at a time.

The bytes are those that `tables.write_table` gives as long as one row group holds them all.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from components.errors import InputError
from components.trajectories.rows import to_table
from components.trajectories.store import Store
from components.trajectories.tables import (
    GROUP_ROWS,
    MEND,
    PARQUET_OPTIONS,
    TableInfo,
    TableManifest,
    keep_table,
    read_table_manifest,
)

GROUP_CHARS = 32 << 20
"""Characters of text at which a row group ends that has fewer than `GROUP_ROWS` rows."""
READ_ROWS = 1024


class TableFile:
    """A table in the making. At most one row group of its rows is in memory."""

    def __init__(self, path: Path, *, columns: Mapping[str, str]) -> None:
        import pyarrow.parquet as pq

        self._path, self._columns = path, columns
        self._writer = pq.ParquetWriter(path, to_table([], columns=columns).schema, **PARQUET_OPTIONS)
        self._waiting: list[Mapping[str, Any]] = []
        self._chars = 0
        self.rows = 0

    def add(self, row: Mapping[str, Any]) -> None:
        self._waiting.append(row)
        self._chars += sum(len(value) for value in row.values() if isinstance(value, str))
        if len(self._waiting) == GROUP_ROWS or self._chars >= GROUP_CHARS:
            self._write()

    def keep(self, store: Store, key: str, *, sources: Mapping[str, str]) -> TableInfo:
        """Ends the table and puts it into the store. Raises as `tables.write_table`."""
        if self._waiting or not self.rows:
            self._write()
        self._writer.close()
        schema = self._writer.schema
        with self._path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        manifest = TableManifest(
            digest=digest,
            rows=self.rows,
            columns={field.name: str(field.type) for field in schema},
            sources=dict(sorted(sources.items())),
        )
        return keep_table(store, key, manifest, put=lambda: self._put(store, key, digest))

    def _write(self) -> None:
        self._writer.write_table(to_table(self._waiting, columns=self._columns), row_group_size=GROUP_ROWS)
        self.rows += len(self._waiting)
        self._waiting, self._chars = [], 0

    def _put(self, store: Store, key: str, digest: str) -> None:
        if not store.put_file(key, self._path) and store.digest(key) != digest:
            store.delete(key)
            store.put_file(key, self._path)


def read_rows(store: Store, key: str, *, columns: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The rows of the table at `key`, some at a time, checked against its manifest before the first.

    Raises:
        KeyError, InputError: as `tables.read_table`.
    """
    import pyarrow.parquet as pq

    manifest = read_table_manifest(store, key)
    with tempfile.NamedTemporaryFile() as file:
        sha256 = hashlib.sha256()
        try:
            for piece in store.chunks(key):
                sha256.update(piece)
                file.write(piece)
        except KeyError:
            problem = "the table is gone, and its manifest is there"
            raise InputError(problem, where=f"{store.url}/{key}", fix=MEND) from None
        if sha256.hexdigest() != manifest.digest:
            raise InputError("the table is not the one its manifest describes", where=f"{store.url}/{key}", fix=MEND)
        file.flush()
        # by its name: Arrow's threads may outlast Python, and would abort it as they give back a file of Python's
        for batch in pq.ParquetFile(file.name).iter_batches(READ_ROWS, columns=list(columns)):
            yield from batch.to_pylist()
