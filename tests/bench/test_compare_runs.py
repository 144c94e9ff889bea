"""Two folders of runs are compared by their rounds, whatever else was played in them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.compare_runs import facts, runs


def a_run(out: Path, *, student: str) -> Path:
    round = out / "store/runs/laptop-0/round-001"
    (round / "results").mkdir(parents=True)
    (round / "manifest.json").write_text("{}")
    (round / "results/distill.json").write_text(json.dumps({"model_digest": student}))
    (out / "store/runs/evaluate-teacher-1/round-001/results").mkdir(parents=True)
    return out


def test_an_evaluation_beside_it_is_not_taken_for_the_run(tmp_path: Path) -> None:
    one, other = (a_run(tmp_path / name, student=name) for name in ("one", "other"))
    found = [dict(facts(runs(out)[0])) for out in (one, other)]
    assert [list(each.values()) for each in found] == [["one"], ["other"]]


def test_a_folder_without_a_run_is_named(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="holds no run of rounds"):
        runs(tmp_path)
