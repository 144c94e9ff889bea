"""Episodes of two agents are paired by task and seed, and only where both were the agents' own doing."""

from __future__ import annotations

from pathlib import Path

import pytest

from components.errors import InputError
from components.results.episodes import outcomes_of, pairs_of
from components.statistics import compare_paired
from components.trajectories.open_store import open_store
from components.trajectories.schema import Outcome
from components.trajectories.tables import write_table
from tests.components.results.made import evaluate_result

SEEDS = "heldout_seeds"


def test_agents_are_compared_on_the_seeds_that_counted_for_both() -> None:
    a = {(SEEDS, "t", seed): Outcome.FAILED for seed in range(8)} | {(SEEDS, "t", 8): Outcome.INFRA_ERROR}
    b = {(SEEDS, "t", seed): Outcome.SOLVED for seed in range(1, 9)} | {(SEEDS, "u", 0): Outcome.SOLVED}
    pairs = pairs_of(a, b)
    assert pairs == {("t", SEEDS): [(False, True)] * 7}
    found = compare_paired({"t": pairs["t", SEEDS]})
    assert (found.pairs, found.gains, found.losses) == (7, 7, 0)
    assert found.p_value == pytest.approx(2 / 2**7)
    assert found.interval is None  # one task says nothing about other tasks


def test_a_table_is_read_for_the_splits_that_are_asked_about(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    rows = [
        {"split": split, "task_id": "t", "seed": seed, "outcome": outcome}
        for split, seed, outcome in ((SEEDS, 1, "solved"), (SEEDS, 2, "judge_error"), ("heldout_tasks", 1, "failed"))
    ]
    info = write_table(store, "tables/x.parquet", rows, sources={"a": "b"})
    evaluation = evaluate_result(table=info.key, table_digest=info.digest)
    assert outcomes_of(store, evaluation, splits=(SEEDS,)) == {
        (SEEDS, "t", 1): Outcome.SOLVED,
        (SEEDS, "t", 2): Outcome.JUDGE_ERROR,
    }


def test_a_table_that_is_gone_is_named(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    with pytest.raises(InputError, match="the table of an evaluation is gone") as raised:
        outcomes_of(store, evaluate_result(table="tables/gone.parquet"), splits=(SEEDS,))
    assert raised.value.where == f"{store.url}/tables/gone.parquet"
