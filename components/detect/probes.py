"""Probes: the prompts that every model of an audit answers, each with the domain it belongs to.

A probe set is divided into disjoint replicates. Each replicate has every domain in about the same share, so that the
differences between replicates are noise and not subject matter.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from components.detect.config import DetectConfig
from components.errors import InputError
from components.trajectories.digests import json_digest

TEACHER, STUDENT = "teacher", "student"
MIN_DOMAINS = 2
MIN_CONTROLS = 2
MIN_ACTED = 0.1  # a source of whose answers fewer can be read is as good as silent


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


def check_responses(
    probes: Sequence[Probe], responses: Mapping[str, Sequence[str]], *, others: Sequence[str] = ()
) -> None:
    """Refuses material that does not belong together.

    Raises:
        InputError: two probes have one id; teacher, student or one of the others is missing; or a source has not one
            response per probe.
    """
    if len({probe.id for probe in probes}) < len(probes):
        raise InputError("two probes have the same id", where="probes", fix="give every probe an id of its own")
    for name in (TEACHER, STUDENT, *others):
        if name not in responses:
            raise InputError(f"there are no responses of the {name}", where="responses", fix=f"collect {name!r} too")
    for name, given in responses.items():
        if len(given) != len(probes):
            raise InputError(
                f"{name} has {len(given)} responses to {len(probes)} probes",
                where=f"responses[{name}]",
                fix="ask every source all probes, in their order",
            )


def thin_evidence(
    probes: Sequence[Probe],
    responses: Mapping[str, Sequence[str]],
    *,
    config: DetectConfig,
    acted: Mapping[str, int] | None = None,
) -> str:
    """Why nothing can be said on this evidence, before anything is trained; empty where a test can be made.

    Args:
        responses: of teacher, student and those controls that said something.
        acted: how many of a source's responses were actions, where actions were asked for.
    """
    need = config.test.replicates * config.probes_per_replicate
    if len(probes) < need:
        return (
            f"{len(probes)} probes are too few for a verdict, {need} are needed: evaluate on more seeds or tasks, or "
            f"lower detect.probes_per_replicate (now {config.probes_per_replicate})"
        )
    if len(domains_of(probes)) < MIN_DOMAINS:
        return "the probes have one domain only, so there is no specialization to compare"
    for name in (TEACHER, STUDENT):
        if not any(text.strip() for text in responses[name]):
            return f"the {name} answered none of the {len(probes)} probes"
        if acted is not None and acted[name] < MIN_ACTED * len(probes):
            return f"only {acted[name]} of the {name}'s {len(probes)} answers can be read as actions"
    controls = len(set(responses) - {TEACHER, STUDENT} - set(config.others))
    if controls < MIN_CONTROLS:
        return (
            f"{controls} of the controls said anything, {MIN_CONTROLS} are needed: each is tried as a suspect against "
            "the others"
        )
    return ""
