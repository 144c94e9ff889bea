"""What verdicts rest on: the roles of the models, and how alike or far apart their routing is. Instruments measure it.

An instrument measures the routing over everybody's answers. There are two: shadows (`shadows`), for any models, and
the models' own routing, where all of them can be opened (of the audit: `white_box`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Protocol

import numpy as np

from components.signatures.arrays import Floats
from components.signatures.distances import Distances, compare
from components.signatures.likeness import Likeness
from components.signatures.measurement import Measurement
from components.signatures.profile import Profile
from components.signatures.recording import Recording
from components.signatures.signature import Signature, by_replicate, signature
from components.verdicts.probes import ProbeSet
from components.verdicts.verdict import Likenesses

OnProgress = Callable[[int, int], None]
"""Called with (pieces of work done, pieces of work)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """The role of each model, by name: several teachers are several questions about one suspect."""

    teachers: tuple[str, ...]
    suspect: str
    controls: tuple[str, ...]

    @property
    def others(self) -> tuple[str, ...]:
        """Everybody whose distance to a teacher counts."""
        return (self.suspect, *self.controls)


class Evidence:
    """What an instrument found: it adds one measurement after another, and verdicts ask for the sums.

    Attributes:
        signatures: of the first measurement, by source.
    """

    def __init__(self, cast: Cast, *, probes: ProbeSet) -> None:
        self.cast = cast
        self.signatures: Mapping[str, Signature] = {}
        self._probes = probes
        self._distances: dict[tuple[str, str], list[Distances]] = {}
        self._repeated: dict[str, list[Distances]] = {}
        self._alike: dict[str, dict[tuple[str, str], list[Floats]]] = {}
        self._alike_to_second: dict[str, dict[str, list[Floats]]] = {}

    def add_recordings(self, recordings: Measurement[Recording]) -> None:
        """Distances to each teacher, replicate by replicate."""
        if not self.signatures:
            self.signatures = {name: signature(recording) for name, recording in recordings.first.items()}
        signatures = recordings.each(by_replicate)
        for teacher in self.cast.teachers:
            own_signatures = signatures.first[teacher]
            for name in self.cast.others:
                self._distances.setdefault((teacher, name), []).extend(
                    map(compare, own_signatures, signatures.first[name])
                )
            self._repeated.setdefault(teacher, []).extend(map(compare, own_signatures, signatures.second[teacher]))

    def add_profiles(self, profiles: Measurement[Profile], *, teachers: Sequence[str]) -> None:
        """Likenesses of what one instrument read, as evidence about some of the teachers."""
        likeness = Likeness(
            profiles,
            domains=self._probes.domain_of,
            replicates=self._probes.replicates,
            controls=self.cast.controls,
        )
        for teacher in teachers:
            rows = (teacher, *self.cast.controls)
            pairs = self._alike.setdefault(teacher, {})
            for a, b in product(rows, self.cast.others):
                if a != b:
                    pairs.setdefault((a, b), []).append(likeness.of(a, b))
            second = self._alike_to_second.setdefault(teacher, {})
            for a in rows:
                second.setdefault(a, []).append(likeness.to_second(a, teacher))

    def likenesses(self, teacher: str) -> Likenesses:
        """The mean over measurements."""
        return Likenesses(
            pairs={pair: np.mean(values, axis=0) for pair, values in self._alike[teacher].items()},
            second={name: np.mean(values, axis=0) for name, values in self._alike_to_second[teacher].items()},
        )

    def distances(self, teacher: str, name: str, *, kind: str = "specialization") -> Floats:
        """[measurements * replicates], by one of the fields of `Distances`."""
        return np.array([getattr(distances, kind) for distances in self._distances[teacher, name]])

    def repeated(self, teacher: str) -> Floats:
        """[measurements * replicates]: specialization distance of the teacher to its own second."""
        return np.array([distances.specialization for distances in self._repeated[teacher]])


class Instrument(Protocol):
    """Something that can measure how answers are routed."""

    def measure(
        self,
        cast: Cast,
        *,
        probes: ProbeSet,
        responses: Mapping[str, Sequence[str]],
        on_progress: OnProgress | None = None,
    ) -> Evidence:
        """The evidence about everybody in the cast; what was made before and killed is not made again.

        Args:
            responses: one text per probe, of everybody in the cast and of nobody else.
        """
