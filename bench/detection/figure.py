"""The figure of the table: accuracy with its interval where nothing and where everything is hidden.

    python -m bench.detection.figure [bench/detection.json] [--to docs/detection.svg]

draws README's picture of it: those who hide, in plain words.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from components.drawing.bars import Span, interval_rows
from components.files import write_whole

OURS = (
    "untrained shadow profiles",
    "shared shadow profiles",
    "own shadow profiles",
    "the mixture reads",
    "shadows of the mixture",
)
SHOWN = ("white box: mixture to mixture", "black box", "evasion, all kinds")
HIDING = "evasion, all kinds"
IN_WORDS = {
    "untrained shadow profiles": "how experts divide the work (ours)",
    "response similarity": "comparing answers",
    "identity questions": "asking who it is",
    "idiosyncrasy classifier": "a classifier of habits of wording",
    "next-token agreement": "agreeing on the next word",
    "own shadow specialization": "Shadow-MoE's specialization (the paper's)",
}
"""The methods of README's picture."""
ROOT = Path(__file__).resolve().parents[2]
STYLE = (
    "<style>svg{background:#fff;font:12px sans-serif}.whisker,.grid,.zero{stroke:#777;fill:none}"
    ".teacher-plain *{fill:#777}.student *{fill:#06c}.student .whisker{stroke:#06c;fill:none}"
    ".teacher-plain .whisker{fill:none}</style>"
)
"""A file of its own is read without a page's style sheet."""


def figure(rows: Sequence[Mapping[str, Any]]) -> str:
    """SVG of the paper's scenarios."""
    spans = [
        _span(row, name=f"{row['scenario'].partition(':')[0]}: {row['method']}")
        for scenario in SHOWN
        for row in sorted(rows, key=lambda row: -float(row["accuracy"]))
        if row["scenario"] == scenario
    ]
    return _styled(interval_rows(spans, label="Accuracy of detection by scenario and method, with 95 % intervals"))


def hiding(rows: Sequence[Mapping[str, Any]]) -> str:
    """SVG of the students that hide, by some methods."""
    best_rows = {row["method"]: row for row in rows if row["scenario"] == HIDING and row["method"] in IN_WORDS}
    best = sorted(best_rows.items(), key=lambda item: -float(item[1]["accuracy"]))
    spans = [_span(row, name=IN_WORDS[name]) for name, row in best]
    return _styled(interval_rows(spans, label="Share of pairs judged right where students hide, with 95 % intervals"))


def _span(row: Mapping[str, Any], *, name: str) -> Span:
    low, high = row["accuracy_interval"]
    style = "student" if row["method"] in OURS else "teacher-plain"
    return Span(name=name, value=row["accuracy"], low=low, high=high, style=style)


def _styled(drawn: str) -> str:
    opening, bracket, rest = drawn.partition(">")
    return f"{opening}{bracket}{STYLE}{rest}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", nargs="?", type=Path, default=ROOT / "bench/detection.json")
    parser.add_argument("--to", type=Path, default=ROOT / "docs/detection.svg")
    arguments = parser.parse_args()
    write_whole(arguments.to, hiding(json.loads(arguments.rows.read_text())) + "\n")


if __name__ == "__main__":
    main()
