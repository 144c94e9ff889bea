"""Proposals as templates write them: one task with up to twelve cases of one kind."""

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
    wordings: Sequence[str],
    cases: Sequence[Case],
    check: Check,
    *,
    key: str,
    region: str,
    hint: str,
    site: str,
    user: str,
    by: Proposer = "templates",
    family: str = "",
    sources: Sequence[str] = (),
) -> Proposal:
    """The proposal of a template.

    Args:
        kind: begins the task's name.
        wordings: of the intent, the first first; they may name the variables of the cases.
        cases: each names the `page` on which it begins.
        key: makes the task's name, together with site and user. It does not depend on the cases, so that a task keeps
            its name when a later round finds more of them.
        hint: how success shows, in words.
        family: the kind of what is done, where it is another.
        sources: what it was made of; left out: the pages of its cases.
    """
    name = hashlib.sha256(f"{site} {user} {key}".encode()).hexdigest()[:8]
    task = SiteTask(
        id=f"{kind}-{name}",
        family=f"proposed {family or kind}",
        intent=wordings[0],
        reworded=tuple(wordings[1:]),
        site=site,
        start="{page}",
        user=user,
        cases=tuple(cases),
        check=check,
    )
    pages = tuple(dict.fromkeys(case["page"] for case in cases))
    return Proposal(by=by, task=task, region=region, hint=hint, sources=tuple(sources) or pages)


def spread(items: Sequence[T], *, repeat: bool = False) -> list[T]:
    """At most `MOST_CASES` items, evenly spaced; with `repeat` exactly as many, from the first again if need be."""
    if len(items) > MOST_CASES:
        return [items[number * len(items) // MOST_CASES] for number in range(MOST_CASES)]
    return [items[number % len(items)] for number in range(MOST_CASES)] if repeat and items else list(items)
