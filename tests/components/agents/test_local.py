"""The local agent: decisions that depend on the turn alone, in any batch and after any restart."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from components.agents.base import Past, Turn
from components.agents.local import LocalAgent
from components.agents.student import NEW_TOKENS
from components.browser.observation import Observation
from components.errors import InputError


def _turn(number: int, *, lines: int = 4, steps: int = 0) -> Turn:
    text = "\n".join(f'[{ref}] button "item {ref * number}"' for ref in range(1, lines + 1))
    past = Past(observation="", action="click [1]", reason="", feedback="")
    return Turn(
        episode=f"task/{number}",
        task_id="task",
        template="",
        intent=f"Click item {number}.",
        observation=Observation(url="http://a", title="", text=text, elements={}),
        history=[past] * steps,
    )


@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_a_decision_is_the_same_in_any_batch_and_in_a_new_agent(tiny_model: Path, temperature: float) -> None:
    turns = [_turn(number, lines=2 + number % 5) for number in range(1, 10)]
    agent, other = (LocalAgent(tiny_model, temperature=temperature) for _ in range(2))
    together = [each.action for each in asyncio.run(agent.decide(turns))]
    alone = [asyncio.run(other.decide([turn]))[0].action for turn in turns[::-1]][::-1]
    assert together == alone
    assert agent.info == other.info


def test_sampling_depends_on_episode_step_and_seed(tiny_model: Path) -> None:
    def act(turn: Turn, seed: int) -> str:
        agent = LocalAgent(tiny_model, temperature=1.5, seed=seed, kind="reason_action")
        (decision,) = asyncio.run(agent.decide([turn]))
        return f"{decision.reason} {decision.action}"

    base = act(_turn(1), 0)
    assert base == act(_turn(1), 0)
    assert {act(_turn(1), 1), act(_turn(1, steps=1), 0), act(_turn(2), 0)} != {base}


def test_what_changes_decisions_changes_the_digest(tiny_model: Path) -> None:
    def digest(**settings: object) -> str:
        return LocalAgent(tiny_model, **settings).info.digest  # type: ignore[arg-type]

    digests = [digest(), digest(kind="reason_action"), digest(temperature=0.5), digest(temperature=0.5, seed=1)]
    assert len(set(digests)) == 4
    assert digest(seed=1) == digests[0], "a greedy agent has no use for a seed"


def test_a_page_longer_than_the_context_is_cut_and_paid_for(tiny_model: Path) -> None:
    agent = LocalAgent(tiny_model)
    decision = asyncio.run(agent.decide([_turn(1, lines=300)]))[0]
    assert 200 < decision.cost.prompt_tokens <= 512 - NEW_TOKENS["action"]
    assert 0 < decision.cost.completion_tokens <= NEW_TOKENS["action"]


def test_no_turns_no_decisions(tiny_model: Path) -> None:
    assert asyncio.run(LocalAgent(tiny_model).decide([])) == []


def test_weights_are_read_at_the_first_decision_and_named_where_they_cannot_be(
    tiny_model: Path, tmp_path: Path
) -> None:
    import shutil

    folder = shutil.copytree(tiny_model, tmp_path / "model")
    (folder / "model.safetensors").write_bytes(b"not safetensors")
    agent = LocalAgent(folder)
    assert asyncio.run(agent.decide([])) == []
    with pytest.raises(InputError, match="cannot be loaded") as error:
        asyncio.run(agent.decide([_turn(1)]))
    assert str(folder) in str(error.value)
