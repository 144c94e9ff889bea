"""The test behind a verdict: exact where it says so, and rarely wrong about the innocent."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from pydantic import ValidationError

from components.detect.config import TestConfig
from components.detect.verdict import estimate, holm, judge, ratio_estimate, sign_flip

CONFIG = TestConfig()


def drawn(mean: float, *, seed: int, count: int = 8, spread: float = 0.1) -> np.ndarray:
    return mean * np.exp(np.random.default_rng(seed).normal(0, spread, size=count))


def test_the_sign_flip_test_counts_assignments() -> None:
    differences = np.array([0.3, -0.1, 0.5, 0.2, 0.05])
    means = [np.dot(signs, differences) for signs in product((1, -1), repeat=5)]
    assert sign_flip(differences) == np.mean([mean >= differences.sum() - 1e-12 for mean in means])
    assert sign_flip(np.ones(8)) == 1 / 256
    assert sign_flip(-np.ones(8)) == 1.0


def test_the_sign_flip_test_keeps_its_level() -> None:
    rng = np.random.default_rng(0)
    rejected = np.mean([sign_flip(rng.normal(size=8)) <= 0.05 for _ in range(1500)])
    assert rejected <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 1500)
    assert rejected >= 0.02  # and is not merely afraid


def test_many_replicates_are_tested_by_drawing() -> None:
    assert sign_flip(np.ones(40)) < 0.001
    assert sign_flip(np.random.default_rng(1).normal(size=40)) > 0.001


def test_close_is_distilled_and_far_is_independent() -> None:
    distances = {"student": drawn(0.3, seed=1), "other": drawn(1.0, seed=2), "base": drawn(1.5, seed=3)}
    found = judge(distances, suspect="student", controls=["other", "base"], floor=drawn(0.2, seed=4), config=CONFIG)
    assert found.verdict == "distilled"
    assert found.p_value <= 0.05
    assert found.nearest_control == "other"
    assert found.ratio.high < CONFIG.margin
    found = judge(distances, suspect="base", controls=["other"], floor=drawn(0.2, seed=4), config=CONFIG)
    assert found.verdict == "independent"
    assert found.ratio.low > CONFIG.margin


def test_near_the_margin_is_inconclusive() -> None:
    distances = {"student": drawn(0.8, seed=1, spread=0.3), "other": drawn(1.0, seed=2, spread=0.3)}
    found = judge(distances, suspect="student", controls=["other"], floor=drawn(0.2, seed=3), config=CONFIG)
    assert found.verdict == "inconclusive"


def test_one_control_as_close_as_the_suspect_prevents_an_accusation() -> None:
    distances = {"student": drawn(0.3, seed=1), "near": drawn(0.31, seed=2), "far": drawn(2.0, seed=3)}
    found = judge(distances, suspect="student", controls=["near", "far"], floor=drawn(0.1, seed=4), config=CONFIG)
    assert found.verdict != "distilled"


def test_an_instrument_that_cannot_find_the_teacher_itself_says_so() -> None:
    distances = {"student": drawn(0.3, seed=1), "other": drawn(1.0, seed=2)}
    found = judge(distances, suspect="student", controls=["other"], floor=drawn(0.95, seed=3), config=CONFIG)
    assert found.verdict == "inconclusive"
    assert "second shadow" in found.because


def test_independent_suspects_are_rarely_accused() -> None:
    """A suspect drawn like its controls: accused at most at the level, over many audits."""
    rng = np.random.default_rng(5)
    accused = 0
    for _ in range(400):
        quality = np.exp(rng.normal(0, 0.1, size=3))  # every model lies at some distance of its own
        own = [q * np.exp(rng.normal(0, 0.15, size=8)) for q in quality]
        distances = {"student": own[0], "a": own[1], "b": own[2]}
        found = judge(distances, suspect="student", controls=["a", "b"], floor=0.1 * np.ones(8), config=CONFIG)
        accused += found.verdict == "distilled"
    assert accused / 400 <= 0.05


def test_holm_adjusts_for_several_accusations() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.9, 0.8]) == pytest.approx([1.0, 1.0])


def test_intervals_hold_the_mean() -> None:
    values = drawn(1.0, seed=1, count=20)
    found = estimate(values, level=0.95)
    assert found.low < found.mean < found.high
    same = ratio_estimate(values, values, level=0.95)
    assert (same.mean, same.low, same.high) == (1.0, 1.0, 1.0)


def test_too_few_replicates_for_the_level_are_refused() -> None:
    with pytest.raises(ValidationError, match="cannot give a p-value"):
        TestConfig(replicates=4, alpha=0.05)
