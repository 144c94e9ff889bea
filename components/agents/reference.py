"""Two agents as references for every evaluation: one acts at random, one stops at once.

Tasks that chance solves say nothing about skill, so success rates are read beside theirs. Ours; the paper has neither.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Sequence

from components.agents.base import Agent, Decision, Turn
from components.browser.actions import Action
from components.browser.observation import Element
from components.trajectories.schema import AgentInfo

FIELDS = ("textbox", "searchbox", "spinbutton", "date", "time")
TYPES = 0.8
"""Share of its turns at a field in which the random agent types."""
_SAID = re.compile(r'"([^"]+)"')
_OPTION = re.compile(r'"(?:[^"\\]|\\.)*"')
_WORD = re.compile(r"[\w/:-]+")


class RandomAgent(Agent):
    """Chooses uniformly among the page's elements and types words of the goal; the same in a repeated episode."""

    info = AgentInfo(name="random", kind="random", digest="random-1")
    batch_size = 64

    async def decide(self, turns: Sequence[Turn]) -> list[Decision]:
        return [Decision(action=str(self._action(turn))) for turn in turns]

    def _action(self, turn: Turn) -> Action:
        chance = random.Random(f"{turn.episode} {len(turn.history)}")
        elements = [element for element in turn.observation.elements.values() if "disabled" not in element.line]
        if not elements:
            return Action("scroll", text="down")
        return _act_on(chance.choice(elements), turn.intent, chance)


class StopAgent(Agent):
    """Ends every episode at its first step."""

    info = AgentInfo(name="stop", kind="stop", digest="stop-1")
    batch_size = 64

    async def decide(self, turns: Sequence[Turn]) -> list[Decision]:
        return [Decision(action=str(Action("stop", text=""))) for _ in turns]


def _act_on(element: Element, intent: str, chance: random.Random) -> Action:
    if element.role in FIELDS and chance.random() < TYPES:
        words = _SAID.findall(intent) or _WORD.findall(intent) or [""]
        return Action("type", element.ref, chance.choice(words))
    if options := _OPTION.findall(element.line.partition(" options ")[2]):
        return Action("select", element.ref, json.loads(chance.choice(options)))
    return Action("click", element.ref)
