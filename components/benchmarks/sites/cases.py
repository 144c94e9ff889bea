"""The wording that a seed chooses, and an order of cases that is the same everywhere."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from components.benchmarks.sites.form import Cases


def wording_of(wordings: Sequence[str], seed: int, *, cases: int) -> str:
    """The seed's wording: they alternate with the seed, and are shifted by one after all cases had each wording."""
    return wordings[(seed + seed // (cases * len(wordings))) % len(wordings)]


def shuffled(cases: Cases) -> Cases:
    """The cases ordered by their digests: independent of the order in which a query or a person lists them."""
    return tuple(sorted(cases, key=lambda case: hashlib.sha256(repr(sorted(case.items())).encode()).digest()))
