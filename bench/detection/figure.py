"""The figure of the table: accuracy with its interval where nothing and where everything is hidden."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from components.drawing.bars import Span, interval_rows

OURS = (
    "untrained shadow profiles",
    "shared shadow profiles",
    "own shadow profiles",
    "the mixture reads",
    "shadows of the mixture",
)
SHOWN = ("white box: mixture to mixture", "black box", "evasion, all kinds")
STYLE = (
    "<style>svg{background:#fff;font:12px sans-serif}.whisker,.grid,.zero{stroke:#777;fill:none}"
    ".teacher-plain *{fill:#777}.student *{fill:#06c}.student .whisker{stroke:#06c;fill:none}"
    ".teacher-plain .whisker{fill:none}</style>"
)
"""A file of its own is read without a page's style sheet."""


def figure(rows: Sequence[Mapping[str, Any]]) -> str:
    """SVG of the paper's scenarios."""
    spans = [
        Span(
            name=f"{row['scenario'].partition(':')[0]}: {row['method']}",
            value=row["accuracy"],
            low=row["accuracy_interval"][0],
            high=row["accuracy_interval"][1],
            style="student" if row["method"] in OURS else "teacher-plain",
        )
        for scenario in SHOWN
        for row in sorted(rows, key=lambda row: -float(row["accuracy"]))
        if row["scenario"] == scenario
    ]
    drawn = interval_rows(spans, label="Accuracy of detection by scenario and method, with 95 % intervals")
    opening, bracket, rest = drawn.partition(">")
    return f"{opening}{bracket}{STYLE}{rest}"
