"""The decision from a comparison and a verdict, without any registry."""

from __future__ import annotations

from dataclasses import replace

import pytest

from components.promote.config import PromoteConfig
from components.promote.decision import decide
from components.statistics import Interval, compare_paired
from components.verdicts.policy import Compliance

Pairs = dict[str, list[tuple[bool, bool]]]
GAINED, LOST = [(False, True)], [(True, False)]


def pairs(*, tasks: int, gained: int, lost: int, same: int) -> Pairs:
    """Every task with so many pairs (champion solved, challenger solved) of each kind."""
    each = [(False, True)] * gained + [(True, False)] * lost + [(True, True)] * same
    return {f"task-{i}": list(each) for i in range(tasks)}


@pytest.mark.parametrize(
    ("data", "decision", "word"),
    [
        (pairs(tasks=10, gained=4, lost=0, same=6), "promote", "better"),
        (pairs(tasks=10, gained=0, lost=4, same=6), "hold", "worse"),
        (pairs(tasks=40, gained=0, lost=0, same=10), "hold", "excluded"),
        (pairs(tasks=3, gained=1, lost=0, same=2), "inconclusive", "no proof"),
        ({}, "inconclusive", "nothing is known"),
    ],
)
def test_the_decision_follows_the_evidence(data: Pairs, decision: str, word: str) -> None:
    decided = decide(compare_paired(data), verdict="distilled", config=PromoteConfig())
    assert decided.decision == decision
    assert word in decided.reason


def test_a_gain_on_one_task_alone_does_not_promote() -> None:
    """McNemar takes its many episodes as independent; the interval over tasks does not."""
    data = pairs(tasks=9, gained=0, lost=0, same=20) | {"lucky": [(False, True)] * 20}
    compared = compare_paired(data)
    assert compared.p_value < 0.001
    assert decide(compared, verdict="distilled", config=PromoteConfig()).decision == "inconclusive"


@pytest.mark.parametrize(
    ("required", "verdict", "decision"),
    [
        ("distilled", "distilled", "promote"),
        ("distilled", "inconclusive", "hold"),
        ("distilled", "", "hold"),
        ("independent", "distilled", "hold"),
        ("not independent", "inconclusive", "promote"),
        ("not independent", "distilled", "promote"),
        ("not independent", "independent", "hold"),
        ("not independent", "", "hold"),
        ("any", "", "promote"),
    ],
)
def test_the_audits_verdict_is_a_condition(required: str, verdict: str, decision: str) -> None:
    config = PromoteConfig(required_verdict=required)  # type: ignore[arg-type]
    better = compare_paired(pairs(tasks=10, gained=4, lost=0, same=6))
    decided = decide(better, verdict=verdict, config=config)
    assert decided.decision == decision
    assert ("verdict" in decided.reason) == (decision == "hold")


@pytest.mark.parametrize(
    ("data", "verdict", "decision", "word"),
    [
        (pairs(tasks=3, gained=1, lost=0, same=2), "distilled", "promote", "asks for no proof"),
        (pairs(tasks=10, gained=4, lost=0, same=6), "distilled", "promote", "is better"),
        (pairs(tasks=3, gained=1, lost=0, same=2), "independent", "hold", "verdict"),
        ({"a": GAINED, "b": LOST}, "distilled", "inconclusive", "no proof either way"),
        ({"a": GAINED, "b": LOST, "c": LOST}, "distilled", "inconclusive", "no proof either way"),
        (pairs(tasks=10, gained=0, lost=4, same=6), "distilled", "hold", "worse"),
        (pairs(tasks=40, gained=0, lost=0, same=10), "distilled", "hold", "excluded"),
    ],
)
def test_where_a_gain_is_enough_the_best_student_measured_is_promoted(
    data: Pairs, verdict: str, decision: str, word: str
) -> None:
    decided = decide(compare_paired(data), verdict=verdict, config=PromoteConfig(evidence="gain"))
    assert decided.decision == decision
    assert word in decided.reason


def test_a_gain_too_small_to_be_worthwhile_is_none() -> None:
    gained = compare_paired(pairs(tasks=10, gained=2, lost=1, same=7))
    config = PromoteConfig(evidence="gain", worthwhile_gain=0.02)
    small, large = (replace(gained, interval=Interval(-0.05, high)) for high in (0.0199, 0.02))
    assert decide(small, verdict="distilled", config=config).decision == "hold"
    assert decide(large, verdict="distilled", config=config).decision == "promote"


def test_a_verdict_never_rescues_a_worse_challenger() -> None:
    worse = compare_paired(pairs(tasks=10, gained=0, lost=4, same=6))
    assert decide(worse, verdict="distilled", config=PromoteConfig(required_verdict="any")).decision == "hold"


@pytest.mark.parametrize(("holds", "decision"), [(True, "promote"), (False, "hold")])
def test_a_policy_stands_in_the_place_of_the_required_verdict(holds: bool, decision: str) -> None:
    better = compare_paired(pairs(tasks=10, gained=4, lost=0, same=6))
    held = Compliance(holds=holds, because=("other: independent required, found distilled.",))
    decided = decide(better, verdict="independent", config=PromoteConfig(), compliance=held)
    assert decided.decision == decision
    assert ("the policy does not hold. other: independent" in decided.reason) is not holds


@pytest.mark.parametrize(
    ("high", "decision"), [(0.0199, "hold"), (0.02, "inconclusive"), (0.0201, "inconclusive")], ids=str
)
def test_a_worthwhile_gain_is_excluded_only_where_the_interval_ends_below_it(high: float, decision: str) -> None:
    even = compare_paired(pairs(tasks=10, gained=1, lost=1, same=8))
    measured = replace(even, interval=Interval(-0.05, high))
    assert decide(measured, verdict="distilled", config=PromoteConfig(worthwhile_gain=0.02)).decision == decision


def test_a_reason_is_what_was_measured_and_then_what_decided() -> None:
    decided = decide(compare_paired(pairs(tasks=10, gained=4, lost=0, same=6)), verdict="", config=PromoteConfig())
    assert decided.because == "It is better, but the audit's verdict is missing and 'distilled' is required."
    assert decided.reason == f"{decided.measured} {decided.because}"
    assert decided.measured.startswith("The challenger solved 100.0% and the champion 60.0% of 100 paired episodes")
