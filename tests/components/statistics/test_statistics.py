"""Intervals and tests against scipy, published values, and what they promise in simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from components import statistics as ours

counts = st.integers(0, 400).flatmap(lambda trials: st.tuples(st.integers(0, trials), st.just(trials)))


@settings(derandomize=True, max_examples=100, deadline=None)
@given(counts, st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_wilson_equals_scipys(count: tuple[int, int], confidence: float) -> None:
    successes, trials = count
    low, high = ours.wilson(successes, trials, confidence=confidence)
    if trials == 0:
        assert (low, high) == (0, 1)
        return
    theirs = stats.binomtest(successes, trials).proportion_ci(confidence_level=confidence, method="wilson")
    assert (low, high) == pytest.approx((theirs.low, theirs.high), abs=1e-12)
    assert 0 <= low <= successes / trials <= high <= 1


@settings(derandomize=True, max_examples=50, deadline=None)
@given(st.integers(0, 200), st.integers(1, 200))
def test_wilson_is_symmetric_and_shrinks_with_more_of_the_same(successes: int, failures: int) -> None:
    trials = successes + failures
    low, high = ours.wilson(successes, trials)
    mirrored = ours.wilson(failures, trials)
    assert (low, high) == pytest.approx((1 - mirrored.high, 1 - mirrored.low), abs=1e-12)
    wide = ours.wilson(successes * 4, trials * 4)
    assert wide.high - wide.low < high - low


def test_wilson_refuses_more_successes_than_trials() -> None:
    with pytest.raises(ValueError, match="3 successes of 2"):
        ours.wilson(3, 2)


@settings(derandomize=True, max_examples=100, deadline=None)
@given(st.integers(0, 150), st.integers(0, 150))
def test_mcnemar_equals_the_binomial_test(gains: int, losses: int) -> None:
    expected = stats.binomtest(gains, gains + losses, 0.5).pvalue if gains + losses else 1.0
    assert ours.mcnemar_exact(gains, losses) == pytest.approx(expected, rel=1e-9)
    assert ours.mcnemar_exact(gains, losses) == ours.mcnemar_exact(losses, gains)


def test_mcnemar_of_the_textbook() -> None:
    # Exact p of 2*P(X <= 3 | 12, 1/2) = 2 * 299 / 4096
    assert ours.mcnemar_exact(9, 3) == pytest.approx(598 / 4096)


clusters = st.dictionaries(
    st.text("abcdef", min_size=1, max_size=3), st.lists(st.sampled_from([0.0, 1.0]), max_size=8), max_size=8
)


@settings(derandomize=True, max_examples=40, deadline=None)
@given(clusters)
def test_the_bootstrap_lies_between_the_worst_and_the_best_task(data: dict[str, list[float]]) -> None:
    interval = ours.clustered_bootstrap(data)
    means = [sum(each) / len(each) for each in data.values() if each]
    if len(means) < 2:
        assert interval is None
        return
    assert interval is not None
    assert min(means) - 1e-12 <= interval.low <= interval.high <= max(means) + 1e-12
    assert interval == ours.clustered_bootstrap(dict(reversed(data.items())))


def test_the_bootstrap_of_single_episodes_agrees_with_scipys() -> None:
    values = [1.0] * 30 + [0.0] * 50
    interval = ours.clustered_bootstrap({str(i): [value] for i, value in enumerate(values)})
    theirs = stats.bootstrap((values,), np.mean, method="percentile", n_resamples=4000, rng=1).confidence_interval
    assert interval is not None
    assert interval == pytest.approx((theirs.low, theirs.high), abs=0.015)


def test_tasks_that_are_all_or_nothing_make_the_interval_wider_than_their_episodes_would() -> None:
    alike = {f"t{i}": [float(i % 2)] * 10 for i in range(10)}
    interval = ours.clustered_bootstrap(alike)
    independent = ours.wilson(50, 100)
    assert interval is not None
    assert interval.high - interval.low > 2.5 * (independent.high - independent.low)
    # Ten equal values per task: a tenth of the information, with the g / (g - 1) correction.
    assert ours.design_effect(alike) == pytest.approx(10 * 10 / 9)
    assert ours.design_effect({f"t{i}": [0.0, 1.0] for i in range(10)}) == 1.0


def test_wilson_over_tasks_is_wilsons_where_they_differ_and_wider_where_they_are_all_or_nothing() -> None:
    mixed = {str(task): [0.0, 1.0] * 5 for task in range(4)}
    assert ours.clustered_wilson(mixed) == ours.wilson(20, 40)
    low, high = ours.clustered_wilson({str(task): [float(task % 2)] * 10 for task in range(4)})
    assert high - low > 2 * (ours.wilson(20, 40).high - ours.wilson(20, 40).low)
    assert ours.clustered_wilson({"a": [1.0] * 3, "b": [1.0] * 2}) == ours.wilson(5, 5), "never a point"
    assert ours.clustered_wilson({}) == (0.0, 1.0)


def test_the_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(0)
    hits = 0
    for trial in range(120):
        rates = rng.beta(1, 1, size=40)  # true mean 0.5 over tasks
        data = {f"{i}": list((rng.random(5) < rate).astype(float)) for i, rate in enumerate(rates)}
        interval = ours.clustered_bootstrap(data, seed=trial)
        assert interval is not None
        hits += interval.low <= 0.5 <= interval.high
    assert 0.87 <= hits / 120 <= 1.0


@pytest.mark.parametrize(("share", "pairs"), [(0.1, 200), (0.3, 120), (0.5, 400)])
def test_a_difference_of_the_minimum_detectable_size_is_found_with_about_the_promised_power(
    share: float, pairs: int
) -> None:
    effect = ours.minimum_detectable_effect(discordant=round(share * pairs), pairs=pairs)
    rng = np.random.default_rng(1)
    gain, loss = (share + effect) / 2, (share - effect) / 2
    draws = rng.multinomial(pairs, [gain, loss, 1 - gain - loss], size=1500)
    found = np.mean([ours.mcnemar_exact(int(g), int(b)) < 0.05 for g, b, _ in draws])
    # The exact test is conservative, so it finds somewhat less than the asymptotic formula's 0.8.
    assert 0.68 <= found <= 0.86


def test_the_minimum_detectable_effect_of_connors_formula() -> None:
    # n = (z_a sqrt(psi) + z_b sqrt(psi - d^2))^2 / d^2 at psi = 0.2, d = 0.1 is 155.2 pairs.
    z_a, z_b = stats.norm.ppf(0.975), stats.norm.ppf(0.8)
    size = (z_a * math.sqrt(0.2) + z_b * math.sqrt(0.19)) ** 2 / 0.01
    pairs = round(size)
    discordant = round(0.2 * (pairs + 2)) - 1
    effect = ours.minimum_detectable_effect(discordant=discordant, pairs=pairs)
    assert effect == pytest.approx(0.1, abs=0.001)


def test_a_small_sample_is_taken_for_a_little_more_at_odds_than_it_is() -> None:
    effect = ours.minimum_detectable_effect(discordant=7, pairs=20)
    psi = 8 / 22
    right = stats.norm.ppf(0.975) * math.sqrt(psi) + stats.norm.ppf(0.8) * math.sqrt(psi - effect**2)
    assert effect * math.sqrt(20) == pytest.approx(right, abs=1e-9)


@settings(derandomize=True, max_examples=60, deadline=None)
@given(st.integers(1, 500).flatmap(lambda pairs: st.tuples(st.integers(0, pairs), st.just(pairs))))
def test_more_pairs_detect_less_and_clusters_more(count: tuple[int, int]) -> None:
    discordant, pairs = count
    effect = ours.minimum_detectable_effect(discordant=discordant, pairs=pairs)
    assert 0 < effect <= 1
    assert ours.minimum_detectable_effect(discordant=discordant * 9, pairs=pairs * 9) <= effect
    assert ours.minimum_detectable_effect(discordant=discordant, pairs=pairs, inflation=2) >= effect
    assert ours.minimum_detectable_effect(discordant=discordant, pairs=pairs, power=0.95) >= effect


def test_nothing_to_compare_detects_nothing() -> None:
    assert ours.minimum_detectable_effect(discordant=0, pairs=0) == 1.0
    assert ours.minimum_detectable_effect(discordant=0, pairs=2) == 1.0
    empty = ours.compare_paired({})
    assert (empty.pairs, empty.p_value, empty.interval, empty.minimum_detectable_effect) == (0, 1.0, None, 1.0)


def test_a_paired_comparison_counts_gains_and_losses() -> None:
    pairs = {"a": [(False, True)] * 6 + [(True, True)] * 2, "b": [(True, False)] + [(False, True)] * 5, "c": []}
    found = ours.compare_paired(pairs)
    assert (found.pairs, found.gains, found.losses) == (14, 11, 1)
    assert found.difference == pytest.approx(found.rate_b - found.rate_a) == pytest.approx(10 / 14)
    assert found.p_value == pytest.approx(stats.binomtest(1, 12).pvalue)
    assert found.interval is not None
    assert found.interval.low > 0


@settings(derandomize=True, max_examples=30, deadline=None)
@given(st.dictionaries(st.sampled_from("abcd"), st.lists(st.tuples(st.booleans(), st.booleans()), max_size=6)))
def test_swapping_the_agents_mirrors_the_comparison(pairs: dict[str, list[tuple[bool, bool]]]) -> None:
    one = ours.compare_paired(pairs)
    other = ours.compare_paired({task: [(b, a) for a, b in each] for task, each in pairs.items()})
    assert (one.gains, one.losses, one.p_value) == (other.losses, other.gains, other.p_value)
    assert one.difference == -other.difference
    assert one.minimum_detectable_effect == other.minimum_detectable_effect


def test_the_interval_of_a_difference_is_of_the_difference_and_not_of_the_rates() -> None:
    """Tasks that both solve, or neither, differ by nothing; one that only `b` solves, by one."""
    same = {"easy": [(True, True)] * 4, "hard": [(False, False)] * 4}
    assert ours.compare_paired(same).interval == (0.0, 0.0)
    assert ours.compare_paired({"a": [(False, True)] * 4, "b": [(False, True)] * 4}).interval == (1.0, 1.0)
    assert ours.compare_paired({"a": [(True, False)] * 4, "b": [(True, False)] * 4}).interval == (-1.0, -1.0)
