"""A finding as figures: how far suspect and controls lie from the teacher, and how their experts share the work."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from components.drawing.bars import Span, interval_rows
from components.drawing.blocks import Block, Figure, Table, Words
from components.drawing.charts import number
from components.drawing.heat import heat_key, heat_map
from components.verdicts.finding import Finding, HeatMap

MOST_LAYERS = 4
MOST_EXPERTS = 16


def distance_figure(finding: Finding) -> Figure:
    """Everybody's distance to the teacher with intervals, the nearest first; the shade ends at the margin.

    Raises:
        ValueError: nothing was measured.
    """
    test = finding.judged
    if test is None:
        raise ValueError(f"nothing was measured about {finding.teacher}")
    measured = [(f"{finding.teacher} again", test.second, "teacher"), (test.suspect, test.distance, "suspect")]
    measured += [(placebo.suspect, placebo.distance, "teacher-plain") for placebo in finding.placebos]
    rows = [
        Span(name=name, value=value.mean, low=value.low, high=value.high, style=style)
        for name, value, style in sorted(measured, key=lambda row: row[1].mean)
    ]
    caption = f"Distance to {finding.teacher}; the shade ends at the margin, {number(test.margin)}"
    table = Table(
        header=("model", "distance", "interval"),
        rows=[[row.name, f"{row.value:z.2f}", f"{row.low:z.2f} to {row.high:z.2f}"] for row in rows],
    )
    return Figure(caption=caption, svg=interval_rows(rows, label=caption, line=test.margin), numbers=table)


def expert_figures(finding: Finding, *, elsewhere: str) -> Iterator[Block]:
    """Heat maps of the matched experts, of at most a few layers: teacher, suspect and nearest control side by side.

    Args:
        elsewhere: the file that holds the other layers.
    """
    maps = _some(finding.heat_maps)
    if len(maps) < len(finding.heat_maps):
        yield Words(f"{len(maps)} of {len(finding.heat_maps)} layers are drawn; {elsewhere} holds all.")
    for heat in maps:
        rows = _most_specialised(heat.values[finding.teacher])
        chosen = {name: [values[row] for row in rows] for name, values in heat.values.items()}
        every = [value for values in chosen.values() for line in values for value in line]
        yield Words(f"Beside {finding.teacher}, layer {heat.layer}:")
        for name, values in chosen.items():
            yield _heat_figure(heat, name, values, rows, within=(min(every), max(every)))


def _some(maps: Sequence[HeatMap]) -> list[HeatMap]:
    """At most a few layers, the first and the last among them."""
    places = np.unique(np.linspace(0, len(maps) - 1, min(MOST_LAYERS, len(maps))).round().astype(int))
    return [maps[place] for place in places] if maps else []


def _most_specialised(values: Sequence[Sequence[float]]) -> list[int]:
    """The teacher's experts with the least entropy over domains, in their own order."""
    shares = np.clip(np.array(values), 1e-12, None)
    entropy = -(shares * np.log(shares)).sum(1)
    return sorted(int(row) for row in np.argsort(entropy, kind="stable")[:MOST_EXPERTS])


def _heat_figure(
    heat: HeatMap,
    name: str,
    values: Sequence[Sequence[float]],
    rows: Sequence[int],
    *,
    within: tuple[float, float],
) -> Figure:
    label = f"{name}, layer {heat.layer}"
    return Figure(
        caption=name,
        legend=heat_key(*within, what="share of the expert's work"),
        svg=heat_map(values, columns=heat.domains, rows=rows, row_name="expert", label=label, within=within),
        numbers=Table(
            header=("expert", *heat.domains),
            rows=[[str(row), *map(number, line)] for row, line in zip(rows, values, strict=True)],
        ),
    )
