"""Attempts at a round: what failed for good is known to a further try, and how each ended is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from components.errors import InfraError, InputError
from components.place import Job, Place, stage
from components.trajectories.attempts import ATTEMPT, Attempt, Failure, attempts_at
from components.trajectories.open_store import open_store
from components.trajectories.rounds import Round

WRONG = InputError("the budget is spent", where="teacher", fix="raise it")


def attempt(folder: Path, name: str = "one") -> Attempt:
    return Attempt(store=open_store(folder), run="main", name=name)


def job(folder: Path) -> str:
    place = Place(name="p", store=str(folder), work=str(folder / "work"))
    return Job(place=place, run="main", round=1, seed=0).model_dump_json()


def fail(folder: Path, error: Exception) -> None:
    with pytest.raises(type(error)), stage("distill", job=job(folder)):
        raise error


def test_a_try_of_what_is_wrong_does_nothing_and_says_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ATTEMPT, "one")
    fail(tmp_path, WRONG)
    with pytest.raises(InputError) as again, stage("distill", job=job(tmp_path)):
        pytest.fail("the stage began again")
    assert str(again.value) == str(WRONG)
    with stage("detect", job=job(tmp_path)):
        pass  # another stage is asked
    monkeypatch.setenv(ATTEMPT, "two")
    with stage("distill", job=job(tmp_path)):
        pass  # and in another attempt the same one


@pytest.mark.parametrize("error", [InfraError("S3 is gone"), RuntimeError("ours")])
def test_what_may_pass_is_tried_again_and_forgotten_when_it_has_passed(
    error: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ATTEMPT, "one")
    fail(tmp_path, error)
    assert [each.stage for each in attempt(tmp_path).failures()] == ["distill"]
    with stage("distill", job=job(tmp_path)):
        pass
    assert attempt(tmp_path).failures() == []


def test_outside_of_an_attempt_nothing_is_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ATTEMPT, raising=False)
    fail(tmp_path, WRONG)
    with stage("distill", job=job(tmp_path)):
        pass
    assert not list(open_store(tmp_path).list("runs/main/attempts/"))


def test_the_end_names_what_nobody_can_try_again_before_what_may_pass(tmp_path: Path) -> None:
    one = attempt(tmp_path)
    one.failed(Failure.of("explore", InfraError("S3 is gone")))
    one.failed(Failure.of("synthesize", WRONG))
    end = one.end(state="failed")
    assert end.failure == Failure.of("synthesize", WRONG)
    assert end.round is None, "preflight did not begin one"
    assert one.end(state="done") == end, "the first word stands"
    assert str(end) == "failed in synthesize: the budget is spent"


def test_attempts_come_in_the_order_in_which_they_began(tmp_path: Path) -> None:
    for name in ("zebra", "ape"):
        began = attempt(tmp_path, name)
        began.begin(Round(run="main", number=3, seed=0, store=began.store, work=tmp_path))
    attempt(tmp_path, "never").end(state="stopped")
    assert [each.name for each in attempts_at(open_store(tmp_path), "main")] == ["zebra", "ape"]
    end = attempt(tmp_path, "ape").end(state="stopped")
    assert (end.round, end.failure, str(end)) == (3, None, "stopped")
