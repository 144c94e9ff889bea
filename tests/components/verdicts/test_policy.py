"""A policy holds when the audit found what it requires, and never of somebody who was not audited."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.verdicts.policy import Policy, check_policy

VERDICTS = ("distilled", "independent", "inconclusive")


@pytest.mark.parametrize(
    ("policy", "verdicts", "holds"),
    [
        ({"distilled_from": ["t"]}, {"t": "distilled"}, True),
        ({"distilled_from": ["t"]}, {"t": "independent"}, False),
        ({"distilled_from": ["t", "u"]}, {"t": "distilled", "u": "independent"}, False),
        ({"independent_of": ["v"]}, {"t": "distilled", "v": "independent"}, True),
        ({"independent_of": ["v"]}, {"v": "distilled"}, False),
        ({"independent_of": ["v"]}, {"v": "inconclusive"}, False),
        ({"independent_of": ["v"], "inconclusive": "allow"}, {"v": "inconclusive"}, True),
        ({"independent_of": ["v"], "inconclusive": "allow"}, {"v": "distilled"}, False),
        ({"independent_of": ["v"], "inconclusive": "allow"}, {}, False),
    ],
)
def test_it_holds_when_every_verdict_is_the_required_one(
    policy: dict[str, object], verdicts: dict[str, str], holds: bool
) -> None:
    assert check_policy(Policy.model_validate(policy), verdicts).holds is holds


def test_each_requirement_is_a_sentence() -> None:
    policy = Policy(distilled_from=("t",), independent_of=("v", "w"), inconclusive="allow")
    held = check_policy(policy, {"t": "distilled", "v": "inconclusive"})
    assert held.because == (
        "t: distilled required, found distilled.",
        "v: independent required, found inconclusive, which is allowed.",
        "w: independent required, not audited.",
    )
    assert not held.holds


@settings(derandomize=True, max_examples=100, deadline=None)
@given(st.dictionaries(st.sampled_from("abc"), st.sampled_from(VERDICTS)))
def test_a_policy_that_holds_the_undecided_back_is_never_more_lenient(verdicts: dict[str, str]) -> None:
    strict = check_policy(Policy(distilled_from=("a",), independent_of=("b",)), verdicts).holds
    lenient = check_policy(Policy(distilled_from=("a",), independent_of=("b",), inconclusive="allow"), verdicts).holds
    assert lenient or not strict


@pytest.mark.parametrize(
    ("found", "message"),
    [
        ({}, "requires nothing"),
        ({"distilled_from": ["a"], "independent_of": ["a"]}, "no model can be both"),
        ({"distilled_form": ["a"]}, "distilled_form"),
        ({"distilled_from": ["a"], "inconclusive": "maybe"}, "hold"),
    ],
)
def test_a_policy_that_cannot_be_meant_is_refused(found: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Policy.model_validate(found)
