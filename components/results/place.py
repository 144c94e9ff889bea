"""The result of a stage, for others to read: one JSON object, `<round>/results/<name>.json`, written once.

Stages do not import each other: a stage that needs another's result reads it here, as the model it was written from. A
stage that is run again finds its own result, and takes it only when it was made from the same inputs.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import ClassVar, Generic, Protocol, Self, TypeVar

from components.errors import InputError
from components.trajectories.records import read_record
from components.trajectories.rounds import Round

MEND = "go back to what it was made from, or start another run"


class Result(Protocol):
    """A stage's result: a pydantic model with the digest of everything it depends on."""

    stage: ClassVar[str]

    @property
    def inputs(self) -> str: ...

    @classmethod
    def model_validate_json(cls, json_data: bytes, /) -> Self: ...

    def model_dump_json(self, *, indent: int) -> str: ...


R = TypeVar("R", bound=Result)


def result_key(round: Round, name: str) -> str:
    """Where the result `name` (such as `distill` or `evaluate-student`) of the round stands."""
    return f"{round.prefix}/results/{name}.json"


def read(round: Round, kind: type[R], *, of: str = "") -> R | None:
    """A stage's result; None where the stage has not run.

    Args:
        of: the role, of an evaluation: that stage leaves several results in a round.

    Raises:
        InputError: it is torn, or of another form than this code's; names the file.
    """
    return _stored(round, kind, f"{kind.stage}-{of}" if of else kind.stage)


def results_digest(round: Round, *, without: str = "") -> str:
    """SHA-256 over the results of all stages of the round.

    Args:
        without: the stage that is left out.
    """
    sha256, prefix = hashlib.sha256(), f"{round.prefix}/results/"
    for key in sorted(round.store.list(prefix)):
        if key != result_key(round, without):
            sha256.update(f"{key} {hashlib.sha256(round.store.get(key)).hexdigest()}\n".encode())
    return sha256.hexdigest()


def _stored(round: Round, kind: type[R], name: str) -> R | None:
    key = result_key(round, name)
    try:
        return read_record(round.store, key, kind, what="result of a stage", fix=MEND)
    except KeyError:
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultPlace(Generic[R]):
    """Where a stage of a round stores its result.

    Attributes:
        inputs: digest of everything the result depends on.
        other: the error's text where a result of other inputs is stored, such as "this round already has another
            student".
    """

    kind: type[R]
    round: Round
    name: str
    inputs: str
    other: str

    @property
    def key(self) -> str:
        return result_key(self.round, self.name)

    def known(self) -> R | None:
        """The stored result; None where there is none yet.

        Raises:
            InputError: it was made from other inputs, or cannot be read.
        """
        result = _stored(self.round, self.kind, self.name)
        if result is not None and result.inputs != self.inputs:
            raise InputError(self.other, where=f"{self.round.store.url}/{self.key}", fix=MEND)
        return result

    def keep(self, result: R) -> R:
        """Stores the result, and returns the stored one: another process's, where that was first.

        Raises:
            pydantic.ValidationError: it could not be read again, as with a figure that is no number; nothing is
            written.
        """
        data = result.model_dump_json(indent=1).encode()
        self.kind.model_validate_json(data)
        if self.round.store.put_new(self.key, data):
            return result
        return self.known() or result
