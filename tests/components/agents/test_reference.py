"""Agents of reference: chance over what the page shows, and doing nothing; both repeat themselves."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from components.agents.base import Agent, Past, Turn
from components.agents.build import build_agent
from components.agents.config import RandomConfig, StopConfig
from components.browser.actions import parse_action
from components.browser.observation import Element, Observation

LINES = {
    1: Element(ref=1, role="button", name="Go", line='button "Go"', value=""),
    2: Element(ref=2, role="textbox", name="Name", line='textbox "Name"', value=""),
    3: Element(ref=3, role="combobox", name="", line='combobox value "a" options "a", "say \\"b\\""', value="a"),
    4: Element(ref=4, role="button", name="Off", line='button "Off" disabled', value=""),
}


def turn(number: int, *, elements: dict[int, Element] = LINES, steps: int = 0) -> Turn:
    past = Past(observation="", action="click [1]", reason="", feedback="")
    return Turn(
        episode=f"task/{number}",
        task_id="task",
        template="",
        intent='Enter "Bob" there',
        observation=Observation(url="http://site", title="", text="", elements=elements),
        history=(past,) * steps,
    )


def decide(agent: Agent, turns: list[Turn]) -> list[str]:
    return [each.action for each in asyncio.run(agent.decide(turns))]


@pytest.fixture
def chance() -> Agent:
    return build_agent(RandomConfig(), store=None, work=Path())


def test_chance_uses_everything_that_can_be_used_and_nothing_else(chance: Agent) -> None:
    actions = [parse_action(text) for text in decide(chance, [turn(number) for number in range(300)])]
    counts = Counter(action.ref for action in actions)
    assert set(counts) == {1, 2, 3}
    assert min(counts.values()) > 60
    assert {action.text for action in actions if action.kind == "type"} == {"Bob"}
    assert {action.text for action in actions if action.kind == "select"} == {"a", 'say "b"'}


def test_chance_repeats_itself_in_any_batch_and_not_from_step_to_step(chance: Agent) -> None:
    turns = [turn(number, steps=steps) for number in range(5) for steps in range(5)]
    together = decide(chance, turns)
    assert together == [decide(chance, [each])[0] for each in turns]
    assert len(set(together)) > 3


def test_an_empty_page_is_scrolled(chance: Agent) -> None:
    assert decide(chance, [turn(0, elements={})]) == ["scroll down"]


def test_stopping_at_once_says_nothing() -> None:
    assert decide(build_agent(StopConfig(), store=None, work=Path()), [turn(0), turn(1)]) == ['stop ""', 'stop ""']
