"""The verdict: a hypothesis test of how alike a suspect is to a teacher, against controls. All of it is ours.

Likeness alone says nothing: two competent models that answer the same questions resemble each other, and one that was
told to write in another style resembles none. So likeness is centred by controls that are known not to come from the
teacher, on both sides (`advantage`), and measured on a scale with two fixed points: the teacher's second shadow lies at
distance 0, and models that have nothing to do with it lie at distance 1 in expectation.

- `distilled`: the distance is under the margin, at level alpha; and under what one more control would reach by chance,
  as far as the scatter of the controls' own distances tells (`chance_reaches`).
- `independent`: the distance is over `clearance`, at level alpha.
- `inconclusive`: neither, as for relatives, for students of many teachers and for those who hide; or the instrument
  cannot tell, because it does not find the teacher itself again; or a control, put in the suspect's place, would be
  accused by the same test (`findings.examine`).

Replicates are disjoint sets of probes of all domains; what relates one side's experts to the other's is never fitted in
the domain it is judged in. A sign-flip test over them is exact where differences are symmetric around
their mean. It takes the trained shadows as given; how much those vary is what the margin allows for (measured by the
benchmark).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

import numpy as np

from components.signatures.arrays import Floats
from components.verdicts.config import TestConfig
from components.verdicts.finding import Estimate, Judged, Verdict

EXACT = 14
DRAWS = 20000
RESAMPLES = 2000
SMALLEST = 1e-6  # minimum likeness of the teacher to its second, so that a scale exists
FEW, MARGIN_OF_FEW = 3, 0.8
"""So few controls leave in what relatives share: siblings lie from 0.82 on, with more from 0.87 (docs/log.md)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Likenesses:
    """How alike everybody is, [replicates] each; higher is more alike.

    Attributes:
        pairs: by (who on the teacher's side, who on the suspect's side).
        second: by who on the teacher's side: to the teacher's second shadow.
    """

    pairs: Mapping[tuple[str, str], Floats]
    second: Mapping[str, Floats] = field(default_factory=dict)

    def to(self, suspect: str | None) -> Mapping[str, Floats]:
        """By who on the teacher's side; None is the teacher's second shadow."""
        return self.second if suspect is None else {a: alike for (a, b), alike in self.pairs.items() if b == suspect}


def advantage(alike: Likenesses, *, teacher: str, suspect: str | None, controls: Sequence[str]) -> Floats:
    """How much more alike teacher and suspect are than their likeness to the controls explains, [replicates].

    Both sides are centred: a suspect that resembles everybody gains nothing, one that resembles nobody, because it
    speaks in another manner, loses nothing; and so for the teacher. Two that have nothing to do with each other have 0
    in expectation.

    Args:
        suspect: None is the teacher's second shadow.
    """
    independent = [name for name in controls if name != suspect]
    to_suspect = alike.to(suspect)
    suspects = np.mean([to_suspect[name] for name in independent], axis=0)
    teachers = np.mean([alike.pairs[teacher, name] for name in independent], axis=0)
    among = np.mean([alike.pairs[a, b] for a in independent for b in independent if a != b] or [suspects], axis=0)
    return np.asarray(to_suspect[teacher] - suspects - teachers + among)


def distance(alike: Likenesses, *, teacher: str, suspect: str | None, controls: Sequence[str]) -> Floats:
    """[replicates]: 0 where the teacher's second shadow lies, 1 where a model lies that has nothing to do with it."""
    whole = advantage(alike, teacher=teacher, suspect=None, controls=controls).mean()
    suspects_advantage = advantage(alike, teacher=teacher, suspect=suspect, controls=controls)
    return np.asarray(1 - suspects_advantage / max(float(whole), SMALLEST))


