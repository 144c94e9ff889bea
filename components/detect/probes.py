"""Probes: the prompts that every model of an audit answers, each with the domain it belongs to.

A probe set is divided into disjoint replicates. Each replicate has every domain in about the same share, so that the
differences between replicates are noise and not subject matter.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from components.detect.config import DetectConfig
from components.errors import InputError

MIN_DOMAINS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One prompt. `domain` is what specialization is measured over: a task family, a subject, a source."""

    id: str
    domain: str
    prompt: str


def probe_digest(probes: Sequence[Probe]) -> str:
    """SHA-256 over the probes in their order."""
    rows = [(probe.id, probe.domain, probe.prompt) for probe in probes]
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


def domains_of(probes: Sequence[Probe]) -> tuple[str, ...]:
    return tuple(sorted({probe.domain for probe in probes}))


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


def check_probes(
    probes: Sequence[Probe], responses: Mapping[str, Sequence[str]], *, config: DetectConfig
) -> tuple[str, ...]:
    """Refuses an audit that cannot end in a verdict, before anything is trained; gives the controls' names.

    Raises:
        InputError: too few probes or domains, a source with missing or no responses, no teacher, student or controls.
    """
    need = config.test.replicates * config.probes_per_replicate
    if len(probes) < need:
        raise InputError(
            f"{len(probes)} probes are too few for a verdict; {need} are needed",
            where="probes",
            fix=f"evaluate on more seeds or tasks, or lower detect.probes_per_replicate (now "
            f"{config.probes_per_replicate}) or detect.test.replicates (now {config.test.replicates})",
        )
    if len(domains_of(probes)) < MIN_DOMAINS:
        raise InputError(
            "the probes have one domain only, so there is no specialization to compare",
            where="probes",
            fix="take probes from at least two task families",
        )
    if len({probe.id for probe in probes}) < len(probes):
        raise InputError("two probes have the same id", where="probes", fix="give every probe an id of its own")
    for name in ("teacher", "student"):
        if name not in responses:
            raise InputError(f"there are no responses of the {name}", where="responses", fix=f"collect {name!r} too")
    controls = tuple(sorted(set(responses) - {"teacher", "student"}))
    if len(controls) < 2:
        raise InputError(
            f"{len(controls)} control is too few: one must be tried as a suspect against the others",
            where="responses",
            fix="add the responses of at least two models that are known not to come from the teacher",
        )
    for name, given in responses.items():
        if len(given) != len(probes):
            raise InputError(f"{name} has {len(given)} responses to {len(probes)} probes", where=f"responses[{name}]")
        if not any(text.strip() for text in given):
            raise InputError(f"every response of {name} is empty", where=f"responses[{name}]")
    return controls
