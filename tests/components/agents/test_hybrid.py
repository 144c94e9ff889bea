"""Who decides, what the remote model is told of it later, and what it may do with the names of what it never sees."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from bench.privacy.endpoint import serving
from components.agents.base import Agent, Decision, Past, Turn
from components.agents.build import build_agent
from components.agents.config import HybridConfig, LocalConfig, with_student
from components.agents.hybrid import HybridAgent
from components.browser.observation import Element, Observation
from components.errors import InfraError, InputError
from components.privacy.config import Analyzer, DetectorModel, PrivacyConfig
from components.privacy.detectors import Detectors
from components.privacy.guard import PrivacyGuard
from components.trajectories.open_store import open_store
from components.trajectories.rounds import Round
from components.trajectories.schema import AgentInfo, Candidate, Cost
from tests.components.agents.protocol_server import Answer, serve
from tests.components.agents.turns import make_turn
from tests.components.vendor import URL, sent, vendor  # noqa: F401
from tests.conftest import OpenAIServer

PLAIN = '[1] textbox "Search"\n[2] button "Go"'
PRIVATE = '[1] textbox "Search"\ntext "Contact: kim.lee@example.org"'


class Told(Agent):
    """Answers what it was given to answer, and remembers what it was asked."""

    def __init__(self, name: str, *actions: str) -> None:
        self.info = AgentInfo(name=name, kind="test", digest=name)
        self.actions, self.turns = list(actions), list[Turn]()

    async def decide(self, turns: Sequence[Turn]) -> list[Decision]:
        self.turns.extend(turns)
        return [Decision(action=self.actions.pop(0), reason="so", cost=Cost(usd=1.0)) for _ in turns]

    async def propose(self, turns: Sequence[Turn]) -> list[Decision]:
        self.turns.extend(turns)
        candidates = tuple(Candidate(action=action) for action in self.actions)
        return [Decision(action=self.actions[0], candidates=candidates)]


def hybrid(remote: Sequence[str] = (), local: Sequence[str] = (), **privacy: object) -> tuple[HybridAgent, Told, Told]:
    there, here = Told("there", *remote), Told("here", *local)
    agent = HybridAgent(remote=there, local=here, detectors=Detectors(PrivacyConfig.model_validate(privacy)))
    return agent, there, here


def a_page(text: str, *, url: str = "http://site/", title: str = "A page") -> Observation:
    elements = {
        1: Element(ref=1, role="textbox", name="Search", line='textbox "Search"'),
        2: Element(ref=2, role="textbox", name="Password", line='textbox "Password"'),
    }
    return Observation(url=url, title=title, text=text, elements=elements)


def a_turn(text: str = PLAIN, *, intent: str = "Find it", history: Sequence[Past] = (), **page: str) -> Turn:
    return replace(make_turn(intent=intent, history=history), observation=a_page(text, **page))


def a_past(action: str, *, page: str = PLAIN, reason: str = "", target: str = "", feedback: str = "") -> Past:
    return Past(observation=page, action=action, reason=reason, feedback=feedback, target=target)


def decide(agent: HybridAgent, turn: Turn) -> Decision:
    (decision,) = asyncio.run(agent.decide([turn]))
    return decision


def test_a_plain_page_is_the_remote_models_and_a_private_one_stays_at_home() -> None:
    agent, there, here = hybrid(["click [2]"], ["click [1]"])
    assert decide(agent, a_turn()).action == "click [2]"
    private = decide(agent, a_turn(PRIVATE))
    assert (private.action, private.private) == ("click [1]", ("email",))
    assert len(there.turns) == len(here.turns) == 1


@pytest.mark.parametrize(
    "page",
    [
        {"url": "http://site/?q=kim.lee%40example.org"},
        {"title": "Mail of kim.lee@example.org"},
        {"text": '[2] textbox "Password" value "••••"'},
    ],
    ids=["address", "title", "field"],
)
def test_address_title_and_filled_fields_are_part_of_the_page(page: dict[str, str]) -> None:
    agent, there, _ = hybrid([], ["wait"])
    assert decide(agent, a_turn(**page)).private
    assert not there.turns


def test_what_the_markup_says_of_a_field_keeps_its_step_at_home_then_and_later() -> None:
    """Neither role nor name says it; the text is what any agent is shown."""
    text = '[1] textbox "No." value "90 210 7"\n[2] button "Go"'
    field = Element(ref=1, role="textbox", name="No.", line='textbox "No." value "90 210 7"', purpose="cc-csc")
    page = replace(a_page(text), elements={1: field})
    agent, there, _ = hybrid(["wait", 'type [1] "1234"'], ["wait", "wait"])
    assert decide(agent, replace(a_turn(), observation=page)).private == ("card",)
    assert not there.turns
    unmarked = replace(page, elements={1: replace(field, purpose="quantity")})
    assert not decide(agent, replace(a_turn(), observation=unmarked)).private
    past = replace(a_past('type [1] "90 210 7"', page='[1] textbox "No."', target='textbox "No."'), purposes={1: "tel"})
    empty = replace(page, text='[1] textbox "No."', elements={1: replace(field, line='textbox "No."', value="")})
    assert decide(agent, replace(a_turn(history=[past]), observation=empty)).private == ("card",), "an invented one"
    assert there.turns[-1].history[0].action == 'type [1] "[phone 1]"'


def test_the_goal_is_told_with_names_that_an_action_may_use() -> None:
    agent, there, _ = hybrid(['type [1] "[email 1]" enter'])
    turn = a_turn(intent='Look for ana@example.org with the password "kQ"')
    assert decide(agent, turn).action == 'type [1] "ana@example.org" enter'
    assert there.turns[0].intent == 'Look for [email 1] with the password "[password 1]"'


def test_what_is_to_be_known_beside_the_goal_has_the_same_names() -> None:
    agent, there, _ = hybrid(["wait"])
    turn = a_turn(intent='Log in with the password "kQ!7xy"')
    decide(agent, replace(turn, notice="Answer with kQ!7xy, to ana@example.org"))
    assert there.turns[0].notice == "Answer with [password 1], to [email 1]"


def test_names_are_stable_and_nothing_private_is_told_of_earlier_steps() -> None:
    history = [
        a_past(
            'note "mail kim.lee@example.org"', page=PRIVATE, reason="Kim is ill", target='link "kim.lee@example.org"'
        ),
        a_past('type [1] "the whole story"', page=PRIVATE, feedback="kim.lee@example.org is unknown"),
        a_past("click [2]", reason="The results of ana@example.org", target='button "Go"'),
    ]
    agent, there, _ = hybrid(["wait", "wait"])
    for count in (2, 3):
        decide(agent, a_turn(intent="Write to ana@example.org", history=history[:count]))
    first, second = there.turns
    assert [past.action for past in second.history] == ['note "[text 1]"', 'type [1] "[text 2]"', "click [2]"]
    assert first.history == second.history[:2], "names do not change when the episode goes on"
    assert second.history[0].target == 'link "[email 2]"'
    assert second.history[0].reason == second.history[1].reason == ""
    assert second.history[1].feedback == "[email 2] is unknown"
    assert second.history[2].reason == "The results of [email 1]"
    assert all(not past.url and not past.title for past in second.history)


@pytest.mark.parametrize(
    ("done", "told"),
    [
        ('press "k"', 'press "[text]"'),
        ('press "Enter"', 'press "Enter"'),
        ('goto "http://site/kim"', 'goto "[text]"'),
        ('type [1] "Find it"', 'type [1] "Find it"'),
        ('type [1] "no"', 'type [1] "[text]"'),
        ('type [1] "kim.lee@example.org"', 'type [1] "[email 1]"'),
        ('note "kim.lee@example.org is ill"', 'note "[text 1]"'),
        ("rubbish of kim", "an action that could not be read"),
    ],
)
def test_what_was_written_on_a_private_page_is_not_told_but_for_the_goals_own_words(done: str, told: str) -> None:
    agent, there, _ = hybrid(["wait"])
    decide(agent, a_turn(history=[a_past(done, page=PRIVATE)]))
    assert there.turns[0].history[0].action == told


def test_a_page_that_shows_a_value_found_before_stays_at_home() -> None:
    history = [a_past('type [2] "hunter 22"', target='textbox "Password"')]
    agent, there, here = hybrid([], ["wait"])
    assert decide(agent, a_turn('text "Welcome, hunter 22"', history=history)).private == ("personal",)
    assert len(here.turns) == 1
    assert not there.turns


@pytest.mark.parametrize(
    "action",
    [
        'goto "http://site/?to=[email 1]"',
        'type [2] "invented"',
        'type [1] "4111 1111 1111 1111"',
        'stop "call +49 170 1234567"',
        "click kim@example.org",
    ],
)
def test_an_action_with_something_private_of_its_own_is_not_carried_out(action: str) -> None:
    agent, _, _ = hybrid([action], ["click [1]"])
    decision = decide(agent, a_turn())
    assert decision.action == "click [1]"
    assert decision.private
    assert decision.cost.usd == 2.0


def test_a_name_in_a_password_field_is_carried_out() -> None:
    agent, _, _ = hybrid(['type [2] "[password 1]"'])
    decision = decide(agent, a_turn(intent='Use the password "kQ!7"'))
    assert (decision.action, decision.private) == ('type [2] "kQ!7"', ())


def test_of_several_candidates_those_with_private_data_go() -> None:
    agent, _, _ = hybrid(['type [1] "kim@example.org"', "click [2]"])
    (decision,) = asyncio.run(agent.propose([a_turn()]))
    assert [each.action for each in decision.candidates] == ["click [2]"] == [decision.action]


def test_a_verdict_without_a_place_closes_a_step_and_a_goal() -> None:
    with serve(Answer("[PRIVATE NOT FIND]"), Answer("[PRIVATE FIND] [HEALTH]"), Answer("[PRIVATE NOT FIND]")) as server:
        model = DetectorModel(model="m", base_url=server.url)
        agent, there, here = hybrid(["wait"], ["wait"], model=model)
        history = [a_past('type [1] "abc"', page="private", target='link "The results"', feedback="abc is wrong")]
        decide(agent, a_turn(history=history))
    (told,) = there.turns[0].history
    assert (told.action, told.target, told.feedback) == ('type [1] "[text 1]"', "", "the action failed")
    assert not here.turns
    agent, there, here = hybrid([], ["wait"], model=DetectorModel(model="m", base_url="http://127.0.0.1:9/v1"))
    assert decide(agent, a_turn(intent="a goal")).private == ("other",)
    assert not there.turns


def analyzed(**scores: float) -> Callable[[str, Random], str]:
    """An analyzer that knows these words and how private they are."""

    def places(text: str, _: Random) -> str:
        found = [(match, score) for word, score in scores.items() for match in re.finditer(word, text)]
        return json.dumps(
            [{"entity_type": "HEALTH", "start": m.start(), "end": m.end(), "score": score} for m, score in found]
        )

    return places


def test_what_an_analyzer_finds_has_a_name_then_and_later() -> None:
    past = a_past("click [1]", page='text "She drinks nettle tea"', reason="because")
    with serving(analyzed(nettle=0.9), faults=0.0) as server:
        agent, there, _ = hybrid(["wait", "wait"], ["wait", "wait"], analyzer=Analyzer(base_url=server.origin))
        assert decide(agent, a_turn('text "She drinks nettle tea"')).private == ("health",)
        decide(agent, a_turn(history=[past]))
        assert decide(agent, a_turn('text "nettle again"', history=[past])).private == ("health",)
    (told,) = there.turns
    assert (told.history[0].observation, told.history[0].reason) == ("", "")


def test_what_an_analyzer_doubts_has_a_name_and_the_step_leaves() -> None:
    page = 'text "Write to kim.lee@example.org"\ntext "or to ana@example.org"'
    with serving(analyzed(kim=0.2), faults=0.0) as server:
        doubting = Analyzer(base_url=server.origin, doubt=0.1)
        agent, there, _ = hybrid(["wait", "wait"], ["wait", "wait"], analyzer=doubting)
        assert decide(agent, a_turn(page)).private == ("email",), "of one line it does not doubt"
        other = 'text "or to ana@example.org"'
        assert not decide(agent, a_turn(other)).private
        assert not decide(agent, a_turn(other, history=[a_past("click [1]", page=other)])).private
        assert decide(agent, a_turn('[2] textbox "Password" value "••••"')).private == ("password",), (
            "fields are certain"
        )
    first, second = there.turns
    assert first.observation.text == second.history[0].observation == 'text "or to [email 1]"'


def test_an_error_of_the_remote_model_is_not_hidden_by_the_local_one() -> None:
    class Gone(Told):
        async def decide(self, turns: Sequence[Turn]) -> list[Decision]:
            self.turns.extend(turns)
            raise InfraError("gone")

    agent = HybridAgent(remote=Gone("gone"), local=Told("here", "wait"), detectors=Detectors(PrivacyConfig()))
    with pytest.raises(InfraError, match="gone"):
        decide(agent, a_turn())


def test_a_request_that_the_guard_lets_out_in_no_form_is_decided_at_home() -> None:
    class Guarded(Told):
        async def decide(self, turns: Sequence[Turn]) -> list[Decision]:
            await PrivacyGuard(PrivacyConfig(), log=None).outgoing(URL, {"prompt": list(range(100))})
            return await super().decide(turns)

    agent = HybridAgent(remote=Guarded("away"), local=Told("here", "wait"), detectors=Detectors(PrivacyConfig()))
    decision = decide(agent, a_turn())
    assert (decision.action, decision.private) == ("wait", ("other",))


def config(**told: object) -> HybridConfig:
    remote = {"kind": "chat", "model": "m", "base_url": URL, "backoff": 0.01, "retries": 0}
    return HybridConfig.model_validate({"remote": remote, "local": {"kind": "scripted"}, **told})


def asking(config: HybridConfig, folder: Path) -> HybridAgent:
    """A recipe's hybrid that spends for the run `r`."""
    store = open_store(folder / "store")
    agent = build_agent(config, store=store, work=folder)
    assert isinstance(agent, HybridAgent)
    agent.spend_for(Round(run="r", number=1, seed=0, store=store, work=folder))
    return agent


