"""From answers to findings: shadows of everybody, their distances to each teacher, the tests and the placebos.

The round's audit and the audit of models from elsewhere differ in where answers come from; from here on they are one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from components.signatures.distances import match_experts
from components.signatures.shadow import AGAIN
from components.signatures.signature import Signature
from components.verdicts.config import TestConfig
from components.verdicts.finding import Baseline, Estimate, Finding, HeatMap, Judged, Pair, Verdict
from components.verdicts.measured import Cast, Measured
from components.verdicts.verdict import estimate, holm, judge

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def findings(
    measured: Measured, *, baselines: Mapping[str, tuple[Baseline, ...]], test: TestConfig
) -> tuple[Finding, ...]:
    """One finding for each teacher, corrected for asking about several.

    Every control is tried as a suspect against the others, too: controls that accuse one of their own cannot support
    an accusation.

    Args:
        baselines: by teacher.
    """
    cast = measured.cast
    alike = {teacher: measured.likenesses(teacher) for teacher in cast.teachers}

    def judged(teacher: str, suspect: str) -> Judged:
        return judge(
            alike[teacher],
            teacher=teacher,
            again=teacher + AGAIN,
            suspect=suspect,
            controls=cast.controls,
            config=test,
        )

    tests = {teacher: judged(teacher, cast.suspect) for teacher in cast.teachers}
    p_values = dict(zip(tests, holm([one.p_value for one in tests.values()]), strict=True))
    found = []
    for teacher, main in tests.items():
        placebos = tuple(judged(teacher, name) for name in cast.controls)
        verdict, because = _verdict(main, placebos, p_value=p_values[teacher], alpha=test.alpha)
        level = 1 - test.alpha
        found.append(
            Finding(
                suspect=cast.suspect,
                teacher=teacher,
                verdict=verdict,
                p_value=p_values[teacher],
                because=because,
                judged=main,
                placebos=placebos,
                distances={name: float(measured.of(teacher, name).mean()) for name in cast.others},
                pairs=tuple(_pair(measured, teacher, name, level=level) for name in cast.others),
                noise_floor=estimate(measured.of(teacher, teacher + AGAIN), level=level),
                baselines=baselines[teacher],
                heat_maps=heat_maps(measured.first, sources=(teacher, cast.suspect, main.nearest_control)),
            )
        )
    return tuple(found)


def _verdict(main: Judged, placebos: Sequence[Judged], *, p_value: float, alpha: float) -> tuple[Verdict, str]:
    if main.verdict != "distilled":
        return main.verdict, main.because
    if p_value > alpha:
        return "inconclusive", f"{main.because}; corrected for asking about several teachers, p = {p_value:.4f}"
    if accused := [one.suspect for one in placebos if one.verdict == "distilled"]:
        names = " and ".join(accused)
        return "inconclusive", f"by the same test {names}, which is independent, would be accused too"
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


def _pair(measured: Measured, teacher: str, name: str, *, level: float) -> Pair:
    def of(kind: str) -> Estimate:
        return estimate(measured.of(teacher, name, kind), level=level)

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
    reference = signatures[sources[0]]
    maps = []
    for index, layer in enumerate(reference.layers):
        values = {}
        for name in sources:
            layers = signatures[name].layers
            even = len(layers) == len(reference.layers)
            near = index if even else int(np.argmin([abs(one.depth - layer.depth) for one in layers]))
            rows = layers[near].specialization
            plan = match_experts(layer.specialization, rows)[1]
            values[name] = rows[plan.argmax(1)].round(4).tolist()
        maps.append(HeatMap(layer=layer.name, domains=reference.domains, values=values))
    return tuple(maps)
