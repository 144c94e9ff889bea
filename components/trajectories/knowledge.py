"""The knowledge base: pieces of past trajectories that an agent can be given as examples, in LanceDB tables.

Retrieval is the union of AgentSymbiotic's three strategies (its section 3.2 and algorithm 1):

(a) task-guided: a query that says what is wanted now, against each piece's instruction and summary;
(b) direct match of the goal and the page: pages like this one are looked up by the words that are particular to it
    (`commonness`) and by those of the goal that are, then the pieces that begin there, by goal;
(c) similarity of embeddings of goal and page, if an embedding endpoint is configured (`knowledge_vectors`).

(a) and (b) are full-text search (BM25). The paper does not say how the union is cut to K examples, and its code takes
fixed shares per index; we rank the union by reciprocal rank fusion and take at most one piece of each place in each
episode, because the pieces that begin there contain one another. The paper's filter by a language model is part of the
retrieving agent.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from components.errors import InfraError, InputError
from components.trajectories.commonness import SAMPLE, Commonness, words_of
from components.trajectories.embeddings import Embedder, EmbeddingEndpoint
from components.trajectories.knowledge_entry import KnowledgeEntry, KnowledgeStep
from components.trajectories.knowledge_rows import ENTRIES, PAGES, entry_of, old_digest, page_digest, row_of, schema_of
from components.trajectories.knowledge_tables import Tables, among, of_origin
from components.trajectories.knowledge_vectors import Vectors
from components.trajectories.lance import lance_errors

if TYPE_CHECKING:
    from components.trajectories.rounds import Round
    from components.trajectories.store import Store

__all__ = ["Guard", "KnowledgeBase", "KnowledgeEntry", "KnowledgeStep", "PieceOrigin", "knowledge_url"]

FUSION = 60  # the customary constant of reciprocal rank fusion
DEPTH = 8  # candidates per strategy and wanted example
ALIKE = 0.5
"""Share of the best page's score that another must have to count as a page like the one that is shown."""
AT_PAGES = 2000  # most pieces looked at that begin at the pages alike
AT_ONCE = 10_000
"""Pieces in memory while they are added."""
IN_ORDER = 2000
"""Rows in memory while all of them are read by id."""
MEND = (
    "delete this folder, and done.json of every round of the run, and run the same command again: stages find what "
    "they stored, and each round's synthesis adds its pieces anew"
)


def knowledge_url(store: Store, run: str) -> str:
    """Where the knowledge base of a run is kept."""
    return f"{store.url.rstrip('/')}/knowledge/{run}"


