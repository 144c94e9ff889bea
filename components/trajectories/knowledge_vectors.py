"""Vectors of a knowledge base's pieces, for strategy (c): a table for each model that made some."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from components.trajectories.embeddings import Embedder

INDEXED = 4096
"""Vectors from which on an index of LanceDB's answers; fewer are compared one by one, which is exact."""
PROBES = 24  # of the index's partitions


class Vectors:
    """The vectors of one model."""

    def __init__(self, database: Any, embedder: Embedder) -> None:
        self._database, self._embedder, self._table = database, embedder, None
        self._endpoint = embedder.endpoint

    def embedded_ids(self) -> set[str]:
        """Ids of the pieces that have a vector."""
        table = self._open()
        return set() if table is None else set(table.search().select(["id"]).to_arrow().column("id").to_pylist())

    def add(self, rows: Sequence[Mapping[str, Any]], text: Callable[[Mapping[str, Any]], str]) -> None:
        """Embeds these pieces, a batch at a time; a killed writer's batches stay.

        Args:
            rows: with `id` and `round`.
            text: what is embedded of a row.
        """
        import pyarrow as pa

        for begin in range(0, len(rows), self._endpoint.batch):
            batch = rows[begin : begin + self._endpoint.batch]
            vectors = self._embedder.embed([text(row) for row in batch])
            rows_with_vectors = pa.table(
                {
                    "id": [row["id"] for row in batch],
                    "round": [row["round"] for row in batch],
                    "vector": pa.array(vectors, pa.list_(pa.float32(), len(vectors[0]))),
                }
            )
            table = self._table = self._database.create_table(
                self._endpoint.table, schema=rows_with_vectors.schema, exist_ok=True
            )
            table.merge_insert("id").when_not_matched_insert_all().execute(rows_with_vectors)
        self._index()

    def nearest(self, text: str, *, where: str, limit: int) -> list[str]:
        """Ids of the pieces whose vectors are nearest to a text's, the nearest first."""
        if (table := self._open()) is None:
            return []
        query = table.search(self._embedder.of_query(text)).distance_type("cosine").nprobes(PROBES).limit(limit)
        if where:
            query = query.where(where, prefilter=True)
        return [row["id"] for row in query.select(["id", "_distance"]).to_list()]

    def _index(self) -> None:
        from lancedb.index import IvfFlat

        table = self._open()
        if table is None or table.count_rows() < INDEXED:
            return
        if not table.list_indices():
            table.create_index("vector", config=IvfFlat(distance_type="cosine"))
        table.optimize()

    def _open(self) -> Any:
        if self._table is None:
            with suppress(ValueError, FileNotFoundError):
                self._table = self._database.open_table(self._endpoint.table)
        return self._table
