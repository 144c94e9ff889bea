"""README's picture and tables are those of the summaries that are kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.rounds_figure import KEPT, SUMMARIES, TO, picture, table, table_of_runs
from pipelines.summary import Summary

README = (Path(__file__).parents[2] / "README.md").read_text()


@pytest.fixture(scope="module")
def summaries() -> tuple[Summary, ...]:
    return SUMMARIES.validate_json(KEPT.read_text())


def test_the_table_is_of_the_run_that_is_drawn(summaries: tuple[Summary, ...]) -> None:
    assert table(summaries[0]) in README, "make figure, and what it prints into README"
    assert TO.read_text() == picture(summaries[0]), "make figure"


def test_the_runs_that_are_kept_are_told_with_their_mean(summaries: tuple[Summary, ...]) -> None:
    assert table_of_runs(summaries) in README, "make figure, and what it prints into README"
    assert len({(each.recipe, each.rounds[0].digests.code) for each in summaries}) == 1, "one recipe, one code"
    assert len({each.seed for each in summaries}) == len(summaries)
