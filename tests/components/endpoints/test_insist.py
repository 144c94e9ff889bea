"""How long and how often an endpoint is asked again."""

from __future__ import annotations

import asyncio

import pytest

from components.endpoints.complaints import Passing, RequestRefused
from components.endpoints.insist import LONGEST_WAIT, insist, pause
from components.endpoints.wire import Unanswered
from components.errors import InfraError


@pytest.mark.parametrize(
    ("after", "attempt", "low", "high"),
    [(0, 0, 0.5, 1), (0, 3, 4, 8), (9, 0, 9, 9), (0.2, 1, 1, 2), (1e9, 0, 60, 60), (0, 10**6, 60, 60)],
)
def test_a_pause_is_what_the_server_asks_for_or_longer_each_time_and_never_for_ever(
    after: float, attempt: int, low: float, high: float
) -> None:
    assert low <= pause(Passing("busy", after=after), backoff=1.0, attempt=attempt) <= high <= LONGEST_WAIT


def test_no_answer_has_no_wish() -> None:
    assert pause(Unanswered("gone"), backoff=0.0, attempt=5) == 0.0


def outcomes(*errors: Exception, retries: int) -> int:
    """How many attempts it took until nothing was left to raise."""
    left, calls = list(errors), 0

    async def once() -> int:
        nonlocal calls
        calls += 1
        if left:
            raise left.pop(0)
        return calls

    return asyncio.run(insist(once, where="there", retries=retries, backoff=0.0))


def test_what_may_pass_is_tried_as_often_as_told() -> None:
    assert outcomes(Passing("a"), Unanswered("b"), retries=2) == 3
    with pytest.raises(InfraError, match="there: no answer after 2 attempts: b"):
        outcomes(Passing("a"), Unanswered("b"), retries=1)
    with pytest.raises(InfraError, match="after 1 attempts"):
        outcomes(Passing("a"), retries=0)


@pytest.mark.parametrize("retries", [0, 2])
def test_after_the_last_attempt_nobody_waits(retries: int, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr("components.endpoints.insist.asyncio.sleep", sleep)
    with pytest.raises(InfraError):
        outcomes(*[Passing("busy")] * 9, retries=retries)
    assert len(waits) == retries


def test_what_cannot_pass_is_tried_once() -> None:
    with pytest.raises(RequestRefused):
        outcomes(RequestRefused("no", fix=""), retries=5)
