"""The students that a store knows of, whichever run and release made them, and what each came from."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict

from components.trajectories.records import read_record
from components.trajectories.store import Store

DISTILLED = re.compile(r"runs/(?P<run>[^/]+)/round-(?P<round>\d{3,})/results/distill\.json")


class Student(BaseModel):
    """What is common to distillations of every release.

    Attributes:
        model_digest: the student's.
        base_digest: of the model its training started from.
        sources: digests of the tables of examples, by key.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    model_digest: str
    base_digest: str
    sources: dict[str, str]


def stored_students(store: Store) -> Iterator[tuple[str, int, Student]]:
    """Run, round and student of every distillation, in the order of runs and rounds.

    Raises:
        InputError: a result is torn; names it.
    """
    for key in store.list("runs/"):
        if match := DISTILLED.fullmatch(key):
            yield match["run"], int(match["round"]), read_record(store, key, Student, what="result of a stage")
