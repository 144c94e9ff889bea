"""Line charts, and the parts that every chart is made of: pure functions from numbers to SVG text.

Colours come from the page's style sheet through class names, so that light and dark need one drawing; shapes and dashes
differ too, so that colour alone carries nothing. Every text is escaped here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 380, 250
"""Of a drawing: about as wide as a phone's screen, so that a letter of 13 is one of 11 pixels there."""
LEFT, RIGHT, TOP, BOTTOM = 46, 12, 14, 38
LETTER = 7.3
"""About the width of a letter, for texts that others must make room for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A value with the ends of its interval, where it has one."""

    x: float
    y: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A line of a chart. `style` is a class of the style sheet: student, teacher, teacher-plain, chance, idle, loss."""

    name: str
    style: str
    points: Sequence[Point]


def percent(value: float) -> str:
    """`0.614` as `61 %`, never broken over two lines; small values keep a digit."""
    digits = 1 if 0 < abs(value) < 0.0995 else 0
    return unbroken(f"{100 * value:.{digits}f} %")


def unbroken(text: str) -> str:
    """What must stand on one line, such as `p = 0.03`."""
    return text.replace(" ", "\N{NO-BREAK SPACE}")


def number(value: float) -> str:
    """At most three digits that matter, without a needless exponent."""
    if value == 0 or 1e-3 <= abs(value) < 1e6:
        return f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}"
    return f"{value:.1e}"


def ticks(low: float, high: float, *, count: int = 5) -> list[float]:
    """Round values that cover [low, high], about `count` of them, steps of 1, 2 or 5 times a power of ten."""
    span = high - low
    if span <= 0 or not math.isfinite(span):
        return [low]
    raw = span / max(count - 1, 1)
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= raw * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(index * step, 12) for index in range(first, last + 1)]


@dataclass(frozen=True, slots=True)
class Scale:
    """Maps values to pixels."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low) if self.high > self.low else 0.5
        return round(self.start + share * (self.end - self.start), 2)


def line_chart(
    series: Sequence[Series],
    *,
    label: str,
    x_name: str,
    whole_x: bool = False,
    y_range: tuple[float, float] | None = None,
    y_text: Callable[[float], str] = number,
) -> str:
    """Lines with markers and interval whiskers. Series share both axes; empty ones are left out of the picture.

    Args:
        label: what a screen reader says of it.
        whole_x: x are counts (rounds): one tick for each, and series are set apart a little so that whiskers show.
        y_range: the axis; found from the data when left out.
    """
    lines = [line for line in series if line.points]
    points = [point for line in lines for point in line.points]
    if not points:
        return ""
    low_x, high_x = min(point.x for point in points), max(point.x for point in points)
    values = [value for point in points for value in (point.y, point.low, point.high) if value is not None]
    y_ticks = ticks(*(y_range or (min(values), max(values))))
    x_ticks = [float(x) for x in range(int(low_x), int(high_x) + 1)] if whole_x else ticks(low_x, high_x)
    if whole_x and len(x_ticks) > 10:
        x_ticks = x_ticks[:: math.ceil(len(x_ticks) / 10)]
    pad = 0.35 if whole_x else 0.0
    edge_x = (low_x - pad, high_x + pad) if whole_x else (x_ticks[0], x_ticks[-1])
    x = Scale(*edge_x, LEFT, WIDTH - RIGHT)
    y = Scale(y_ticks[0], y_ticks[-1], HEIGHT - BOTTOM, TOP)
    body = [_y_axis(y, y_ticks, y_text), _x_axis(x, x_ticks, x_name)]
    for place, line in enumerate(lines):
        shift = (place - (len(lines) - 1) / 2) * 7 if whole_x else 0.0
        body.append(
            _line(line, x=Scale(*edge_x, LEFT + shift, WIDTH - RIGHT + shift), y=y, markers=len(line.points) <= 30)
        )
    return svg("".join(body), label=label)


def _y_axis(y: Scale, values: Sequence[float], text: Callable[[float], str]) -> str:
    lines = (
        f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(value)}" y2="{y(value)}"/>'
        f'<text class="tick" x="{LEFT - 7}" y="{y(value) + 4}" text-anchor="end">{escape(text(value))}</text>'
        for value in values
    )
    return "".join(lines)


def _x_axis(x: Scale, values: Sequence[float], name: str) -> str:
    base = HEIGHT - BOTTOM
    marks = "".join(
        f'<text class="tick" x="{x(value)}" y="{base + 17}" text-anchor="middle">{escape(number(value))}</text>'
        for value in values
    )
    title = f'<text class="tick" x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 3}" text-anchor="middle">'
    return marks + title + f"{escape(name)}</text>"


def _line(series: Series, *, x: Callable[[float], float], y: Scale, markers: bool) -> str:
    parts = []
    for point in series.points:
        if point.low is not None and point.high is not None:
            at, low, high = x(point.x), y(point.low), y(point.high)
            parts.append(f'<path class="whisker" d="M{at} {low}V{high}M{at - 3} {low}h6M{at - 3} {high}h6"/>')
    path = "L".join(f"{x(point.x)} {y(point.y)}" for point in series.points)
    parts.append(f'<path class="line" d="M{path}"/>')
    for point in series.points if markers else ():
        text = f"{series.name}, {number(point.x)}: {number(point.y)}"
        parts.append(f"<g>{marker(series.style, x(point.x), y(point.y))}<title>{escape(text)}</title></g>")
    return f'<g class="series {escape(series.style)}">{"".join(parts)}</g>'


def marker(style: str, x: float, y: float) -> str:
    """The series' sign: a disc, a square, a diamond, a cross or a bar."""
    if style == "teacher":
        return f'<rect class="mark" x="{x - 4.5:g}" y="{y - 4.5:g}" width="9" height="9"/>'
    if style == "teacher-plain":
        return f'<path class="mark hollow" d="M{x:g} {y - 6:g}l6 6l-6 6l-6 -6z"/>'
    if style == "chance":
        return f'<path class="whisker" d="M{x - 4:g} {y - 4:g}l8 8m0 -8l-8 8"/>'
    if style == "idle":
        return f'<path class="whisker" d="M{x - 5:g} {y:g}h10m-10 -3v6m10 -6v6"/>'
    return f'<circle class="mark" cx="{x:g}" cy="{y:g}" r="5"/>'


def legend(series: Sequence[Series]) -> str:
    """The signs and names of the series that hold anything."""
    items = "".join(
        f'<li class="series {escape(line.style)}"><svg viewBox="0 0 28 14" aria-hidden="true">'
        f'<path class="line" d="M0 7H28"/>{marker(line.style, 14, 7)}</svg>{escape(line.name)}</li>'
        for line in series
        if line.points
    )
    return f'<ul class="legend">{items}</ul>'


def svg(body: str, *, label: str, width: float = WIDTH, height: float = HEIGHT) -> str:
    return (
        f'<svg class="chart" viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{escape(label)}"'
        f' xmlns="http://www.w3.org/2000/svg">{body}</svg>'
    )
