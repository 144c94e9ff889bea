"""docs/data.md names every column with its type, and its queries run unchanged."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest

from components.evaluate.summary import COLUMNS as EVALUATION
from components.evaluate.summary import evaluation_row
from components.report.scan import VISIT_COLUMNS
from components.synthesize.examples import COLUMNS as EXAMPLES
from components.synthesize.examples import example_rows
from components.trajectories.open_store import open_store
from components.trajectories.phases import evaluate_phase
from components.trajectories.rows import EPISODE_COLUMNS, STEP_COLUMNS, episode_row, step_rows, to_table
from components.trajectories.schema import Candidate, Episode, Outcome, Speculation, Step
from components.trajectories.tables import write_table

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "data.md").read_text()
TYPES = {"time": "timestamp[us, tz=UTC]", "strings": "list of strings"}
TABLES = {
    "episodes.parquet": EPISODE_COLUMNS | EVALUATION,
    "steps.parquet": STEP_COLUMNS,
    "examples.parquet": EXAMPLES,
    "report-visits.parquet": VISIT_COLUMNS,
}
QUERIES = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("name", TABLES)
def test_every_column_is_described_with_its_type(name: str) -> None:
    section = next(part for part in PAGE.split("\n## ") if part.startswith(name))
    told: dict[str, str] = {}
    for names, types in re.findall(r"^\| (`.*?) \| (.*?) \| .+ \|$", section, re.MULTILINE):
        columns, kinds = re.findall(r"`(\w+)`", names), types.split(", ") if "[" not in types else [types]
        told |= dict(zip(columns, kinds * len(columns) if len(kinds) == 1 else kinds, strict=False))
    assert told == {column: TYPES.get(kind, kind) for column, kind in TABLES[name].items()}


@pytest.fixture
def run_folder(
    tmp_path: Path,
    make_episode: Callable[..., Episode],
    make_step: Callable[..., Step],
    monkeypatch: pytest.MonkeyPatch,
) -> Path:
    """The tables of one round, made as the stages make them."""
    store = open_store(tmp_path / "out" / "store")
    tables = "runs/run/round-001/tables"
    checked = Speculation(proposed=Candidate(action="click [1]"), candidates=(), accepted=False)
    steps = [make_step("click [2]", decided_by="student", feedback="no", speculation=checked)]
    explored = [
        make_episode(phase="explore-teacher"),
        make_episode(phase="explore-student", steps=steps, outcome=Outcome.FAILED),
    ]
    examples = [row for episode in explored for row in example_rows(episode, episode.steps)]
    rows: dict[str, list[Mapping[str, Any]]] = {}
    for role in ("teacher", "student"):
        phase = evaluate_phase(role, "heldout_seeds")  # type: ignore[arg-type]
        outcome = Outcome.SOLVED if role == "teacher" else Outcome.FAILED
        rows[role] = [evaluation_row(make_episode(phase=phase, outcome=outcome), split="heldout_seeds")]
    for name, table in {
        "episodes": to_table(map(episode_row, explored), columns=EPISODE_COLUMNS),
        "steps": to_table((row for each in explored for row in step_rows(each)), columns=STEP_COLUMNS),
        "examples": to_table(examples, columns=EXAMPLES),
        "evaluate-teacher": to_table(rows["teacher"], columns=EVALUATION),
        "evaluate-student": to_table(rows["student"], columns=EVALUATION),
    }.items():
        write_table(store, f"{tables}/{name}.parquet", table, sources=["x"])
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("run_folder")
def test_the_queries_run_and_answer() -> None:
    assert len(QUERIES) == 5
    solved, behind, wrong, accepted, learnt = (duckdb.sql(query).fetchall() for query in QUERIES)
    assert solved == [(1, "evaluate-student-heldout_seeds", 1, 0.0), (1, "evaluate-teacher-heldout_seeds", 1, 100.0)]
    assert behind == [("click-test", 100.0, 0.0)]
    assert wrong == [("click-test", "click [2]", "no", 1)]
    assert accepted == [("click-test", 1, 0.0)]
    assert sum(row[2] for row in learnt) == 4


@pytest.mark.usefixtures("run_folder")
def test_times_are_times() -> None:
    query = "SELECT typeof(started_at), typeof(solved) FROM 'out/store/runs/*/*/tables/episodes.parquet'"
    assert set(duckdb.sql(query).fetchall()) == {("TIMESTAMP WITH TIME ZONE", "BOOLEAN")}
