"""Bars and rows as SVG text: counts, values, and values with their intervals. Each row's name stands above it, so that
a long one takes nothing from the drawing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from components.drawing.charts import WIDTH, Scale, marker, number, svg, ticks

ROW = 42
EDGE = 14

PATTERNS = {
    "failed": '<path class="hatch" d="M0 0V6"/>',
    "env_error": '<path class="hatch" d="M0 0V6M0 0H6"/>',
    "judge_error": '<circle class="spot" cx="3" cy="3" r="1.6"/>',
    "infra_error": '<path class="hatch thin" d="M3 0V6M0 3H6"/>',
}
"""What is drawn over a category's colour, so that nobody has to tell colours apart; `solved` is plain."""


def _patterns() -> str:
    patterns = (
        f'<pattern id="part-{name}" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        f'<rect class="part-{name}" width="6" height="6"/>{lines}</pattern>'
        for name, lines in PATTERNS.items()
    )
    return f"<defs>{''.join(patterns)}</defs>"


def _part(category: str, *, x: float, y: float, width: float, height: float, title: str = "") -> str:
    fill = f' fill="url(#part-{category})"' if category in PATTERNS else f' class="part-{escape(category)}"'
    tooltip = f"<title>{escape(title)}</title>" if title else ""
    return f'<rect{fill} x="{x:.2f}" y="{y:g}" width="{width:.2f}" height="{height:g}">{tooltip}</rect>'


def stacked_bars(rows: Mapping[str, Mapping[str, float]], *, label: str) -> str:
    """One bar per row, cut by category as shares of its own total; the counts stand above its right end."""
    body = [_patterns()]
    for index, (name, parts) in enumerate(rows.items()):
        top = index * ROW
        total = sum(parts.values())
        counts = " | ".join(number(value) for value in parts.values())
        body.append(f'<text class="name" x="0" y="{top + 13}">{escape(name)}</text>')
        body.append(f'<text class="tick" x="{WIDTH}" y="{top + 13}" text-anchor="end">{counts}</text>')
        at = 0.0
        for category, value in parts.items():
            width = WIDTH * value / total if total else 0.0
            title = f"{category.replace('_', ' ')}: {number(value)}"
            body.append(_part(category, x=at, y=top + 19, width=width, height=15, title=title))
            at += width
    return svg("".join(body), label=label, height=max(len(rows), 1) * ROW)


def parts_legend(categories: Sequence[str]) -> str:
    """The sign and name of each category of `stacked_bars`, in the order of the counts."""
    items = "".join(
        f'<li><svg viewBox="0 0 14 14" aria-hidden="true">{_part(category, x=0, y=0, width=14, height=14)}</svg>'
        f"{escape(category.replace('_', ' '))}</li>"
        for category in categories
    )
    return f'<ul class="legend">{items}</ul>'


def bars(values: Mapping[str, float], *, label: str, text: Callable[[float], str] = number) -> str:
    """Horizontal bars on one scale, the value written at each."""
    most = max(values.values(), default=0.0)
    body = []
    for index, (name, value) in enumerate(values.items()):
        top, width = index * ROW, max((WIDTH - 84) * value / most if most > 0 else 0.0, 1)
        body.append(f'<text class="name" x="0" y="{top + 13}">{escape(name)}</text>')
        body.append(f'<rect class="bar" x="0" y="{top + 19}" width="{width:.2f}" height="14" rx="2"/>')
        body.append(f'<text class="tick" x="{width + 6:.2f}" y="{top + 30}">{escape(text(value))}</text>')
    return svg("".join(body), label=label, height=max(len(values), 1) * ROW)


def difference_chart(*, value: float, interval: tuple[float, float] | None, detectable: float, label: str) -> str:
    """A difference of shares with its interval, in points.

    Args:
        value, interval: shares, from -1 to 1.
        detectable: the smallest difference that could have been found; smaller ones are shaded.
        label: what a screen reader says.
    """
    reach = max(abs(value), detectable, *(abs(end) for end in interval or (0.0,)), 0.05) * 1.15
    x = Scale(-reach, reach, EDGE, WIDTH - EDGE)
    mid, height = 34, 92
    body = [
        f'<rect class="shade" x="{x(-detectable)}" y="10" width="{x(detectable) - x(-detectable):.2f}" height="48"/>'
    ]
    body.append(f'<line class="zero" x1="{x(0)}" x2="{x(0)}" y1="6" y2="62"/>')
    if interval:
        body.append(_whisker(x(interval[0]), x(interval[1]), mid))
    body.append(marker("student", x(value), mid))
    for at in ticks(-reach / 1.15, reach / 1.15, count=5):
        if abs(at) <= reach:
            points = f"{100 * at:+.3g}" if at else "0"
            body.append(f'<text class="tick" x="{x(at)}" y="80" text-anchor="middle">{points}</text>')
    return svg(f'<g class="series student">{"".join(body)}</g>', label=label, height=height)


def _whisker(low: float, high: float, y: float) -> str:
    return f'<path class="whisker" d="M{low} {y}H{high}M{low} {y - 5}v10M{high} {y - 5}v10"/>'


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A named value with its interval. `style` as a `Series`' own."""

    name: str
    value: float
    low: float
    high: float
    style: str = "student"


def interval_rows(rows: Sequence[Span], *, label: str, line: float | None = None) -> str:
    """Values one under the other, each with its interval, on an axis that shows zero.

    Args:
        label: what a screen reader says.
        line: where a line crosses all rows; what lies before it is shaded.
    """
    if not rows:
        return ""
    low, high = min(0.0, *(row.low for row in rows)), max(max(row.high for row in rows), line or 0.0) or 1.0
    x = Scale(low, high, EDGE, WIDTH - EDGE)
    marks = [at for at in ticks(low, high) if low <= at <= high]
    base = len(rows) * ROW
    body = []
    if line is not None:
        body.append(f'<rect class="shade" x="{EDGE}" y="0" width="{x(line) - EDGE:.2f}" height="{base}"/>')
        beside = "".join(f"M{x(line)} {top + 20}V{top + ROW}" for top in range(0, base, ROW))  # through no name
        body.append(f'<path class="zero dashed" d="{beside}"/>')
    for at in marks:
        body.append(f'<line class="grid" x1="{x(at)}" x2="{x(at)}" y1="{base}" y2="{base + 5}"/>')
        body.append(f'<text class="tick" x="{x(at)}" y="{base + 20}" text-anchor="middle">{number(at)}</text>')
    for index, row in enumerate(rows):
        top = index * ROW
        tooltip = f"{row.name}: {number(row.value)} ({number(row.low)} to {number(row.high)})"
        sign = marker(row.style, x(row.value), top + 28)
        body.append(f'<text class="name" x="{EDGE}" y="{top + 15}">{escape(row.name)}</text>')
        body.append(
            f'<g class="series {escape(row.style)}">{_whisker(x(row.low), x(row.high), top + 28)}{sign}'
            f"<title>{escape(tooltip)}</title></g>"
        )
    return svg("".join(body), label=label, height=base + 26)
