"""What a stage leaves for the others: one JSON object, `<round>/results/<name>.json`, written once.

Stages do not import each other: who reads another's result reads it as JSON. A stage that is run again finds its own
result, and takes it only when it was made from the same inputs.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Generic, Protocol, Self, TypeVar

from components.errors import InputError
from components.trajectories.rounds import Round


class Result(Protocol):
    """A stage's result: a pydantic model with the digest of everything it depends on."""

    @property
    def inputs(self) -> str: ...

    @classmethod
    def model_validate_json(cls, json_data: bytes, /) -> Self: ...

    def model_dump_json(self, *, indent: int) -> str: ...


R = TypeVar("R", bound=Result)


def result_key(round: Round, name: str) -> str:
    """Where the result `name` (such as `distill` or `evaluate-student`) of the round stands."""
    return f"{round.prefix}/results/{name}.json"


def read_result(round: Round, name: str) -> dict[str, Any]:
    """A stored result as JSON; empty where the stage has not run."""
    try:
        found: dict[str, Any] = json.loads(round.store.get(result_key(round, name)))
    except KeyError:
        return {}
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultPlace(Generic[R]):
    """Where one stage of one round keeps what it made from these inputs.

    Attributes:
        inputs: digest of everything the result depends on.
        other: said of a stored result of other inputs, such as "this round already has another student".
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
        """The result that is there; None where there is none yet.

        Raises:
            InputError: it was made from other inputs, or cannot be read.
        """
        where, fix = f"{self.round.store.url}/{self.key}", "go back to what it was made from, or start another run"
        try:
            found = self.kind.model_validate_json(self.round.store.get(self.key))
        except KeyError:
            return None
        except ValueError as error:
            raise InputError(f"a broken result of a stage: {error}", where=where, fix=fix) from error
        if found.inputs != self.inputs:
            raise InputError(self.other, where=where, fix=fix)
        return found

    def keep(self, result: R) -> R:
        """Writes the result; returns the one that stands, which is another process's where that was first."""
        if self.round.store.put_new(self.key, result.model_dump_json(indent=1).encode()):
            return result
        return self.known() or result
