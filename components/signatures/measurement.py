"""One measurement of every source, and a second one of each teacher, which shows its own noise."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement(Generic[T]):
    """What was measured.

    Attributes:
        first: by source.
        second: by teacher, of the same answers: a shadow trained in another order, or routing seen on other probes.
    """

    first: Mapping[str, T]
    second: Mapping[str, T]

    def each(self, part: Callable[[T], U]) -> Measurement[U]:
        """The measurement of one part of what was measured."""
        return Measurement(
            first={name: part(value) for name, value in self.first.items()},
            second={name: part(value) for name, value in self.second.items()},
        )
