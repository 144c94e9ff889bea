"""Unrelated agents for the round's audit: two policies that know nothing of the teacher, each with habits of its own.

A control must be able, or it proves too little: a model that writes nonsense is far from every teacher. These two act
sensibly on simple pages, so they often choose the same element as the teacher, because both are right. They share
neither rules nor words with it or with each other.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Sequence

from components.agents.base import Agent, Decision, Turn
from components.agents.scripted_page import TEXT_FIELDS, Node, Scene
from components.browser.quoting import quote
from components.trajectories.schema import AgentInfo

QUOTED = re.compile(r'"([^"]+)"')
WORDS = re.compile(r"\w+")


class _Policy(Agent):
    batch_size = 64

    def __init__(self, name: str) -> None:
        self.info = AgentInfo(name=name, kind="control", digest=f"{name}-1")

    async def decide(self, turns: Sequence[Turn]) -> list[Decision]:
        return [self._one(turn) for turn in turns]

    def _one(self, turn: Turn) -> Decision:
        tried = {past.action for past in turn.history}
        for action, reason in self._plan(turn.intent, Scene(turn.observation.text)):
            if action not in tried:
                return Decision(action=action, reason=reason)
        return Decision(action='stop ""', reason=self.at_end)

    at_end: str

    @abstractmethod
    def _plan(self, intent: str, scene: Scene) -> list[tuple[str, str]]:
        """(action, reason) in the order in which they are tried; what was done already is passed over."""


class WordOverlap(_Policy):
    """Acts on whatever shares most words with the intent; of equals, on the last on the page."""

    at_end = "Nothing else overlaps with the request."

    def __init__(self) -> None:
        super().__init__("unrelated-overlap")

    def _plan(self, intent: str, scene: Scene) -> list[tuple[str, str]]:
        asked = set(WORDS.findall(intent.casefold()))

        def overlap(node: Node) -> int:
            return len(asked & set(WORDS.findall(node.name.casefold())))

        wanted = QUOTED.findall(intent)
        ranked = sorted(scene.refs(), key=lambda node: (-overlap(node), -node.position))
        plan = []
        for node in ranked:
            why = f"Overlap score {overlap(node)}: <{node.role}> {node.name}".rstrip()
            if node.role in TEXT_FIELDS and wanted:
                plan.append((f"type [{node.ref}] {quote(wanted[-1])}", f"{why}, filling {wanted[-1]}"))
            else:
                plan.append((f"click [{node.ref}]", why))
        return plan


class ReadingOrder(_Policy):
    """Works through the page from the top: fields take the quoted texts in turn, then named things, then buttons."""

    at_end = "I have been through the whole page, so I am done here."

    def __init__(self) -> None:
        super().__init__("unrelated-order")

    def _plan(self, intent: str, scene: Scene) -> list[tuple[str, str]]:
        wanted = QUOTED.findall(intent)
        lowered = intent.casefold()
        plan = []
        for node, text in zip(scene.refs(*TEXT_FIELDS), wanted, strict=False):
            plan.append((f"type [{node.ref}] {quote(text)}", f"First come the fields, from the top; {text} goes in."))
        for node in scene.refs():
            if node.role not in TEXT_FIELDS and node.name and node.label in lowered:
                plan.append((f"click [{node.ref}]", f"Going down the page I meet {node.name}, which was mentioned."))
        for node in scene.refs("button", "clickable"):
            plan.append((f"click [{node.ref}]", "Only buttons are left, so I press the next one down."))
        return plan


def unrelated_agents() -> dict[str, Agent]:
    """The controls of every round, by name."""
    agents: tuple[_Policy, ...] = (WordOverlap(), ReadingOrder())
    return {agent.info.name: agent for agent in agents}
