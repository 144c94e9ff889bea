"""Rules of the scripted teacher: a pattern of the intent, and a function that lists the good moves on a page."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from components.agents.base import Past
from components.browser.actions import Action
from components.browser.scene import Node, Scene


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    action: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """The input of a rule: words of the intent, the page, and the steps so far.

    Attributes:
        words: the named groups of the intent's pattern; groups that matched nothing are empty.
    """

    words: dict[str, str]
    scene: Scene
    history: Sequence[Past]

    def done(self, action: str, target: str = "") -> bool:
        """Whether an action that begins with `action`, on an element whose line holds `target`, was taken."""
        return any(
            past.action.startswith(action) and target in past.target and not past.feedback for past in self.history
        )


Rule = Callable[[Case], Sequence[Move]]
"""The moves that are good now, best first; empty when the rule does not know how to go on."""

RULES: list[tuple[re.Pattern[str], Rule]] = []


def rule(*patterns: str) -> Callable[[Rule], Rule]:
    """Registers a rule for intents that match one of the patterns from the beginning, whatever the case.

    Rules are tried in the order of registration; the first with a move wins.
    """

    def register(function: Rule) -> Rule:
        RULES.extend((re.compile(pattern, re.IGNORECASE), function) for pattern in patterns)
        return function

    return register


def moves_for(intent: str, *, scene: Scene, history: Sequence[Past]) -> Sequence[Move]:
    """The moves of the first rule that has any, best first; empty where no rule fits."""
    for pattern, function in RULES:
        match = pattern.match(intent)
        if match:
            words = {name: word or "" for name, word in match.groupdict().items()}
            moves = function(Case(words=words, scene=scene, history=history))
            if moves:
                return moves
    return ()


def click(node: Node | None, reason: str) -> list[Move]:
    """A click as the only good move; none where there is no such node."""
    return [Move(action=str(Action("click", ref=node.ref)), reason=reason)] if node else []


def fill(node: Node | None, text: str, reason: str) -> list[Move]:
    return [Move(action=str(Action("type", ref=node.ref, text=text)), reason=reason)] if node else []


def choose(node: Node | None, option: str, reason: str) -> list[Move]:
    return [Move(action=str(Action("select", ref=node.ref, text=option)), reason=reason)] if node else []


def press(key: str, reason: str) -> list[Move]:
    return [Move(action=str(Action("press", text=key)), reason=reason)]


def answer(text: str, reason: str) -> list[Move]:
    return [Move(action=str(Action("stop", text=text)), reason=reason)]
