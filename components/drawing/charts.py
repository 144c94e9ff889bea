"""Charts as SVG text, pure: numbers in, markup out.

Colours come from the page's style sheet through class names, so that light and dark need one drawing; shapes and dashes
differ too, so that colour alone carries nothing. Every text is escaped here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 480, 270
LEFT, RIGHT, TOP, BOTTOM = 46, 14, 14, 36


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A value with the ends of its interval, where it has one."""

    x: float
    y: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A line of a chart. `style` is a class of the style sheet: student, teacher, teacher-plain, loss, accuracy."""

    name: str
    style: str
    points: Sequence[Point]


def percent(value: float) -> str:
    """`0.614` as `61 %`, never broken over two lines; small values keep a digit."""
    digits = 1 if 0 < abs(value) < 0.0995 else 0
    return f"{100 * value:.{digits}f}\N{NO-BREAK SPACE}%"


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
class _Scale:
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
    shown = [each for each in series if each.points]
    points = [point for each in shown for point in each.points]
    if not points:
        return ""
    low_x, high_x = min(point.x for point in points), max(point.x for point in points)
    values = [value for point in points for value in (point.y, point.low, point.high) if value is not None]
    y_ticks = ticks(*(y_range or (min(values), max(values))))
    x_ticks = [float(x) for x in range(int(low_x), int(high_x) + 1)] if whole_x else ticks(low_x, high_x)
    if whole_x and len(x_ticks) > 12:
        x_ticks = x_ticks[:: math.ceil(len(x_ticks) / 12)]
    pad = 0.35 if whole_x else 0.0
    edge_x = (low_x - pad, high_x + pad) if whole_x else (x_ticks[0], x_ticks[-1])
    x = _Scale(*edge_x, LEFT, WIDTH - RIGHT)
    y = _Scale(y_ticks[0], y_ticks[-1], HEIGHT - BOTTOM, TOP)
    body = [_y_axis(y, y_ticks, y_text), _x_axis(x, x_ticks, x_name)]
    for place, each in enumerate(shown):
        shift = (place - (len(shown) - 1) / 2) * 7 if whole_x else 0.0
        body.append(
            _line(each, x=_Scale(*edge_x, LEFT + shift, WIDTH - RIGHT + shift), y=y, markers=len(each.points) <= 30)
        )
    return _svg("".join(body), label=label)


def _y_axis(y: _Scale, values: Sequence[float], text: Callable[[float], str]) -> str:
    lines = (
        f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(value)}" y2="{y(value)}"/>'
        f'<text class="tick" x="{LEFT - 7}" y="{y(value) + 4}" text-anchor="end">{escape(text(value))}</text>'
        for value in values
    )
    return "".join(lines)


def _x_axis(x: _Scale, values: Sequence[float], name: str) -> str:
    base = HEIGHT - BOTTOM
    marks = "".join(
        f'<text class="tick" x="{x(value)}" y="{base + 17}" text-anchor="middle">{escape(number(value))}</text>'
        for value in values
    )
    title = f'<text class="tick" x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 3}" text-anchor="middle">'
    return marks + title + f"{escape(name)}</text>"


def _line(series: Series, *, x: Callable[[float], float], y: _Scale, markers: bool) -> str:
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
    """The series' sign: a disc, a square or a diamond."""
    if style == "teacher":
        return f'<rect class="mark" x="{x - 4.5:g}" y="{y - 4.5:g}" width="9" height="9"/>'
    if style == "teacher-plain":
        return f'<path class="mark hollow" d="M{x:g} {y - 6:g}l6 6l-6 6l-6 -6z"/>'
    return f'<circle class="mark" cx="{x:g}" cy="{y:g}" r="5"/>'


def legend(series: Sequence[Series]) -> str:
    """The signs and names of the series that hold anything."""
    items = "".join(
        f'<li class="series {escape(each.style)}"><svg viewBox="0 0 28 14" aria-hidden="true">'
        f'<path class="line" d="M0 7H28"/>{marker(each.style, 14, 7)}</svg>{escape(each.name)}</li>'
        for each in series
        if each.points
    )
    return f'<ul class="legend">{items}</ul>'


def stacked_bars(rows: Mapping[str, Mapping[str, float]], *, label: str) -> str:
    """One bar per row, cut by category (a class `part-<category>`), as shares of its own total; totals at the right."""
    height, gap, left = 22, 12, 0
    body = []
    for index, (name, parts) in enumerate(rows.items()):
        top = index * (height + gap + 18)
        total = sum(parts.values())
        body.append(f'<text class="name" x="{left}" y="{top + 13}">{escape(name)}</text>')
        body.append(f'<text class="tick" x="{WIDTH}" y="{top + 13}" text-anchor="end">{number(total)}</text>')
        at = 0.0
        for category, value in parts.items():
            width = WIDTH * value / total if total else 0.0
            body.append(
                f'<rect class="part part-{escape(category)}" x="{at:.2f}" y="{top + 19}" width="{width:.2f}"'
                f' height="{height}"><title>{escape(category)}: {number(value)}</title></rect>'
            )
            at += width
    return _svg("".join(body), label=label, height=max(len(rows), 1) * (height + gap + 18))


