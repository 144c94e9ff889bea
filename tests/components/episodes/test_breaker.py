"""An outage stops a run; tasks that do not work do not, whatever their order."""

from __future__ import annotations

import pytest

from components.browser.events import PageLost
from components.episodes.breaker import FEWEST, MANY_TASKS, Breaker
from components.episodes.faults import Fault, fault_of
from components.errors import InfraError, InputError
from components.trajectories.schema import PageEvent

DOWN = fault_of(InfraError("endpoint down"), "agent")
CRASH = fault_of(PageLost(PageEvent(kind="crash", detail="http://site/")), "page")
TASKS = [f"task-{number}" for number in range(12)]


def failures(breaker: Breaker, tasks: list[str], fault: Fault = DOWN) -> int:
    """How many of the failures are counted before the run is stopped; all of them where it is not."""
    for number, task in enumerate(tasks):
        try:
            breaker.failed(task, fault)
        except (InfraError, InputError, TypeError):
            return number + 1
    return len(tasks)


def test_a_run_in_which_nothing_ever_works_stops_after_ten() -> None:
    assert failures(Breaker(TASKS), TASKS * 5) == FEWEST
    assert failures(Breaker(TASKS[:1]), TASKS[:1] * 50) == FEWEST


def test_a_task_that_never_works_does_not_stop_the_others() -> None:
    breaker = Breaker(TASKS)
    assert failures(breaker, TASKS[:1] * 50, CRASH) == 50
    breaker.worked(TASKS[1])
    assert failures(breaker, TASKS[:1] * 50, CRASH) == 50


def test_what_worked_and_no_longer_does_is_an_outage() -> None:
    breaker = Breaker(TASKS)
    for task in TASKS[:6]:
        breaker.worked(task)
    assert failures(breaker, TASKS[4:7] * 20) < 60


def test_tasks_that_never_worked_are_no_outage_while_others_have_unless_they_are_many() -> None:
    few, many = Breaker(TASKS, working=TASKS[:2]), Breaker(TASKS, working=TASKS[:2])
    assert failures(few, TASKS[2:5] * 20) == 60
    assert failures(many, TASKS[2 : 2 + MANY_TASKS] * 20) == FEWEST


def test_a_success_now_and_then_is_no_outage_and_one_in_twenty_is() -> None:
    def run(period: int) -> int:
        """How many episodes end before the run is stopped, of a hundred of which every `period`-th works."""
        breaker = Breaker(TASKS)
        for number in range(100):
            if number % period == period - 1:
                breaker.worked(TASKS[0])
                continue
            try:
                breaker.failed(TASKS[number % 3], DOWN)
            except InfraError:
                return number
        return 100

    assert run(5) == 100
    assert run(20) < 40


def test_different_causes_are_not_one_outage() -> None:
    breaker = Breaker(TASKS)
    other = fault_of(TypeError("x"), "page")
    for number in range(30):
        assert failures(breaker, [TASKS[number % 5]], (DOWN, CRASH, other)[number % 3]) == 1


def test_a_run_ends_with_its_own_cause() -> None:
    with pytest.raises(InfraError, match=r"10 of the last 10 episodes.*endpoint down"):
        _fail(Breaker(TASKS), DOWN)
    mistake = TypeError("ours")
    with pytest.raises(TypeError, match="ours") as raised:
        _fail(Breaker(TASKS), fault_of(mistake, "agent"))
    assert raised.value is mistake


def _fail(breaker: Breaker, fault: Fault) -> None:
    for task in TASKS:
        breaker.failed(task, fault)


def test_wrong_input_for_all_is_told_from_one_refused_request() -> None:
    refused = fault_of(InputError("no such key"), "agent")
    assert failures(Breaker(TASKS), TASKS, refused) == 3
    proven = Breaker(TASKS)
    proven.worked(TASKS[0])
    assert failures(proven, TASKS[:5], refused) == 5
    proven.end()
    short = Breaker(TASKS)
    assert failures(short, TASKS[:1], refused) == 1
    with pytest.raises(InputError, match="no such key"):
        short.end()
    resumed = Breaker(TASKS, working=TASKS[:1])
    assert failures(resumed, TASKS[1:2], refused) == 1
    resumed.end()


def test_faults_say_whose_they_are() -> None:
    def said(error: Exception, doing: object = "page") -> tuple[str, str, bool, bool]:
        fault = fault_of(error, doing)  # type: ignore[arg-type]
        return fault.outcome.value, fault.cause, bool(fault.trace), fault.lasting

    assert said(TypeError("x")) == ("env_error", "TypeError (page)", True, False)
    assert said(OverflowError("x"), "agent") == ("infra_error", "OverflowError (agent)", True, False)
    assert said(KeyError("x"), "judge") == ("judge_error", "KeyError (judge)", True, False)
    assert said(InfraError("x"), "judge") == ("infra_error", "InfraError", False, False)
    assert said(InputError("x"), "agent") == ("infra_error", "InputError", False, True)
    assert said(TimeoutError("x"), "start") == ("infra_error", "TimeoutError", False, False)
    for kind, detail, outcome in [
        ("hang", "", "env_error"),
        ("crash", "http://site/", "env_error"),
        ("crash", "the browser ended", "infra_error"),
        ("closed", "", "infra_error"),
    ]:
        assert said(PageLost(PageEvent.model_validate({"kind": kind, "detail": detail})))[0] == outcome
