"""The pieces of a knowledge base as rows of LanceDB tables, and back.

`entries` holds a row for each piece, whose pages are named by digest; `pages` holds each page once, however many pieces
of an episode pass over it. Until 0.1.0 every row held its pages, and `state` the first of them; such tables are read
(`old_entries`), and are put into today's form by the next that adds to them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from components.trajectories.knowledge_entry import KnowledgeEntry

ENTRIES, PAGES = "entries", "pages"
SEARCHED = {ENTRIES: ("wanted", "goal"), PAGES: ("text",)}
"""Columns of each table that are searched by words."""
NAMED = {ENTRIES: ("id", "page"), PAGES: ("digest",)}
"""Columns that rows are looked up by."""
PLAIN = ("id", "task_id", "template", "episode_key", "found_by", "origin", "wanted", "round", "solved", "start")
OLD = ("id", "task_id", "template", "episode_key", "found_by", "wanted", "state", "round", "solved")


def page_digest(text: str) -> str:
    """Names a page; empty for none."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32] if text else ""


def row_of(entry: KnowledgeEntry) -> dict[str, Any]:
    """The piece without its pages, the texts that are searched, and what a reader may want to filter by.

    `intent` and `seed` are no columns: they are there for the guard, which names the rows it refuses.
    """
    pages = [page_digest(text) for text in _pages(entry)]
    bare = entry.model_copy(
        update={"steps": tuple(step.model_copy(update={"observation": ""}) for step in entry.steps), "end": ""}
    )
    return {name: getattr(entry, name) for name in PLAIN} | {
        "goal": entry.goal,
        "page": pages[0],
        "pages": pages,
        "entry": bare.model_dump_json(),
        "intent": entry.intent,
        "seed": entry.seed,
    }


def entry_of(row: Mapping[str, Any], pages: Mapping[str, str]) -> KnowledgeEntry:
    """The piece of a row, with its pages from these by digest."""
    entry = KnowledgeEntry.model_validate_json(row["entry"])
    *observed, end = (pages.get(digest, "") for digest in row["pages"])
    steps = tuple(
        step.model_copy(update={"observation": text}) for step, text in zip(entry.steps, observed, strict=True)
    )
    return entry.model_copy(update={"steps": steps, "end": end})


def page_rows(entries: Iterable[KnowledgeEntry]) -> list[dict[str, Any]]:
    """Each page of the pieces once, with the round it was first seen in."""
    rows: dict[str, dict[str, Any]] = {}
    for entry in sorted(entries, key=lambda entry: entry.round):
        for text in filter(None, _pages(entry)):
            rows.setdefault(text, {"digest": page_digest(text), "round": entry.round, "text": text})
    return list(rows.values())


def old_entries(table: Any) -> list[KnowledgeEntry]:
    """The pieces of a table of the form until 0.1.0."""
    return [KnowledgeEntry.model_validate_json(text) for text in table.to_arrow().column("entry").to_pylist()]


def is_old(table: Any) -> bool:
    return "pages" not in table.schema.names


def old_digest(entries: Iterable[KnowledgeEntry]) -> str:
    """What a synthesis of 0.1.0 left as the digest of these pieces' content."""
    rows = [
        {name: getattr(entry, name) for name in OLD} | {"entry": entry.model_dump_json(exclude={"origin"})}
        for entry in sorted(entries, key=lambda entry: entry.id)
    ]
    return hashlib.sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest()


def schema_of(name: str) -> Any:
    """The `pyarrow.Schema` of a table."""
    import pyarrow as pa

    if name == PAGES:
        return pa.schema([("digest", pa.string()), ("round", pa.int64()), ("text", pa.string())])
    types = {"round": pa.int64(), "start": pa.int64(), "solved": pa.bool_()}
    fields = [(column, types.get(column, pa.string())) for column in (*PLAIN, "goal", "page", "entry")]
    return pa.schema([*fields, ("pages", pa.list_(pa.string()))])


def to_arrow(rows: Sequence[Mapping[str, Any]], *, name: str) -> Any:
    """The rows as a `pyarrow.Table` of a table's columns."""
    import pyarrow as pa

    schema = schema_of(name)
    return pa.Table.from_pylist([{column: row[column] for column in schema.names} for row in rows], schema=schema)


def _pages(entry: KnowledgeEntry) -> list[str]:
    return [*(step.observation for step in entry.steps), entry.end]