def test_a_recipes_hybrid_asks_a_remote_model_and_logs_what_left(vendor: OpenAIServer, tmp_path: Path) -> None:  # noqa: F811
    vendor.answer = lambda _text, _seed: 'REASON: the goal says so\nACTION: type [1] "[email 1]"'
    store = open_store(tmp_path / "store")
    agent = asking(config(), tmp_path)
    turn = a_turn(intent="Look for ana@example.org")
    assert decide(agent, turn).action == 'type [1] "ana@example.org"'
    assert "[email 1]" in sent(vendor)
    assert "ana@example.org" not in sent(vendor)
    (key,) = store.list("runs/r/privacy/")
    entry = json.loads(store.get(key))
    assert (entry["endpoint"], entry["episode"]) == (f"{URL}/chat/completions", turn.episode)
    assert entry["redactions"]["email"] >= 1
    assert entry["bytes"] == len(json.dumps(vendor.requests[0]))


def test_what_the_model_at_home_costs_is_of_the_runs_budget(vendor: OpenAIServer, tmp_path: Path) -> None:  # noqa: F811
    home = {"kind": "chat", "model": "home", "base_url": vendor.base_url}
    store = open_store(tmp_path / "store")
    vendor.answer = lambda _text, _seed: "REASON: so\nACTION: wait"
    agent = asking(config(local=home), tmp_path)
    assert decide(agent, a_turn(PRIVATE)).private
    (key,) = store.list("runs/r/ledger/home")
    assert json.loads(store.get(key))["cost"]["prompt_tokens"] == 10


