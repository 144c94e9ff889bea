"""From answers to findings. The round's audit and the audit of models from elsewhere differ in whose answers they
bring and in the instrument; what is done with them is the same (`examine`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from components.signatures.distances import match_experts
from components.signatures.signature import Signature
from components.verdicts.config import TestConfig
from components.verdicts.evidence import Cast, Evidence, Instrument, OnProgress
from components.verdicts.finding import Estimate, Finding, HeatMap, Judged, Pair, Verdict
from components.verdicts.probes import MIN_CONTROLS, ProbeSet
from components.verdicts.similarity import baselines
from components.verdicts.verdict import estimate, holm, judge

Responses = Mapping[str, Sequence[str]]


def examine(
    cast: Cast,
    *,
    instrument: Instrument,
    probes: ProbeSet,
    responses: Responses,
    test: TestConfig,
    thin: str = "",
    on_progress: OnProgress | None = None,
) -> dict[str, Finding]:
    """One finding for each teacher of the cast, in their order. The steps:

    1. Leave out who said nothing. A silent teacher's finding is `inconclusive`; so is everybody's where the suspect or
       too many controls were silent, and nothing is measured.
    2. Measure what everybody said. Only this step differs between audits: the instrument is theirs.
    3. Test the suspect against each teacher, and correct the p-values for having asked about several.
    4. Try each control as a suspect against the others: controls that accuse one of their own support no accusation.
    5. Put each finding together, with the distances and baselines that stand beside the test.

    Args:
        responses: one text per probe, of everybody in the cast.
        thin: why the evidence is too thin for any test, where the caller knows that already.
    """
    # 1. Leave out who said nothing.
    spoke = {name: texts for name, texts in responses.items() if any(text.strip() for text in texts)}
    if thin := thin or _silence(cast, spoke, probes=probes):
        return {teacher: untested(cast, teacher, thin) for teacher in cast.teachers}
    heard = replace(
        cast,
        teachers=tuple(name for name in cast.teachers if name in spoke),
        controls=tuple(name for name in cast.controls if name in spoke),
    )
    # 2. Measure what everybody said.
    responses_heard = {name: spoke[name] for name in (*heard.teachers, *heard.others)}
    evidence = instrument.measure(heard, probes=probes, responses=responses_heard, on_progress=on_progress)
    # 3. Test the suspect against each teacher, and correct the p-values.
    alike = {teacher: evidence.likenesses(teacher) for teacher in heard.teachers}
    tests = {
        teacher: judge(alike[teacher], teacher=teacher, suspect=heard.suspect, controls=heard.controls, config=test)
        for teacher in heard.teachers
    }
    p_values = dict(zip(tests, holm([main.p_value for main in tests.values()]), strict=True))
    # 4. Try each control as a suspect against the others.
    placebos = {
        teacher: tuple(
            judge(alike[teacher], teacher=teacher, suspect=name, controls=heard.controls, config=test)
            for name in heard.controls
        )
        for teacher in heard.teachers
    }
    # 5. Put each finding together.
    findings = {
        teacher: _finding(
            evidence,
            main,
            placebos[teacher],
            teacher=teacher,
            p_value=p_values[teacher],
            responses=responses_heard,
            test=test,
        )
        for teacher, main in tests.items()
    }
    mute = f"answered none of the {len(probes)} probes"
    return {name: findings.get(name) or untested(cast, name, f"{name} {mute}") for name in cast.teachers}


def _silence(cast: Cast, spoke: Responses, *, probes: ProbeSet) -> str:
    """Why those who said something are too few for any test; empty where one can be made."""
    teachers, controls = ([name for name in names if name in spoke] for names in (cast.teachers, cast.controls))
    if not teachers or cast.suspect not in spoke:
        mute = (cast.suspect,) if teachers else cast.teachers
        return f"{' and '.join(mute)} answered none of the {len(probes)} probes"
    if len(controls) < MIN_CONTROLS:
        return (
            f"{len(controls)} of the controls said anything, {MIN_CONTROLS} are needed: each is tried as a suspect "
            "against the others"
        )
    return ""


def _finding(
    evidence: Evidence,
    main: Judged,
    placebos: tuple[Judged, ...],
    *,
    teacher: str,
    p_value: float,
    responses: Responses,
    test: TestConfig,
) -> Finding:
    compared, level = evidence.cast.others, 1 - test.alpha
    verdict, because = conclude(main, placebos, p_value=p_value, alpha=test.alpha)
    return Finding(
        suspect=main.suspect,
        teacher=teacher,
        verdict=verdict,
        p_value=p_value,
        because=because,
        judged=main,
        placebos=placebos,
        distances={name: float(evidence.distances(teacher, name).mean()) for name in compared},
        pairs=tuple(_pair(evidence, teacher, name, level=level) for name in compared),
        noise_floor=estimate(evidence.repeated(teacher), level=level),
        baselines=baselines({name: responses[name] for name in (teacher, *compared)}, teacher=teacher, level=level),
        heat_maps=heat_maps(evidence.signatures, sources=(teacher, main.suspect, main.nearest_control)),
    )


def conclude(main: Judged, placebos: Sequence[Judged], *, p_value: float, alpha: float) -> tuple[Verdict, str]:
    """The verdict on the suspect and what decided it, once the p-value is corrected and every control was tried."""
    if main.verdict != "distilled":
        return main.verdict, main.because
    if p_value > alpha:
        return "inconclusive", f"{main.because}; corrected for asking about several teachers, p = {p_value:.4f}"
    if accused := [placebo for placebo in placebos if placebo.verdict == "distilled"]:
        names = " and ".join(placebo.suspect for placebo in accused)
        places = " and ".join(f"{placebo.distance.mean:.2f}, under {placebo.margin:.2f}" for placebo in accused)
        said = f"by the same test {names}, which is independent, would be accused too"
        return "inconclusive", f"{said}: in the suspect's place, beside the other controls alone, at {places}"
    return main.verdict, main.because


def untested(cast: Cast, teacher: str, because: str) -> Finding:
    """The finding where no test was made. Thin evidence is an answer, not a mistake."""
    return Finding(
        suspect=cast.suspect,
        teacher=teacher,
        verdict="inconclusive",
        p_value=1.0,
        because=because,
        judged=None,
        placebos=(),
        distances={},
        pairs=(),
        noise_floor=None,
        baselines=(),
        heat_maps=(),
    )


def _pair(evidence: Evidence, teacher: str, name: str, *, level: float) -> Pair:
    def of(kind: str) -> Estimate:
        return estimate(evidence.distances(teacher, name, kind=kind), level=level)

    return Pair(
        a=teacher,
        b=name,
        specialization=of("specialization"),
        collaboration=of("collaboration"),
        gromov_wasserstein=of("gromov_wasserstein"),
        nearest_js=of("nearest_js"),
    )


def heat_maps(signatures: Mapping[str, Signature], *, sources: Sequence[str]) -> tuple[HeatMap, ...]:
    """The specialization of each of the first source's layers beside the nearest in depth of the others'.

    The experts of the others stand in the order in which they match the first's, one for each of the first's experts,
    whatever the counts are.
    """
    first = signatures[sources[0]]
    maps = []
    for index, layer in enumerate(first.layers):
        values = {}
        for name in sources:
            layers = signatures[name].layers
            even = len(layers) == len(first.layers)
            near = index if even else int(np.argmin([abs(candidate.depth - layer.depth) for candidate in layers]))
            rows = layers[near].specialization
            plan = match_experts(layer.specialization, rows)[1]
            values[name] = rows[plan.argmax(1)].round(4).tolist()
        maps.append(HeatMap(layer=layer.name, domains=first.domains, values=values))
    return tuple(maps)
