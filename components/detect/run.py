"""The detect stage: shadows teacher, student and controls from their responses, and judges whom the student is from.

Laptop and cluster run this same code; only the proxy and the number of probes differ. Nothing here knows of Kubeflow.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from components.detect.config import DetectConfig
from components.detect.distances import Distances, compare
from components.detect.probes import (
    STUDENT,
    TEACHER,
    Probe,
    check_responses,
    domains_of,
    probe_digest,
    replicates_of,
    thin_evidence,
)
from components.detect.recording import Recording
from components.detect.result import AuditResult, Estimate, HeatMap, Judged, Pair, Verdict
from components.detect.shadow import AGAIN, Block, shadow_block
from components.detect.signatures import Signature, signature
from components.detect.similarity import baselines
from components.detect.verdict import estimate, judge
from components.errors import InputError
from components.trajectories.rounds import Round

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

LIMITS = (
    "It compares behaviour on the probes alone: the words of reasons and the choice of actions.",
    "Distilled means: closer to this teacher than every control. A student of another model with the teacher's own "
    "habits and wording would look the same; only a control of that kind could tell them apart.",
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
        responses: `teacher`, `student` and controls that are known not to come from the teacher; one text per probe,
            in order. A base that was never shown the action language may say nothing at all; silence is no control.
        acted: how many of each source's responses were actions; None where other things than actions were asked for.
        on_progress: called with (replicates done, replicates).

    Returns:
        the result, also stored as `results/detect.json`; a stored one with the same inputs is returned at once. Where
        the evidence is too thin for any test, it is `inconclusive`, says why, and nothing was trained.

    Raises:
        InputError: responses are missing or do not fit the probes, or the round was audited on other inputs.
    """
    check_responses(probes, responses)
    responses = {
        name: given
        for name, given in responses.items()
        if name in (TEACHER, STUDENT) or any(text.strip() for text in given)
    }
    key = f"{round.prefix}/results/detect.json"
    inputs = _inputs_digest(config, round, probes, responses)
    if round.store.exists(key):
        stored = AuditResult.model_validate_json(round.store.get(key))
        if stored.inputs_digest == inputs:
            return stored
        raise InputError(
            "this round was already audited on other probes, responses or settings",
            where=f"{round.store.url}/{key}",
            fix="start another run, or delete the stored result",
        )
    began = time.monotonic()
    if thin := thin_evidence(probes, responses, config=config, acted=acted):
        found = _untested(thin)
    else:
        measured = _measure(config, round, probes, responses, on_progress=on_progress)
        found = _conclude(measured, config=config, responses=responses)
    result = AuditResult(
        **found,
        probes=len(probes),
        domains=domains_of(probes),
        replicates=config.test.replicates,
        margin=config.test.margin,
        alpha=config.test.alpha,
        limits=LIMITS,
        inputs_digest=inputs,
        probe_digest=probe_digest(probes),
        seconds=time.monotonic() - began,
    )
    round.store.put_new(key, result.model_dump_json(indent=1).encode())
    return result


class Measured:
    """Distances of every source to the teacher, replicate by replicate, and the first replicate's signatures."""

    def __init__(self) -> None:
        self.distances: dict[str, list[Distances]] = {}
        self.first: dict[str, Signature] = {}

    def add(self, recordings: Mapping[str, Recording]) -> None:
        signatures = {name: signature(recording, evidence="mass") for name, recording in recordings.items()}
        self.first = self.first or signatures
        for name, one in signatures.items():
            if name != TEACHER:
                self.distances.setdefault(name, []).append(compare(signatures[TEACHER], one))

    def of(self, name: str, kind: str = "specialization") -> Floats:
        return np.array([getattr(one, kind) for one in self.distances[name]])


