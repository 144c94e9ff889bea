"""A teacher behind an endpoint explores: what it refuses costs those episodes alone, what it spends is the run's."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from components.agents.config import ChatConfig
from components.benchmarks.config import TasksConfig
from components.browser.settings import BrowserSettings
from components.episodes.config import PlaySettings
from components.episodes.runner import iter_errors
from components.errors import InfraError, InputError
from components.explore.config import ExploreConfig
from components.explore.run import run
from components.results.explore import ExploreResult
from components.trajectories.episodes import iter_episodes
from components.trajectories.open_store import open_store
from components.trajectories.rounds import Round
from tests.conftest import OpenAIServer

TASKS = ("click-test", "click-button", "click-dialog")


def press(text: str, _seed: int) -> str:
    """Presses the first button of the page."""
    page = text.rpartition("PAGE (")[2]
    found = re.search(r"\[(\d+)\] button", page)
    return f"REASON: It is a button.\nACTION: click [{found[1]}]" if found else 'ACTION: stop ""'


@pytest.fixture
def round_one(tmp_path: Path) -> Round:
    (tmp_path / "work").mkdir()
    return Round(run="r", number=1, seed=0, store=open_store(tmp_path / "store"), work=tmp_path / "work")


def explore(round: Round, server: OpenAIServer, *, shard: str = "0/1", **settings: Any) -> ExploreResult:
    part, parts = map(int, shard.split("/"))
    known = {"model": "m", "base_url": server.base_url, "backoff": 0.01, "retries": 1}
    return run(
        config=ExploreConfig(teacher_seeds=2),
        tasks=TasksConfig(train=TASKS, heldout=("click-link",)),
        play=PlaySettings(backoff=0.01, max_steps=3),
        browser=BrowserSettings(pages=2),
        round=round,
        mode="teacher",
        shard=part,
        shards=parts,
        teacher=ChatConfig.model_validate({**known, **settings}),
    )


@pytest.fixture
def filtering(openai_server: OpenAIServer, monkeypatch: pytest.MonkeyPatch) -> OpenAIServer:
    """Refuses every page of dialogs, as a content filter does; answers the rest."""
    handler: Any = openai_server.RequestHandlerClass
    answers = handler._chat

    def chat(self: Any, request: dict[str, Any]) -> dict[str, Any]:
        if "dialog" in request["messages"][-1]["content"].lower():
            return {"error": {"code": "content_filter", "message": "filtered"}}
        found: dict[str, Any] = answers(self, request)
        return found

    monkeypatch.setattr(handler, "_chat", chat)
    return openai_server


def test_pages_that_the_endpoint_refuses_cost_their_own_episodes_alone(
    round_one: Round, filtering: OpenAIServer
) -> None:
    filtering.answer = press
    result = explore(round_one, filtering)
    played = Counter(each.task_id for each in iter_episodes(round_one.store, f"{round_one.prefix}/episodes/"))
    assert played == {"click-test": 2, "click-button": 2}
    lost = list(iter_errors(round_one.store, run="r", round=1, phase="explore-teacher"))
    assert [each.task_id for each in lost] == ["click-dialog"] * 2
    assert all("RequestRefused" in each.message for each in lost)
    assert result.outcomes["infra_error"] == 2
    asked = len(filtering.requests)
    assert explore(round_one, filtering) == result
    assert len(filtering.requests) == asked, "what is refused is not asked and paid for again"


def test_an_outage_leaves_no_result_and_what_it_cost_is_played_again(
    round_one: Round, openai_server: OpenAIServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    openai_server.answer = press
    handler: Any = openai_server.RequestHandlerClass
    answers = handler._chat

    def chat(self: Any, request: dict[str, Any]) -> dict[str, Any]:
        if "dialog" in request["messages"][-1]["content"].lower():
            return {"error": {"code": 503, "message": "overloaded"}}
        found: dict[str, Any] = answers(self, request)
        return found

    with monkeypatch.context() as down:
        down.setattr(handler, "_chat", chat)
        assert explore(round_one, openai_server).outcomes["infra_error"] == 2
    assert list(round_one.store.list(f"{round_one.prefix}/results/")) == []
    asked = len(openai_server.requests)
    whole = explore(round_one, openai_server)
    assert (whole.complete, sum(whole.outcomes.values())) == (True, 6)
    again = [each["messages"][-1]["content"].lower() for each in openai_server.requests[asked:]]
    assert again
    assert all("dialog" in each for each in again)
    assert [*round_one.store.list(f"{round_one.prefix}/results/")], "it stands now"
    assert explore(round_one, openai_server) == whole


def test_where_no_episode_could_be_played_the_exploring_fails_and_says_why(
    round_one: Round, openai_server: OpenAIServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Six episodes are too few for an outage to be told from bad tasks on the way."""
    openai_server.answer = press
    with monkeypatch.context() as away:
        filtered = {"error": {"code": "content_filter", "message": "filtered"}}
        away.setattr(openai_server.RequestHandlerClass, "_chat", lambda *_: filtered)
        with pytest.raises(InfraError, match=r"no episode of explore-teacher could be played \(.*filtered"):
            explore(round_one, openai_server)
    explore(round_one, openai_server)
    assert len([*iter_episodes(round_one.store, f"{round_one.prefix}/episodes/")]) == 6


def test_a_budget_is_the_runs_over_shards_and_repetitions(round_one: Round, openai_server: OpenAIServer) -> None:
    """Each answer costs 15 tokens: four of them fill a budget of 60, whoever asks."""
    openai_server.answer = press
    budget = {"budget_tokens": 60, "concurrency": 1}
    first = explore(round_one, openai_server, shard="0/2", **budget)
    second = explore(round_one, openai_server, shard="1/2", **budget)
    assert second.stopped
    assert "budget of 60 tokens is spent" in first.stopped + second.stopped
    spent = len(openai_server.requests)
    assert 4 <= spent <= 5
    assert explore(round_one, openai_server, shard="1/2", **budget).stopped
    assert len(openai_server.requests) == spent, "a repetition asks nothing"
    done = explore(round_one, openai_server, shard="1/2", budget_tokens=10_000)
    assert done.complete, "a larger budget goes on from there"
    entries = [json.loads(round_one.store.get(key)) for key in round_one.store.list("runs/r/ledger/")]
    assert sum(each["cost"]["prompt_tokens"] for each in entries) == 10 * len(openai_server.requests)


def test_a_key_that_is_refused_in_the_run_ends_it(round_one: Round, openai_server: OpenAIServer) -> None:
    def refuse(self: Any) -> None:
        self.send_error(401, "no longer valid")

    handler: Any = openai_server.RequestHandlerClass
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(handler, "do_POST", refuse)
        with pytest.raises(InputError, match="refuses model 'm'"):
            explore(round_one, openai_server)
