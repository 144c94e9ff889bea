"""A page as BrowserGym prints its accessibility tree, made into an observation as our browser makes one.

A line is `<tabs>[bid] role 'name', attribute='value'`; names and values are Python's literals. WebArena's own printing
differs in `attribute: value` alone.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from components.browser.observation import Element, Observation
from components.browser.quoting import tidy
from components.browser.render import render
from components.browser.tree import MAX_DEPTH, Node, prune

LITERAL = r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\""""
LINE = re.compile(rf"(?P<indent>[\t ]*)(?:\[(?P<bid>\w+)\] )?(?P<role>[A-Za-z]+) (?P<name>{LITERAL})(?P<rest>.*)")
ATTRIBUTE = re.compile(rf"(?P<key>[A-Za-z]+)(?:(?:=|: )(?P<value>{LITERAL}|\w+))?")
OWN = re.compile(r'\[(?P<ref>\d{1,7})\] (?P<line>(?P<role>[^\s"]+)(?: (?P<name>"(?:[^"\\]|\\.)*"))?[^|\n]*)')
ROOT = "RootWebArea"
INTERACTIVE = frozenset(
    (
        *("link", "button", "textbox", "searchbox", "spinbutton", "combobox", "listbox", "checkbox", "radio"),
        *("switch", "slider", "tab", "menuitem", "menuitemcheckbox", "menuitemradio", "treeitem", "date"),
    )
)
RENAMED = {"StaticText": "text", "image": "img"} | dict.fromkeys(
    ("paragraph", "generic", "none", "strong", "emphasis", "LabelText", "Section", "code", "time"), "group"
)
STATES = {
    ("checked", "true"): "checked",
    ("checked", "mixed"): "mixed",
    ("selected", "true"): "selected",
    ("pressed", "true"): "pressed",
    ("expanded", "true"): "expanded",
    ("expanded", "false"): "collapsed",
    ("disabled", "true"): "disabled",
    ("readonly", "true"): "readonly",
}
BUDGET = 4000
"""Tokens of a page, as our browsers have by default."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page, and the reference of each element that can be acted on by its bid."""

    seen: Observation
    refs: Mapping[str, int]


def read_page(text: str, *, url: str = "") -> Page:
    """The page of a printed tree; lines of another form are skipped. Elements are numbered in their order."""
    refs: dict[str, int] = {}
    stack: list[tuple[int, Node]] = []
    title = ""
    for line in reversed([match for row in text.splitlines() if (match := LINE.fullmatch(row))]):
        depth = min(len(line["indent"].expandtabs(1)), MAX_DEPTH)
        attributes = dict(_attributes(line["rest"]))
        if line["role"] == ROOT:
            title, url = title or tidy(_read(line["name"])), url or attributes.get("url", "")
            continue
        children: list[Node] = []
        while stack and stack[-1][0] > depth:
            children.append(stack.pop()[1])
        stack.append((depth, _node(line, attributes, children, refs)))
    nodes = prune([node for _, node in reversed(stack)])
    count = len(refs)
    refs = {bid: count + 1 - ref for bid, ref in refs.items()}
    return Page(seen=render(_renumbered(nodes, count), url=url, title=title, budget=BUDGET), refs=refs)


def own_page(text: str, *, url: str) -> Page:
    """A page that one of our browsers printed: its references are its bids."""
    matches = {int(match["ref"]): match for match in OWN.finditer(text)}
    elements = {
        ref: Element(ref=ref, role=match["role"], name=_read(match["name"] or '""'), line=match["line"].rstrip())
        for ref, match in matches.items()
    }
    observation = Observation(url=url, title="", text=text, elements=elements)
    return Page(seen=observation, refs={str(ref): ref for ref in elements})


def _node(line: re.Match[str], attributes: Mapping[str, str], children: list[Node], refs: dict[str, int]) -> Node:
    role, value = RENAMED.get(line["role"], line["role"]), attributes.get("value", "")
    ref = refs.setdefault(line["bid"], len(refs) + 1) if line["bid"] and role in INTERACTIVE else 0
    listed = tuple(child.name for child in children if child.role == "option")
    if ref:
        children = [child for child in children if child.role != "option" and child.name != value]
    return Node(
        role,
        tidy(_read(line["name"])),
        ref=ref,
        states=[state for (key, word), state in STATES.items() if attributes.get(key, "").lower() == word],
        value=value,
        options=listed if ref and listed else None,
        children=children,
    )


def _renumbered(nodes: list[Node], count: int) -> list[Node]:
    """Elements were numbered from the end of the page."""
    for node in nodes:
        node.ref = count + 1 - node.ref if node.ref else 0
        _renumbered(list(node.children), count)
    return nodes


def _attributes(rest: str) -> Iterator[tuple[str, str]]:
    for match in ATTRIBUTE.finditer(rest):
        yield match["key"], _read(match["value"]) if match["value"] else "true"


def _read(literal: str) -> str:
    try:
        value: Any = ast.literal_eval(literal) if literal[0] in "'\"" else literal
    except (SyntaxError, ValueError):
        value = literal[1:-1]
    return str(value)
