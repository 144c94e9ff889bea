"""Prints a pruned tree as text, within a budget of tokens.

If it does not fit, the least relevant parts are trimmed: texts before elements, far from the view before near, and
among equals the longest. Elements are left out only if trimming all texts is not enough; the text then says how many.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from components.browser.observation import Element, Observation
from components.browser.quoting import quote
from components.browser.tree import Node

CHARS_PER_TOKEN = 4
SHOWN_OPTIONS = 60
INDENT = "  "
KEPT_START = 60  # characters of a trimmed text that stay


@dataclass(slots=True)
class Line:
    """One printed line. `refs` are those it prints; a table's row may print several."""

    depth: int
    text: str
    refs: tuple[int, ...]
    distance: int
    role: str

    @property
    def cost(self) -> int:
        return len(self.text) + 2 * self.depth + 1


def describe_node(node: Node) -> str:
    """A node's line without its reference: role, name or hint, value, options, states."""
    parts = [node.role]
    if node.name:
        parts.append(quote(node.name))
    elif node.hint:
        parts.append(node.hint)
    if node.value:
        parts.append("value " + quote(node.value))
    if node.options is not None:
        options = ", ".join(quote(option) for option in node.options[:SHOWN_OPTIONS])
        omitted = len(node.options) - SHOWN_OPTIONS
        parts.append(f"options {options}" + (f" and {omitted} more" if omitted > 0 else ""))
    if node.states:
        parts.extend(node.states)
    return " ".join(parts)


class Printer:
    """Collects the lines and elements of a tree, in document order."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.elements: dict[int, Element] = {}

    def nodes(self, nodes: Iterable[Node], depth: int) -> None:
        for node in nodes:
            if node.role == "row" and not node.ref and _flat(node):
                self.row(node, depth)
            elif node.role == "table" and not node.ref and not node.name:
                self.nodes(node.children, depth)
            else:
                self.node(node, depth)

    def node(self, node: Node, depth: int) -> None:
        text = self.line_of(node)
        self.lines.append(Line(depth, text, (node.ref,) if node.ref else (), node.distance, node.role))
        if node.children:
            self.nodes(node.children, depth + 1)

    def line_of(self, node: Node) -> str:
        line = describe_node(node)
        if not node.ref:
            return line
        self.elements[node.ref] = Element(
            ref=node.ref,
            role=node.role,
            name=node.name or node.hint,
            line=line,
            value=node.value,
            purpose=node.purpose,
        )
        return f"[{node.ref}] {line}"

    def row(self, row: Node, depth: int) -> None:
        """A table's row as `| a | b |`; its cells hold texts and leaves only."""
        cells, refs = [], []
        for cell in row.children:
            inside = cell.children if cell.role in CELLS and not cell.ref else (cell,)
            parts = [quote(cell.name)] if cell.name and inside is cell.children else []
            for node in inside:
                parts.append(quote(node.name) if node.role == "text" else self.line_of(node))
                if node.ref:
                    refs.append(node.ref)
            cells.append(" ".join(parts))
        distance = min((node.distance for node in row.children), default=row.distance)
        self.lines.append(Line(depth, f"| {' | '.join(cells)} |", tuple(refs), distance, "row"))


CELLS = frozenset({"cell", "columnheader", "rowheader", "gridcell"})


def _flat(row: Node) -> bool:
    """True where every cell holds texts and leaves only, so that the row fits one line."""
    return all(
        not any(inner.children or inner.options for inner in cell.children)
        if cell.role in CELLS and not cell.ref
        else not cell.children and not cell.options
        for cell in row.children
    )


def render(nodes: Sequence[Node], *, url: str, title: str, budget: int, cut: bool = False) -> Observation:
    """Prints the pruned tree.

    Args:
        budget: tokens (estimated as characters / 4) of the whole text.
        cut: the walker itself stopped early (a page of tens of thousands of elements).
    """
    printer = Printer()
    printer.nodes(nodes, 0)
    lines, elements = printer.lines, printer.elements
    trimmed = "the page is too large and was not read to its end" if cut else ""
    room = budget * CHARS_PER_TOKEN
    if sum(line.cost for line in lines) > room:
        lines, left_out = fit(lines, room=room)
        shown_refs = {ref for line in lines for ref in line.refs}
        left_out_roles = Counter(element.role for ref, element in elements.items() if ref not in shown_refs)
        elements = {ref: element for ref, element in elements.items() if ref in shown_refs}
        trimmed = "; ".join(filter(None, (trimmed, _say(left_out, left_out_roles))))
    text = "\n".join(INDENT * line.depth + line.text for line in lines)
    if trimmed:
        text += f"\n({trimmed})" if text else f"({trimmed})"
    return Observation(url=url, title=title, text=text, elements=elements, trimmed=trimmed)


def _say(texts: int, roles_left_out: Counter[str]) -> str:
    sentences = [f"{texts} texts were shortened or left out"] if texts else []
    if roles_left_out:
        roles = ", ".join(f"{count} {role}" for role, count in roles_left_out.most_common())
        sentences.append(f"{roles_left_out.total()} interactive elements were left out: {roles}; scroll to see others")
    return "; ".join(sentences)


def fit(lines: Sequence[Line], *, room: int) -> tuple[list[Line], int]:
    """The lines that fit into `room` characters, and how many texts were shortened or dropped.

    Elements are dropped only when all texts are gone and they still do not fit, the farthest from the view first.
    """
    excess = sum(line.cost for line in lines) - room
    order = sorted(
        (i for i, line in enumerate(lines) if not line.refs),
        key=lambda i: (-lines[i].distance, -len(lines[i].text)),
    )
    result: list[Line | None] = list(lines)
    touched = set()
    for i in order:  # first shorten the long ones, then drop
        if excess <= 0:
            break
        line = lines[i]
        if line.role == "text" and len(line.text) > 2 * KEPT_START:
            short = Line(line.depth, _shorten(line.text), (), line.distance, line.role)
            excess -= line.cost - short.cost
            result[i] = short
            touched.add(i)
    for i in order:
        if excess <= 0:
            break
        line_left = result[i]
        if line_left is not None:
            excess -= line_left.cost
            result[i] = None
            touched.add(i)
    if excess > 0:
        far = sorted((i for i, line in enumerate(lines) if line.refs), key=lambda i: (lines[i].distance, i))
        while excess > 0 and far:
            i = far.pop()
            excess -= lines[i].cost
            result[i] = None
    return [line for line in result if line is not None], len(touched)


def _shorten(text: str) -> str:
    """A text line's start, cut where no escape sequence is broken."""
    return text[:KEPT_START].rstrip("\\").rsplit("\\", 1)[0] + '…"'
