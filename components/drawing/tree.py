"""A tree as SVG text: one row a thing, drawn under what it hangs from."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from components.drawing.charts import LETTER, WIDTH, svg

ROW, STEP, EDGE = 24, 16, 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A thing of a tree. `parent` is another's name, empty for a root; `size` how large its mark is, by its root."""

    name: str
    parent: str
    size: float
    note: str = ""


def tree(branches: Sequence[Branch], *, label: str) -> str:
    """The branches below their parents, in the given order. One whose parent is not among them is a root."""
    if not branches:
        return ""
    names = {branch.name for branch in branches}
    below: dict[str, list[Branch]] = {}
    for branch in branches:
        below.setdefault(branch.parent if branch.parent in names and branch.parent != branch.name else "", []).append(
            branch
        )
    rows = list(_rows(below, "", 0))
    largest = max(math.sqrt(branch.size) for branch, _ in rows) or 1.0
    places: dict[str, tuple[float, float]] = {}
    body, width = [], float(WIDTH)
    for number, (branch, depth) in enumerate(rows):
        x, y = EDGE + STEP * depth, ROW * number + ROW / 2
        places[branch.name] = (x, y)
        if branch.parent in places:
            px, py = places[branch.parent]
            body.append(f'<path class="grid" fill="none" d="M{px:g} {py:g}V{y:g}H{x:g}"/>')
        radius = 2 + 5 * math.sqrt(branch.size) / largest
        text = f"{branch.name}  {branch.note}" if branch.note else branch.name
        body.append(f'<circle class="cell" cx="{x:g}" cy="{y:g}" r="{radius:.1f}"/>')
        body.append(f'<text class="tick" x="{x + 12:g}" y="{y + 4:g}">{escape(text)}</text>')
        width = max(width, x + 14 + LETTER * len(text))
    return svg("".join(body), label=label, width=width, height=ROW * len(rows))


def _rows(below: Mapping[str, Sequence[Branch]], name: str, depth: int) -> Iterator[tuple[Branch, int]]:
    for branch in below.get(name, ()):
        yield branch, depth
        yield from _rows(below, branch.name, depth + 1)
