"""A budget is one for the run: it holds for requests that overlap, for other processes, and after a restart."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from components.agents.chat import ChatAgent
from components.agents.config import ChatConfig, deciding
from components.errors import InputError
from components.trajectories.budget import Budget, BudgetError
from components.trajectories.embeddings import EmbeddingEndpoint
from components.trajectories.ledger import Ledger
from components.trajectories.open_store import open_store
from components.trajectories.schema import Cost
from components.trajectories.store import Store
from tests.components.agents.protocol_server import Answer, ProtocolServer, serve
from tests.components.agents.turns import make_turn


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path / "store")


def make_agent(server: ProtocolServer, store: Store, *, run: str = "r", **settings: Any) -> ChatAgent:
    known = {"model": "tiny", "base_url": server.url, "timeout": 20.0, "retries": 2, "backoff": 0.01, "max_tokens": 20}
    config = ChatConfig.model_validate({**known, **settings})
    return ChatAgent(config, ledger=Ledger(store, run=run, model=config.model))


async def ask(agent: ChatAgent, count: int) -> list[Any]:
    asked = (agent.decide([make_turn(episode=f"e/{number}")]) for number in range(count))
    return await asyncio.gather(*asked, return_exceptions=True)


def play(agents: Sequence[ChatAgent], count: int) -> list[Any]:
    async def main() -> list[Any]:
        found = await asyncio.gather(*(ask(agent, count) for agent in agents))
        for agent in agents:
            await agent.close()
        return [each for one in found for each in one]

    return asyncio.run(main())


def test_a_request_costs_what_its_tokens_cost() -> None:
    budget = Budget(model="m", usd_per_million_prompt=3, usd_per_million_completion=15)
    cost = asyncio.run(budget.charge(prompt_tokens=2000, completion_tokens=50))
    assert cost == Cost(prompt_tokens=2000, completion_tokens=50, usd=2000 * 3e-6 + 50 * 15e-6)
    asyncio.run(budget.charge(prompt_tokens=1, completion_tokens=2))
    assert (budget.spent.prompt_tokens, budget.spent.completion_tokens) == (2001, 52)


@pytest.mark.parametrize(("spent", "over"), [(99, False), (100, True), (101, True)])
def test_a_budget_that_is_reached_exactly_is_spent(spent: int, over: bool) -> None:
    async def main() -> None:
        tokens = Budget(model="m", tokens=100)
        await tokens.charge(prompt_tokens=spent - 10, completion_tokens=10)
        usd = Budget(model="m", usd=1.0, usd_per_million_completion=10_000)
        await usd.charge(prompt_tokens=5, completion_tokens=spent)
        for budget in (tokens, usd):
            if over:
                with pytest.raises(BudgetError, match="is spent"):
                    budget.check()
            else:
                budget.check()

    asyncio.run(main())


def test_a_spent_budget_is_the_users_to_mend() -> None:
    budget = Budget(model="m", tokens=1)
    asyncio.run(budget.charge(prompt_tokens=3, completion_tokens=4))
    with pytest.raises(InputError, match=r"the budget of 1 tokens is spent \(7 used by 'm'\)") as raised:
        budget.check()
    assert raised.value.where == "budget_tokens"
    assert raised.value.fix


def test_requests_that_overlap_overspend_by_one_at_most(store: Store) -> None:
    with serve(Answer(usage=(1000, 10), hang=0.02)) as server:
        found = play([make_agent(server, store, budget_tokens=5000, concurrency=8)], 16)
        assert len(server.requests) == 5
    assert sum(isinstance(each, BudgetError) for each in found) == 11


def test_requests_overlap_while_there_is_room_for_all(store: Store) -> None:
    with serve(Answer(hang=0.2)) as server:
        play([make_agent(server, store, budget_tokens=10_000_000, concurrency=4)], 8)
        assert server.most_running == 4


@pytest.mark.parametrize(("most", "together"), [(50, True), (51, False)])
def test_two_requests_go_together_where_both_just_fit(most: int, together: bool) -> None:
    budget = Budget(model="m", tokens=100, usd=1.0, usd_per_million_prompt=10_000)
    cost = budget.price(prompt_tokens=most, completion_tokens=0)

    async def main() -> bool:
        async with budget.request(highest_cost=cost):
            try:
                async with asyncio.timeout(0.2), budget.request(highest_cost=cost):
                    return True
            except TimeoutError:
                return False

    assert asyncio.run(main()) is together


def test_who_spent_nothing_writes_nothing(store: Store) -> None:
    with serve() as server:
        play([make_agent(server, store)], 0)
    assert list(store.list("runs/")) == []


def test_processes_that_share_a_run_share_its_budget(store: Store) -> None:
    """Three shards at once: together at most one request each above the limit."""
    with serve(Answer(usage=(1000, 10), hang=0.02)) as server:
        play([make_agent(server, store, budget_tokens=6000, concurrency=4) for _ in range(3)], 8)
        assert 6 <= len(server.requests) <= 6 + 3
        before = len(server.requests)
        (found,) = play([make_agent(server, store, budget_tokens=6000)], 1)
        assert isinstance(found, BudgetError), "a retry of the stage, or the same command again"
        assert len(server.requests) == before
        (found,) = play([make_agent(server, store, budget_tokens=60_000)], 1)
        assert not isinstance(found, Exception), "a larger budget goes on"
        (found,) = play([make_agent(server, store, budget_tokens=6000, run="other")], 1)
        assert not isinstance(found, Exception), "another run has its own"


def test_a_process_that_is_killed_leaves_what_it_spent(store: Store) -> None:
    with serve(Answer(usage=(1000, 10))) as server:
        agent = make_agent(server, store, budget_tokens=2500)
        assert len(asyncio.run(ask(agent, 2))) == 2  # and it is never closed
        found = play([make_agent(server, store, budget_tokens=2500)], 3)
        assert [isinstance(each, BudgetError) for each in found] == [False, True, True]


def test_money_is_counted_over_processes(store: Store) -> None:
    prices = {"usd_per_million_prompt": 1000, "usd_per_million_completion": 0.0, "budget_usd": 1.5}
    with serve(Answer(usage=(1000, 10))) as server:
        assert not isinstance(play([make_agent(server, store, **prices)], 1)[0], Exception)
        found = play([make_agent(server, store, **prices)], 3)
    assert [isinstance(each, BudgetError) for each in found] == [False, True, True]


def test_a_failed_attempt_gives_its_room_back(store: Store) -> None:
    with serve(Answer(status=500), Answer(drop=True), Answer(usage=(10, 1))) as server:
        (found,) = play([make_agent(server, store, budget_tokens=100)], 1)
        assert not isinstance(found, Exception)


@pytest.mark.parametrize(
    "usage",
    [
        None,
        {},
        {"total_tokens": 15},
        {"prompt_tokens": None, "completion_tokens": None},
        {"prompt_tokens": -12_000_000, "completion_tokens": 5},
        {"prompt_tokens": 5, "completion_tokens": -1},
        {"prompt_tokens": "15", "completion_tokens": "3"},
        {"prompt_tokens": 1.5, "completion_tokens": 3},
        {"prompt_tokens": True, "completion_tokens": 3},
        {"prompt_tokens": 0, "completion_tokens": 0},
        {"prompt_tokens": 10**30, "completion_tokens": 3},
        {"prompt_tokens": 21, "completion_tokens": 0},
        [],
        "12",
    ],
)
def test_usage_that_is_no_count_counts_as_absent(store: Store, usage: Any) -> None:
    """A budget holds all the same: by the characters of what was sent and written."""
    text = "REASON: because\nACTION: go_back"
    with serve(Answer(text, usage=usage)) as server:
        agent = make_agent(server, store)
        (found,) = play([agent], 1)
        sent = sum(len(message["content"]) for message in server.requests[0]["messages"])
    assert found[0].cost == Cost(
        prompt_tokens=sent // 4, completion_tokens=len("REASON: because\nACTION: go_back") // 4
    )


def test_a_broken_entry_of_the_ledger_is_named(store: Store) -> None:
    with serve() as server:
        agent = make_agent(server, store, budget_tokens=1000)
        play([agent], 1)
        (key,) = store.list("runs/r/ledger/")
        store.put(key, b"{")
        (found,) = play([make_agent(server, store, budget_tokens=1000)], 1)
    assert isinstance(found, InputError)
    assert key in found.where


def test_a_budget_of_money_needs_prices() -> None:
    given = {"model": "m", "base_url": "http://127.0.0.1:9/v1", "budget_usd": 5}
    with pytest.raises(ValueError, match="set usd_per_million_prompt and usd_per_million_completion"):
        ChatConfig.model_validate(given)
    assert ChatConfig.model_validate({**given, "usd_per_million_completion": 4}).budget_usd == 5


def test_how_a_model_is_reached_and_paid_decides_nothing() -> None:
    def record(**settings: Any) -> Any:
        known = {"model": "m", "base_url": "http://127.0.0.1:9/v1"}
        return deciding({"others": [ChatConfig.model_validate({**known, **settings}).model_dump(mode="json")]})

    paid = {"budget_usd": 9, "budget_tokens": 7, "usd_per_million_prompt": 1, "usd_per_million_completion": 2}
    reached = {"base_url": "http://other/v1", "timeout": 1, "retries": 0, "backoff": 0, "concurrency": 1}
    assert record(**paid, **reached, api_key_env="K", max_tokens_name="max_completion_tokens") == record()
    for settings in ({"model": "n"}, {"temperature": None}, {"max_tokens": 9}, {"system": False}, {"send_seed": False}):
        assert record(**settings) != record()


def test_how_vectors_are_reached_and_paid_decides_nothing() -> None:
    def record(**settings: Any) -> Any:
        known = {"model": "m", "base_url": "http://127.0.0.1:9/v1"}
        endpoint = EmbeddingEndpoint.model_validate({**known, **settings})
        return deciding({"knowledge": {"embedding": endpoint.model_dump(mode="json")}})

    paid = {"budget_usd": 9, "budget_tokens": 7, "usd_per_million_prompt": 1}
    assert record(**paid, base_url="http://other/v1", timeout=1, api_key_env="K") == record()
    for settings in ({"model": "n"}, {"max_chars": 100}):
        assert record(**settings) != record()
