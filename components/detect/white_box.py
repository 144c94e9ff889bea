"""The audit of mixtures-of-experts whose routers can be seen: the same test, on recordings instead of shadows.

The groups of a recording serve as replicates: they are disjoint in probes, and every model is recorded over the same
ones. The noise floor is the reference against itself on other probes. (Ours, as is all of `verdict`.)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from components.detect.config import TestConfig
from components.detect.distances import specialization_distance
from components.detect.recording import Recording
from components.detect.result import Judged
from components.detect.signatures import Signature, signature
from components.detect.verdict import judge
from components.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

SUSPECT = "suspect"


def audit_recordings(
    reference: Recording, suspect: Recording, controls: Mapping[str, Recording], *, config: TestConfig
) -> Judged:
    """Whether `suspect` was distilled from `reference`, judged against controls known not to be.

    Raises:
        InputError: no controls, or recordings that were not made over the same probes in the same groups, or with too
            few groups to decide at the level.
    """
    if not controls:
        raise InputError("there are no controls", where="controls", fix="record at least one independent model")
    for name, other in {SUSPECT: suspect, **controls}.items():
        _check_comparable(reference, other, name=name)
    if 0.5**reference.groups > config.alpha:
        raise InputError(
            f"{reference.groups} groups of probes are too few for a verdict at level {config.alpha}",
            where=reference.subject.name,
            fix="record more probes, in at least eight groups",
        )
    first = by_group(reference)
    distances = {name: _apart(first, by_group(other)) for name, other in {SUSPECT: suspect, **controls}.items()}
    floor = _apart(first, [*first[1:], first[0]])
    return judge(distances, suspect=SUSPECT, controls=sorted(controls), floor=floor, config=config)


def by_group(recording: Recording) -> list[Signature]:
    """One signature per group, from the router's probabilities."""
    return [signature(recording, evidence="mass", weights=row) for row in np.eye(recording.groups)]


def _apart(a: list[Signature], b: list[Signature]) -> Floats:
    return np.array([specialization_distance(x, y) for x, y in zip(a, b, strict=True)])


def _check_comparable(reference: Recording, other: Recording, *, name: str) -> None:
    if other.subject.probe_digest != reference.subject.probe_digest or other.groups != reference.groups:
        raise InputError(
            f"{name} was recorded over other probes than {reference.subject.name}",
            where=f"{other.subject.probe_digest[:12]} / {reference.subject.probe_digest[:12]}",
            fix="record every model over the same probe set, divided into the same groups",
        )
