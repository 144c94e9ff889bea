"""Whether the round's responses belong together, and whether they are enough for a test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from components.detect.config import DetectConfig
from components.errors import InputError
from components.verdicts.probes import MIN_DOMAINS, Probe, ProbeSet

TEACHER, STUDENT = "teacher", "student"
MIN_ACTED = 0.1  # a source with fewer readable answers counts as silent


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
    for name, texts in responses.items():
        if len(texts) != len(probes):
            raise InputError(
                f"{name} has {len(texts)} responses to {len(probes)} probes",
                where=f"responses[{name}]",
                fix="ask every source all probes, in their order",
            )


def thin_evidence(
    probes: ProbeSet,
    responses: Mapping[str, Sequence[str]],
    *,
    config: DetectConfig,
    acted: Mapping[str, int] | None = None,
) -> str:
    """Why nothing can be said on this round's evidence, before anything is measured; empty where a test can be made.

    That somebody said nothing at all is noticed later (`verdicts.findings.examine`).

    Args:
        acted: how many of a source's responses were actions, where actions were asked for.
    """
    need = config.test.replicates * config.probes_per_replicate
    if len(probes) < need:
        return (
            f"{len(probes)} probes are too few for a verdict, {need} are needed: evaluate on more seeds or tasks, or "
            f"lower detect.probes_per_replicate (now {config.probes_per_replicate})"
        )
    if len(probes.domains) < MIN_DOMAINS:
        return "the probes have one domain only, so there is no specialization to compare"
    for name in (TEACHER, STUDENT):
        spoke = any(text.strip() for text in responses[name])
        if spoke and acted is not None and acted[name] < MIN_ACTED * len(probes):
            return f"only {acted[name]} of the {name}'s {len(probes)} answers can be read as actions"
    return ""
