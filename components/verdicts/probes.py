"""Probes: the prompts that every model of an audit answers, each with the domain it belongs to.

A probe set is divided into disjoint replicates. Each replicate has every domain in about the same share, so that the
differences between replicates are noise and not subject matter.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from components.trajectories.digests import json_digest

MIN_DOMAINS = 2
MIN_CONTROLS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One prompt. `domain` is what specialization is measured over: a task family, a subject, a source."""

    id: str
    domain: str
    prompt: str


def probe_digest(probes: Sequence[Probe]) -> str:
    """SHA-256 over the probes in their order."""
    rows = [(probe.id, probe.domain, probe.prompt) for probe in probes]
    return json_digest(rows)


def domains_of(probes: Sequence[Probe]) -> tuple[str, ...]:
    return tuple(sorted({probe.domain for probe in probes}))


def domain_indices(probes: Sequence[Probe]) -> list[int]:
    """Of each probe, its domain's place in `domains_of`."""
    names = domains_of(probes)
    return [names.index(probe.domain) for probe in probes]


def replicates_of(probes: Sequence[Probe], *, count: int) -> list[int]:
    """The replicate of each probe: dealt out domain by domain, in the probes' order.

    A domain continues where the one before it stopped, so replicates differ in size by one at most.
    """
    by_domain: dict[str, list[int]] = defaultdict(list)
    for index, probe in enumerate(probes):
        by_domain[probe.domain].append(index)
    dealt = [index for domain in sorted(by_domain) for index in by_domain[domain]]
    replicate = [0] * len(probes)
    for position, index in enumerate(dealt):
        replicate[index] = position % count
    return replicate
