"""The charts as markup: well formed, escaped, and true to their numbers."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.drawing.bars import Span, bars, difference_chart, interval_rows, parts_legend, stacked_bars
from components.drawing.charts import HEIGHT, WIDTH, Point, Series, legend, line_chart, number, percent, ticks
from components.drawing.heat import heat_key, heat_map

SVG = "{http://www.w3.org/2000/svg}"
finite = st.floats(-1e6, 1e6, allow_nan=False)


@settings(derandomize=True, max_examples=100, deadline=None)
@given(finite, st.floats(1e-6, 1e6))
def test_ticks_cover_the_range_evenly_with_few_round_values(low: float, span: float) -> None:
    found = ticks(low, low + span)
    slack = span * 1e-6 + 1e-9
    assert found[0] <= low + slack
    assert found[-1] >= low + span - slack
    assert 2 <= len(found) <= 12
    steps = [b - a for a, b in pairwise(found)]
    assert max(steps) == pytest.approx(min(steps), rel=1e-3)


@settings(derandomize=True, max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 40), st.floats(0, 1)), min_size=1, max_size=30),
    st.text(alphabet="<>&\"'ab/", max_size=8),
)
def test_any_line_chart_is_well_formed_and_stays_inside_its_frame(values: list[tuple[int, float]], name: str) -> None:
    points = [Point(x=x, y=y, low=max(0, y - 0.1), high=min(1, y + 0.1)) for x, y in sorted(values)]
    chart = line_chart([Series(name=name, style="student", points=points)], label=name, x_name=name, y_range=(0, 1))
    root = ET.fromstring(chart)
    assert root.get("aria-label") == name
    for mark in root.iter(f"{SVG}circle"):
        assert 0 <= float(mark.get("cx", "nan")) <= WIDTH
        assert 0 <= float(mark.get("cy", "nan")) <= HEIGHT


def test_higher_values_stand_higher_and_whiskers_enclose_their_marker() -> None:
    points = [Point(x=1, y=0.2, low=0.1, high=0.4), Point(x=2, y=0.8)]
    root = ET.fromstring(
        line_chart(
            [Series(name="s", style="student", points=points)], label="l", x_name="x", whole_x=True, y_range=(0, 1)
        )
    )
    low, high = (float(mark.get("cy", "nan")) for mark in root.iter(f"{SVG}circle"))
    assert high < low
    (whisker,) = (path.get("d", "") for path in root.iter(f"{SVG}path") if path.get("class") == "whisker")
    bottom, top = (float(part.split("M")[0]) for part in whisker.split(" ")[1].split("V"))
    assert top < low < bottom


def test_an_empty_chart_is_no_markup_and_an_empty_series_no_legend() -> None:
    empty = Series(name="nothing", style="student", points=[])
    assert line_chart([empty], label="l", x_name="x") == ""
    assert "nothing" not in legend([empty])
    assert heat_map([], columns=[], rows=[], row_name="expert", label="l") == ""


def test_a_stacked_bar_shares_its_width_by_the_counts() -> None:
    root = ET.fromstring(stacked_bars({"a <b>": {"solved": 3, "failed": 1}, "none": {"solved": 0}}, label="l"))
    assert [float(rect.get("width", "nan")) for rect in root.findall(f"{SVG}rect")] == [WIDTH * 0.75, WIDTH * 0.25, 0]
    counts = [each.text for each in root.findall(f"{SVG}text") if each.get("class") == "tick"]
    assert counts == ["3 | 1", "0"]


@pytest.mark.parametrize("category", ["failed", "env_error", "judge_error", "infra_error"])
def test_nobody_has_to_tell_the_parts_of_a_bar_by_their_colour(category: str) -> None:
    """Beside the plain part every other has a pattern of its own, and the legend shows the same one."""
    root = ET.fromstring(stacked_bars({"a": {"solved": 1, category: 1}}, label="l"))
    plain, other = root.findall(f"{SVG}rect")
    assert plain.get("fill") is None
    pattern = other.get("fill", "").removeprefix("url(#").removesuffix(")")
    drawn = {each.get("id"): ET.tostring(each[1]) for each in root.iter(f"{SVG}pattern")}
    assert len(set(drawn.values())) == len(drawn)
    assert pattern in drawn
    assert f'fill="url(#{pattern})"' in parts_legend(["solved", category])


def test_bars_are_as_long_as_their_values() -> None:
    root = ET.fromstring(bars({"a": 1.0, "b": 4.0, "zero": 0.0}, label="l"))
    one, four, zero = (float(rect.get("width", "nan")) for rect in root.iter(f"{SVG}rect"))
    assert four == pytest.approx(4 * one, rel=1e-3)
    assert zero <= 1
    assert ET.fromstring(bars({"all": 0.0}, label="l")) is not None


@pytest.mark.parametrize("value", [-0.4, 0.0, 0.55])
@pytest.mark.parametrize("interval", [None, (-0.6, 0.7)])
def test_a_difference_is_drawn_on_the_side_of_its_sign(value: float, interval: tuple[float, float] | None) -> None:
    root = ET.fromstring(difference_chart(value=value, interval=interval, detectable=0.1, label="l"))
    (mark,) = root.iter(f"{SVG}circle")
    (zero,) = (line for line in root.iter(f"{SVG}line") if line.get("class") == "zero")
    side = float(mark.get("cx", "nan")) - float(zero.get("x1", "nan"))
    assert math.copysign(1, side) == math.copysign(1, value) if value else side == 0


def test_a_heat_map_has_a_cell_for_every_value_and_the_greatest_is_strongest() -> None:
    root = ET.fromstring(
        heat_map([[0.1, 0.9], [0.5, 0.2]], columns=["<a>", "b"], rows=[3, 7], row_name="expert", label="l")
    )
    strengths = [float(cell.get("fill-opacity", "nan")) for cell in root.iter(f"{SVG}rect")]
    assert len(strengths) == 4
    assert strengths[1] == max(strengths) == 1.0
    assert [each.text for each in root.iter(f"{SVG}text")] == ["expert", "3", "7", "<a>", "b"]


def test_the_key_of_a_heat_map_says_what_its_faintest_and_deepest_colour_mean() -> None:
    key = heat_key(0.05, 0.7, what="share of <work>")
    assert key.startswith('<ul class="legend"><li>0.05<svg')
    assert key.endswith("0.7, share of &lt;work&gt;</li></ul>")


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0"), (0.614, "61"), (0.0213, "2.1"), (1.0, "100"), (-0.034, "-3.4")]
)
def test_percentages_keep_a_digit_where_they_are_small(value: float, text: str) -> None:
    assert percent(value) == f"{text}\N{NO-BREAK SPACE}%"


@pytest.mark.parametrize(("value", "text"), [(0, "0"), (1234567.0, "1.2e+06"), (12345.0, "12,345"), (0.12345, "0.123")])
def test_numbers_are_short(value: float, text: str) -> None:
    assert number(value) == text


spans = st.builds(
    lambda name, value, low, high: Span(name=name, value=value, low=value - low, high=value + high, style="suspect"),
    st.text(alphabet="<>&ab", max_size=8),
    st.floats(0.5, 1.0),
    st.floats(0, 0.4),
    st.floats(0, 0.4),
)


@settings(derandomize=True, max_examples=50, deadline=None)
@given(st.lists(spans, min_size=1, max_size=8), st.floats(0.0, 2.0))
def test_rows_with_intervals_keep_their_order_and_stay_in_the_frame(rows: list[Span], line: float) -> None:
    root = ET.fromstring(interval_rows(rows, label="d", line=line))
    width, height = map(float, (root.get("viewBox") or "").split()[2:])
    names = [each.text or "" for each in root.iter(f"{SVG}text") if each.get("class") == "name"]
    assert names == [row.name for row in rows]
    signs = [float(mark.get("cx", "nan")) for mark in root.iter(f"{SVG}circle")]
    assert len(signs) == len(rows)
    assert all(0 <= x <= width for x in signs)
    order = sorted(range(len(rows)), key=lambda index: rows[index].value)
    assert [signs[index] for index in order] == sorted(signs)
    (dashed,) = (each.get("d", "") for each in root.iter(f"{SVG}path") if each.get("class") == "zero dashed")
    beside = [tuple(map(float, re.split("[ V]", part))) for part in dashed.split("M")[1:]]
    under = [float(each.get("y", "nan")) for each in root.iter(f"{SVG}text") if each.get("class") == "name"]
    assert len(beside) == len(under)
    for (x, top, bottom), name in zip(beside, under, strict=True):
        assert 0 <= x <= width
        assert name < top < bottom <= height  # it crosses no name


def test_heat_maps_within_the_same_bounds_give_equal_values_equal_colours() -> None:
    def strongest(values: list[list[float]]) -> float:
        root = ET.fromstring(heat_map(values, columns=("a", "b"), rows=[0], row_name="r", label="h", within=(0.0, 1.0)))
        return max(float(cell.get("fill-opacity", "nan")) for cell in root.iter(f"{SVG}rect"))

    assert strongest([[0.1, 0.5]]) == strongest([[0.5, 0.2]]) < strongest([[1.0, 0.0]])
