"""The table's figure: accuracy with its interval, scenario by scenario, ours beside the baselines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from components.drawing.charts import Span, interval_rows

OURS = ("shadow profiles", "shadows of the mixture")
SHOWN = ("white box", "one shadow", "two shadows", "black box", "evasion, all kinds")


def figure(rows: Sequence[Mapping[str, Any]]) -> str:
    """SVG of the paper's scenarios."""
    spans = [
        Span(
            name=f"{row['scenario']}: {row['method']}",
            value=row["accuracy"],
            low=row["accuracy_interval"][0],
            high=row["accuracy_interval"][1],
            style="student" if row["method"] in OURS else "teacher-plain",
        )
        for start in SHOWN
        for row in rows
        if str(row["scenario"]).startswith(start)
    ]
    return interval_rows(spans, label="Accuracy of detection by scenario and method, with 95 % intervals")
