"""The benchmark: labels meet scores in one place, thresholds come from elsewhere, and a small one is run for real."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench.detection import run as run_module
from bench.detection.figure import figure
from bench.detection.methods import Zoo
from bench.detection.run import GROUPS, Benchmark
from bench.detection.scenarios import SCENARIOS, Relation, Scenario, relation
from bench.detection.score import Judgement, auc, elsewhere, table, table_row, threshold
from bench.detection.zoo import build as build_module
from bench.detection.zoo import models
from bench.detection.zoo.births import ZooConfig
from bench.detection.zoo.build import build

SMALL = ZooConfig.small(seed=7, domains=4)


def drawn(own: float, other: float, *, seed: int = 0, count: int = 180, zoos: int = 3) -> list[Judgement]:
    rng = np.random.default_rng(seed)
    relations: tuple[Relation, ...] = ("own", "sibling", "easy")
    return [
        Judgement(
            scenario="black box",
            method="m",
            seed=index % zoos,
            family=index // zoos % 2,
            suspect=str(index),
            relation=(kind := relations[index // (2 * zoos) % 3]),
            score=float(rng.normal(own if kind == "own" else other, 0.1)),
            verdict="inconclusive",
        )
        for index in range(count)
    ]


def test_a_threshold_lies_in_the_middle_of_a_gap() -> None:
    found = drawn(10.0, 0.0)
    lowest = min(one.score for one in found if one.relation == "own")
    highest = max(one.score for one in found if one.relation != "own")
    assert threshold(found) == pytest.approx((lowest + highest) / 2)
    assert auc(found) == 1.0


def test_a_pair_is_judged_by_other_teachers_of_other_zoos() -> None:
    found = drawn(1.0, 0.0)
    assert {(one.seed, one.family) for one in elsewhere(found, seed=1, family=0)} == {(0, 1), (2, 1)}
    lone = [one for one in found if one.seed == 0]
    assert {(one.seed, one.family) for one in elsewhere(lone, seed=0, family=0)} == {(0, 1)}


def test_a_good_method_scores_well_and_one_that_sees_nothing_scores_as_chance() -> None:
    good = table_row(drawn(1.0, 0.0))
    assert good["accuracy"] == 1.0
    assert (good["false_accusation_rate_easy"], good["false_accusation_rate_siblings"]) == (0.0, 0.0)
    rows = [table_row(drawn(0.0, 0.0, seed=seed)) for seed in range(12)]
    assert np.mean([row["auc"] for row in rows]) == pytest.approx(0.5, abs=0.04)
    # A method that knew labels would do better than the share of the larger class, two of three.
    assert np.mean([row["accuracy"] for row in rows]) < 0.7


def test_pairs_of_one_suspect_do_not_narrow_an_interval() -> None:
    found = drawn(1.0, 0.0)
    again = [replace(one, relation="easy", score=0.0) for one in found]
    alone, twice = table_row(found), table_row(found + again)
    assert (alone["suspects"], twice["suspects"]) == (180, 180)
    assert alone["accuracy_interval"] == twice["accuracy_interval"]
    fewer = table_row([replace(one, suspect=str(int(one.suspect) // 9)) for one in found])
    assert fewer["suspects"] == 60  # of twenty names in three zoos
    assert fewer["accuracy_interval"][0] < alone["accuracy_interval"][0]


def test_a_scenario_with_nobody_to_set_a_threshold_by_has_no_row() -> None:
    assert table([one for one in drawn(1.0, 0.0) if (one.seed, one.family) == (0, 0)]) == []


@pytest.mark.xdist_group("zoo")
def test_a_small_benchmark_finds_the_students_of_every_teacher(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One zoo, 24 pairs, trained and shadowed here. Own students are found; those of strangers are spared."""
    monkeypatch.setattr(build_module, "EVADING", ())  # a black box is asked plainly
    hardly = run_module.OWN.model_copy(update={"common_steps": 4, "steps": 3})
    monkeypatch.setattr(run_module, "OWN", hardly)  # each voice's own shadow is the dearest, and not whom this is about
    black_box = next(one for one in SCENARIOS if one.name == "black box")
    run = Benchmark(cache=tmp_path, shadows=2, scenarios=[black_box])
    small = SMALL.model_copy(update={"steps": 120, "student_steps": 60})
    measured = [run.measure(small, group) for group in GROUPS]
    rows = {str(row["method"]): row for row in table([one for each in measured for one in each.judgements])}
    ours = rows["shared shadow profiles"]
    costs = {name: cost for each in measured for (_, name), cost in each.costs.items()}
    assert set(costs) == set(rows)
    assert all(cost.mib > 100 for cost in costs.values())
    assert ours["pairs"] == 24
    assert ours["auc"] >= 0.98
    assert ours["accuracy"] >= 0.9
    assert ours["accused_rates"]["easy"] == 0.0
    assert ours["accused_rates"]["own"] >= 0.75
    assert ours["cleared_rates"]["own"] == 0.0
    assert rows["identity questions"]["auc"] < ours["auc"]  # siblings and the careful share or hide their names
    assert json.dumps(list(rows.values()))
    assert "black box: shared shadow profiles" in figure(list(rows.values()))


def test_pairs_hold_own_students_siblings_and_strangers_and_conditions_are_met(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models, "LONGEST", 4)  # hardly taught, they would go on to it
    tiny = SMALL.model_copy(update={"lessons": 8, "probes": 8, "steps": 2, "student_steps": 1})
    probes, members = build(tiny, cache=tmp_path)
    for scenario in SCENARIOS:
        kinds = [relation(teacher, suspect) for teacher, suspect in scenario.pairs(members)]
        if scenario.training != "answers":
            assert kinds == []  # a small zoo has no students by other ways, and none stand in for nobody
        elif not scenario.unequal and scenario.mixtures == (None, None):
            assert {kind: kinds.count(kind) for kind in set(kinds)} == {"own": 4, "sibling": 4, "easy": 16}
    dense = Scenario(name="d", mixtures=(False, True))
    assert {(t.shape.experts, s.shape.experts > 0) for t, s in dense.pairs(members)} == {(0, True)}
    zoo = Zoo(probes=probes, members={member.name: member for member in members})
    assert len(zoo.controls) == 4
    assert zoo.teachers == ["teacher 0a", "teacher 1a"]


def test_workers_of_a_killed_benchmark_end(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bench.detection", "--out", str(tmp_path), "--small", "--seeds", "1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert any("is ready" in line for line in process.stdout)
        process.kill()
        process.communicate(timeout=60)  # returns when nobody is left who could write


def test_the_command_explains_itself() -> None:
    command = [sys.executable, "-m", "bench.detection", "--help"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    for option in ("--out", "--seed-base", "--seeds", "--domains", "--experts", "--small", "--shuffled"):
        assert option in said
