"""Which case and wording of a task a seed is: held-out seeds have cases that no training seed has."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from components.benchmarks.sites.form import Cases
from components.benchmarks.split import HELDOUT_SEEDS

Case = dict[str, str]


def case_of(cases: Sequence[Case], seed: int) -> Case:
    """Two thirds of the cases are for training seeds, the rest for held-out ones; of fewer than three, all for both."""
    kept = 2 * len(cases) // 3 if len(cases) > 2 else 0
    if seed >= HELDOUT_SEEDS:
        heldout = cases[kept:]
        return heldout[(seed - HELDOUT_SEEDS) % len(heldout)]
    train = cases[:kept] or cases
    return train[seed % len(train)]


def wording_of(wordings: Sequence[str], seed: int, *, cases: int) -> str:
    """In turn, so that few seeds meet them all; after every case was met so often, one further."""
    return wordings[(seed + seed // (cases * len(wordings))) % len(wordings)]


def shuffled(cases: Cases) -> Cases:
    """In an order that neither a query's nor a writer's order shows through, and that is the same everywhere."""
    return tuple(sorted(cases, key=lambda case: hashlib.sha256(repr(sorted(case.items())).encode()).digest()))
