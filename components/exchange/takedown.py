"""Taking a source down: what is stored of it is removed, and the models that learnt from it are named.

What is to be removed is recorded first; the same command continues a takedown that was killed. Models and results of
stages are not removed: they show where a source was used.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict, Field

from components.errors import InputError
from components.results.students import stored_students
from components.trajectories.episodes import EXCHANGE, blob_key, iter_episodes
from components.trajectories.imports import TakenDown, find_takedown, records_of, set_prefix, sources, takedown_key
from components.trajectories.knowledge import KnowledgeBase, knowledge_url
from components.trajectories.schema import round_prefix
from components.trajectories.store import Store


class Descendant(BaseModel):
    """A model that learnt from a source, or goes on from one that did."""

    model_config = ConfigDict(frozen=True)

    run: str
    round: int
    model: str = Field(description="digest of the model")
    through: str = Field(
        description="digest of the model that it was trained from; empty: it was trained on the source itself"
    )
    promoted: bool = Field(description="whether it became the champion of its run")


def lineage(store: Store, source: str) -> list[Descendant]:
    """Every stored student that has learnt from a source, in the order of runs and rounds."""
    students = list(stored_students(store))
    direct = {
        student.model_digest
        for _, _, student in students
        if any(key.startswith(set_prefix(source)) for key in student.sources)
    }
    tainted = set(direct)
    while (
        descendants := {student.model_digest for _, _, student in students if student.base_digest in tainted} - tainted
    ):
        tainted |= descendants
    return [
        Descendant(
            run=run,
            round=number,
            model=student.model_digest,
            through="" if student.model_digest in direct else student.base_digest,
            promoted=_promoted(store, run, number),
        )
        for run, number, student in students
        if student.model_digest in tainted
    ]


def take_down(store: Store, source: str) -> int:
    """Removes what is stored of a source, and gives the number of objects; afterwards it cannot be imported again.

    Raises:
        InputError: nothing of it was ever here.
    """
    check_known(store, source)
    records = records_of(store, source)
    takedown = TakenDown(
        source=source,
        licence=records[0].licence if records else "",
        files=tuple(record.file for record in records),
        taken_down_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    store.put_new(takedown_key(source), takedown.model_dump_json(indent=1).encode())
    bases = _knowledge(store)
    ids_by_run = {run: knowledge.ids(origin=source) for run, knowledge in bases.items()}
    pieces = {identity for ids in ids_by_run.values() for identity in ids}
    keys = [*(_said_of(store, pieces) if pieces else ()), *store.list(set_prefix(source))]
    for key in keys:
        store.delete(key)
    for run, knowledge in bases.items():  # last, because they say which pieces there were
        if ids_by_run[run] or _has_read(store, run, source):  # a killed takedown may have left the rest
            knowledge.remove(source)
    return len(keys)


def check_known(store: Store, source: str) -> None:
    """Raises InputError if nothing of a source was ever here; what a killed import left counts."""
    if find_takedown(store, source) is None and not any(store.list(set_prefix(source))):
        fix = f"there is {', '.join(sources(store)) or 'none'}"
        raise InputError(f"no source {source} is imported here", where=store.url, fix=fix)


def _knowledge(store: Store) -> dict[str, KnowledgeBase]:
    """The knowledge base of every run that has one."""
    runs = dict.fromkeys(key.split("/")[1] for key in store.list("knowledge/"))
    return {run: KnowledgeBase.open(knowledge_url(store, run)) for run in runs}


def _has_read(store: Store, run: str, source: str) -> bool:
    """Whether a synthesis of the run took pieces of the source in."""
    keys = (key for key in store.list(f"runs/{run}/") if key.endswith("/results/synthesize.json"))
    return any(source in json.loads(store.get(key)).get("knowledge_imports", {}) for key in keys)


def _said_of(store: Store, pieces: set[str]) -> Iterator[str]:
    """Keys of models' wordings of these pieces, and of the exchanges whose prompts showed them."""
    for key in store.list("runs/"):
        if "/wordings/" in key and key.rpartition("/")[2].removesuffix(".json") in pieces:
            yield key
    for episode in iter_episodes(store, "runs/"):
        for step in episode.steps:
            if step.exchange and pieces.intersection(step.retrieved):
                yield blob_key(step.exchange, EXCHANGE)


def _promoted(store: Store, run: str, number: int) -> bool:
    """Whether the round's student was promoted, by whichever release."""
    decided = f"{round_prefix(run=run, round=number)}/results/promote.json"
    return store.exists(decided) and json.loads(store.get(decided)).get("decision") == "promote"