def bars(values: Mapping[str, float], *, label: str, text: Callable[[float], str] = number) -> str:
    """Horizontal bars on one scale, the value written at each."""
    row, most = 27, max(values.values(), default=0.0)
    left = min(250, 10 + 7.3 * max(map(len, values), default=0))  # 7.3 is about the width of a letter
    body = []
    for index, (name, value) in enumerate(values.items()):
        width = (WIDTH - left - 80) * value / most if most > 0 else 0.0
        y = index * row
        body.append(f'<text class="name" x="0" y="{y + 17}">{escape(name)}</text>')
        body.append(f'<rect class="bar" x="{left:.1f}" y="{y + 5}" width="{max(width, 1):.2f}" height="16" rx="2"/>')
        body.append(f'<text class="tick" x="{left + 6 + max(width, 1):.2f}" y="{y + 17}">{escape(text(value))}</text>')
    return _svg("".join(body), label=label, height=max(len(values), 1) * row)


def difference_chart(
    *, value: float, interval: tuple[float, float] | None, detectable: float, worthwhile: float = 0.0, label: str
) -> str:
    """A difference with its interval on a line through zero; the shaded part is too small to be found."""
    reach = max(abs(value), detectable, worthwhile, *(abs(end) for end in interval or (0.0,)), 0.05) * 1.15
    x = _Scale(-reach, reach, 12, WIDTH - 12)
    mid, height = 34, 92
    body = [
        f'<rect class="shade" x="{x(-detectable)}" y="10" width="{x(detectable) - x(-detectable):.2f}" height="48"/>'
    ]
    body.append(f'<line class="zero" x1="{x(0)}" x2="{x(0)}" y1="6" y2="62"/>')
    if interval:
        low, high = x(interval[0]), x(interval[1])
        body.append(f'<path class="whisker" d="M{low} {mid}H{high}M{low} {mid - 6}v12M{high} {mid - 6}v12"/>')
    body.append(marker("student", x(value), mid))
    for at in ticks(-reach / 1.15, reach / 1.15, count=5):
        if abs(at) <= reach:
            sign = "+" if at > 0 else ""
            body.append(f'<text class="tick" x="{x(at)}" y="80" text-anchor="middle">{sign}{percent(at)}</text>')
    return _svg(f'<g class="series student">{"".join(body)}</g>', label=label, height=height)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A named value with its interval. `style` as a `Series`' own."""

    name: str
    value: float
    low: float
    high: float
    style: str = "student"


def interval_rows(rows: Sequence[Span], *, label: str, line: float | None = None) -> str:
    """Values one under the other, each with its interval; a line across all, and shade before it. Zero is shown."""
    if not rows:
        return ""
    height, most = 30, max(max(row.high for row in rows), line or 0.0) or 1.0
    left = min(230, 12 + 7.3 * max(len(row.name) for row in rows))
    marks = ticks(min(0.0, *(row.low for row in rows)), most, count=4)
    x = _Scale(marks[0], marks[-1], left, WIDTH - 24)
    base = len(rows) * height + 6
    body = []
    if line is not None:
        body.append(f'<rect class="shade" x="{left:.2f}" y="0" width="{x(line) - left:.2f}" height="{base}"/>')
        body.append(f'<line class="zero dashed" x1="{x(line)}" x2="{x(line)}" y1="0" y2="{base}"/>')
    for at in marks:
        body.append(f'<line class="grid" x1="{x(at)}" x2="{x(at)}" y1="{base}" y2="{base + 5}"/>')
        body.append(f'<text class="tick" x="{x(at)}" y="{base + 20}" text-anchor="middle">{number(at)}</text>')
    for index, row in enumerate(rows):
        y = index * height + height / 2 + 3
        low, high = x(row.low), x(row.high)
        said = f"{row.name}: {number(row.value)} ({number(row.low)} to {number(row.high)})"
        body.append(f'<text class="name" x="0" y="{y + 4}">{escape(row.name)}</text>')
        body.append(
            f'<g class="series {escape(row.style)}"><path class="whisker" d="M{low} {y}H{high}M{low} {y - 5}v10M{high}'
            f' {y - 5}v10"/>{marker(row.style, x(row.value), y)}<title>{escape(said)}</title></g>'
        )
    return _svg("".join(body), label=label, height=base + 24)


def heat_map(
    values: Sequence[Sequence[float]],
    *,
    columns: Sequence[str],
    label: str,
    within: tuple[float, float] | None = None,
) -> str:
    """A matrix as cells of one colour, as strong as the value stands between the matrix' least and greatest, or
    between the two of `within`, where several are to be compared."""
    if not values or not columns:
        return ""
    scale = _Scale(*(within or (min(map(min, values)), max(map(max, values)))), 0.04, 1.0)
    width, height, left = (WIDTH - 30) / len(columns), 24, 30
    body = []
    for row, line in enumerate(values):
        body.append(f'<text class="tick" x="{left - 8}" y="{row * height + 16}" text-anchor="end">{row}</text>')
        body += [
            f'<rect class="cell" x="{left + column * width:.2f}" y="{row * height}" width="{width - 1:.2f}"'
            f' height="{height - 1}" fill-opacity="{scale(value):.3f}"><title>{number(value)}</title></rect>'
            for column, value in enumerate(line)
        ]
    fit = max(2, int(width / 6.6))  # letters of a column's name that find room above the next
    names = "".join(
        f'<text class="tick" x="{left + (column + 0.5) * width:.2f}" y="{len(values) * height + 15}"'
        f' text-anchor="middle">{escape(name if len(name) <= fit else name[: fit - 1] + "…")}'
        f"<title>{escape(name)}</title></text>"
        for column, name in enumerate(columns)
    )
    return _svg("".join(body) + names, label=label, height=len(values) * height + 20)


def _svg(body: str, *, label: str, height: int = HEIGHT) -> str:
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(label)}"'
        f' xmlns="http://www.w3.org/2000/svg">{body}</svg>'
    )
