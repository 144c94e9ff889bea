"""From answers to findings: shadows of everybody, their distances to each teacher, the tests and the placebos.

The round's audit and the audit of models from elsewhere differ in where answers come from; from here on they are one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from components.detect.config import ShadowConfig, TestConfig
from components.detect.distances import Distances, compare, match_experts
from components.detect.likeness import Likeness
from components.detect.probes import Probe, domain_indices, domains_of, replicates_of
from components.detect.profiles import Profile
from components.detect.recording import Recording
from components.detect.result import Baseline, Estimate, Finding, HeatMap, Judged, Pair, Verdict
from components.detect.shadow import AGAIN, Block, shadow_block
from components.detect.signatures import Signature, by_group, signature
from components.detect.verdict import Likenesses, estimate, holm, judge

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """Who is who, by the names of the answers: several teachers are several questions about one suspect."""

    teachers: tuple[str, ...]
    suspect: str
    controls: tuple[str, ...]

    @property
    def others(self) -> tuple[str, ...]:
        """Everybody whose distance to a teacher counts."""
        return (self.suspect, *self.controls)


class Measured:
    """What the verdicts rest on: likenesses of everybody's routing, and the paper's distances beside them."""

    def __init__(self, cast: Cast, *, probes: Sequence[Probe], replicates: int) -> None:
        self.cast = cast
        self.domains, self.parts = domain_indices(probes), replicates_of(probes, count=replicates)
        self.distances: dict[tuple[str, str], list[Distances]] = {}
        self.first: dict[str, Signature] = {}
        self._alike: dict[str, dict[tuple[str, str], list[Floats]]] = {}

    def add_signatures(self, recordings: Mapping[str, Recording]) -> None:
        """One training of everybody: distances to each teacher, replicate by replicate."""
        self.first = self.first or {name: signature(one, evidence="mass") for name, one in recordings.items()}
        parts = {name: by_group(one) for name, one in recordings.items()}
        for teacher in self.cast.teachers:
            for name in (*self.cast.others, teacher + AGAIN):
                apart = [compare(a, b) for a, b in zip(parts[teacher], parts[name], strict=True)]
                self.distances.setdefault((teacher, name), []).extend(apart)

    def add_profiles(self, profiles: Mapping[str, Profile], *, teachers: Sequence[str]) -> None:
        """One training of everybody, or one model's reading of everybody, as evidence about some of the teachers."""
        likeness = Likeness(profiles, domains=self.domains, parts=self.parts, controls=self.cast.controls)
        for teacher in teachers:
            found = self._alike.setdefault(teacher, {})
            rows, columns = (teacher, *self.cast.controls), (*self.cast.others, teacher + AGAIN)
            for a, b in product(rows, columns):
                if a != b:
                    found.setdefault((a, b), []).append(likeness.of(a, b))

    def likenesses(self, teacher: str) -> Likenesses:
        """The mean over trainings, or readings."""
        return {pair: np.mean(each, axis=0) for pair, each in self._alike[teacher].items()}

    def of(self, teacher: str, name: str, kind: str = "specialization") -> Floats:
        return np.array([getattr(one, kind) for one in self.distances[teacher, name]])


def measure_shadows(
    cast: Cast,
    *,
    probes: Sequence[Probe],
    responses: Mapping[str, Sequence[str]],
    shadow: ShadowConfig,
    test: TestConfig,
    seed: int,
    work: Path,
    on_progress: Callable[[int, int], None] | None = None,
) -> Measured:
    """Trains everybody's shadows, `shadow.trainings` times; what is in `work` is not made again.

    Args:
        responses: one text per probe, of everybody in the cast and of nobody else.
        on_progress: called with (shadows done, shadows).
    """
    measured = Measured(cast, probes=probes, replicates=test.replicates)
    for number in range(shadow.trainings):
        block = Block(
            seed=seed * 1000 + 2 * number,
            prompts=[probe.prompt for probe in probes],
            domains=measured.domains,
            names=domains_of(probes),
            groups=measured.parts,
            responses=responses,
            references=cast.teachers,
        )
        made = shadow_block(block, config=shadow, work=work, on_progress=_counting(on_progress, number, shadow))
        measured.add_signatures({source: one.recording for source, one in made.items()})
        measured.add_profiles({source: one.profile for source, one in made.items()}, teachers=cast.teachers)
    return measured


def _counting(
    on_progress: Callable[[int, int], None] | None, number: int, shadow: ShadowConfig
) -> Callable[[int, int], None] | None:
    """Progress over all trainings, told of one after another."""
    if on_progress is None:
        return None
    return lambda done, total: on_progress(number * total + done, shadow.trainings * total)


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
                reference=teacher,
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
        reference=teacher,
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
