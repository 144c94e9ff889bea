"""A chat model over a real socket: what it is asked, what its faults become, and what it may spend."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from typing import Any

import pytest

from components.agents.base import Decision, Turn
from components.agents.chat import ChatAgent, CutShort
from components.agents.config import ChatConfig
from components.endpoints.complaints import RequestRefused
from components.errors import InfraError, InputError
from components.trajectories.budget import BudgetError
from components.trajectories.schema import Cost
from tests.components.agents.protocol_server import Answer, ProtocolServer, serve
from tests.components.agents.turns import make_turn, past


def make_config(server: ProtocolServer, **settings: Any) -> ChatConfig:
    return ChatConfig.model_validate(
        {"model": "tiny", "base_url": server.url, "timeout": 2.0, "retries": 2, "backoff": 0.01, **settings}
    )


def ask(config: ChatConfig, turns: Sequence[Turn] = (), *, propose: bool = False) -> list[Decision]:
    async def main() -> list[Decision]:
        agent = ChatAgent(config)
        try:
            asked = turns or [make_turn()]
            return await (agent.propose(asked) if propose else agent.decide(asked))
        finally:
            await agent.close()

    return asyncio.run(main())


def test_a_decision_has_action_reason_usage_money_and_time() -> None:
    with serve(Answer("REASON: it is there\nACTION: click [2]", usage=(2000, 50), hang=0.05)) as server:
        config = make_config(server, usd_per_million_prompt=3, usd_per_million_completion=15, temperature=0.3)
        (decision,) = ask(config)
    assert (decision.action, decision.reason) == ("click [2]", "it is there")
    assert (decision.cost.prompt_tokens, decision.cost.completion_tokens) == (2000, 50)
    assert decision.cost.usd == pytest.approx(2000 * 3e-6 + 50 * 15e-6)
    assert decision.seconds >= 0.05
    request = server.requests[0]
    assert request["model"] == "tiny"
    assert request["temperature"] == 0.3
    assert '[2] button "Submit"' in request["messages"][1]["content"]
    assert json.loads(decision.exchange) == {
        "messages": request["messages"],
        "answer": "REASON: it is there\nACTION: click [2]",
    }


def test_the_same_step_asks_with_the_same_seed_and_another_step_with_another() -> None:
    with serve() as server:
        turns = [make_turn(), make_turn(), make_turn(history=[past("go_back")]), make_turn(episode="click-test/2")]
        ask(make_config(server, concurrency=1, temperature=None), turns)
    seeds = [request["seed"] for request in server.requests]
    assert seeds[0] == seeds[1]
    assert len(set(seeds)) == 3
    assert "temperature" not in server.requests[0]


def test_an_answer_without_an_action_is_handed_on_for_the_parser_to_complain_about() -> None:
    with serve(Answer("I would rather not.")) as server:
        (decision,) = ask(make_config(server))
        assert len(server.requests) == 1
    assert decision.action == "I would rather not."
    with serve(Answer("Hm", finish="length"), Answer("I would rather not.")) as server:
        (decision,) = ask(make_config(server))
    assert decision.action == "I would rather not.", "it had its say"


def test_candidates_come_best_first() -> None:
    text = 'REASON: a\nACTION: click [2]\nREASON: b\nACTION: type [1] "x"\nREASON: c\nACTION: go_back'
    with serve(Answer(text)) as server:
        (decision,) = ask(make_config(server, candidates=2), propose=True)
    assert [one.action for one in decision.candidates] == ["click [2]", 'type [1] "x"']
    assert decision.action == "click [2]"
    assert "at most 2" in server.requests[0]["messages"][1]["content"]


@pytest.mark.parametrize(
    "fault",
    [
        Answer(status=500, text="oops"),
        Answer(status=503, text="busy"),
        Answer(status=429, text="slow down"),
        Answer(drop=True),
        Answer(hang=4.0),
        Answer(raw=b'{"choices": [{"mess'),
        Answer(raw=b'{"object": "nothing"}'),
        Answer(raw=b"<html>proxy error</html>", headers={"Content-Type": "text/html"}),
    ],
    ids=["500", "503", "429", "dropped", "hang", "cut-json", "no-choices", "html"],
)
def test_faults_that_may_pass_are_tried_again(fault: Answer) -> None:
    with serve(fault, fault, Answer("ACTION: go_back")) as server:
        (decision,) = ask(make_config(server, timeout=1.0))
        assert decision.action == "go_back"
        assert len(server.requests) == 3
    with serve(fault) as server:
        with pytest.raises(InfraError, match="after 2 attempts"):
            ask(make_config(server, timeout=1.0, retries=1))
        assert len(server.requests) == 2


def test_the_pause_a_server_asks_for_is_kept() -> None:
    with serve(Answer(status=429, headers={"Retry-After": "0.6"}), Answer()) as server:
        ask(make_config(server))
    assert 0.6 <= server.times[1] - server.times[0] < 3


def test_pauses_grow() -> None:
    with serve(Answer(status=500), Answer(status=500), Answer(status=500), Answer()) as server:
        ask(make_config(server, retries=3, backoff=0.1))
    gaps = [later - earlier for earlier, later in zip(server.times, server.times[1:], strict=False)]
    assert gaps[0] >= 0.05
    assert gaps[1] >= 0.1
    assert gaps[2] >= 0.2


@pytest.mark.parametrize("status", [401, 403, 404])
def test_what_the_user_must_mend_is_not_tried_again(status: int) -> None:
    with serve(Answer(status=status, text="you sent nonsense")) as server:
        with pytest.raises(InputError, match="you sent nonsense"):
            ask(make_config(server))
        assert len(server.requests) == 1


@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_refused_request_is_its_own_error_and_not_tried_again(status: int) -> None:
    with serve(Answer(status=status, text="not this page"), Answer("ACTION: go_back")) as server:
        with pytest.raises(RequestRefused, match="not this page") as raised:
            ask(make_config(server))
        assert isinstance(raised.value, InfraError)
        assert len(server.requests) == 1
        (decision,) = ask(make_config(server))
        assert decision.action == "go_back"


def test_no_more_requests_run_at_once_than_allowed_and_they_do_overlap() -> None:
    with serve(Answer(hang=0.05)) as server:
        started = time.monotonic()
        ask(make_config(server, concurrency=4), [make_turn(episode=f"e/{n}") for n in range(16)])
        seconds = time.monotonic() - started
    assert server.most_running == 4
    assert seconds < 16 * 0.05


@pytest.mark.parametrize(
    ("limits", "requests"),
    [({"budget_tokens": 250}, 3), ({"budget_usd": 0.0015, "usd_per_million_prompt": 10.0}, 2)],
)
def test_a_spent_budget_stops_before_the_next_request(limits: dict[str, float], requests: int) -> None:
    with serve() as server:
        with pytest.raises(BudgetError, match="budget of"):
            ask(make_config(server, concurrency=1, **limits), [make_turn()] * 10)
        assert len(server.requests) == requests


def test_an_endpoint_that_reports_no_usage_still_uses_up_the_budget() -> None:
    with serve(Answer(usage=None)) as server:
        with pytest.raises(BudgetError):
            ask(make_config(server, concurrency=1, budget_tokens=1000), [make_turn()] * 50)
        assert 1 < len(server.requests) < 10


def test_the_key_comes_from_the_environment_and_stays_out_of_the_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    with serve() as server:
        config = make_config(server, api_key_env="SYMBIONT_TEST_KEY")
        monkeypatch.delenv("SYMBIONT_TEST_KEY", raising=False)
        with pytest.raises(InputError, match="SYMBIONT_TEST_KEY"):
            ChatAgent(config)
        monkeypatch.setenv("SYMBIONT_TEST_KEY", "secret-7")
        ask(config)
        assert server.keys == ["Bearer secret-7"]
        digests = {ChatAgent(config).info.digest, ChatAgent(make_config(server)).info.digest}
        assert len(digests) == 1
        assert ChatAgent(make_config(server, temperature=0.9)).info.digest not in digests


def test_an_answer_that_max_tokens_cut_is_asked_for_again_with_more() -> None:
    cut = Answer("<think>Perhaps\nACTION: click [1]\nwould", finish="length", usage=(100, 50))
    with serve(cut, Answer("</think>REASON: it is there\nACTION: click [2]", usage=(100, 90))) as server:
        (decision,) = ask(make_config(server, max_tokens=50))
    assert decision.action == "click [2]"
    assert [request["max_tokens"] for request in server.requests] == [50, 200]
    assert (decision.cost.prompt_tokens, decision.cost.completion_tokens) == (200, 140)


@pytest.mark.parametrize(
    "message",
    [
        {"content": None, "reasoning_content": "Let me think"},
        {"content": "", "reasoning": "Let me think"},
        {"content": "REASON: the page shows"},
        {"content": "<think>If I were to do\nACTION: click [1]\nthen"},
        {"content": [{"type": "thinking", "thinking": "hm"}]},
    ],
)
def test_what_max_tokens_cuts_twice_is_not_the_agents_fault(message: dict[str, Any]) -> None:
    cut = Answer(choice={"message": message, "finish_reason": "length"})
    with serve(cut) as server:
        with pytest.raises(CutShort, match=r"max_tokens \(60\)"):
            ask(make_config(server, max_tokens=60))
        assert [request["max_tokens"] for request in server.requests] == [60, 240]


def test_a_cut_answer_that_holds_its_action_is_used() -> None:
    with serve(Answer("ACTION: click [2]\nREASON: because it", finish="length")) as server:
        (decision,) = ask(make_config(server))
        assert decision.action == "click [2]"
        assert len(server.requests) == 1


def test_more_is_bounded_and_an_endpoint_that_gives_no_more_ends_it() -> None:
    with serve(Answer("hm", finish="length"), Answer(status=400, text="max_tokens is too large")) as server:
        with pytest.raises(CutShort):
            ask(make_config(server, max_tokens=12_000))
        assert [request["max_tokens"] for request in server.requests] == [12_000, 16_384]


@pytest.mark.parametrize("max_tokens", [16_384, 20_000])
def test_where_no_more_can_be_asked_for_nothing_is_asked_twice(max_tokens: int) -> None:
    with serve(Answer("hm", finish="length")) as server:
        with pytest.raises(CutShort):
            ask(make_config(server, max_tokens=max_tokens))
        assert len(server.requests) == 1


def test_an_answer_that_a_filter_took_away_is_a_refusal_and_paid_for() -> None:
    gone = Answer(choice={"message": {"content": None}, "finish_reason": "content_filter"}, usage=(300, 40))

    async def main(config: ChatConfig) -> Cost:
        agent = ChatAgent(config)
        with pytest.raises(RequestRefused, match="content filter"):
            await agent.decide([make_turn()])
        await agent.close()
        return agent.budget.spent

    with serve(gone) as server:
        spent = asyncio.run(main(make_config(server)))
        assert len(server.requests) == 1
    assert (spent.prompt_tokens, spent.completion_tokens) == (300, 40)


def test_words_that_the_server_kept_are_asked_for_once_more_and_then_no_fault_of_the_agents() -> None:
    kept = Answer(choice={"message": {"content": None, "reasoning": None}, "finish_reason": "stop"}, usage=(300, 40))
    with serve(kept, Answer("ACTION: go_back", usage=(300, 9))) as server:
        (decision,) = ask(make_config(server))
        assert (decision.action, decision.cost.completion_tokens) == ("go_back", 49)
        assert server.requests[0]["seed"] != server.requests[1]["seed"]
    with serve(kept) as server:
        with pytest.raises(RequestRefused, match="no text though the model wrote some"):
            ask(make_config(server))
        assert len(server.requests) == 2


def test_what_an_endpoint_refuses_can_be_left_out() -> None:
    settings = {"send_seed": False, "system": False, "temperature": None, "max_tokens_name": "max_completion_tokens"}
    with serve() as server:
        ask(make_config(server, **settings))
        (request,) = server.requests
    assert set(request) == {"model", "messages", "max_completion_tokens"}
    (message,) = request["messages"]
    assert message["role"] == "user"
    assert message["content"].startswith("You operate a web page")
    assert "GOAL: Press submit" in message["content"]


def test_another_form_of_the_prompt_is_another_agent_and_another_name_of_a_setting_is_not() -> None:
    def digest(**settings: Any) -> str:
        return ChatAgent(ChatConfig(model="m", base_url="http://127.0.0.1:9/v1", **settings)).info.digest

    assert digest(system=False) != digest()
    assert digest(max_tokens_name="max_completion_tokens", timeout=1, retries=0, concurrency=1) == digest()


def test_half_a_character_and_nul_reach_neither_the_endpoint_nor_the_record() -> None:
    with serve(Answer("REASON: so \ud83d\x00 it is\nACTION: click [2]")) as server:
        (decision,) = ask(make_config(server), [make_turn(intent="Press \ud83c", page='[2] button "Big \ud83c"')])
    assert decision.reason == "so \ufffd\ufffd it is"
    assert "Press \ufffd" in server.requests[0]["messages"][1]["content"]
    decision.reason.encode()
