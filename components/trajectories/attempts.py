"""Attempts at a run's rounds: which round each began, what failed in it, and how it ended.

An attempt is one execution of the pipeline, on a cluster one run of Kubeflow. Its name is in the environment of every
stage: Kubeflow's run id, or what the command line makes up. An error that no retry can fix ends further tries of the
same stage in this attempt at once; the next attempt tries again. Under `runs/<run>/attempts/<attempt>/` of the store:

    begun.json              by preflight: the round
    failed-<stage>.json     as long as the stage has not ended well since
    end.json                by the exit handler, or by whoever stopped it
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, Self

from pydantic import Field

from components.errors import InfraError, InputError
from components.trajectories.records import read_record
from components.trajectories.rounds import Round
from components.trajectories.schema import Record
from components.trajectories.store import Store, is_key

ATTEMPT = "SYMBIONT_ATTEMPT"
KUBEFLOW_RUN = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
FAILED, BEGUN = "word of a stage's failure", "word of an attempt's beginning"


class Failure(Record):
    """The error that a stage ended with."""

    stage: str = Field(description="name of the stage as in timings, such as explore-teacher-1-of-4")
    kind: str = Field(description="type of the error; InputError: trying again is no use")
    what: str
    where: str = ""
    fix: str = ""

    @classmethod
    def of(cls, stage: str, error: Exception) -> Self:
        if isinstance(error, InputError):
            return cls(stage=stage, kind=InputError.__name__, what=error.what, where=error.where, fix=error.fix)
        kind = type(error).__name__
        return cls(stage=stage, kind=kind, what=str(error) if isinstance(error, InfraError) else f"{kind}: {error}")

    @property
    def mistake(self) -> InputError | None:
        """The InputError as it was raised; None where trying again may help."""
        lasting = self.kind == InputError.__name__
        return InputError(self.what, where=self.where, fix=self.fix) if lasting else None


class Begun(Record):
    """How an attempt began. `at` is when, in seconds since 1970."""

    round: int
    at: float
    kubeflow: str = Field("", description="identity of the Kubeflow, if the place names one")


class End(Record):
    """How an attempt ended."""

    round: int | None = Field(description="number of the round; none if preflight did not get so far")
    state: Literal["done", "failed", "stopped"]
    failure: Failure | None = Field(None, description="error that ended it; none if no stage could store one")
    ended_at: str = Field(description="ISO 8601 in UTC")

    def __str__(self) -> str:
        """In a few words, such as `failed in distill: the store is gone`."""
        why = f" in {self.failure.stage}: {self.failure.what}" if self.failure else ""
        return f"{self.state}{why}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One attempt at a round of a run."""

    store: Store
    run: str
    name: str

    @classmethod
    def here(cls, store: Store, *, run: str) -> Attempt | None:
        """The attempt that this process belongs to; None where it belongs to none, as under another orchestrator."""
        name = os.environ.get(ATTEMPT, "")
        return cls(store=store, run=run, name=name) if is_key(name) and "/" not in name else None

    @property
    def of_kubeflow(self) -> bool:
        """Whether the attempt is a run of Kubeflow, told by its name: a laptop's attempts are named otherwise."""
        return KUBEFLOW_RUN.fullmatch(self.name) is not None

    @property
    def prefix(self) -> str:
        return f"runs/{self.run}/attempts/{self.name}"

    def begin(self, round: Round, *, kubeflow: str = "") -> None:
        beginning = Begun(round=round.number, at=time.time(), kubeflow=kubeflow)
        self.store.put_new(f"{self.prefix}/begun.json", beginning.model_dump_json().encode())

    @property
    def begun(self) -> Begun | None:
        """How the attempt began; None where preflight did not come to it."""
        try:
            return read_record(self.store, f"{self.prefix}/begun.json", Begun, what=BEGUN)
        except KeyError:
            return None

    def check(self, stage: str) -> None:
        """Raises the InputError that an earlier try of the stage ended with in this attempt."""
        if (failure := self._failure(stage)) and (mistake := failure.mistake):
            raise mistake

    def failed(self, failure: Failure) -> None:
        self.store.put(self._key(failure.stage), failure.model_dump_json().encode())

    def mended(self, stage: str) -> None:
        """The stage has ended well."""
        self.store.delete(self._key(stage))

    def failures(self) -> list[Failure]:
        """The failures of all stages that have not ended well since; those that no further try can solve come first."""
        keys = self.store.list(f"{self.prefix}/failed-")
        failures = [read_record(self.store, key, Failure, what=FAILED) for key in keys]
        return sorted(failures, key=lambda failure: failure.mistake is None)

    def end(self, *, state: Literal["done", "failed", "stopped"]) -> End:
        """Stores how the attempt ended, unless that is stored already; returns what is stored."""
        beginning, failures = self.begun, self.failures()
        end = End(
            round=beginning.round if beginning else None,
            state=state,
            failure=failures[0] if failures and state != "done" else None,
            ended_at=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        self.store.put_new(f"{self.prefix}/end.json", end.model_dump_json(indent=1).encode())
        return self.ended or end

    @property
    def ended(self) -> End | None:
        """How it ended; None while it lasts, or if nothing recorded its end."""
        try:
            return read_record(self.store, f"{self.prefix}/end.json", End, what="word of how an attempt ended")
        except KeyError:
            return None

    def _failure(self, stage: str) -> Failure | None:
        try:
            return read_record(self.store, self._key(stage), Failure, what=FAILED)
        except KeyError:
            return None

    def _key(self, stage: str) -> str:
        return f"{self.prefix}/failed-{stage}.json"


def attempts_at(store: Store, run: str) -> list[Attempt]:
    """The attempts that began a round of a run, the latest last."""
    beginnings = ((attempt.begun, attempt) for attempt in _attempts(store, run))
    dated = [(beginning.at, beginning.round, attempt) for beginning, attempt in beginnings if beginning]
    return [attempt for *_, attempt in sorted(dated, key=lambda entry: entry[:2])]


def _attempts(store: Store, run: str) -> Iterator[Attempt]:
    prefix = f"runs/{run}/attempts/"
    for name in dict.fromkeys(key.removeprefix(prefix).split("/")[0] for key in store.list(prefix)):
        yield Attempt(store=store, run=run, name=name)
