"""Heat maps as SVG text: a matrix as cells of one colour, with its axes named and the key to its colour."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from components.drawing.charts import LETTER, Scale, number, svg

SPAN = 250
"""Width of a drawing: several stand beside each other."""
LEFT, CELL = 36, 22
SLANT = 0.64
"""Height of a column's name for its length: names are rotated by forty degrees so that all can be read."""


def heat_map(
    values: Sequence[Sequence[float]],
    *,
    columns: Sequence[str],
    rows: Sequence[int],
    row_name: str,
    label: str,
    within: tuple[float, float] | None = None,
) -> str:
    """Cells as strong in colour as the value stands between the matrix' least and greatest, or between the two of
    `within`, where several are to be compared. `rows` are the rows' numbers, `row_name` says of what.
    """
    if not values or not columns:
        return ""
    low, high = within or (min(map(min, values)), max(map(max, values)))
    scale = Scale(low, high, 0.06, 1.0)
    width, base = (SPAN - LEFT) / len(columns), len(values) * CELL
    middle = base / 2
    body = [f'<text class="tick" x="10" y="{middle}" text-anchor="middle" transform="rotate(-90 10 {middle})">']
    body.append(f"{escape(row_name)}</text>")
    for row, (expert, line) in enumerate(zip(rows, values, strict=True)):
        body.append(f'<text class="tick" x="{LEFT - 5}" y="{row * CELL + 15}" text-anchor="end">{expert}</text>')
        body += [
            f'<rect class="cell" x="{LEFT + column * width:.2f}" y="{row * CELL}" width="{width - 1:.2f}"'
            f' height="{CELL - 1}" fill-opacity="{scale(value):.3f}"><title>{number(value)}</title></rect>'
            for column, value in enumerate(line)
        ]
    for column, name in enumerate(columns):
        at = f"{LEFT + (column + 0.6) * width:.2f} {base + 12}"
        x, y = at.split()
        body.append(f'<text class="tick" x="{x}" y="{y}" text-anchor="end" transform="rotate(-40 {at})">')
        body.append(f"{escape(name)}</text>")
    longest = max(map(len, columns))
    return svg("".join(body), label=label, width=SPAN, height=base + 18 + SLANT * LETTER * longest)


def heat_key(low: float, high: float, *, what: str) -> str:
    """What the colour means: five cells from the least to the greatest value."""
    cells = "".join(
        f'<rect class="cell" x="{index * 14}" width="13" height="14" fill-opacity="{0.06 + 0.94 * index / 4:.3f}"/>'
        for index in range(5)
    )
    scale = f'<svg viewBox="0 0 70 14" aria-hidden="true">{cells}</svg>'
    return f'<ul class="legend"><li>{number(low)}{scale}{number(high)}, {escape(what)}</li></ul>'
