"""What a report says of working together: the paper's N_S and Delta, and the control beside them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from components.drawing.blocks import to_markdown
from components.report.config import ReportConfig
from components.report.explain import answers
from components.report.model import RoundInput
from components.report.run import assemble, run
from components.report.scan import Scan, find_visited
from components.report.symbiosis import symbiosis
from components.results.episodes import change_of
from components.trajectories.episodes import save_episode
from components.trajectories.open_store import open_store
from components.trajectories.rounds import Round
from components.trajectories.schema import Episode
from tests.components.report.conftest import episode
from tests.components.results.test_synergy import chance, judged


def acting(round: Round, phase: str, *, text: str, action: str) -> Episode:
    """One step on a page that says `text`."""
    made = episode(round, phase=phase, task="click-button", seed=0, solved=True, steps=1)
    step = made.steps[0].model_copy(update={"observation": text, "action": action, "target": None})
    return made.model_copy(update={"steps": (step,)})


@pytest.mark.parametrize(
    ("text", "action", "states", "actions"),
    [
        ("page one", "go_back", 0, 0),
        ("page one", "scroll [down]", 0, 1),
        ("page two", "go_back", 1, 1),
    ],
    ids=["what the teacher did", "another thing on a known page", "a new page"],
)
def test_a_new_thing_done_on_a_known_page_is_new_with_actions_alone(
    tmp_path: Path, text: str, action: str, states: int, actions: int
) -> None:
    round = Round(run="r", number=1, seed=0, store=open_store(tmp_path), work=tmp_path)
    scan = Scan()
    scan.add(acting(round, "explore-teacher", text="page one", action="go_back"))
    scan.add(acting(round, "explore-student", text=text, action=action))
    found, with_actions = find_visited(round, scan, complete=False)
    assert found is not None
    assert with_actions is not None
    assert (found.student, found.new, with_actions.student, with_actions.new) == (1, states, 1, actions)
    low, high = found.interval
    assert high - low > 0.7, "a single state makes nothing certain"


def with_control(now: RoundInput, *, student: list[tuple[bool, bool]]) -> RoundInput:
    """The round beside a control whose finds let the teacher solve one more; `student` is (control, student) pairs."""
    one_more = change_of({"a": [(False, True)], "b": [(True, True)] * 29})
    beside = change_of({"a": student[:10], "b": student[10:]})
    found = now.facts.synergy["heldout_seeds"].model_copy(update={"control_gain": one_more, "beside_control": beside})
    return replace(now, facts=now.facts.model_copy(update={"synergy": {"heldout_seeds": found}}))


@pytest.mark.parametrize(
    ("student", "said"),
    [
        ([(False, True)] * 12 + [(True, True)] * 18, "the student finds more than chance does: +40.0 points"),
        ([(False, True)] * 3 + [(True, True)] * 27, "the student finds no more than chance may: +10.0 points"),
        ([(True, False)] * 12 + [(True, True)] * 18, "the student finds less than chance does: -40.0 points"),
    ],
)
def test_beside_its_control_the_report_says_what_the_students_finds_are_worth(
    run_of_three: Round, student: list[tuple[bool, bool]], said: str
) -> None:
    data = assemble(config=ReportConfig(), round=run_of_three)
    now = with_control(data.now, student=student)
    data = replace(data, rounds=[*data.rounds[:-1], now])
    together = next(each for each in answers(data) if each.question == "Together better than the teacher alone")
    assert "With a random explorer's finds in their place it solves 1 more;" in together.text
    assert said in together.text
    (section,) = symbiosis(data)
    text = to_markdown(section)
    assert "not run" not in text
    assert "+3.3 points (+0.0 to +100.0, p = 1)" in text


def test_a_control_itself_says_that_it_is_one(run_of_three: Round) -> None:
    data = assemble(config=ReportConfig(), round=run_of_three)
    facts = data.now.facts.model_copy(update={"explorer": "random"})
    (section,) = symbiosis(replace(data, rounds=[*data.rounds[:-1], replace(data.now, facts=facts)]))
    text = to_markdown(section)
    assert "holds what a random explorer found, the teacher solves 5 more of 30 episodes" in text
    assert "This run is the control" in text
    assert "not run" not in text


def test_a_round_in_which_nobody_explored_for_the_student_credits_nobody(run_of_three: Round) -> None:
    data = assemble(config=ReportConfig(), round=run_of_three)
    facts = data.now.facts.model_copy(update={"explorer": ""})
    (section,) = symbiosis(replace(data, rounds=[*data.rounds[:-1], replace(data.now, facts=facts)]))
    text = to_markdown(section)
    assert "holds nothing of the student's, the teacher solves 5 more" in text
    assert "not run" not in text


def test_a_report_is_made_anew_once_its_control_was_run(tmp_path: Path) -> None:
    round, config = judged(tmp_path), ReportConfig(episodes=0)
    save_episode(round.store, acting(round, "explore-student", text="page", action="go_back"))
    before = run(config=config, round=round)
    assert run(config=config, round=round) == before
    control = chance(round)
    save_episode(round.store, acting(control, "explore-student", text="page", action="go_back"))
    run(config=config, round=control)
    after = run(config=config, round=round)
    assert after.page != before.page
    assert after.facts.synergy["heldout_seeds"].control_gain is not None
    assert "was not run" not in to_markdown(symbiosis(assemble(config=config, round=round))[0])
