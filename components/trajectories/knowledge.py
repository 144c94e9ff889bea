"""The knowledge base: pieces of past trajectories that an agent can be given as examples, in a LanceDB dataset.

Retrieval is the union of AgentSymbiotic's three strategies (its section 3.2 and algorithm 1):

(a) task-guided: a query that says what is wanted now, against each piece's instruction and summary;
(b) direct match of the goal and the page against each piece's goal and first page;
(c) similarity of embeddings of the same, when an embedding endpoint is configured.

(a) and (b) are full-text search (BM25). The paper does not say how the union is cut to K examples, and its code takes
fixed shares per index; we rank the union by reciprocal rank fusion and take at most one piece of each place in each
episode, because the pieces that begin there contain one another. The paper's filter by a language model is the
retrieving agent's business.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from components.errors import InfraError, InputError
from components.text import without_references
from components.trajectories.embeddings import EmbeddingEndpoint, embed
from components.trajectories.knowledge_entry import KnowledgeEntry, KnowledgeStep
from components.trajectories.lance import connect, lance_errors

if TYPE_CHECKING:
    from components.trajectories.store import Store

__all__ = ["Guard", "KnowledgeBase", "KnowledgeEntry", "KnowledgeStep", "knowledge_url"]

TABLE = "entries"
TEXTS = ("wanted", "state")
FUSION = 60  # the customary constant of reciprocal rank fusion
DEPTH = 8  # candidates per strategy and wanted example
QUERY_WORDS = 96
MEND = (
    "delete this folder, and done.json of every round of the run, and run the same command again: stages find what "
    "they stored, and each round's synthesis adds its pieces anew"
)
_WORD = re.compile(r"\w+")


def knowledge_url(store: Store, run: str) -> str:
    """Where the knowledge base of a run is kept."""
    return f"{store.url.rstrip('/')}/knowledge/{run}"


class Guard(Protocol):
    """The wall between training and evaluation; a benchmark's `Split` is one."""

    def check(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Raises InputError where a row (`task_id`, `template`, `intent`, `seed`, `id`) is one of the evaluation's."""


class KnowledgeBase:
    """The pieces found so far. One process adds at a time; any number may search meanwhile."""

    def __init__(self, url: str, *, embedding: EmbeddingEndpoint | None = None, until_round: int | None = None) -> None:
        self.url = url
        self._embedding = embedding
        self._until = until_round
        self._database = connect(url)
        self._entries: Any = None
        self._vectors: Any = None

    @classmethod
    def open(
        cls, url: str | Path, *, embedding: EmbeddingEndpoint | None = None, until_round: int | None = None
    ) -> KnowledgeBase:
        """The knowledge base at a folder or `s3://` address; nothing is written before the first `add`.

        Args:
            embedding: gives the third strategy; the other two need no model.
            until_round: hides what later rounds added, so that a repeated round sees what it saw the first time.
        """
        return cls(str(url), embedding=embedding, until_round=until_round)

    def add(self, entries: Iterable[KnowledgeEntry], *, guard: Guard) -> int:
        """Adds the entries whose id is new and gives their number. Adding the same again changes nothing.

        Args:
            guard: refuses rows that belong to the evaluation.

        Raises:
            InputError: an entry belongs to the evaluation; names the entries. Nothing was added.
            InfraError: the dataset or the embedding endpoint does not answer.
        """
        new = {entry.id: entry for entry in reversed(list(entries))}  # of equal ones the first stays
        rows = [_row(entry) for entry in sorted(new.values(), key=lambda entry: entry.id)]
        guard.check(rows)
        with lance_errors(self.url):
            table = self._create()
            before = table.count_rows()
            if rows:
                table.merge_insert("id").when_not_matched_insert_all().execute(_to_arrow(rows))
            table.optimize()  # takes the new rows into the indexes; until then they are searched one by one
            added = table.count_rows() - before
        if self._embedding:
            self._add_vectors(self._embedding)
        return int(added)

    def search(self, *, intent: str, observation: str, k: int, query: str = "") -> list[KnowledgeEntry]:
        """At most `k` pieces that may help with this goal on this page, best first.

        Args:
            intent: the goal; observation: the page's text, with or without references.
            query: what is wanted now, in words (strategy a); the goal where left out.

        Raises:
            InfraError: the dataset or the embedding endpoint does not answer.
        """
        page = without_references(observation)
        with lance_errors(self.url):
            if (table := self._open()) is None or k < 1:
                return []
            ranked = [
                _full_text(table, "wanted", query or intent, where=self._where(), limit=DEPTH * k),
                _full_text(table, "state", f"{intent}\n{page}", where=self._where(), limit=DEPTH * k),
            ]
            if self._embedding and (vectors := self._open_vectors(self._embedding)) is not None:
                [vector] = embed(self._embedding, [f"{intent}\n{page}"])
                nearest = vectors.search(vector).distance_type("cosine").limit(DEPTH * k)
                if where := self._where():
                    nearest = nearest.where(where, prefilter=True)
                ranked.append([row["id"] for row in nearest.select(["id", "_distance"]).to_list()])
            return self._best(table, _fuse(ranked), k)

    def __len__(self) -> int:
        with lance_errors(self.url):
            table = self._open()
            return int(table.count_rows(self._where() or None)) if table is not None else 0

    def entries(self) -> list[KnowledgeEntry]:
        """Every piece, by id."""
        return [KnowledgeEntry.model_validate_json(text) for text in self._read_all("entry")]

    def digest(self) -> str:
        """SHA-256 over the ids: two knowledge bases that say the same have the same."""
        return hashlib.sha256("\n".join(self._read_all("id")).encode()).hexdigest()

    def content_digest(self) -> str:
        """SHA-256 over every piece as it stands, with what is searched of it and who found it."""
        with lance_errors(self.url):
            if (table := self._open()) is None:
                return _digest([])
            query = table.search().select(_schema().names)
            if where := self._where():
                query = query.where(where)
            return _digest(query.to_arrow().sort_by("id").to_pylist())

    def check(self, *, entries: int, content: str) -> None:
        """Compares what is there with what the round's synthesis left.

        Raises:
            InputError: pieces are missing or torn; says how they are made again.
            InfraError: the bucket does not answer.
        """
        try:
            found, digest = len(self), self.content_digest()
        except InfraError as error:
            if self.url.startswith("s3://"):
                raise
            raise InputError(f"the knowledge base cannot be read: {error}", where=self.url, fix=MEND) from error
        if digest != content:
            what = f"{found} of {entries} pieces are there" if found != entries else "a piece is not as it was added"
            raise InputError(f"the knowledge base is torn: {what}", where=self.url, fix=MEND)

    def _read_all(self, column: str) -> list[str]:
        """One column of every row, in the order of ids."""
        with lance_errors(self.url):
            if (table := self._open()) is None:
                return []
            query = table.search().select(["id", column] if column != "id" else ["id"])
            if where := self._where():
                query = query.where(where)
            return [str(value) for value in query.to_arrow().sort_by("id").column(column).to_pylist()]

    def _best(self, table: Any, ids: Sequence[str], k: int) -> list[KnowledgeEntry]:
        found = _read(table, ids)
        chosen: dict[tuple[str, int], KnowledgeEntry] = {}
        for entry in (found[identity] for identity in ids):
            chosen.setdefault((entry.episode_key, entry.start), entry)
        return list(chosen.values())[:k]

    def _where(self) -> str:
        return "" if self._until is None else f"round <= {int(self._until)}"

    def _open(self) -> Any:
        """The table, or None while nothing was added. An open table follows what other processes add."""
        if self._entries is None:
            with suppress(ValueError, FileNotFoundError):
                self._entries = self._database.open_table(TABLE)
        else:
            self._entries.checkout_latest()
        return self._entries

    def _create(self) -> Any:
        """The table with its full-text indexes, made before the first row, and where a killed process did not."""
        from lancedb.index import FTS

        if self._entries is None:
            self._entries = self._database.create_table(TABLE, schema=_schema(), exist_ok=True)
        indexed = {column for index in self._entries.list_indices() for column in index.columns}
        for column in TEXTS:
            if column not in indexed:
                self._entries.create_index(column, config=FTS(remove_stop_words=False))
        return self._entries

    def _open_vectors(self, endpoint: EmbeddingEndpoint) -> Any:
        if self._vectors is None:
            with suppress(ValueError, FileNotFoundError):
                self._vectors = self._database.open_table(endpoint.table)
        return self._vectors

    def _add_vectors(self, endpoint: EmbeddingEndpoint) -> None:
        """Embeds every entry that has no vector of this model yet: also those added while none was configured."""
        import pyarrow as pa

        with lance_errors(self.url):
            table = self._open_vectors(endpoint)
            known = (
                set(table.search().select(["id"]).to_arrow().column("id").to_pylist()) if table is not None else set()
            )
        missing = [entry for entry in self.entries() if entry.id not in known]
        for begin in range(0, len(missing), endpoint.batch):
            batch = missing[begin : begin + endpoint.batch]
            vectors = embed(endpoint, [entry.state for entry in batch])
            with lance_errors(self.url):
                rows = pa.table(
                    {
                        "id": [entry.id for entry in batch],
                        "round": [entry.round for entry in batch],
                        "vector": pa.array(vectors, pa.list_(pa.float32(), len(vectors[0]))),
                    }
                )
                self._vectors = self._database.create_table(endpoint.table, schema=rows.schema, exist_ok=True)
                self._vectors.merge_insert("id").when_not_matched_insert_all().execute(rows)


def _digest(rows: list[dict[str, Any]]) -> str:
    return hashlib.sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest()


def _full_text(table: Any, column: str, text: str, *, where: str, limit: int) -> list[str]:
    """Ids by BM25, best first; equal scores by id, so that the answer does not hang on the order of rows."""
    from lancedb.query import MatchQuery

    words = list(dict.fromkeys(_WORD.findall(text.casefold())))[:QUERY_WORDS]
    if not words:
        return []
    query = table.search(MatchQuery(" ".join(words), column), query_type="fts").limit(limit).select(["id", "_score"])
    if where:
        query = query.where(where, prefilter=True)
    rows = query.to_list()
    return [row["id"] for row in sorted(rows, key=lambda row: (-round(row["_score"], 4), row["id"]))]


def _fuse(ranked: Iterable[Sequence[str]]) -> list[str]:
    """Reciprocal rank fusion: the sum over lists of 1 / (60 + rank)."""
    scores: dict[str, float] = {}
    for ids in ranked:
        for rank, identity in enumerate(ids, 1):
            scores[identity] = scores.get(identity, 0.0) + 1.0 / (FUSION + rank)
    return sorted(scores, key=lambda identity: (-scores[identity], identity))


def _read(table: Any, ids: Sequence[str]) -> dict[str, KnowledgeEntry]:
    if not ids:
        return {}
    listed = ", ".join(f"'{identity}'" for identity in ids)
    rows = table.search().where(f"id IN ({listed})").select(["id", "entry"]).limit(len(ids)).to_list()
    return {row["id"]: KnowledgeEntry.model_validate_json(row["entry"]) for row in rows}


def _schema() -> Any:
    import pyarrow as pa

    texts = ("id", "task_id", "template", "episode_key", "found_by", "wanted", "state", "entry")
    return pa.schema([(name, pa.string()) for name in texts] + [("round", pa.int64()), ("solved", pa.bool_())])


def _row(entry: KnowledgeEntry) -> dict[str, Any]:
    """The entry whole, the texts that are searched, and what a reader of the dataset may want to filter by.

    `intent` and `seed` are not columns: they are there for the guard, which names the rows it refuses.
    """
    names = ("id", "task_id", "template", "episode_key", "found_by", "wanted", "state", "round", "solved")
    row = {name: getattr(entry, name) for name in names}
    return row | {"entry": entry.model_dump_json(), "intent": entry.intent, "seed": entry.seed}


def _to_arrow(rows: Sequence[dict[str, Any]]) -> Any:
    import pyarrow as pa

    schema = _schema()
    return pa.Table.from_pylist([{name: row[name] for name in schema.names} for row in rows], schema=schema)
