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
    """Branches in the given order below their parents; what hangs from nothing that is there is a root."""
    if not branches:
        return ""
    names = {each.name for each in branches}
    below: dict[str, list[Branch]] = {}
    for each in branches:
        below.setdefault(each.parent if each.parent in names and each.parent != each.name else "", []).append(each)
    rows = list(_rows(below, "", 0))
    largest = max(math.sqrt(each.size) for each, _ in rows) or 1.0
    places: dict[str, tuple[float, float]] = {}
    body, width = [], float(WIDTH)
    for number, (each, depth) in enumerate(rows):
        x, y = EDGE + STEP * depth, ROW * number + ROW / 2
        places[each.name] = (x, y)
        if each.parent in places:
            px, py = places[each.parent]
            body.append(f'<path class="grid" fill="none" d="M{px:g} {py:g}V{y:g}H{x:g}"/>')
        radius = 2 + 5 * math.sqrt(each.size) / largest
        text = f"{each.name}  {each.note}" if each.note else each.name
        body.append(f'<circle class="cell" cx="{x:g}" cy="{y:g}" r="{radius:.1f}"/>')
        body.append(f'<text class="tick" x="{x + 12:g}" y="{y + 4:g}">{escape(text)}</text>')
        width = max(width, x + 14 + LETTER * len(text))
    return svg("".join(body), label=label, width=width, height=ROW * len(rows))


def _rows(below: Mapping[str, Sequence[Branch]], name: str, depth: int) -> Iterator[tuple[Branch, int]]:
    for each in below.get(name, ()):
        yield each, depth
        yield from _rows(below, each.name, depth + 1)
