"""The page as a tree of nodes, and the pruning that leaves what an agent needs.

The rules are those of AgentOccam's pruning (papers: AgentOccam, observation alignment), as pure functions over
immutable input: texts that repeat a name, nameless pictures and empty containers go; a container that holds one thing
becomes that thing; runs of equal lines are merged. Ours: an interactive node is never pruned.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from components.browser.quoting import clean

# Containers that say nothing by themselves: their children take their place.
HOLLOW = frozenset(
    [
        "list",
        "main",
        "banner",
        "contentinfo",
        "region",
        "article",
        "figure",
        "form",
        "group",
        "search",
        "definition",
        "toolbar",
        "complementary",
        "iframe",
        "rowgroup",
        "directory",
        "feed",
        "blockquote",
    ]
)
# Those that still say something with a name.
NAMED = frozenset(
    ["region", "form", "group", "search", "toolbar", "complementary", "iframe", "list", "article", "figure"]
)
LEAVES = frozenset({"img", "canvas", "separator", "presentation", "graphics-symbol", "graphics-document"})
MAX_DEPTH = 150


class Node:
    """One node: a text (`role` is "text"), something interactive (`ref` is not 0), or a container."""

    __slots__ = ("children", "distance", "hint", "name", "options", "ref", "role", "states", "value")

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
    ) -> None:
        self.role, self.name, self.ref, self.states, self.value = role, name, ref, states, value
        self.options, self.children, self.hint, self.distance = options, children, hint, distance

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
        )


class TreeError(ValueError):
    """What the page sent is not a tree: it has tampered with the walker."""


_SPACES = re.compile(r"\s+")


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
            text = clean(_SPACES.sub(" ", item)).strip()
            if text:
                nodes.append(Node("text", text))
        else:
            nodes.append(_read_node(item, depth))
    return nodes


def _read_node(item: Any, depth: int) -> Node:
    try:
        role, name, ref, states, value, options, children, hint, distance = item
    except (TypeError, ValueError):
        raise TreeError("the page sent a node of another form") from None
    if not (type(role) is type(name) is type(value) is type(hint) is str and type(ref) is type(distance) is int):
        raise TreeError("the page sent a node of another form")
    if type(states) is not list or not all(type(state) is str for state in states):
        raise TreeError("the page sent states of another form")
    if options != 0 and not (type(options) is list and all(type(option) is str for option in options)):
        raise TreeError("the page sent options of another form")
    return Node(
        _word(role),
        clean(_SPACES.sub(" ", name)).strip(),
        ref=max(0, ref),
        states=[_word(state) for state in states],
        value=clean(value),
        options=None if options == 0 else [clean(option) for option in options],
        children=read_tree(children, depth=depth + 1) if children else (),
        hint=_hint(hint) if hint else "",
        distance=distance,
    )


_NOT_WORD = re.compile(r"[^\w\- ]+")
_NOT_HINT = re.compile(r'[\s"\[\]|\\]+|[^\x21-\x7e]+')


def _word(text: str) -> str:
    """A role or state as printed: a page can write anything into `role=`, also something like a line of ours."""
    if text.isalpha() and len(text) <= 30:
        return text
    return _NOT_WORD.sub("", clean(_SPACES.sub(" ", text)))[:30].strip() or "group"


def _hint(text: str) -> str:
    return _NOT_HINT.sub("", text)[:80]


def prune(nodes: Sequence[Node]) -> list[Node]:
    """The nodes an agent needs, in order. Pure; pruning twice changes nothing; every `ref` survives."""
    kept: list[Node] = []
    for node in nodes:
        if node.role == "text" and not node.ref:
            kept.append(node)
        elif node.children:
            kept.extend(_prune_container(node))
        elif node.ref or not _says_nothing(node):
            kept.append(node)
    return _drop_repeats(kept) if len(kept) > 1 else kept


def _says_nothing(node: Node) -> bool:
    return not node.name and not node.value and (node.role != "dialog" and node.role != "alertdialog")


def _prune_container(node: Node) -> Sequence[Node]:
    children: Sequence[Node] = prune(node.children)
    if node.name:
        children = [child for child in children if not _repeats(child, node.name)]
    if node.ref:
        return (node.with_children(children),)
    if node.role in HOLLOW and not (node.name and node.role in NAMED and len(children) > 1):
        if not node.name or (len(children) >= 1 and node.role not in NAMED):
            return children
        return [Node("text", node.name, distance=node.distance), *children] if len(children) <= 1 else children
    if node.role == "listitem" or node.role in LEAVES:
        return _prune_item(node, children)
    if not children and _says_nothing(node):
        return ()
    if not node.name and len(children) == 1 and _is_text(children[0]) and node.role not in ("row", "table"):
        only = children[0]
        return (Node(node.role, only.name, states=node.states, value=node.value, distance=only.distance),)
    return (node.with_children(children),)


def _prune_item(node: Node, children: Sequence[Node]) -> Sequence[Node]:
    """A list item with one thing in it is that thing; with more it groups them."""
    if len(children) == 1 and not node.name and not node.states:
        only = children[0]
        return (Node("listitem", only.name, distance=only.distance),) if _is_text(only) else (only,)
    if not children and not node.name:
        return ()
    return (node.with_children(children),)


def _is_text(node: Node) -> bool:
    return node.role == "text" and not node.ref and not node.children


def _repeats(node: Node, name: str) -> bool:
    if node.ref or node.children or node.role not in ("text", "img"):
        return False
    return (node.name in name and len(node.name) * 2 >= len(name)) or (node.role == "img" and not node.name)


def _drop_repeats(nodes: list[Node]) -> list[Node]:
    """Drops a text that stands beside a field or heading of that very name (labels), and empty texts."""
    kept: list[Node] = []
    last = len(nodes) - 1
    for i, node in enumerate(nodes):
        if _is_text(node) and (
            not node.name
            or (i < last and _labels(node.name, nodes[i + 1]))
            or (i > 0 and _labels(node.name, nodes[i - 1]))
        ):
            continue
        kept.append(node)
    return kept


def _labels(text: str, neighbour: Node) -> bool:
    if not neighbour.ref or neighbour.role in ("link", "button", "clickable"):
        return neighbour.role == "heading" and text == neighbour.name
    return bool(neighbour.name) and text.rstrip(" :*") == neighbour.name.rstrip(" :*")
