"""The rows of bench/train.json: who was timed stands apart from the way; each way has one row of a device."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bench.training import run

FIGURES = ("tokens_per_second", "peak_memory_mb")


def _turn(who: dict[str, float]) -> run.Turn:
    about = {"peak_memory_mb": 100.0, "load": 0.5}
    return {name: {"tokens_per_second": speed, "tokens_per_cpu_second": speed, **about} for name, speed in who.items()}


def test_the_shipped_rows_say_who_and_in_which_way_with_their_spread() -> None:
    rows: list[dict[str, Any]] = json.loads(run.ROWS.read_text())
    assert {row["who"] for row in rows} == {"symbiont", "trl"}
    assert len({run.contender(row) for row in rows}) == len(rows)
    for row in rows:
        assert all(low <= row[name] <= high for name in FIGURES for low, high in [row[f"{name}_spread"]])


def test_another_measurement_takes_the_place_of_its_own_rows_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "ROWS", tmp_path / "train.json")
    here, there = {"model": "base", "device": "here"}, {"model": "base", "device": "there"}
    turns = [_turn({"symbiont": 300, "trl, packed": 100, "trl, grouped by length": 150})]
    for about in (here, there):
        run.keep(turns, about, {"steps": 4})
    run.keep([_turn({"symbiont": 400, "trl, packed": 100})], here, {"steps": 4})
    rows = json.loads(run.ROWS.read_text())
    found = {(row["device"], row["who"], row["way"]): row["tokens_per_second"] for row in rows}
    assert found == {
        ("there", "symbiont", ""): 300,
        ("there", "trl", "packed"): 100,
        ("there", "trl", "grouped by length"): 150,
        ("here", "trl", "grouped by length"): 150,
        ("here", "symbiont", ""): 400,
        ("here", "trl", "packed"): 100,
    }
    packed = next(row for row in rows if (row["device"], row["way"]) == ("here", "packed"))
    assert packed["symbiont_times_as_fast_by_clock"] == 4
