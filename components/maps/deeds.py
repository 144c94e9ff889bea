"""Deeds, the things that can be done on a page as an agent sees it: clicks, choices, small forms filled in and sent.

An element is identified by its role and name, and by the text beside it if it has no name or shares it. Its number will
not do: a page is rendered and numbered anew after every click.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from components.browser.actions import LITERAL, Action
from components.browser.scene import Node, Scene
from components.sites.login import logs_out
from components.trajectories.schema import Record

WRITTEN = ("Notes from Tuesday", "A question about the weather", "Thank you for the help", "Three small things")
"""What is typed into the fields of a form, in their order."""
FIELDS, BOXES = ("textbox", "searchbox"), ("combobox", "listbox")
OTHERS = frozenset(
    (*FIELDS, *BOXES, "spinbutton", "slider", "date", "time", "datetime", "month", "week", "color", "file")
)
OF_A_KIND = re.compile(
    r"\b(?:date|time|e-?mail|phone|number|amount|price|quantity|code|url|hex|colou?r|yyyy)\b", re.IGNORECASE
)
"""Types of fields that are not filled in."""
GIVES_UP = re.compile(r"\b(?:cancel|close|discard|back|reset|clear)\b", re.IGNORECASE)
MOST_CHOICES, MOST_WORDS = 3, 2
_OPTIONS = re.compile(rf"\boptions (?P<all>{LITERAL}(?:, {LITERAL})*)")
_WORD = re.compile(r"[A-Za-z]{5,}")


class Act(Record):
    """One action on one element: the `nth` (from 1) of its role and name."""

    kind: Literal["click", "type", "select"]
    role: str
    name: str
    beside: str
    nth: int
    text: str = ""


Deed = tuple[Act, ...]
"""Acts that belong together: one click, or fields and the button that sends them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A deed that a page offers.

    Attributes:
        run: a name that neighbours of a kind share, such as the rows of a list or the entries of a menu.
    """

    deed: Deed
    run: str


class Reading:
    """The elements of an observation, as acts name them."""

    def __init__(self, text: str) -> None:
        self._scene = Scene(text)

    def find(self, act: Act) -> Action | None:
        """The action for an act on this page; None if there is no such element."""
        node = self._node(act)
        if node is None:
            return None
        return Action(act.kind, ref=node.ref, text=act.text if act.kind != "click" else None)

    @cached_property
    def signs(self) -> frozenset[tuple[str, str, str]]:
        """Role, name and neighbouring text of all elements that can be acted on."""
        return frozenset((node.role, node.name, self._scene.beside(node)) for node in self._scene.refs())

    def called(self, act: Act) -> tuple[str, str]:
        """The name and the neighbouring text that identify the element; two empty texts if nothing does."""
        alike = [node for node in self._scene.refs() if node.name == act.name]
        if act.name and len(alike) == 1:
            return act.name, ""
        near = [node for node in alike if self._scene.beside(node) == act.beside]
        return (act.name, act.beside) if act.beside and len(near) == 1 else ("", "")

    def has(self, act: Act, state: str) -> bool:
        """Whether the element of an act is in a state, such as `checked`."""
        node = self._node(act)
        return node is not None and node.has(state)

    def _node(self, act: Act) -> Node | None:
        same = [node for node in self._scene.refs(act.role) if node.name == act.name]
        return same[act.nth - 1] if act.nth <= len(same) else None

    def offers(self, *, known: Collection[tuple[str, str, str]] = ()) -> Iterator[Offer]:
        """The deeds of the page, except those that log out.

        Args:
            known: elements (role, name, text beside) that are left out, because another page offers them.
        """
        counts, run, before = Counter[tuple[str, str]](), 0, None
        offered: list[tuple[Node, int]] = []
        for node in self._scene.refs():
            counts[node.role, node.name] += 1
            run += before is None or (before.role, before.depth) != (node.role, node.depth)
            before = node
            if (node.role, node.name, self._scene.beside(node)) in known or node.has("disabled") or logs_out(node.name):
                continue
            nth = counts[node.role, node.name]
            offered.append((node, nth))
            if node.role in BOXES:
                for option in _choices(node):
                    yield Offer(deed=(self._act("select", node, nth, option),), run=f"{run}")
            elif node.role not in OTHERS:
                yield Offer(deed=(self._act("click", node, nth),), run=f"{run}")
        yield from self._writing(offered)

    def _act(self, kind: Literal["click", "type", "select"], node: Node, nth: int, text: str = "") -> Act:
        return Act(kind=kind, role=node.role, name=node.name, beside=self._scene.beside(node), nth=nth, text=text)

    def _writing(self, offered: Sequence[tuple[Node, int]]) -> Iterator[Offer]:
        """Fields filled in and sent by each button below; a field alone, with words of what is listed below it."""
        fields = [(node, nth) for node, nth in offered if node.role in FIELDS and self._takes_text(node)]
        if not fields or len(fields) > len(WRITTEN):
            return
        filled = tuple(self._act("type", *field, text) for field, text in zip(fields, WRITTEN, strict=False))
        for node, nth in offered:
            if node.role == "button" and node.position > fields[-1][0].position and not GIVES_UP.search(node.name):
                yield Offer(deed=(*filled, self._act("click", node, nth)), run="sends")
        if len(fields) == 1:
            after = self._scene.after(fields[0][0], self._scene.nodes)
            words = list(
                dict.fromkeys(
                    max(words_of_line, key=len) for line in _listed(after) if (words_of_line := _WORD.findall(line))
                )
            )
            for word in words[:: max(1, len(words) // MOST_WORDS)][:MOST_WORDS]:
                yield Offer(deed=(self._act("type", *fields[0], word),), run="looks for")

    def _takes_text(self, node: Node) -> bool:
        label = node.name or self._scene.beside(node)
        return bool(label) and not OF_A_KIND.search(label)


def _listed(nodes: Sequence[Node]) -> list[str]:
    """The texts of the largest group of nodes with one role and depth that contain a word: the entries of a list.

    Plain text is one only where nothing else is.
    """
    lines = defaultdict[tuple[str, int], list[str]](list)
    for node in nodes:
        if node.role != "button" and _WORD.search(node.name):
            lines[node.role, node.depth].append(node.name)
    _, entries = max(lines.items(), key=lambda kind: (kind[0][0] != "text", len(kind[1])), default=(None, []))
    return entries


def _choices(node: Node) -> list[str]:
    match = _OPTIONS.search(node.rest)
    options = [str(json.loads(literal)) for literal in re.findall(LITERAL, match["all"])] if match else []
    return [option for option in options if option != node.value][:MOST_CHOICES]
