"""The chart rendered with each profile, as committed YAML.

`python -m tests.charts.golden` writes it anew; `git diff` then shows what changed.
"""

from __future__ import annotations

from pathlib import Path

import yaml

from tests.charts.rendered import CHART, OPERATORS, PROFILES, install, render, values, with_operators

FOLDER = Path(__file__).parent / "goldens"
NAMES = (*PROFILES, "production-with-operators")


def made(name: str) -> str:
    """Every object of a profile, with VERSION where the chart's version stands."""
    found = render(values(name)) if name in PROFILES else install(with_operators(), OPERATORS)
    version = yaml.safe_load((CHART / "Chart.yaml").read_text())["version"]
    return yaml.safe_dump_all(found, sort_keys=False, width=120).replace(version, "VERSION")


if __name__ == "__main__":
    for name in NAMES:
        (FOLDER / f"{name}.yaml").write_text(made(name))
