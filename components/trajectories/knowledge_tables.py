"""The LanceDB tables of a knowledge base: opened, filled, indexed, searched by words, and rid of a source."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

from components.trajectories.knowledge_entry import KnowledgeEntry
from components.trajectories.knowledge_rows import (
    ENTRIES,
    NAMED,
    PAGES,
    SEARCHED,
    is_old,
    old_entries,
    page_rows,
    row_of,
    schema_of,
    to_arrow,
)
from components.trajectories.lance import connect

MEMORY = "memory://"
QUERY_WORDS = 96
BATCH = 1024


class Tables:
    """`entries` and `pages` of one knowledge base, and the tables of vectors beside them.

    Args:
        until_round: hides what later rounds added.
    """

    def __init__(self, url: str, *, until_round: int | None) -> None:
        self._url, self._until = url, until_round
        self.database = connect(url)
        self._open: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        return self._open[name]

    def open(self) -> bool:
        """Whether anything was added. Open tables follow what other processes add; old ones are read in memory."""
        for table in self._open.values():
            table.checkout_latest()
        if not self._open:
            with suppress(ValueError, FileNotFoundError):
                table = self.database.open_table(ENTRIES)
                if is_old(table):
                    self.database = connect(MEMORY)
                    self.write(old_entries(table))
                    self.settle()
                else:
                    self._open = {ENTRIES: table, PAGES: self.database.open_table(PAGES)}
        return bool(self._open)

    def renew(self) -> None:
        """Puts tables of an older form into today's, whole or not at all: the last step replaces the old table."""
        self.database, self._open = connect(self._url), {}
        with suppress(ValueError, FileNotFoundError):
            table = self.database.open_table(ENTRIES)
            if is_old(table):
                entries = old_entries(table)
                self._put(PAGES, "digest", page_rows(entries))
                rows = to_arrow([row_of(entry) for entry in entries], name=ENTRIES)
                self.database.create_table(ENTRIES, rows, mode="overwrite")

    def write(self, entries: Sequence[KnowledgeEntry]) -> int:
        """Adds what is new and gives the number of pieces. Pages first: a piece is never there without them."""
        self._put(PAGES, "digest", page_rows(entries))
        return self._put(ENTRIES, "id", [row_of(entry) for entry in entries])

    def settle(self) -> None:
        """Takes what was written into the indexes; until then it is searched row by row. Rewrites the tables and keeps
        the version before for a week, so it is done once, after the last `write`."""
        for table in self._open.values():
            table.optimize()

    def where(self, also: str = "") -> str:
        """A filter, with that of the rounds."""
        until = "" if self._until is None else f"round <= {int(self._until)}"
        return " AND ".join(filter(None, (until, also)))

    def rows(self, name: str, columns: Sequence[str], *, where: str = "", limit: int | None = None) -> list[Any]:
        """Rows of a table as dictionaries, in no order."""
        query = self[name].search().select(list(columns))
        if where := self.where(where):
            query = query.where(where)
        rows: list[Any] = (query.limit(limit) if limit else query).to_arrow().to_pylist()
        return rows

    def all_rows(self, name: str) -> Iterator[dict[str, Any]]:
        """Every row of a table, in no order, a batch at a time in memory."""
        query = self[name].search().select(self[name].schema.names)
        if where := self.where():
            query = query.where(where)
        for batch in query.to_batches(BATCH):
            yield from batch.to_pylist()

    def full_text(
        self, name: str, column: str, words: Sequence[str], *, limit: int, where: str = "", least: float = 0.0
    ) -> list[str]:
        """Ids or digests by BM25, best first; equal scores by name, so that the answer does not depend on the order of
        rows.

        Args:
            least: share of the best one's score below which the others are left out.
        """
        from lancedb.query import MatchQuery

        terms = list(dict.fromkeys(words))[:QUERY_WORDS]
        if not terms:
            return []
        key = NAMED[name][0]
        query = self[name].search(MatchQuery(" ".join(terms), column), query_type="fts").limit(limit)
        if where := self.where(where):
            query = query.where(where, prefilter=True)
        rows = query.select([key, "_score"]).to_list()
        enough = least * max((row["_score"] for row in rows), default=0.0)
        rows = [row for row in rows if row["_score"] >= enough]
        return [row[key] for row in sorted(rows, key=lambda row: (-round(row["_score"], 4), row[key]))]

    def remove(self, origin: str) -> None:
        """Removes a source's pieces, the pages that no other piece names, their vectors, and every older version of the
        tables. LanceDB only marks deleted rows, so what stays is written anew, and `entries`, which say what is to go,
        come last: doing it again finishes what was killed."""
        if not self.open():
            return
        removed = [row["id"] for row in self.rows(ENTRIES, ["id"], where=of_origin(origin))]
        remaining = self.rows(ENTRIES, ["pages"], where=f"NOT ({of_origin(origin)})")
        pages = {row["digest"] for row in self.rows(PAGES, ["digest"])}
        pages -= {digest for row in remaining for digest in row["pages"]}
        for name in sorted(self.database.list_tables().tables, reverse=True):
            if dropped := pages if name == PAGES else removed:
                self._rewrite(name, without=dropped)
            table = self._open[name] = self.database.open_table(name)
            self._index(name)
            with warnings.catch_warnings(action="ignore"):  # the caller must make sure that nobody reads meanwhile
                table.optimize(cleanup_older_than=timedelta(0), delete_unverified=True)

    def _rewrite(self, name: str, *, without: Iterable[str]) -> None:
        """Replaces a table by one without these rows and without indexes, a batch at a time, in one step."""
        import pyarrow as pa
        import pyarrow.compute as pc

        table, key = self.database.open_table(name), NAMED.get(name, ("id",))[0]
        dropped = pa.array(sorted(without), pa.string())
        batches = table.search().select(table.schema.names).to_batches()
        remaining = (batch.filter(pc.invert(pc.is_in(batch.column(key), dropped))) for batch in batches)
        self.database.create_table(name, pa.RecordBatchReader.from_batches(table.schema, remaining), mode="overwrite")

    def _put(self, name: str, key: str, rows: Sequence[Mapping[str, Any]]) -> int:
        table = self._open[name] = self.database.create_table(name, schema=schema_of(name), exist_ok=True)
        self._index(name)
        before = table.count_rows()
        if rows:
            table.merge_insert(key).when_not_matched_insert_all().execute(to_arrow(rows, name=name))
        return int(table.count_rows() - before)

    def _index(self, name: str) -> None:
        """Makes the indexes that are not there yet: before the first row, and where a killed process did not."""
        from lancedb.index import FTS, BTree

        table = self[name]
        indexed = {column for index in table.list_indices() for column in index.columns}
        for column in SEARCHED.get(name, ()):
            if column not in indexed:
                table.create_index(column, config=FTS(remove_stop_words=False))
        for column in NAMED.get(name, ()):
            if column not in indexed:
                table.create_index(column, config=BTree())


def among(column: str, values: Sequence[str]) -> str:
    """A filter for rows whose column is one of these values."""
    listed = ", ".join("'" + value.replace("'", "''") + "'" for value in values)
    return f"{column} IN ({listed})"


def of_origin(origin: str) -> str:
    """A filter for the pieces of a source; the empty one's were played here."""
    return among("origin", [origin])
