"""A proposed task and its origin. Each is stored once, at `<round>/proposals/<id>.json`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from components.benchmarks.sites.form import Cases, SiteTask
from components.trajectories.records import read_record
from components.trajectories.rounds import Round
from components.trajectories.schema import Record

Proposer = Literal["templates", "clicks", "hindsight", "model"]


class Proposal(Record):
    """A task and its origin. `results.propose` says whether it is played or refused."""

    by: Proposer
    task: SiteTask
    region: str = Field(description="section of the map it begins in")
    hint: str = Field(description="how success can be recognized, in words")
    persona: str = Field("", description="role in which a model was asked to propose")
    sources: tuple[str, ...] = Field((), description="addresses, episodes or documents that it is based on")

    @property
    def id(self) -> str:
        return self.task.id

    @property
    def cases(self) -> Cases:
        return self.task.cases if isinstance(self.task.cases, tuple) else ()

    @property
    def intents(self) -> tuple[str, ...]:
        """Its concrete intents: every case in its first wording, then in the others."""
        return tuple(wording.format(**case) for wording in self.task.wordings for case in self.cases)

    @property
    def said(self) -> str:
        """All cases in the first wording as one text, by which proposals are compared."""
        return " ".join(self.intents[: len(self.cases)])


def keep_proposal(round: Round, proposal: Proposal) -> None:
    round.store.put_new(_key(round, proposal.id), proposal.model_dump_json().encode())


def find_proposal(round: Round, id: str) -> Proposal | None:
    """The proposal of this name, of this round or the newest before it that has one."""
    for number in range(round.number, 0, -1):
        key = _key(round.at(number), id)
        if round.store.exists(key):
            return _read(round, key)
    return None


def iter_proposals(round: Round) -> Iterator[Proposal]:
    """The proposals of the round, by name."""
    for key in round.store.list(f"{round.prefix}/proposals/"):
        yield _read(round, key)


def _read(round: Round, key: str) -> Proposal:
    return read_record(round.store, key, Proposal, what="proposal")


def _key(round: Round, id: str) -> str:
    return f"{round.prefix}/proposals/{id}.json"