class Guard(Protocol):
    """The wall between training and evaluation; a benchmark's `Split` is one."""

    def check(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Raises InputError where a row (`task_id`, `template`, `intent`, `seed`, `id`) is one of the evaluation's."""


class PieceOrigin(NamedTuple):
    """Who found a piece, in which round; `source` is the imported set it is of, if it is of one."""

    found_by: str
    round: int
    source: str


class KnowledgeBase:
    """The pieces found so far. One process adds at a time; any number may search meanwhile."""

    def __init__(
        self,
        url: str,
        *,
        embedding: EmbeddingEndpoint | None = None,
        until_round: int | None = None,
    ) -> None:
        self.url = url
        self._embedder = Embedder(embedding) if embedding else None
        self._tables = Tables(url, until_round=until_round)
        self._common: tuple[int, Commonness] | None = None

    @classmethod
    def open(
        cls,
        url: str | Path,
        *,
        embedding: EmbeddingEndpoint | None = None,
        until_round: int | None = None,
    ) -> KnowledgeBase:
        """The knowledge base at a folder or `s3://` address; nothing is written before the first `add`.

        Args:
            embedding: gives the third strategy; the other two need no model.
            until_round: hides what later rounds added, so that a repeated round sees what it saw the first time.
        """
        return cls(str(url), embedding=embedding, until_round=until_round)

    def spend_for(self, round: Round) -> None:
        """Books what vectors cost from now on with the round's run."""
        if self._embedder:
            self._embedder.ledger = round.ledger(self._embedder.endpoint.model)

    def close(self) -> None:
        """Closes the connection to the endpoint of vectors; a later search opens it again."""
        if self._embedder:
            self._embedder.close()

    def add(self, entries: Iterable[KnowledgeEntry], *, guard: Guard) -> int:
        """Adds the entries whose id is new and gives their number. Adding the same again changes nothing.

        `AT_ONCE` of them are in memory, and are added or refused together.

        Args:
            guard: refuses rows that belong to the evaluation.

        Raises:
            InputError: an entry belongs to the evaluation; names the entries. Nothing of them was added.
            BudgetError: that of the vectors is spent.
            InfraError: the dataset or the embedding endpoint does not answer.
        """
        iterator, added, renewed = iter(entries), 0, False
        while (batch := list(islice(iterator, AT_ONCE))) or not renewed:
            new = {entry.id: entry for entry in reversed(batch)}  # of equal ones the first stays
            distinct = sorted(new.values(), key=lambda entry: entry.id)
            guard.check(row_of(entry) for entry in distinct)
            with lance_errors(self.url):
                if not renewed:
                    self._tables.renew()
                added += self._tables.write(distinct)
            renewed = True
        with lance_errors(self.url):
            self._tables.settle()
            if self._embedder:
                self._embed(self._embedder)
        return added

    def search(self, *, intent: str, observation: str, k: int, query: str = "") -> list[KnowledgeEntry]:
        """At most `k` pieces that may help with this goal on this page, best first.

        Args:
            intent: the goal; observation: the page's text, with or without references.
            query: what is wanted now, in words (strategy a); the goal where left out.

        Raises:
            BudgetError: that of the vectors is spent.
            InfraError: the dataset or the embedding endpoint does not answer.
        """
        with lance_errors(self.url):
            if k < 1 or not self._tables.open():
                return []
            common, limit = self._commonness(), DEPTH * k
            ranked = [
                self._tables.full_text(ENTRIES, "wanted", words_of(query or intent), limit=limit),
                self._at_pages(intent, common.telling(intent), common.words(observation), limit=limit),
            ]
            if self._embedder:
                text, where = f"{intent}\n{common.text(observation)}", self._tables.where()
                vectors = Vectors(self._tables.database, self._embedder)
                ranked.append(vectors.nearest(text, where=where, limit=limit))
            return self._best(_fuse(ranked), k)

    def __len__(self) -> int:
        return len(self.ids())

    def ids(self, *, origin: str | None = None) -> list[str]:
        """Ids of all pieces, sorted.

        Args:
            origin: only of this imported source's pieces; `""`: only of those that were played here.
        """
        with lance_errors(self.url):
            if not self._tables.open():
                return []
            where = "" if origin is None else of_origin(origin)
            return sorted(row["id"] for row in self._tables.rows(ENTRIES, ["id"], where=where))

    def origins(self) -> Counter[PieceOrigin]:
        """How many pieces there are of each origin."""
        with lance_errors(self.url):
            if not self._tables.open():
                return Counter()
            rows = self._tables.rows(ENTRIES, ["found_by", "round", "origin"])
            return Counter(PieceOrigin(row["found_by"], row["round"], row["origin"]) for row in rows)

    def tasks(self) -> dict[str, set[str]]:
        """By task that pieces are of, the templates that it was played with."""
        templates = defaultdict[str, set[str]](set)
        with lance_errors(self.url):
            if self._tables.open():
                for row in self._tables.rows(ENTRIES, ["task_id", "template"]):
                    templates[row["task_id"]].add(row["template"])
        return templates

    def entries(self) -> list[KnowledgeEntry]:
        """Every piece, by id."""
        with lance_errors(self.url):
            if not self._tables.open():
                return []
            pages = self._texts()
            rows = sorted(self._tables.rows(ENTRIES, ["id", "entry", "pages"]), key=lambda row: row["id"])
            return [entry_of(row, pages) for row in rows]

    def digest(self) -> str:
        """SHA-256 over the ids and the model of the vectors: what decides which pieces a search finds."""
        model = [self._embedder.endpoint.model] if self._embedder else []
        return hashlib.sha256("\n".join([*model, *self.ids()]).encode()).hexdigest()

    def content_digest(self, *, origin: str = "") -> str:
        """SHA-256 over every piece with its pages, the texts that are searched, and who found it.

        Args:
            origin: the imported source whose pieces are meant; left out: those that were played here.
        """
        sha256 = hashlib.sha256()
        with lance_errors(self.url):
            if self._tables.open():
                standing = {row["digest"]: page_digest(row["text"]) for row in self._tables.all_rows(PAGES)}
                for row in self._in_order(of_origin(origin)):
                    row["pages"] = [standing.get(digest, "gone") if digest else "" for digest in row["pages"]]
                    sha256.update(json.dumps(row, sort_keys=True).encode())
        return sha256.hexdigest()

    def check(self, *, entries: int, content: str, imports: Mapping[str, str]) -> None:
        """Compares the pieces with what the round's synthesis recorded.

        Args:
            entries: number of pieces.
            content: digest of those that were played here.
            imports: digests of those that were imported, by source.

        Raises:
            InputError: pieces are missing or torn; says how they are made again.
            InfraError: the bucket does not answer.
        """
        try:
            count, digest = len(self), self.content_digest()
            torn = any(self.content_digest(origin=source) != expected for source, expected in imports.items())
            torn = torn or (digest != content and old_digest(self.entries()) != content)
        except InfraError as error:
            if self.url.startswith("s3://"):
                raise
            raise InputError(f"the knowledge base cannot be read: {error}", where=self.url, fix=MEND) from error
        if torn:
            difference = (
                f"{count} of {entries} pieces are there" if count != entries else "a piece is not as it was added"
            )
            raise InputError(f"the knowledge base is torn: {difference}", where=self.url, fix=MEND)

    def remove(self, origin: str) -> None:
        """Removes an imported source's pieces and what only they hold, also from older versions of the tables."""
        with lance_errors(self.url):
            self._tables.remove(origin)

    def _at_pages(self, intent: str, *particular: Sequence[str], limit: int) -> list[str]:
        """Ids of the pieces that begin at a page like this one, ranked by page and goal; by goal where there is none.

        Args:
            particular: words that pages are looked up by; each list gives some of them.
        """
        tables, goal = self._tables, words_of(intent)
        alike = (tables.full_text(PAGES, "text", words, limit=limit, least=ALIKE) for words in particular)
        pages = _fuse(alike)[:limit]
        if not pages:
            return tables.full_text(ENTRIES, "goal", goal, limit=limit)
        beginning_there, at = among("page", pages), {digest: rank for rank, digest in enumerate(pages, 1)}
        begin = tables.rows(ENTRIES, ["id", "page"], where=beginning_there, limit=AT_PAGES)
        scores = {row["id"]: 1.0 / (FUSION + at[row["page"]]) for row in begin}
        for rank, identity in enumerate(tables.full_text(ENTRIES, "goal", goal, limit=limit, where=beginning_there), 1):
            scores[identity] = scores.get(identity, 0.0) + 1.0 / (FUSION + rank)
        return sorted(scores, key=lambda identity: (-scores[identity], identity))[:limit]

    def _best(self, ids: Sequence[str], k: int) -> list[KnowledgeEntry]:
        columns = ["id", "entry", "pages", "episode_key", "start"]
        rows = self._tables.rows(ENTRIES, columns, where=among("id", ids)) if ids else []
        by_id = {row["id"]: row for row in rows}
        chosen: dict[tuple[str, int], Mapping[str, Any]] = {}
        for row in (by_id[identity] for identity in ids if identity in by_id):
            chosen.setdefault((row["episode_key"], row["start"]), row)
        best = list(chosen.values())[:k]
        digests = sorted({digest for row in best for digest in row["pages"] if digest})
        pages = self._texts(among("digest", digests)) if digests else {}
        return [entry_of(row, pages) for row in best]

    def _in_order(self, where: str) -> Iterator[dict[str, Any]]:
        """Rows of pieces by id, some at a time."""
        ids = iter(sorted(row["id"] for row in self._tables.rows(ENTRIES, ["id"], where=where)))
        while batch := list(islice(ids, IN_ORDER)):
            rows = self._tables.rows(ENTRIES, schema_of(ENTRIES).names, where=f"{where} AND {among('id', batch)}")
            yield from sorted(rows, key=lambda row: row["id"])

    def _texts(self, where: str = "") -> dict[str, str]:
        """Pages by digest."""
        return {row["digest"]: row["text"] for row in self._tables.rows(PAGES, ["digest", "text"], where=where)}

    def _commonness(self) -> Commonness:
        """Counts of words and lines over the pages, or over a sample of them: those with the lowest digests."""
        pages = self._tables[PAGES]
        if self._common is None or self._common[0] != pages.version:
            share = min(SAMPLE / max(pages.count_rows(), 1), 1.0)
            counted = self._texts(f"digest < '{int(share * 0xFFFFFFFF):08x}'" if share < 1 else "")
            self._common = (pages.version, Commonness(counted.values()))
        return self._common[1]

    def _embed(self, embedder: Embedder) -> None:
        """Embeds every piece that has no vector of this model yet: also those added while none was configured."""
        vectors, common = Vectors(self._tables.database, embedder), self._commonness()
        embedded = vectors.embedded_ids()
        rows = self._tables.rows(ENTRIES, ["id", "round", "goal", "page"])
        missing = sorted((row for row in rows if row["id"] not in embedded), key=lambda row: row["id"])
        pages = self._texts() if missing else {}
        vectors.add(missing, lambda row: f"{row['goal']}\n{common.text(pages.get(row['page'], ''))}")


def _fuse(ranked: Iterable[Sequence[str]]) -> list[str]:
    """Reciprocal rank fusion: the sum over lists of 1 / (60 + rank)."""
    scores: dict[str, float] = {}
    for ids in ranked:
        for rank, identity in enumerate(ids, 1):
            scores[identity] = scores.get(identity, 0.0) + 1.0 / (FUSION + rank)
    return sorted(scores, key=lambda identity: (-scores[identity], identity))
