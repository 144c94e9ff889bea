"""The verdict: a hypothesis test of a suspect's distance to a teacher against controls. All of it is ours.

The distance alone says nothing: a tiny proxy's is never zero, and two competent models that answer the same questions
resemble each other. So a suspect is compared with controls that are known not to come from the teacher, replicate by
replicate, on the same probes and with shadows that share their initial weights.

- `distilled`: in the replicates' mean, the suspect is closer than `margin` times *every* control, each at level alpha
  (an intersection-union test, which needs no correction over controls).
- `independent`: for the nearest control the opposite holds at level alpha (Bonferroni over controls).
- `inconclusive`: neither; or the instrument cannot tell, because the teacher's own second shadow lies no closer to it
  than a distilled suspect would have to; or a control would have been accused in the suspect's place.

Every replicate has its own probes and its own shadows, so distances are independent between replicates, and a
sign-flip test over replicates is exact where the difference is symmetric around its mean.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from components.detect.config import TestConfig
from components.detect.result import Estimate, Judged, Verdict

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

EXACT = 14
DRAWS = 20000
RESAMPLES = 2000


def judge(
    distances: Mapping[str, Floats], *, suspect: str, controls: Sequence[str], floor: Floats, config: TestConfig
) -> Judged:
    """Tests one suspect.

    Args:
        distances: by source, [replicates], to the teacher.
        floor: [replicates], the teacher's second shadow to its first.
    """
    own = distances[suspect]
    nearest = min(controls, key=lambda name: float(distances[name].mean()))
    gaps = {name: config.margin * distances[name] - own for name in controls}  # positive: closer than the margin
    p_value = max(sign_flip(gap) for gap in gaps.values())
    p_independent = min(1.0, len(controls) * min(sign_flip(-gap) for gap in gaps.values()))
    ratio = ratio_estimate(own, distances[nearest], level=1 - config.alpha)
    verdict, because = _decide(
        p_value,
        p_independent,
        ratio=ratio,
        nearest=nearest,
        blind=_blind(floor, distances[nearest], config),
        config=config,
    )
    return Judged(
        suspect=suspect,
        controls=tuple(controls),
        nearest_control=nearest,
        verdict=verdict,
        p_value=p_value,
        p_independent=p_independent,
        ratio=ratio,
        because=because,
    )


Likenesses = Mapping[tuple[str, str], "Floats"]
"""(on the teacher's side, on the suspect's side) to how alike they are, [folds]. Higher is more alike."""


def advantage(alike: Likenesses, *, teacher: str, suspect: str, controls: Sequence[str]) -> Floats:
    """How much more alike teacher and suspect are than their likeness to the controls explains, [folds].

    Both sides are centred: a suspect that resembles everybody gains nothing, nor does one that resembles nobody,
    because it speaks in another manner, lose anything; and the same for the teacher. Two that have nothing to do with
    each other have 0 in expectation.
    """
    others = [name for name in controls if name != suspect]
    suspects = np.mean([alike[name, suspect] for name in others], axis=0)
    teachers = np.mean([alike[teacher, name] for name in others], axis=0)
    among = np.mean([alike[a, b] for a in others for b in others if a != b], axis=0)
    return np.asarray(alike[teacher, suspect] - suspects - teachers + among)


def _blind(floor: Floats, nearest: Floats, config: TestConfig) -> bool:
    """Whether even the teacher's own second shadow would not count as distilled."""
    return sign_flip(config.margin * nearest - floor) > config.alpha


def _decide(
    p_value: float, p_independent: float, *, ratio: Estimate, nearest: str, blind: bool, config: TestConfig
) -> tuple[Verdict, str]:
    said = f"its distance to the teacher is {ratio.mean:.2f} ({ratio.low:.2f} to {ratio.high:.2f}) of {nearest}'s"
    if blind:
        return (
            "inconclusive",
            f"the teacher's own second shadow is not closer to it than {config.margin} of {nearest}'s",
        )
    if p_value <= config.alpha:
        return "distilled", f"{said}, under {config.margin} against every control (p = {p_value:.4f})"
    if p_independent <= config.alpha:
        return "independent", f"{said}, over {config.margin} (p = {p_independent:.4f})"
    return "inconclusive", f"{said}; neither side of {config.margin} is excluded (p = {p_value:.3f})"


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


def ratio_estimate(own: Floats, other: Floats, *, level: float, seed: int = 0) -> Estimate:
    """Ratio of the means of paired replicates, with a bootstrap percentile interval."""
    rng = np.random.default_rng(seed)
    rows = rng.integers(0, len(own), size=(RESAMPLES, len(own)))
    drawn = own[rows].mean(1) / np.clip(other[rows].mean(1), 1e-12, None)
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return Estimate(mean=float(own.mean() / max(other.mean(), 1e-12)), low=float(low), high=float(high))