def test_the_rounds_student_decides_private_steps_where_it_is_named_so(tmp_path: Path) -> None:
    told = config(local="student")
    known = with_student(told, "base")
    assert isinstance(known, HybridConfig)
    assert known.local == LocalConfig(model="base")
    assert with_student(config(), "base") == config()
    with pytest.raises(InputError, match="which student"):
        build_agent(told, store=None, work=tmp_path)


@pytest.mark.parametrize("part", ["local", "privacy"])
def test_a_model_that_decides_private_steps_must_be_at_home(part: str) -> None:
    away = {"kind": "chat", "model": "m", "base_url": URL}
    told = {"local": {"local": away}, "privacy": {"privacy": {"model": {"model": "m", "base_url": URL}}}}[part]
    with pytest.raises(ValueError, match="not at home"):
        config(**told)
    config(local=away, privacy={"home": ["vendor.example"]})


def test_another_detector_is_another_agent() -> None:
    agents = [hybrid(), hybrid(terms=("Heron",)), hybrid(selectors=("text *",))]
    assert len({agent.info.digest for agent, _, _ in agents}) == 3


def test_where_pages_are_listed_every_other_one_stays_and_nothing_of_it_is_told() -> None:
    agent, there, here = hybrid(["click [2]", "click [2]"], ["wait"], public=["http://site/shop/*"])
    assert not decide(agent, a_turn(url="http://site/shop/1")).private
    assert decide(agent, a_turn(url="http://site/me")).private == ("page",)
    assert (len(there.turns), len(here.turns)) == (1, 1)
    past = a_past('type [1] "about my nerves"', page="Her nerves", reason="so", target='link "Nerves"', feedback="No")
    history = [replace(past, url="http://site/me", title="Nerves", highlight="Nerves")]
    assert not decide(agent, a_turn(url="http://site/shop/1", history=history)).private
    assert there.turns[-1].history == (
        Past(observation="", action='type [1] "[text 1]"', reason="", feedback="the action failed"),
    )
    assert agent.info.digest != hybrid()[0].info.digest
