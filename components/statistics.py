"""Intervals and tests for success rates, pure: numbers in, numbers out.

Episodes of one task are alike, so whatever generalises beyond the tasks at hand resamples whole tasks. Everything
random takes a seed and is reproducible.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 4000  # an end of a 95 % interval moves by less than 0.002 between seeds at 100 tasks


class Interval(NamedTuple):
    low: float
    high: float


def normal_quantile(probability: float) -> float:
    return NormalDist().inv_cdf(probability)


def wilson(successes: float, trials: int, *, confidence: float = 0.95) -> Interval:
    """Wilson's score interval of a proportion (Wilson 1927, without continuity correction).

    No trials tell nothing: the whole of [0, 1]. Successes may be a rate times a smaller number of trials, where trials
    depend on each other.

    Raises:
        ValueError: more successes than trials, or fewer than none.
    """
    if not 0 <= successes <= trials:
        raise ValueError(f"{successes} successes of {trials} trials")
    if trials == 0:
        return Interval(0.0, 1.0)
    z = normal_quantile((1 + confidence) / 2)
    rate, spread = successes / trials, z * z / trials
    centre = rate + spread / 2
    half = z * math.sqrt(rate * (1 - rate) / trials + spread / (4 * trials))
    low, high = (centre - half) / (1 + spread), (centre + half) / (1 + spread)
    # Rounding would otherwise leave 1e-17 where the ends are exact.
    return Interval(0.0 if successes == 0 else max(low, 0.0), 1.0 if successes == trials else min(high, 1.0))


def clustered_bootstrap(
    clusters: Mapping[str, Sequence[float]], *, confidence: float = 0.95, seed: int = 0
) -> Interval | None:
    """Percentile interval of the mean of all values when whole clusters are drawn again with replacement.

    The draw's mean is the ratio of its sum to its count, so a task with more episodes weighs more, as in the estimate.

    Args:
        clusters: values by cluster (a task's outcomes, or a task's differences between two agents).

    Returns:
        None with fewer than two clusters: one task says nothing about others.
    """
    sums, counts = _cluster_sums(clusters)
    if len(sums) < 2:
        return None
    draw = np.random.default_rng(seed).integers(0, len(sums), size=(RESAMPLES, len(sums)))
    means = sums[draw].sum(axis=1) / counts[draw].sum(axis=1)
    tail = (1 - confidence) / 2
    low, high = np.quantile(means, [tail, 1 - tail])
    return Interval(float(low), float(high))


def _cluster_sums(clusters: Mapping[str, Sequence[float]]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Sum and size of each cluster that holds anything, in the order of the names."""
    filled = [clusters[name] for name in sorted(clusters) if clusters[name]]
    return np.array([sum(values) for values in filled], float), np.array([len(values) for values in filled], float)


def mcnemar_exact(gains: int, losses: int) -> float:
    """Two-sided p-value of McNemar's exact test: are gains and losses among discordant pairs equally likely?"""
    pairs = gains + losses
    tail = sum(math.comb(pairs, k) for k in range(min(gains, losses) + 1))
    return min(1.0, 2 * tail / (1 << pairs))


def p_in_words(value: float) -> str:
    """`p = 0.12`, or `p < 0.0001`."""
    return "p < 0.0001" if value < 0.0001 else f"p = {value:.2g}"


def design_effect(clusters: Mapping[str, Sequence[float]]) -> float:
    """How many times the variance of the mean grows because values of one cluster are alike; at least 1.

    Ratio of the cluster-robust variance (with the g / (g - 1) correction) to that of as many independent values.
    """
    sums, counts = _cluster_sums(clusters)
    values = np.array([value for cluster in clusters.values() for value in cluster], float)
    if len(sums) < 2 or len(values) < 2 or float(values.var()) == 0.0:
        return 1.0
    mean = float(values.mean())
    residuals = sums - mean * counts
    clustered = float(np.sum(residuals**2)) * len(sums) / (len(sums) - 1)
    return max(1.0, clustered / float(np.sum((values - mean) ** 2)))


