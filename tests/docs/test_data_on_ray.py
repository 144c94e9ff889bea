"""The example on Ray answers what DuckDB answers, on Ray's local mode; `make test-ray` makes an environment for it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from components.trajectories.open_store import open_store
from components.trajectories.rows import STEP_COLUMNS, step_rows, to_table
from components.trajectories.schema import Episode, Outcome
from components.trajectories.tables import write_table

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "data_on_ray.py"
PYTHON = os.environ.get("RAY_PYTHON", "")
ASKED = """
SELECT task_id, count(DISTINCT episode_key) FILTER (outcome = 'solved'), count(DISTINCT episode_key),
       mode(split_part(action, ' ', 1)) FILTER (outcome = 'solved')
FROM '{}/round-*/tables/steps.parquet' GROUP BY task_id ORDER BY task_id
"""


@pytest.mark.skipif(not PYTHON, reason="RAY_PYTHON names no Python that has Ray; make test-ray makes one")
def test_it_says_what_duckdb_says(tmp_path: Path, make_episode: Callable[..., Episode]) -> None:
    store = open_store(tmp_path)
    for round in (1, 2):
        episodes = [
            make_episode("scroll down", "click [1]", "click [2]", task_id=task, seed=seed, round=round, outcome=outcome)
            for task in ("book", "search")
            for seed, outcome in enumerate((Outcome.SOLVED, Outcome.FAILED, Outcome.SOLVED))
        ]
        rows = to_table((row for each in episodes for row in step_rows(each)), columns=STEP_COLUMNS)
        write_table(store, f"runs/run/round-{round:03d}/tables/steps.parquet", rows, sources=["x"])
    done = subprocess.run(
        [PYTHON, str(EXAMPLE), str(tmp_path / "runs" / "run")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    wanted = duckdb.sql(ASKED.format(tmp_path / "runs" / "run")).fetchall()
    assert wanted == [("book", 4, 6, "click"), ("search", 4, 6, "click")]
    assert done.stdout.splitlines() == [
        f"{task}: {solved} of {all} solved, mostly by {verb}" for task, solved, all, verb in wanted
    ]
