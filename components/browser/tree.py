"""The page as a tree of nodes, pruned to what an agent needs.

The rules are AgentOccam's (observation alignment), as pure functions. Texts that repeat a name, nameless pictures and
empty containers are removed. A container without meaning is replaced by its children. A container with a single text
takes it as its name. Ours: an interactive node is never removed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from components.browser.quoting import clean, tidy

# Containers that say nothing by themselves: their children take their place. Those of NAMED stay when they have a
# name and at least two children to group.
NAMED = frozenset(
    ("region", "form", "group", "search", "toolbar", "complementary", "iframe", "list", "article", "figure")
)
HOLLOW = NAMED | {"main", "banner", "contentinfo", "definition", "rowgroup", "directory", "feed", "blockquote"}
DIALOGS = frozenset(("dialog", "alertdialog"))
SCROLLS = "scrollable"  # what holds more than it shows stays, because it says where there is more
MAX_DEPTH = 150


class Node:
    """One node: a text (`role` is "text"), something interactive (`ref` is not 0), or a container."""

    __slots__ = ("children", "distance", "hint", "name", "options", "purpose", "ref", "role", "states", "value")

    def __init__(
        self,
        role: str,
        name: str = "",
        *,
        ref: int = 0,
        states: Sequence[str] = (),
        value: str = "",
        options: Sequence[str] | None = None,
        children: Sequence[Node] = (),
        hint: str = "",
        distance: int = 0,
        purpose: str = "",
    ) -> None:
        self.role, self.name, self.ref, self.states, self.value = role, name, ref, states, value
        self.options, self.children, self.hint, self.distance = options, children, hint, distance
        self.purpose = purpose

    def with_children(self, children: Sequence[Node]) -> Node:
        return Node(
            self.role,
            self.name,
            ref=self.ref,
            states=self.states,
            value=self.value,
            options=self.options,
            children=children,
            hint=self.hint,
            distance=self.distance,
            purpose=self.purpose,
        )


class TreeError(ValueError):
    """What the page sent is not a tree: it has tampered with the walker."""


def _strings(value: Any) -> bool:
    return type(value) is list and all(type(item) is str for item in value)


def read_tree(raw: Any, *, depth: int = 0) -> list[Node]:
    """Checks and converts what the walker sent (see observe.js for the form).

    Raises:
        TreeError: it has another form.
    """
    if type(raw) is not list or depth > MAX_DEPTH:
        raise TreeError("the page sent no tree")
    nodes = []
    for item in raw:
        if type(item) is str:
            text = tidy(item)
            if text:
                nodes.append(Node("text", text))
        else:
            nodes.append(_read_node(item, depth))
    return nodes


def _read_node(item: Any, depth: int) -> Node:
    try:
        role, name, ref, states, value, options, children, hint, distance, purpose = item
    except (TypeError, ValueError):
        raise TreeError("the page sent a node of another form") from None
    texts = (role, name, value, hint, purpose)
    if not (all(type(text) is str for text in texts) and type(ref) is type(distance) is int):
        raise TreeError("the page sent a node of another form")
    if (states != [] and not _strings(states)) or (options != 0 and not _strings(options)):
        raise TreeError("the page sent states or options of another form")
    return Node(
        _word(role),
        tidy(name),
        ref=max(0, ref),
        states=[_word(state) for state in states] if states else (),
        value=clean(value) if value else "",
        options=None if options == 0 else [clean(option) for option in options],
        children=read_tree(children, depth=depth + 1) if children else (),
        hint=_hint(hint) if hint else "",
        distance=distance,
        purpose=_hint(purpose.replace(" ", "."), longest=120) if purpose else "",
    )


_NOT_WORD = re.compile(r"[^\w\- ]+")
_NOT_HINT = re.compile(r'[\s"\[\]|\\]+|[^\x21-\x7e]+')


def _word(text: str) -> str:
    """A role or state as printed: a page can write anything into `role=`, also something like a line of ours."""
    if text.isalpha() and len(text) <= 30:
        return text
    return _NOT_WORD.sub("", tidy(text))[:30].strip() or "group"


def _hint(text: str, *, longest: int = 80) -> str:
    return _NOT_HINT.sub("", text)[:longest]


def prune(nodes: Sequence[Node], *, name: str = "") -> list[Node]:
    """The nodes an agent needs, in order. Pure; pruning twice changes nothing more; every `ref` survives.

    Args:
        name: the name of what holds the nodes; texts and pictures that repeat it are dropped.
    """
    result: list[Node] = []
    for node in nodes:
        if node.children:
            result.extend(_prune_container(node))
        elif node.ref or node.name or node.value or node.role in DIALOGS:
            result.append(node)
    if name:
        result = [node for node in result if not _repeats(node, name)]
    return _without_labels(result) if len(result) > 1 else result


def _prune_container(node: Node) -> Sequence[Node]:
    children = prune(node.children, name=node.name)
    if node.ref:
        return (node.with_children(children),)
    if node.role in HOLLOW:
        if SCROLLS in node.states or (node.name and node.role in NAMED and len(children) > 1):
            return (node.with_children(children),)
        return (Node("text", node.name, distance=node.distance), *children) if node.name else children
    if not children:
        return (node.with_children(()),) if node.name or node.value or node.role in DIALOGS else ()
    if len(children) == 1:
        return (_merged(node, children[0]),)
    return (node.with_children(children),)


def _merged(node: Node, only: Node) -> Node:
    """A container of one node: a text becomes the container's name; a list item, or a heading of the same name, is
    replaced by the node."""
    if not node.name and node.role not in ("row", "table") and is_text(only):
        return Node(node.role, only.name, states=node.states, value=node.value, distance=only.distance)
    if node.role == "listitem" and not node.name and not node.states:
        return only
    if node.role == "heading" and only.name == node.name and only.ref:
        return only
    return node.with_children((only,))


def is_text(node: Node) -> bool:
    return node.role == "text" and not node.ref and not node.children


def _repeats(node: Node, name: str) -> bool:
    """True for a text or picture that says nothing beside `name`."""
    if node.ref or node.children or node.role not in ("text", "img"):
        return False
    return node.name == name or (len(node.name) * 2 >= len(name) and node.name in name)


def _without_labels(nodes: list[Node]) -> list[Node]:
    """Drops a text that stands beside the field or heading whose name it is."""
    backwards: list[Node] = []
    for node in reversed(nodes):
        if not (backwards and is_text(node) and _labels(node.name, backwards[-1])):
            backwards.append(node)
    result: list[Node] = []
    for node in reversed(backwards):
        if not (result and is_text(node) and _labels(node.name, result[-1])):
            result.append(node)
    return result


def _labels(text: str, neighbour: Node) -> bool:
    if neighbour.role == "heading":
        return text == neighbour.name
    if not neighbour.ref or not neighbour.name or neighbour.role in ("link", "button", "clickable"):
        return False
    return text.rstrip(" :*") == neighbour.name.rstrip(" :*")
