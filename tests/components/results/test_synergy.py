"""Delta, and what the student's finds are worth beside a random explorer's, on evaluations whose outcomes are known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from components.results.control import control_of
from components.results.preflight import PreflightResult
from components.results.synergy import synergy_of
from components.trajectories.manifest import keep_manifest
from components.trajectories.open_store import open_store
from components.trajectories.rounds import Round
from tests.components.report.conftest import TASKS, evaluated
from tests.components.results.made import store
from tests.pipelines.manifests import manifest

EPISODES = 6 * len(TASKS)


def begun(round: Round, *, control: str = "", **changes: object) -> Round:
    keep_manifest(round, manifest(run=round.run, round=round.number, **{"recipe": round.run, **changes}))
    store(round, PreflightResult(inputs="i", recipe="", machine="", control=control, commit=""))
    return round


def judged(folder: Path) -> Round:
    """The student's finds open click-tab to the teacher; alone the student solves one seed of each task."""
    round = Round(run="mine", number=1, seed=0, store=open_store(folder / "store"), work=folder)
    evaluated(round, "teacher", lambda _, seed: seed < 5)
    evaluated(round, "teacher_without_knowledge", lambda task, seed: seed < 5 and task != "click-tab")
    evaluated(round, "student", lambda _, seed: seed == 0)
    return begun(round, control="chance")


@pytest.fixture
def round(tmp_path: Path) -> Round:
    return judged(tmp_path)


def chance(round: Round, **changes: object) -> Round:
    """The control: what a random explorer found opens two seeds of click-tab."""
    control = begun(replace(round, run="chance"), **changes)
    evaluated(control, "teacher", lambda task, seed: seed < (5 if task != "click-tab" else 2))
    return control


def test_delta_is_what_both_solve_beyond_the_better_alone(round: Round) -> None:
    found = synergy_of(round)["heldout_seeds"]
    assert found.better_alone == "teacher"
    assert (found.gain.gains, found.gain.losses, found.gain.pairs) == (5, 0, EPISODES)
    assert found.delta == found.gain
    assert found.delta.difference == pytest.approx(5 / EPISODES)
    assert found.delta.interval is not None
    low, high = found.delta.interval
    assert low == 0.0 < high, "one task of five gained: other tasks may gain nothing"
    nothing = synergy_of(round)["heldout_tasks"].gain
    assert (nothing.gains, nothing.difference, nothing.p_value) == (0, 0.0, 1.0)


def test_a_student_that_alone_is_better_than_the_teacher_is_what_delta_is_held_against(round: Round) -> None:
    second = round.at(2)
    evaluated(second, "teacher", lambda _, seed: seed < 2)
    evaluated(second, "teacher_without_knowledge", lambda _, seed: seed < 1)
    evaluated(second, "student", lambda _, seed: seed < 4)
    found = synergy_of(second)["heldout_seeds"]
    assert found.better_alone == "student"
    assert found.gain.difference == pytest.approx(1 / 6)
    assert found.delta.difference == pytest.approx(-2 / 6)


def test_without_its_control_nothing_is_said_of_chance(round: Round) -> None:
    found = synergy_of(round)["heldout_seeds"]
    assert (found.control_gain, found.beside_control) == (None, None)


def test_the_control_tells_the_students_finds_from_those_of_chance(round: Round) -> None:
    chance(round)
    found = synergy_of(round)["heldout_seeds"]
    assert found.control_gain is not None
    assert found.beside_control is not None
    assert (found.control_gain.gains, found.beside_control.gains, found.beside_control.losses) == (2, 3, 0)


def test_a_run_that_began_with_another_champion_is_no_control(round: Round) -> None:
    control = chance(round, champion="c" * 64)
    assert control_of(round) is None
    assert control_of(control) is None, "the control has none itself"
    assert synergy_of(round)["heldout_seeds"].beside_control is None


def by(explorer: str, *, steps: int = 400) -> dict[str, object]:
    return {"name": "tiny", "explore": {"explorer": explorer, "student_seeds": 4}, "distill": {"steps": steps}}


@pytest.mark.parametrize(
    ("changes", "is_one"),
    [
        ({}, True),
        ({"student": "t", "champion": "t", "data": {"k": "d"}}, True),
        ({"settings": by("random", steps=800)}, False),
        ({"code": "d" * 64}, False),
        ({"packages": {"torch": "2"}}, False),
    ],
)
def test_a_later_round_has_a_control_while_all_rounds_differ_in_the_explorer_alone(
    tmp_path: Path, changes: dict[str, object], is_one: bool
) -> None:
    mine = Round(run="mine", number=1, seed=0, store=open_store(tmp_path / "store"), work=tmp_path)
    other = replace(mine, run="chance")
    for number in (1, 2):
        begun(mine.at(number), control="chance", settings=by("student"))
        begun(other.at(number), **{"settings": by("random"), **(changes if number == 2 else {})})
    assert control_of(mine) is not None
    assert (control_of(mine.at(2)) is not None) is is_one


def test_a_round_has_no_control_where_an_earlier_one_began_otherwise(tmp_path: Path) -> None:
    mine = Round(run="mine", number=1, seed=0, store=open_store(tmp_path / "store"), work=tmp_path)
    other = replace(mine, run="chance")
    for number in (1, 2):
        begun(mine.at(number), control="chance", settings=by("student"))
        begun(other.at(number), settings=by("random", steps=800 if number == 1 else 400))
    assert control_of(mine.at(2)) is None


def test_a_round_whose_teacher_was_not_judged_has_no_synergy(round: Round) -> None:
    assert synergy_of(round.at(3)) == {}