def _measure(
    config: DetectConfig,
    round: Round,
    probes: Sequence[Probe],
    responses: Mapping[str, Sequence[str]],
    *,
    on_progress: Callable[[int, int], None] | None,
) -> Measured:
    names = domains_of(probes)
    replicate = replicates_of(probes, count=config.test.replicates)
    measured = Measured()
    for number in range(config.test.replicates):
        rows = [row for row, own in enumerate(replicate) if own == number]
        block = Block(
            index=number,
            seed=(round.seed + config.seed) * 1000 + 2 * number,
            prompts=[probes[row].prompt for row in rows],
            domains=[names.index(probes[row].domain) for row in rows],
            names=names,
            responses={name: [given[row] for row in rows] for name, given in responses.items()},
            references=(TEACHER,),
        )
        measured.add(shadow_block(block, config=config.shadow, work=round.work / "detect"))
        if on_progress is not None:
            on_progress(number + 1, config.test.replicates)
    return measured


def _untested(because: str) -> dict[str, Any]:
    """The findings where no test was made. Thin evidence is an answer, not a mistake: the round goes on."""
    return {
        "verdict": "inconclusive",
        "p_value": 1.0,
        "because": because,
        "judged": None,
        "placebos": (),
        "distances": {},
        "pairs": (),
        "noise_floor": None,
        "baselines": (),
        "heat_maps": (),
    }


def _conclude(measured: Measured, *, config: DetectConfig, responses: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The findings of a test, by the result's field."""
    level = 1 - config.test.alpha
    controls = sorted(set(responses) - {TEACHER, STUDENT})
    distances = {name: measured.of(name) for name in (STUDENT, *controls)}
    floor = measured.of(TEACHER + AGAIN)

    def judged(suspect: str, others: Sequence[str]) -> Judged:
        return judge(distances, suspect=suspect, controls=others, floor=floor, config=config.test)

    main = judged(STUDENT, controls)
    placebos = tuple(judged(name, [other for other in controls if other != name]) for name in controls)
    verdict, because = _with_placebos(main, placebos)
    return {
        "verdict": verdict,
        "p_value": main.p_value,
        "because": because,
        "judged": main,
        "placebos": placebos,
        "distances": {name: float(values.mean()) for name, values in distances.items()},
        "pairs": tuple(_pair(measured, name, level=level) for name in (STUDENT, *controls)),
        "noise_floor": estimate(floor, level=level),
        "baselines": baselines(responses, reference=TEACHER, level=level),
        "heat_maps": heat_maps(measured.first, sources=(TEACHER, STUDENT, main.nearest_control)),
    }


def _with_placebos(main: Judged, placebos: Sequence[Judged]) -> tuple[Verdict, str]:
    """Controls that accuse one of their own cannot support an accusation."""
    accused = [one.suspect for one in placebos if one.verdict == "distilled"]
    if main.verdict == "distilled" and accused:
        return "inconclusive", f"by the same test {' and '.join(accused)}, which is independent, would be accused too"
    return main.verdict, main.because


def _pair(measured: Measured, name: str, *, level: float) -> Pair:
    def of(kind: str) -> Estimate:
        return estimate(measured.of(name, kind), level=level)

    return Pair(
        a=TEACHER,
        b=name,
        specialization=of("specialization"),
        collaboration=of("collaboration"),
        gromov_wasserstein=of("gromov_wasserstein"),
        nearest_js=of("nearest_js"),
    )


def heat_maps(signatures: Mapping[str, Signature], *, sources: Sequence[str]) -> tuple[HeatMap, ...]:
    """The specialization of each layer; the experts of the others in the order in which they match the first's."""
    reference = signatures[sources[0]]
    plans = {name: compare(reference, signatures[name]).plans for name in sources}
    return tuple(
        HeatMap(
            layer=layer.name,
            domains=reference.domains,
            values={
                name: signatures[name].layers[index].specialization[plans[name][index].argmax(1)].round(4).tolist()
                for name in sources
            },
        )
        for index, layer in enumerate(reference.layers)
    )


def _inputs_digest(
    config: DetectConfig, round: Round, probes: Sequence[Probe], responses: Mapping[str, Sequence[str]]
) -> str:
    content = [
        config.model_dump(mode="json"),
        round.seed,
        probe_digest(probes),
        sorted((name, list(given)) for name, given in responses.items()),
    ]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()
