"""Unrelated agents for the round's audit: policies that know nothing of the teacher, each with habits of its own.

A control must be able, or it proves too little: a model that writes nonsense is far from every teacher. These act
sensibly on simple pages, so they often choose the same element as the teacher, because both are right. They share
neither rules nor words with it or with each other. There are several, because their spread shows what chance can do.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Sequence

from components.agents.base import Agent, Decision, Turn
from components.browser.quoting import quote
from components.browser.scene import TEXT_FIELDS, Node, Scene
from components.detect.config import UNRELATED
from components.trajectories.schema import AgentInfo

QUOTED = re.compile(r'"([^"]+)"')
WORDS = re.compile(r"\w+")


class _Policy(Agent):
    batch_size = 64
    habit: str
    at_end: str

    def __init__(self) -> None:
        name = UNRELATED + self.habit
        self.info = AgentInfo(name=name, kind="control", digest=f"{name}-1")

    async def decide(self, turns: Sequence[Turn]) -> list[Decision]:
        return [self._one(turn) for turn in turns]

    def _one(self, turn: Turn) -> Decision:
        tried = {past.action for past in turn.history}
        for action, reason in self._plan(turn.intent, Scene(turn.observation.text)):
            if action not in tried:
                return Decision(action=action, reason=reason)
        return Decision(action='stop ""', reason=self.at_end)

    @abstractmethod
    def _plan(self, intent: str, scene: Scene) -> list[tuple[str, str]]:
        """(action, reason) in the order in which they are tried; what was done already is skipped."""


class WordOverlap(_Policy):
    """Acts on the element that shares most words with the intent; of equals, on the last on the page."""

    habit = "overlap"
    at_end = "Nothing else overlaps with the request."

    def _plan(self, intent: str, scene: Scene) -> list[tuple[str, str]]:
        words = set(WORDS.findall(intent.casefold()))

        def overlap(node: Node) -> int:
            return len(words & set(WORDS.findall(node.name.casefold())))

        quoted = QUOTED.findall(intent)
        ranked = sorted(scene.refs(), key=lambda node: (-overlap(node), -node.position))
        plan = []
        for node in ranked:
            why = f"Overlap score {overlap(node)}: <{node.role}> {node.name}".rstrip()
            if node.role in TEXT_FIELDS and quoted:
                plan.append((f"type [{node.ref}] {quote(quoted[-1])}", f"{why}, filling {quoted[-1]}"))
            else:
                plan.append((f"click [{node.ref}]", why))
        return plan


class ReadingOrder(_Policy):
    """Works through the page from the top: fields take the quoted texts in turn, then named things, then buttons."""

    habit = "order"
    at_end = "I have been through the whole page, so I am done here."

    def _plan(self, intent: str, scene: Scene) -> list[tuple[str, str]]:
        quoted = QUOTED.findall(intent)
        lowered = intent.casefold()
        plan = []
        for node, text in zip(scene.refs(*TEXT_FIELDS), quoted, strict=False):
            plan.append((f"type [{node.ref}] {quote(text)}", f"First come the fields, from the top; {text} goes in."))
        for node in scene.refs():
            if node.role not in TEXT_FIELDS and node.name and node.label in lowered:
                plan.append((f"click [{node.ref}]", f"Going down the page I meet {node.name}, which was mentioned."))
        for node in scene.refs("button", "clickable"):
            plan.append((f"click [{node.ref}]", "Only buttons are left, so I press the next one down."))
        return plan


class _Ranked(_Policy):
    """Takes what the intent names before all else, each in an order of its own; texts go as they are quoted."""

    @abstractmethod
    def _rank(self, node: Node) -> float | str: ...

    @abstractmethod
    def _why(self, node: Node) -> str: ...

    def _plan(self, intent: str, scene: Scene) -> list[tuple[str, str]]:
        quoted, lowered = QUOTED.findall(intent), intent.casefold()

        def order(node: Node) -> tuple[bool, float | str]:
            return not node.label or node.label not in lowered, self._rank(node)

        plan = []
        for node in sorted(scene.refs(), key=order):
            if node.role in TEXT_FIELDS and quoted:
                plan.append((f"type [{node.ref}] {quote(quoted.pop(0))}", self._why(node)))
            else:
                plan.append((f"click [{node.ref}]", self._why(node)))
        return plan


class LongestLabel(_Ranked):
    habit = "length"
    at_end = "No label is left that has not been used."

    def _rank(self, node: Node) -> float:
        return -len(node.name)

    def _why(self, node: Node) -> str:
        return f"With {len(node.name)} letters '{node.name}' is the longest label left."


class FromTheEnd(_Ranked):
    habit = "end"
    at_end = "The top is reached."

    def _rank(self, node: Node) -> float:
        return -node.position

    def _why(self, node: Node) -> str:
        return f"Upwards from the foot, {node.role} {node.name} follows"


class Alphabetical(_Ranked):
    habit = "alphabet"
    at_end = "Z: every entry has had its turn."

    def _rank(self, node: Node) -> str:
        return node.label

    def _why(self, node: Node) -> str:
        return f"{node.name[:1].upper()}: {node.name} ({node.role}) sorts before all others"


def unrelated_agents() -> dict[str, Agent]:
    """The controls of every round, by name."""
    agents: tuple[_Policy, ...] = (WordOverlap(), ReadingOrder(), LongestLabel(), FromTheEnd(), Alphabetical())
    return {agent.info.name: agent for agent in agents}
