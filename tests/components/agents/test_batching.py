"""Turns of many episodes meet in few calls, and nothing waits for ever."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

import pytest

from components.agents.base import Agent, Decision, Turn
from components.agents.batching import Batcher
from components.errors import InfraError
from components.trajectories.schema import AgentInfo
from tests.components.agents.turns import make_turn


class Echo(Agent):
    """Answers with the episode's name; keeps the sizes of its batches and the most calls at once."""

    def __init__(self, batch_size: int, *, seconds: float = 0.0, fails_on: str = "") -> None:
        self.info = AgentInfo(name="echo", kind="test", digest="0")
        self.batch_size, self.seconds, self.fails_on = batch_size, seconds, fails_on
        self.sizes: list[int] = []
        self.running = self.most_running = 0

    async def decide(self, turns: Sequence[Turn]) -> list[Decision]:
        self.sizes.append(len(turns))
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        await asyncio.sleep(self.seconds)
        self.running -= 1
        if any(turn.episode == self.fails_on for turn in turns):
            raise InfraError("the model is gone")
        return [Decision(action=turn.episode) for turn in turns]


async def episode(batcher: Batcher, name: str, *, steps: int, pause: float = 0.0) -> list[str]:
    actions = []
    with batcher.episode():
        for _ in range(steps):
            await asyncio.sleep(pause)
            actions.append((await batcher.decide([make_turn(episode=name)]))[0].action)
    return actions


def run_many(agent: Echo, *, episodes: int, steps: int, patience: float = 5.0) -> tuple[list[list[str]], float]:
    async def main() -> tuple[list[list[str]], float]:
        batcher = Batcher(agent, patience=patience)
        started = time.monotonic()
        answers = await asyncio.gather(*(episode(batcher, f"e/{n}", steps=steps) for n in range(episodes)))
        return answers, time.monotonic() - started

    return asyncio.run(main())


def test_episodes_that_all_wait_share_one_call_without_waiting_for_the_patience() -> None:
    agent = Echo(8)
    answers, seconds = run_many(agent, episodes=6, steps=3)
    assert answers == [[f"e/{n}"] * 3 for n in range(6)]
    assert agent.sizes == [6, 6, 6]
    assert seconds < 2.0


def test_a_batch_is_never_larger_than_the_agent_takes_and_calls_do_not_overlap() -> None:
    agent = Echo(4, seconds=0.01)
    answers, _ = run_many(agent, episodes=10, steps=2, patience=0.005)
    assert answers == [[f"e/{n}"] * 2 for n in range(10)]
    assert max(agent.sizes) == 4
    assert sum(agent.sizes) == 20
    assert agent.most_running == 1


def test_an_agent_that_answers_two_batches_at_once_is_given_half_of_what_waits_in_each() -> None:
    agent = Echo(8, seconds=0.05)
    agent.at_once = 2
    answers, _ = run_many(agent, episodes=6, steps=3)
    assert answers == [[f"e/{n}"] * 3 for n in range(6)]
    assert agent.sizes == [3] * 6
    assert agent.most_running == 2


def test_an_agent_without_batches_is_asked_at_once_and_calls_overlap() -> None:
    agent = Echo(1, seconds=0.05)
    run_many(agent, episodes=5, steps=1)
    assert agent.sizes == [1] * 5
    assert agent.most_running == 5


def test_a_slow_episode_does_not_hold_the_others_longer_than_the_patience() -> None:
    async def main() -> float:
        batcher = Batcher(Echo(2), patience=0.02)
        slow = asyncio.create_task(episode(batcher, "slow/0", steps=1, pause=1.0))
        started = time.monotonic()
        await episode(batcher, "quick/0", steps=3)
        seconds = time.monotonic() - started
        await slow
        return seconds

    assert asyncio.run(main()) < 0.8


def test_the_others_go_on_when_an_episode_leaves_or_is_cancelled() -> None:
    async def main() -> list[str]:
        batcher = Batcher(Echo(2, seconds=0.02), patience=30.0)
        gone = asyncio.create_task(episode(batcher, "gone/0", steps=100, pause=0.01))
        stays = asyncio.create_task(episode(batcher, "stays/0", steps=3))
        await asyncio.sleep(0.05)
        gone.cancel()
        return await asyncio.wait_for(stays, 5)

    assert asyncio.run(main()) == ["stays/0"] * 3


def test_an_error_reaches_every_episode_of_the_batch_and_the_next_call_works() -> None:
    async def main() -> tuple[list[object], list[str]]:
        batcher = Batcher(Echo(2, fails_on="bad/0"), patience=5)
        both = await asyncio.gather(
            episode(batcher, "bad/0", steps=1), episode(batcher, "good/0", steps=1), return_exceptions=True
        )
        return list(both), await episode(batcher, "next/0", steps=1)

    both, after = asyncio.run(main())
    assert all(isinstance(one, InfraError) for one in both)
    assert after == ["next/0"]


def test_an_agent_that_answers_too_few_turns_is_an_error_not_a_hang() -> None:
    class Short(Echo):
        async def decide(self, turns: Sequence[Turn]) -> list[Decision]:
            return [Decision(action="x")] * (len(turns) - 1)

    async def main() -> list[str]:
        return await asyncio.wait_for(episode(Batcher(Short(4)), "e/0", steps=1), 5)

    with pytest.raises(ValueError, match="shorter"):
        asyncio.run(main())
