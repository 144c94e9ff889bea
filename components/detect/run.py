"""The detect stage: shadows teacher, student and controls from their responses, and judges whom the student is from.

Laptop and cluster run this same code; only the proxy and the number of probes differ. Nothing here knows of Kubeflow.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from components.agents.config import deciding
from components.detect.config import DetectConfig
from components.detect.evidence import STUDENT, TEACHER, check_responses, thin_evidence
from components.results.detect import AuditResult
from components.results.place import ResultPlace
from components.trajectories.digests import json_digest
from components.trajectories.rounds import Round
from components.verdicts.finding import Finding
from components.verdicts.findings import findings, untested
from components.verdicts.measured import Cast, measure_shadows
from components.verdicts.probes import Probe, domains_of, probe_digest
from components.verdicts.similarity import baselines

LIMITS = (
    "It compares behaviour on the probes alone: the words of reasons and the choice of actions.",
    "Distilled means: much closer to this teacher than models that have nothing to do with it. A student of another "
    "model with the teacher's own habits would look the same; only a control of that kind could tell them apart.",
    "Independent means that no likeness beyond the controls' was found; it does not prove where the data came from.",
    "The controls here are few and synthetic. The margin bounds accusations of models like them, not of all models.",
)


def run(
    *,
    config: DetectConfig,
    round: Round,
    probes: Sequence[Probe],
    responses: Mapping[str, Sequence[str]],
    acted: Mapping[str, int] | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> AuditResult:
    """Audits the round's student.

    Args:
        responses: `teacher`, `student`, the `config.others` and controls that are known not to come from any of them;
            one text per probe, in order. A base that was never shown the action language may say nothing at all;
            silence is no control.
        acted: how many of each source's responses were actions; None where other things than actions were asked for.
        on_progress: called with (replicates done, replicates).

    Returns:
        the result, also stored as `results/detect.json`; a stored one with the same inputs is returned at once. Where
        the evidence is too thin for any test, it is `inconclusive`, says why, and nothing was trained.

    Raises:
        InputError: responses are missing or do not fit the probes, or the round was audited on other inputs.
    """
    check_responses(probes, responses, others=tuple(config.others))
    responses = {
        name: given
        for name, given in responses.items()
        if name in (TEACHER, STUDENT) or any(text.strip() for text in given)
    }
    place = ResultPlace(
        kind=AuditResult,
        round=round,
        name="detect",
        inputs=_inputs_digest(config, round, probes, responses),
        other="this round was already audited on other probes, responses or settings",
    )
    if stored := place.known():
        return stored
    began = time.monotonic()
    spoke = tuple(name for name in config.others if name in responses)
    controls = tuple(sorted(set(responses) - {TEACHER, STUDENT, *config.others}))
    cast = Cast(teachers=(TEACHER, *spoke), suspect=STUDENT, controls=controls)
    if thin := thin_evidence(probes, responses, config=config, acted=acted):
        found = {name: untested(cast, name, thin) for name in cast.teachers}
    else:
        found = _examine(cast, config, round, probes, responses, on_progress=on_progress)
    silent = {name: untested(cast, name, f"{name} answered none of the probes") for name in config.others}
    return place.keep(
        AuditResult(
            **dict(found[TEACHER]),
            others=tuple((silent | found)[name] for name in config.others),
            probes=len(probes),
            domains=domains_of(probes),
            test=config.test,
            limits=LIMITS,
            inputs=place.inputs,
            probe_digest=probe_digest(probes),
            seconds=time.monotonic() - began,
        )
    )


def _examine(
    cast: Cast,
    config: DetectConfig,
    round: Round,
    probes: Sequence[Probe],
    responses: Mapping[str, Sequence[str]],
    *,
    on_progress: Callable[[int, int], None] | None,
) -> dict[str, Finding]:
    level = 1 - config.test.alpha
    measured = measure_shadows(
        cast,
        probes=probes,
        responses=responses,
        shadow=config.shadow,
        test=config.test,
        seed=round.seed + config.seed,
        work=round.work / "detect",
        on_progress=on_progress,
    )
    found = findings(
        measured,
        baselines={
            teacher: baselines(
                {name: responses[name] for name in (teacher, *cast.others)}, teacher=teacher, level=level
            )
            for teacher in cast.teachers
        },
        test=config.test,
    )
    return {finding.teacher: finding for finding in found}


def _inputs_digest(
    config: DetectConfig, round: Round, probes: Sequence[Probe], responses: Mapping[str, Sequence[str]]
) -> str:
    content = [
        deciding(config.model_dump(mode="json")),
        round.seed,
        probe_digest(probes),
        sorted((name, list(given)) for name, given in responses.items()),
    ]
    return json_digest(content)
