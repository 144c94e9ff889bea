"""Follows a retrieved solution where no rule of the scripted teacher fits. Ours.

A retrieved piece is followed if its goal differs from the present one in a few words only. The step whose page is most
like the present page comes next. Words that differ between the goals are exchanged in that step's element and text. The
element is looked for by role and name, else by its place among the elements of its role.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from components.agents.base import Turn
from components.agents.scripted.moves import Move
from components.browser.actions import Action, ActionError, parse_action
from components.browser.scene import Node, Scene, nth, plain
from components.text import without_references
from components.trajectories.knowledge_entry import KnowledgeEntry

ALIKE_GOALS = 0.55  # share of words two goals must have in common
ALIKE_PAGES = 0.3  # share of lines (roles and states) two pages must have in common

_WORD = re.compile(r'"[^"]*"|[\w#@$+-]+(?:[./:]\w+)*|[^\w\s]')
_ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th)")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """How alike two goals are.

    Attributes:
        share: of words that both have in the same order, from 0 to 1.
        exchanged: words of the old goal, and the words in their place in the new one.
    """

    share: float
    exchanged: dict[str, str]

    def translate(self, text: str) -> str:
        """The text with the old goal's words exchanged for the new one's; longest first, whole words only."""
        for old, new in sorted(self.exchanged.items(), key=lambda pair: -len(pair[0])):
            if plain(text) == plain(old):
                return new
            if re.search(rf"(?<!\w){re.escape(old)}(?!\w)", text):
                return re.sub(rf"(?<!\w){re.escape(old)}(?!\w)", lambda _, new=new: new, text)  # type: ignore[misc]
        return text


def likeness(old: str, new: str) -> Likeness:
    """Aligns two goals word by word; a quoted text is one word."""
    before, after = _WORD.findall(old), _WORD.findall(new)
    matcher = SequenceMatcher(None, [word.casefold() for word in before], [w.casefold() for w in after], autojunk=False)
    exchanged: dict[str, str] = {}
    matches = 0
    for kind, i1, i2, j1, j2 in matcher.get_opcodes():
        if kind == "equal":
            matches += i2 - i1
        elif kind == "replace":
            exchanged[_bare(before[i1:i2])] = _bare(after[j1:j2])
            if i2 - i1 == j2 - j1:
                exchanged |= {_bare([a]): _bare([b]) for a, b in zip(before[i1:i2], after[j1:j2], strict=True)}
    return Likeness(share=matches / max(len(before), len(after), 1), exchanged=exchanged)


def _bare(words: Sequence[str]) -> str:
    return " ".join(words).strip('"')


def follow(entries: Sequence[KnowledgeEntry], *, turn: Turn) -> list[Move]:
    """The steps of retrieved solutions that fit this goal and page, best first; empty when none fits."""
    scene, shape = Scene(turn.observation.text), _shape(turn.observation.text)
    moves: list[tuple[float, int, Move]] = []
    for rank, entry in enumerate(entries):
        goals = likeness(entry.intent, turn.intent)
        if not entry.solved or goals.share < ALIKE_GOALS:
            continue
        for index, step in enumerate(entry.steps):
            pages = _overlap(_shape(step.observation), shape)
            move = _translated(entry, index, goals, scene) if pages >= ALIKE_PAGES else None
            if move is None or _in_vain(move, turn):
                continue
            in_turn = 0.1 if entry.start + index == len(turn.history) else 0.0
            moves.append((goals.share + pages + in_turn, -rank, move))
    moves.sort(key=lambda item: item[:2], reverse=True)
    return list({move.action: move for _, _, move in moves}.values())


def _shape(observation: str) -> Counter[str]:
    """The lines of a page as roles, hints and states, without the texts that change from copy to copy."""
    return Counter(_QUOTED.sub('""', without_references(line)).strip() for line in observation.splitlines())


def _overlap(left: Counter[str], right: Counter[str]) -> float:
    return (left & right).total() / max((left | right).total(), 1)


def _in_vain(move: Move, turn: Turn) -> bool:
    """Whether this very action was taken on this very page already: then it led nowhere, or failed."""
    return any(past.action == move.action and past.observation == turn.observation.text for past in turn.history)


def _translated(entry: KnowledgeEntry, index: int, goals: Likeness, scene: Scene) -> Move | None:
    step = entry.steps[index]
    try:
        action = parse_action(step.action)
    except ActionError:
        return None
    if action.kind == "stop":
        return None
    text = goals.translate(action.text) if action.text is not None and action.kind != "scroll" else action.text
    reason = f'A solution of "{entry.intent}" did this on a page like this one: {step.described}.'
    if action.ref is None:
        return Move(action=str(Action(action.kind, text=text)), reason=reason)
    old = Scene(step.observation)
    node = next((node for node in old.nodes if node.ref == action.ref), None)
    target = _counterpart(node, old, scene, goals) if node else None
    if target is None:
        return None
    if node is not None and target.role != node.role:  # what suited a text field does not suit a button
        action, text = Action("click", target.ref), None
    return Move(action=str(Action(action.kind, target.ref, text, action.enter)), reason=reason)


def _counterpart(node: Node, old: Scene, new: Scene, goals: Likeness) -> Node | None:
    """The element of the new page that is to this goal what `node` was to the old one.

    By role and translated name; by a role the goal names; by its place among elements of its role.
    """
    if node.name:
        named = new.named(goals.translate(node.name), node.role)
        if named:
            same_name = [node for node in old.named(node.name, node.role)]
            return nth(named, min(same_name.index(node) + 1, len(named)))
        if goals.translate(node.name) != node.name:
            return None
    for before, after in goals.exchanged.items():
        if before and after and plain(before) in node.role:
            return nth([candidate for candidate in new.refs() if plain(after) in candidate.role], 1)
    return nth(new.refs(node.role), _place(old.refs(node.role).index(node) + 1, goals))


def _place(place: int, goals: Likeness) -> int:
    """The place, or the one the new goal's ordinal names where the old goal's named it."""
    for old, new in goals.exchanged.items():
        before, after = _ORDINAL.fullmatch(old), _ORDINAL.fullmatch(new)
        if before and after and int(before[1]) == place:
            return int(after[1])
    return place
