"""Probes: the prompts that every model of an audit answers, each with the domain it belongs to.

A probe set is divided into disjoint replicates. Each replicate has every domain in about the same share, so that the
differences between replicates are noise and not subject matter.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self, overload

from components.trajectories.digests import json_digest

MIN_DOMAINS = 2
MIN_CONTROLS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One prompt. `domain` is what specialization is measured over: a task family, a subject, a source."""

    id: str
    domain: str
    prompt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeSet(Sequence[Probe]):
    """The probes of an audit, in order, with what every step needs to know of them.

    Attributes:
        domains: sorted names.
        domain_of: of each probe, its domain's place in `domains`.
        replicates: of each probe, the replicate it belongs to, from 0.
        digest: SHA-256 over the probes in their order.
    """

    probes: tuple[Probe, ...]
    domains: tuple[str, ...]
    domain_of: tuple[int, ...]
    replicates: tuple[int, ...]
    digest: str

    @classmethod
    def of(cls, probes: Sequence[Probe], *, replicates: int) -> Self:
        """Deals the probes out to so many replicates."""
        domains = tuple(sorted({probe.domain for probe in probes}))
        place = {domain: index for index, domain in enumerate(domains)}
        return cls(
            probes=tuple(probes),
            domains=domains,
            domain_of=tuple(place[probe.domain] for probe in probes),
            replicates=_dealt(probes, count=replicates),
            digest=json_digest([(probe.id, probe.domain, probe.prompt) for probe in probes]),
        )

    @property
    def prompts(self) -> list[str]:
        return [probe.prompt for probe in self.probes]

    def __len__(self) -> int:
        return len(self.probes)

    @overload
    def __getitem__(self, index: int) -> Probe: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Probe, ...]: ...

    def __getitem__(self, index: int | slice) -> Probe | tuple[Probe, ...]:
        return self.probes[index]


def _dealt(probes: Sequence[Probe], *, count: int) -> tuple[int, ...]:
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
    return tuple(replicate)
