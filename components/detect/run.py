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
from components.verdicts.evidence import Cast
from components.verdicts.findings import examine
from components.verdicts.probes import Probe, ProbeSet
from components.verdicts.shadows import Shadows

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
    probe_set = ProbeSet.of(probes, replicates=config.test.replicates)
    place = ResultPlace(
        kind=AuditResult,
        round=round,
        name="detect",
        inputs=_inputs_digest(config, round, probe_set, responses),
        other="this round was already audited on other probes, responses or settings",
    )
    if result := place.known():
        return result
    began = time.monotonic()
    findings = examine(
        Cast(
            teachers=(TEACHER, *config.others),
            suspect=STUDENT,
            controls=tuple(sorted(set(responses) - {TEACHER, STUDENT, *config.others})),
        ),
        instrument=Shadows(config=config.shadow, seed=round.seed + config.seed, work=round.work / "detect"),
        probes=probe_set,
        responses=responses,
        test=config.test,
        thin=thin_evidence(probe_set, responses, config=config, acted=acted),
        on_progress=on_progress,
    )
    return place.keep(
        AuditResult(
            **dict(findings[TEACHER]),
            others=tuple(findings[name] for name in config.others),
            probes=len(probe_set),
            domains=probe_set.domains,
            test=config.test,
            limits=LIMITS,
            inputs=place.inputs,
            probe_digest=probe_set.digest,
            seconds=time.monotonic() - began,
        )
    )


def _inputs_digest(config: DetectConfig, round: Round, probes: ProbeSet, responses: Mapping[str, Sequence[str]]) -> str:
    content = [
        deciding(config.model_dump(mode="json")),
        round.seed,
        probes.digest,
        sorted((name, list(texts)) for name, texts in responses.items()),
    ]
    return json_digest(content)
