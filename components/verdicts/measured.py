"""What verdicts rest on: who is who, everybody's likenesses, and the distances beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from components.signatures.config import ShadowConfig
from components.signatures.distances import Distances, compare
from components.signatures.likeness import Likeness
from components.signatures.profile import Profile
from components.signatures.recording import Recording
from components.signatures.shadow import AGAIN, Block, shadow_block
from components.signatures.signature import Signature, by_group, signature
from components.verdicts.config import TestConfig
from components.verdicts.probes import Probe, domain_indices, domains_of, replicates_of
from components.verdicts.verdict import Likenesses

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """Who is who, by the names of the answers: several teachers are several questions about one suspect."""

    teachers: tuple[str, ...]
    suspect: str
    controls: tuple[str, ...]

    @property
    def others(self) -> tuple[str, ...]:
        """Everybody whose distance to a teacher counts."""
        return (self.suspect, *self.controls)


class Measured:
    """What the verdicts rest on: likenesses of everybody's routing, and the paper's distances beside them."""

    def __init__(self, cast: Cast, *, probes: Sequence[Probe], replicates: int) -> None:
        self.cast = cast
        self.domains, self.parts = domain_indices(probes), replicates_of(probes, count=replicates)
        self.distances: dict[tuple[str, str], list[Distances]] = {}
        self.first: dict[str, Signature] = {}
        self._alike: dict[str, dict[tuple[str, str], list[Floats]]] = {}

    def add_signatures(self, recordings: Mapping[str, Recording]) -> None:
        """One training of everybody: distances to each teacher, replicate by replicate."""
        self.first = self.first or {name: signature(one, evidence="mass") for name, one in recordings.items()}
        parts = {name: by_group(one) for name, one in recordings.items()}
        for teacher in self.cast.teachers:
            for name in (*self.cast.others, teacher + AGAIN):
                apart = [compare(a, b) for a, b in zip(parts[teacher], parts[name], strict=True)]
                self.distances.setdefault((teacher, name), []).extend(apart)

    def add_profiles(self, profiles: Mapping[str, Profile], *, teachers: Sequence[str]) -> None:
        """One training of everybody, or one model's reading of everybody, as evidence about some of the teachers."""
        likeness = Likeness(profiles, domains=self.domains, parts=self.parts, controls=self.cast.controls)
        for teacher in teachers:
            found = self._alike.setdefault(teacher, {})
            rows, columns = (teacher, *self.cast.controls), (*self.cast.others, teacher + AGAIN)
            for a, b in product(rows, columns):
                if a != b:
                    found.setdefault((a, b), []).append(likeness.of(a, b))

    def likenesses(self, teacher: str) -> Likenesses:
        """The mean over trainings, or readings."""
        return {pair: np.mean(each, axis=0) for pair, each in self._alike[teacher].items()}

    def of(self, teacher: str, name: str, kind: str = "specialization") -> Floats:
        return np.array([getattr(one, kind) for one in self.distances[teacher, name]])


def measure_shadows(
    cast: Cast,
    *,
    probes: Sequence[Probe],
    responses: Mapping[str, Sequence[str]],
    shadow: ShadowConfig,
    test: TestConfig,
    seed: int,
    work: Path,
    on_progress: Callable[[int, int], None] | None = None,
) -> Measured:
    """Trains everybody's shadows, `shadow.trainings` times; what is in `work` is not made again.

    Args:
        responses: one text per probe, of everybody in the cast and of nobody else.
        on_progress: called with (shadows done, shadows).
    """
    measured = Measured(cast, probes=probes, replicates=test.replicates)
    for number in range(shadow.trainings):
        block = Block(
            seed=seed * 1000 + 2 * number,
            prompts=[probe.prompt for probe in probes],
            domains=measured.domains,
            names=domains_of(probes),
            groups=measured.parts,
            responses=responses,
            teachers=cast.teachers,
        )
        made = shadow_block(block, config=shadow, work=work, on_progress=_counting(on_progress, number, shadow))
        measured.add_signatures({source: one.recording for source, one in made.items()})
        measured.add_profiles({source: one.profile for source, one in made.items()}, teachers=cast.teachers)
    return measured


def _counting(
    on_progress: Callable[[int, int], None] | None, number: int, shadow: ShadowConfig
) -> Callable[[int, int], None] | None:
    """Progress over all trainings, told of one after another."""
    if on_progress is None:
        return None
    return lambda done, total: on_progress(number * total + done, shadow.trainings * total)
