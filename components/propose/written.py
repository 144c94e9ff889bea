"""A proposal as a template writes it: a task whose cases are of one kind."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

from components.benchmarks.sites.form import Check, SiteTask
from components.proposals.proposal import Proposal, Proposer

MOST_CASES = 12
Case = dict[str, str]
T = TypeVar("T")


def written(
    kind: str,
    said: Sequence[str],
    cases: Sequence[Case],
    check: Check,
    *,
    key: str,
    region: str,
    hint: str,
    site: str,
    user: str,
    by: Proposer = "templates",
) -> Proposal:
    """
    Args:
        said: its wordings; every case names the `page` it begins on.
        key: what tells it from others of its site and user, whatever its cases are.
    """
    name = hashlib.sha256(f"{site} {user} {key}".encode()).hexdigest()[:8]
    task = SiteTask(
        id=f"{kind}-{name}",
        family=f"proposed {kind}",
        intent=said[0],
        reworded=tuple(said[1:]),
        site=site,
        start="{page}",
        user=user,
        cases=tuple(cases),
        check=check,
    )
    pages = tuple(dict.fromkeys(case["page"] for case in cases))
    return Proposal(by=by, task=task, region=region, hint=hint, sources=pages)


def spread(found: Sequence[T], *, repeat: bool = False) -> list[T]:
    """At most so many, evenly; with `repeat` so many, again and again where there are fewer."""
    if len(found) > MOST_CASES:
        return [found[number * len(found) // MOST_CASES] for number in range(MOST_CASES)]
    return [found[number % len(found)] for number in range(MOST_CASES)] if repeat and found else list(found)
