"""In which wording a seed asks for a task, and an order of cases that is the same everywhere."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from components.benchmarks.sites.form import Cases


def wording_of(wordings: Sequence[str], seed: int, *, cases: int) -> str:
    """In turn, so that few seeds meet them all; after every case was met so often, one further."""
    return wordings[(seed + seed // (cases * len(wordings))) % len(wordings)]


def shuffled(cases: Cases) -> Cases:
    """In an order that neither a query's nor a writer's order shows through, and that is the same everywhere."""
    return tuple(sorted(cases, key=lambda case: hashlib.sha256(repr(sorted(case.items())).encode()).digest()))
