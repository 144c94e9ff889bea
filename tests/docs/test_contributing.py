"""CONTRIBUTING.md names what the code requires for something new."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from components.benchmarks.served import ServedBenchmark

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "CONTRIBUTING.md").read_text()


def test_a_benchmark_wants_the_four_that_are_named() -> None:
    [row] = re.findall(r"^\| \*\*a benchmark\*\* \| (.*) \|$", GUIDE, re.MULTILINE)
    assert f"({', '.join(('tasks', 'start', 'finished', 'evaluate'))};" in row
    assert ServedBenchmark.__abstractmethods__ == {"tasks", "start", "finished", "evaluate"}


def test_modules_and_rooms_that_are_named_are_there() -> None:
    named = set(re.findall(r"`((?:components|pipelines|charts|tests|bench|infra|docs)/[\w./-]*)`", GUIDE))
    assert named
    assert [each for each in sorted(named) if not (ROOT / each).exists()] == []


@pytest.mark.parametrize("guide", sorted((ROOT / "components").rglob("README.md")), ids=lambda path: path.parent.name)
def test_the_modules_that_a_rooms_readme_names_are_there(guide: Path) -> None:
    named = set(re.findall(r"`([\w./-]+\.py)`", guide.read_text()))
    places = (guide.parent, ROOT, ROOT / "components")
    assert [each for each in sorted(named) if not any((place / each).exists() for place in places)] == []
