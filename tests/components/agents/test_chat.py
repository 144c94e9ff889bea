"""A chat model over a real socket: what it is asked, what its faults become, and what it may spend."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import pytest

from components.agents.base import Decision, Turn
from components.agents.budget import BudgetError
from components.agents.chat import ChatAgent, probe
from components.agents.config import ChatConfig
from components.errors import InfraError, InputError
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
    assert decision.action == "I would rather not."


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
        Answer(hang=1.0),
        Answer(raw=b'{"choices": [{"mess'),
        Answer(raw=b'{"object": "nothing"}'),
        Answer(raw=b"<html>proxy error</html>", headers={"Content-Type": "text/html"}),
    ],
    ids=["500", "503", "429", "dropped", "hang", "cut-json", "no-choices", "html"],
)
def test_faults_that_may_pass_are_tried_again(fault: Answer) -> None:
    with serve(fault, fault, Answer("ACTION: go_back")) as server:
        (decision,) = ask(make_config(server, timeout=0.4))
        assert decision.action == "go_back"
        assert len(server.requests) == 3
    with serve(fault) as server:
        with pytest.raises(InfraError, match="after 2 attempts"):
            ask(make_config(server, timeout=0.3, retries=1))
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


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_what_the_user_must_mend_is_not_tried_again(status: int) -> None:
    with serve(Answer(status=status, text="you sent nonsense")) as server:
        with pytest.raises(InputError, match="you sent nonsense"):
            ask(make_config(server))
        assert len(server.requests) == 1


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


def test_the_probe_passes_a_working_endpoint_with_the_settings_of_the_run() -> None:
    with serve() as server:
        probe(make_config(server, max_tokens=77))
        assert server.requests[0]["max_tokens"] == 77


def test_the_probe_names_an_unreachable_endpoint() -> None:
    with serve() as server:
        config = make_config(server)
    with pytest.raises(InputError, match="cannot be reached") as caught:
        probe(config)
    assert caught.value.where == config.base_url
    assert "base_url" in caught.value.fix


def test_the_probe_names_a_wrong_model_and_what_is_served() -> None:
    with serve(Answer(status=404, text="no such model")) as server, pytest.raises(InputError, match="it serves: tiny"):
        probe(make_config(server, model="huge"))


def test_the_probe_refuses_a_server_of_another_protocol() -> None:
    with serve(Answer(raw=b"<html>hello</html>", headers={"Content-Type": "text/html"})) as server:  # noqa: SIM117
        with pytest.raises(InputError, match="OpenAI protocol"):
            probe(make_config(server))