def clustered_wilson(clusters: Mapping[str, Sequence[float]], *, confidence: float = 0.95) -> Interval:
    """Wilson's interval of the mean of zeros and ones: of as many as they are worth, those of one cluster being alike.

    Unlike a bootstrap's it never shrinks to a point: no handful of cases makes a share certain.
    """
    values = [value for cluster in clusters.values() for value in cluster]
    independent = int(len(values) / design_effect(clusters))
    rate = sum(values) / len(values) if values else 0.0
    return wilson(rate * independent, independent, confidence=confidence)


def minimum_detectable_effect(
    *, discordant: int, pairs: int, alpha: float = 0.05, power: float = 0.8, inflation: float = 1.0
) -> float:
    """The smallest true difference in success rate that a paired comparison of this size finds with this power.

    Solves Connor's sample size of McNemar's test (Biometrics 43, 1987) for the difference d:
    d * sqrt(n) = z(1 - alpha/2) * sqrt(psi) + z(power) * sqrt(psi - d^2), psi the share of discordant pairs. psi is
    (discordant + 1) / (pairs + 2), so that no disagreement in a small sample does not promise certainty, and never
    below d, which it cannot be. `inflation` (`design_effect`) divides n where pairs come in clusters.

    Returns:
        a difference in [0, 1]; 1.0 when even that would be missed.
    """
    if pairs == 0:
        return 1.0
    size = pairs / inflation
    share = (discordant + 1) / (pairs + 2)
    critical, certain = normal_quantile(1 - alpha / 2), normal_quantile(power)

    def surplus(effect: float) -> float:
        psi = max(share, effect)
        return effect * math.sqrt(size) - critical * math.sqrt(psi) - certain * math.sqrt(psi - effect**2)

    low, high = 0.0, 1.0
    if surplus(high) < 0:
        return 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if surplus(middle) < 0 else (low, middle)
    return high


@dataclass(frozen=True, slots=True, kw_only=True)
class Paired:
    """Two agents on the same tasks and seeds, `b` measured against `a`.

    Attributes:
        pairs: task-and-seed pairs that counted for both.
        gains, losses: pairs only `b` solved, pairs only `a` solved.
        difference: success rate of `b` minus that of `a` over the pairs.
        interval: of the difference, tasks resampled; None with fewer than two tasks.
        p_value: McNemar's exact test, two-sided.
        minimum_detectable_effect: see the function; with this data's design effect.
    """

    pairs: int
    gains: int
    losses: int
    rate_a: float
    rate_b: float
    difference: float
    interval: Interval | None
    p_value: float
    minimum_detectable_effect: float


def compare_paired(
    pairs: Mapping[str, Sequence[tuple[bool, bool]]], *, alpha: float = 0.05, power: float = 0.8, seed: int = 0
) -> Paired:
    """Compares agent `b` with agent `a`.

    Args:
        pairs: by task, one (a solved, b solved) per seed both were judged on.
    """
    flat = [pair for task_pairs in pairs.values() for pair in task_pairs]
    gains, losses = sum(b and not a for a, b in flat), sum(a and not b for a, b in flat)
    differences = {task: [float(b) - float(a) for a, b in task_pairs] for task, task_pairs in pairs.items()}
    count = max(len(flat), 1)
    return Paired(
        pairs=len(flat),
        gains=gains,
        losses=losses,
        rate_a=sum(a for a, _ in flat) / count,
        rate_b=sum(b for _, b in flat) / count,
        difference=(gains - losses) / count,
        interval=clustered_bootstrap(differences, confidence=1 - alpha, seed=seed),
        p_value=mcnemar_exact(gains, losses),
        minimum_detectable_effect=minimum_detectable_effect(
            discordant=gains + losses, pairs=len(flat), alpha=alpha, power=power, inflation=design_effect(differences)
        ),
    )
