"""The scripted teacher's view of a page: the observation's lines as nodes, and questions about them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

_LINE = re.compile(r'^(?:\[(?P<ref>\d+)\] )?(?P<role>[\w-]+)(?: (?P<name>"(?:[^"\\]|\\.)*"))?(?P<rest>.*)$')
_VALUE = re.compile(r'(?:^| )value (?P<value>"(?:[^"\\]|\\.)*")')
_CELLS = re.compile(r'(?:"(?:[^"\\]|\\.)*"|[^"|])+')
_INSIDE = re.compile(r'(?P<text>^\s*"(?:[^"\\]|\\.)*")|(?P<element>\[\d+\] (?:"(?:[^"\\]|\\.)*"|[^"\[])+)')

_COUNT = re.compile(r"\s+[\d.,]+\+?$")
MOST_BESIDE = 3
BOXES_TO_TICK = ("checkbox", "radio")
TEXT_FIELDS = ("textbox", "searchbox", "spinbutton", "date", "time")


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One line of an observation. `rest` is what follows the name: states, value, hints."""

    position: int
    depth: int
    ref: int | None
    role: str
    name: str
    rest: str
    value: str = ""

    @property
    def label(self) -> str:
        """The name with case, spaces and outer punctuation taken off, for comparing."""
        return plain(self.name)

    def has(self, state: str) -> bool:
        return re.search(rf"\b{state}\b", self.rest) is not None

    def says(self) -> str:
        """The line as a reason may quote it."""
        return f'{self.role} "{self.name}"' if self.name else self.role


class Scene:
    """The nodes of one observation, in document order."""

    def __init__(self, text: str) -> None:
        self.nodes: tuple[Node, ...] = tuple(_parse(text))

    def refs(self, *roles: str) -> list[Node]:
        """Nodes that can be acted on, of these roles (of any when none is given)."""
        return [node for node in self.nodes if node.ref is not None and (not roles or node.role in roles)]

    def named(self, name: str, *roles: str) -> list[Node]:
        """Nodes that can be acted on and have this name: the exact ones, else those equal but for case and spaces."""
        nodes = self.refs(*roles)
        exact = [node for node in nodes if node.name == name]
        return exact or [node for node in nodes if node.label == plain(name)]

    @cached_property
    def fields(self) -> list[Node]:
        """Text fields that can be filled, in document order."""
        return [node for node in self.refs(*TEXT_FIELDS) if not node.has("disabled")]

    def submit(self, *names: str) -> Node | None:
        """The button that ends a form: one of these names, else Submit."""
        for name in (*names, "submit"):
            buttons = self.named(name, "button", "link", "clickable")
            if buttons:
                return buttons[0]
        return None

    def beside(self, node: Node) -> str:
        """The text that looks like the node's label: right behind a check box, else the first of up to three before."""
        after = self.nodes[node.position + 1 : node.position + 2]
        if node.role in BOXES_TO_TICK and after and after[0].ref is None and after[0].role == "text":
            return after[0].name
        texts: list[str] = []
        for earlier in reversed(self.nodes[: node.position]):
            if earlier.ref is not None or earlier.role != "text" or len(texts) == MOST_BESIDE:
                break
            texts.append(earlier.name)
        return texts[-1] if texts else ""

    def texts(self) -> list[Node]:
        """Nodes with something to read and nothing to act on."""
        return [node for node in self.nodes if node.ref is None and node.name]

    def parent(self, node: Node) -> Node | None:
        for earlier in reversed(self.nodes[: node.position]):
            if earlier.depth < node.depth:
                return earlier
        return None

    def before(self, node: Node, nodes: Iterable[Node]) -> Node | None:
        """The last of `nodes` that stands before `node`."""
        earlier = [candidate for candidate in nodes if candidate.position < node.position]
        return earlier[-1] if earlier else None

    def after(self, node: Node, nodes: Iterable[Node]) -> list[Node]:
        return [candidate for candidate in nodes if candidate.position > node.position]


def _parse(text: str) -> Iterable[Node]:
    position = 0
    for line in text.splitlines():
        indent, content = len(line) - len(line.lstrip()), line.strip()
        parts = _cells(content) if content.startswith("| ") else [content]
        for part in parts:
            match = _LINE.match(part)
            if match is not None:
                yield _node(match, position=position, depth=indent // 2)
                position += 1


def _cells(row: str) -> Iterable[str]:
    """A table's row as lines of its own: `| "Genre" | [1] textbox |` has the lines `cell "Genre"` and `[1] textbox`."""
    for cell in _CELLS.findall(row):
        for match in _INSIDE.finditer(cell):
            yield f"cell {match['text'].strip()}" if match["text"] else match["element"].strip()


def _node(match: re.Match[str], *, position: int, depth: int) -> Node:
    rest = match["rest"].strip()
    value = _VALUE.search(rest)
    return Node(
        position=position,
        depth=depth,
        ref=int(match["ref"]) if match["ref"] else None,
        role=match["role"],
        name=_string(match["name"]) if match["name"] else "",
        rest=rest,
        value=_string(value["value"]) if value else "",
    )


def _string(literal: str) -> str:
    try:
        return str(json.loads(literal))
    except ValueError:
        return literal[1:-1]


def plain(text: str) -> str:
    return " ".join(text.casefold().split()).strip(" .,:;!?")


def uncounted(name: str) -> str:
    """A name without the count behind it: `Inbox 12`."""
    return _COUNT.sub("", name)


def nth(nodes: Sequence[Node], number: int) -> Node | None:
    """The `number`-th node, counted from one; None where there are fewer."""
    return nodes[number - 1] if 0 < number <= len(nodes) else None


def ordinal(word: str) -> int:
    """`3rd` or `3` as 3.

    Raises:
        ValueError: no number in it.
    """
    return int(re.sub(r"\D", "", word))
