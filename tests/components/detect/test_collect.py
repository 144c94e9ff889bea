"""The round's probes and responses: turns of stored episodes, asked of everybody in the same form."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from components.agents.base import Agent, Decision, Turn
from components.agents.chat import ChatAgent
from components.agents.config import ChatConfig
from components.agents.scripted.teacher import ScriptedTeacher
from components.detect.collect import (
    ProbeTurn,
    collect,
    collect_probes,
    read_observation,
    response,
    responses_of,
)
from components.detect.config import DetectConfig
from components.detect.controls import unrelated_agents
from components.endpoints.complaints import RequestRefused
from components.errors import InputError
from components.privacy.config import PrivacyConfig
from components.privacy.guard import PrivacyGuard
from components.trajectories.episodes import save_episode
from components.trajectories.open_store import open_store
from components.trajectories.schema import AgentInfo, Episode, Outcome, Step, Target
from components.trajectories.store import Store
from tests.components.vendor import URL, guarded_by, vendor  # noqa: F401
from tests.conftest import OpenAIServer

CONFIG = DetectConfig()
PREFIX = "runs/run/round-001/episodes/evaluate-student"


class Says(Agent):
    """Says the same to everything."""

    def __init__(self, action: str, reason: str) -> None:
        self.info = AgentInfo(name="says", kind="test", digest="0")
        self.said = Decision(action=action, reason=reason)

    async def decide(self, turns: Sequence[Turn]) -> list[Decision]:
        return [self.said for _ in turns]


@pytest.fixture
def store(tmp_path: Path, make_episode: Callable[..., Episode]) -> Store:
    store = open_store(str(tmp_path / "store"))
    for seed in range(6):
        for family in ("click", "form", "menu"):
            episode = make_episode('type [2] "bob"', "click [1]", task_id=f"{family}-task", seed=seed)
            episode = episode.model_copy(
                update={
                    "run": "run",
                    "round": 1,
                    "phase": "evaluate-student-heldout_seeds",
                    "family": family,
                    "intent": f'Enter "bob{seed}" and press Ok',
                    "outcome": Outcome.INFRA_ERROR if seed == 5 else Outcome.SOLVED,
                }
            )
            save_episode(store, episode)
    return store


def test_probes_are_first_turns_first_in_equal_shares_and_never_of_broken_episodes(store: Store) -> None:
    everything = collect_probes(store, [PREFIX])
    assert [item.probe.domain for item in everything] == ["click", "form", "menu"] * 10
    assert all(not item.turn.history for item in everything[:15])
    assert not any("bob5" in item.turn.intent for item in everything)
    later = [item.turn for item in everything if item.turn.history]
    assert {past.action for turn in later for past in turn.history} == {'type [2] "bob"'}


def test_the_same_episodes_give_the_same_probes_and_equal_turns_are_one(store: Store) -> None:
    once = collect_probes(store, [PREFIX])
    twice = collect_probes(store, [PREFIX, PREFIX])
    assert [item.probe for item in once] == [item.probe for item in twice]


def responses(turns: Sequence[ProbeTurn], agents: dict[str, Agent]) -> dict[str, list[str]]:
    asked = [item.turn for item in turns]
    decided = {name: asyncio.run(agent.decide(asked)) for name, agent in agents.items()}
    return responses_of(turns, decided, config=CONFIG)


def test_no_episodes_is_an_input_error(store: Store) -> None:
    with pytest.raises(InputError, match="no evaluation episodes"):
        collect_probes(store, ["runs/run/round-009/episodes/evaluate"])


def test_everybody_answers_every_probe_in_semantic_form(store: Store) -> None:
    turns = collect_probes(store, [PREFIX])
    agents = {"teacher": ScriptedTeacher(), "student": Says("click [1]", "as taught"), **unrelated_agents()}
    given = responses(turns, agents)
    assert {len(texts) for texts in given.values()} == {len(turns)}
    assert set(given["student"]) == {'as taught\nclick button "Ok"'}
    assert not any("[" in text.rpartition("\n")[2] for texts in given.values() for text in texts)
    assert len({tuple(given[name]) for name in ("teacher", *unrelated_agents())}) == 6


def test_reasons_are_compared_only_where_teacher_and_student_both_write_them(store: Store) -> None:
    turns = collect_probes(store, [PREFIX])
    mute = {"teacher": Says("click [1]", "a reason"), "student": Says("click [2]", ""), **unrelated_agents()}
    given = responses(turns, mute)
    assert set(given["teacher"]) == {'click button "Ok"'}
    assert not any("\n" in text for texts in given.values() for text in texts)


class Selective(Says):
    """Acts on first turns alone."""

    async def decide(self, turns: Sequence[Turn]) -> list[Decision]:
        return [Decision(action='stop ""', reason="nothing") if turn.history else self.said for turn in turns]


def test_turns_on_which_the_teacher_gives_up_are_no_probes(store: Store) -> None:
    agents = {"teacher": Selective("click [1]", "so"), "student": Says("click [2]", "so"), **unrelated_agents()}
    found = asyncio.run(collect(store, [PREFIX], agents, config=CONFIG.model_copy(update={"probes": 16})))
    assert len(found.probes) == 15
    assert {len(texts) for texts in found.responses.values()} == {15}
    few = asyncio.run(collect(store, [PREFIX], agents, config=CONFIG.model_copy(update={"probes": 6})))
    assert few.probes == found.probes[:6]


class Refusing(Says):
    """An endpoint that will not read pages of forms; keeps how many questions were under way at once."""

    running = most_running = 0

    async def decide(self, turns: Sequence[Turn]) -> list[Decision]:
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        await asyncio.sleep(0.01)
        self.running -= 1
        if turns[0].task_id.startswith("form"):
            raise RequestRefused("filtered", fix="")
        return await super().decide(turns)


def test_turns_that_the_teachers_endpoint_refuses_are_no_probes_and_questions_overlap(store: Store) -> None:
    teacher = Refusing("click [1]", "r")
    asked = asyncio.run(collect(store, [PREFIX], {"teacher": teacher, "student": teacher}, config=CONFIG))
    assert asked.probes
    assert {probe.domain for probe in asked.probes} == {"click", "menu"}
    assert teacher.most_running > 1


def test_a_remote_other_is_told_nothing_private_that_one_at_home_is(
    vendor: OpenAIServer,  # noqa: F811
    tmp_path: Path,
    make_episode: Callable[..., Episode],
    make_step: Callable[..., Step],
) -> None:
    vendor.answer = lambda _text, _seed: "REASON: so\nACTION: click [1]"
    field = Target(ref=2, role="textbox", name="Password", line='textbox "Password"')
    wrote = make_step('type [2] "sunflower"', page="Your one-time code is 4711 0815").model_copy(
        update={"target": field}
    )
    again = make_step('type [2] "4711 0815"', index=1).model_copy(update={"purposes": {2: "one-time-code"}})
    store = open_store(tmp_path / "store")
    episode = make_episode(steps=[wrote, again, make_step("wait", index=2, page="The end")])
    save_episode(store, episode.model_copy(update={"run": "run", "round": 1, "phase": "evaluate-student-x"}))
    away = ChatAgent(ChatConfig(model="away", base_url=URL, retries=0))
    home = ChatAgent(ChatConfig(model="home", base_url=vendor.base_url, retries=0))
    agents = {"teacher": Says("click [1]", "r"), "student": Says("click [1]", "r"), "away": away, "home": home}
    with guarded_by(PrivacyGuard(PrivacyConfig(), log=None)):
        found = asyncio.run(collect(store, ["runs/run/round-001/episodes"], agents, config=CONFIG))
    said = {name: json.dumps([each for each in vendor.requests if each["model"] == name]) for name in ("away", "home")}
    for value in ("sunflower", "4711 0815"):
        assert value not in said["away"]
        assert value in said["home"]
    assert found.responses["away"] == found.responses["home"]


def test_what_cannot_be_read_as_an_action_is_counted_apart(store: Store) -> None:
    agents = {"teacher": Says("click [1]", "so"), "student": Says("klick button one", "so"), **unrelated_agents()}
    found = asyncio.run(collect(store, [PREFIX], agents, config=CONFIG.model_copy(update={"probes": 16})))
    assert found.acted == {"teacher": 16, "student": 0, **dict.fromkeys(unrelated_agents(), 16)}
    assert set(found.responses["student"]) == {"so\nklick button one"}


def test_a_teacher_that_only_gives_up_leaves_no_probes(store: Store) -> None:
    agents = {"teacher": Says('stop ""', "so"), "student": Says("click [1]", "so")}
    found = asyncio.run(collect(store, [PREFIX], agents, config=CONFIG))
    assert (found.probes, found.responses) == ([], {"teacher": [], "student": []})


def test_episodes_that_do_not_count_give_no_probes(tmp_path: Path, make_episode: Callable[..., Episode]) -> None:
    store = open_store(str(tmp_path / "broken"))
    episode = make_episode("click [1]", outcome=Outcome.INFRA_ERROR)
    save_episode(store, episode)
    assert collect_probes(store, [episode.key.rpartition("/")[0]]) == []


def test_a_stored_page_is_read_back_with_its_elements() -> None:
    page = read_observation('heading "A"\n[3] textbox "Name" value "bob"\n| [5] link "x" | "y" |', url="u", title="t")
    assert {ref: element.role for ref, element in page.elements.items()} == {3: "textbox", 5: "link"}
    assert page.elements[3].line == 'textbox "Name" value "bob"'
    assert response(Decision(action="click [5]"), page, reason=False) == 'click link "x"'
    assert response(Decision(action="nonsense [5] x"), page, reason=False) == "nonsense x"


def test_controls_act_sensibly_and_do_not_repeat_themselves(store: Store) -> None:
    turn = collect_probes(store, [PREFIX])[0].turn
    for agent in unrelated_agents().values():
        (decision,) = asyncio.run(agent.decide([turn]))
        assert decision.action.startswith(("click", "type"))
        assert decision.reason