def judge(alike: Likenesses, *, teacher: str, suspect: str, controls: Sequence[str], config: TestConfig) -> Judged:
    """Tests one suspect.

    Args:
        controls: at least two; one that is the suspect is left out.
    """
    independent = [name for name in controls if name != suspect]
    whole = advantage(alike, teacher=teacher, suspect=None, controls=independent)
    distances = distance(alike, teacher=teacher, suspect=suspect, controls=independent)
    apart = {
        name: float(distance(alike, teacher=teacher, suspect=name, controls=independent).mean())
        for name in independent
        if len(independent) > 1
    }
    nearest = min(apart, key=apart.__getitem__, default=independent[0])
    largest = min(config.margin, MARGIN_OF_FEW) if len(independent) <= FEW else config.margin
    reached = chance_reaches(list(apart.values()), share=config.false_accusations)
    margin = min(largest, reached)
    p_value, p_independent = sign_flip(margin - distances), sign_flip(distances - config.clearance)
    interval, second = (
        estimate(values, level=1 - config.alpha)
        for values in (distances, distance(alike, teacher=teacher, suspect=None, controls=independent))
    )
    verdict, because = _decide(
        p_value,
        p_independent,
        interval=interval,
        under=f"{margin:.2f}" + (", which one more control might reach" if reached < largest else ""),
        blind=sign_flip(whole) > config.alpha,
        teacher=teacher,
        config=config,
    )
    return Judged(
        suspect=suspect,
        controls=tuple(independent),
        nearest_control=nearest,
        margin=margin,
        verdict=verdict,
        p_value=p_value,
        p_independent=p_independent,
        distance=interval,
        second=second,
        because=because,
    )


def chance_reaches(distances: Sequence[float], *, share: float) -> float:
    """The distance that one more control would lie under in a share of audits; never under 0.

    Student's prediction of another value. Each control's distance was centred by the others, so n of them scatter
    around 1, by n / (n - 1) times as much as around their own mean.

    Args:
        distances: of controls in the suspect's place. With less than two nothing can be known: 1.
    """
    from scipy.special import stdtrit

    count = len(distances)
    if count < 2:
        return 1.0
    scatter = float(np.sqrt(np.mean((np.asarray(distances) - 1) ** 2)))
    return max(0.0, 1 - float(stdtrit(count - 1, 1 - share)) * scatter * float(np.sqrt(1 - count**-2)))


def _decide(
    p_value: float,
    p_independent: float,
    *,
    interval: Estimate,
    under: str,
    blind: bool,
    teacher: str,
    config: TestConfig,
) -> tuple[Verdict, str]:
    if blind:
        return "inconclusive", f"{teacher}'s own second shadow is not more like it than independent models are"
    place = (
        f"it lies at {interval.mean:.2f} ({interval.low:.2f} to {interval.high:.2f}) of the way from {teacher} to "
        "where independent models lie"
    )
    if p_value <= config.alpha:
        return "distilled", f"{place}, under {under} (p = {p_value:.4f})"
    if p_independent <= config.alpha:
        return "independent", f"{place}, over {config.clearance} (p = {p_independent:.4f})"
    return (
        "inconclusive",
        f"{place}; neither under {under} (p = {p_value:.3f}) nor over {config.clearance} (p = {p_independent:.3f})",
    )


def sign_flip(differences: Floats, *, seed: int = 0) -> float:
    """One-sided p-value of "the mean is positive": the share of sign assignments whose mean is at least as large."""
    differences = np.asarray(differences, dtype=np.float64)
    count = len(differences)
    if count <= EXACT:
        signs = np.array(list(product((1.0, -1.0), repeat=count)))
        return float((signs @ differences >= differences.sum() - 1e-12).mean())
    rng = np.random.default_rng(seed)
    signs = rng.choice((1.0, -1.0), size=(DRAWS, count))
    return float((1 + (signs @ differences >= differences.sum() - 1e-12).sum()) / (1 + DRAWS))


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjusted p-values, in order: for accusing several suspects, or one suspect of several teachers, at once."""
    order = np.argsort(p_values)
    adjusted = [0.0] * len(p_values)
    running = 0.0
    for rank, index in enumerate(order):
        running = max(running, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[int(index)] = running
    return adjusted


def estimate(values: Floats, *, level: float, seed: int = 0) -> Estimate:
    """Mean and bootstrap percentile interval over replicates."""
    rng = np.random.default_rng(seed)
    drawn = values[rng.integers(0, len(values), size=(RESAMPLES, len(values)))].mean(1)
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return Estimate(mean=float(values.mean()), low=float(low), high=float(high))
