"""A round's figures in MLflow: on a real server, under the run of the whole run, and as curves over its rounds."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from components.report.config import ReportConfig
from components.report.run import assemble
from components.report.track import figures, flat, track_report
from components.trajectories.rounds import Round


def test_figures_are_those_of_the_stages(run_of_three: Round) -> None:
    facts = assemble(config=ReportConfig(), round=run_of_three).now
    found = figures(facts)
    seeds = facts.success("student")
    assert seeds
    assert found["evaluate/student/heldout_seeds/success_rate"] == seeds.solved / seeds.episodes
    low, high = (found[f"evaluate/student/heldout_seeds/{end}"] for end in ("low", "high"))
    assert low < found["evaluate/student/heldout_seeds/success_rate"] < high
    assert found["explore/speculative/acceptance_rate"] == 30 / 45
    assert facts.audit
    assert found["detect/p_value"] == facts.audit.p_value


@pytest.mark.usefixtures("mlflow_uri")
def test_rounds_are_shown_under_their_run_and_as_its_curves(run_of_three: Round, tmp_path: Path) -> None:
    from mlflow import MlflowClient

    client = MlflowClient()
    name = f"{run_of_three.run}-{tmp_path.name}"
    for number in (1, 2, 3):
        data = replace(assemble(config=ReportConfig(episodes=0), round=run_of_three.at(number)), run=name)
        for _ in range(2 if number == 3 else 1):  # a stage that was killed after it had sent them sends them again
            track_report(data, page=f"page {number}".encode(), store="/store")
    known = client.get_experiment_by_name("symbiont")
    assert known is not None
    found = client.search_runs([known.experiment_id], f"tags.`symbiont.run` = '{name}'")
    runs = {each.data.tags["mlflow.runName"]: each for each in found}
    assert set(runs) == {name, *(f"{name} round {number}" for number in (1, 2, 3))}
    whole = runs.pop(name).info.run_id
    assert {each.data.tags["mlflow.parentRunId"] for each in runs.values()} == {whole}
    curve = client.get_metric_history(whole, "evaluate/student/heldout_seeds/success_rate")
    rates = {each.step: each.value for each in curve}
    assert list(rates) == [1, 2, 3]
    for number, rate in rates.items():
        one = runs[f"{name} round {number}"]
        assert one.data.metrics["evaluate/student/heldout_seeds/success_rate"] == rate
        assert one.data.tags["symbiont.decision"]
        assert one.data.tags["mlflow.note.content"].startswith("Better than at the start: yes.")
        assert one.data.tags["mlflow.source.git.commit"] == "abcdef0123456789"
        assert one.data.metrics["student_success"] == rate
        (given,) = one.inputs.dataset_inputs
        assert json.loads(given.dataset.source) == {"uri": f"/store/{run_of_three.at(number).prefix}/tables/e.parquet"}
    run = client.get_run(whole)
    assert run.data.params == {"name": "laptop", "rounds": "3"}
    assert {each.path for each in client.list_artifacts(whole)} == {"recipe.yaml", "report.html"}
    assert Path(client.download_artifacts(whole, "report.html", str(tmp_path))).read_text() == "page 3"


def test_a_recipe_is_flattened_to_parameters() -> None:
    recipe = "name: a\ndistill: {steps: 400, more: {rate: 0.1}}\ntasks: {train: [x, y], options: {}, heldout: null}\n"
    assert flat(recipe) == {
        "name": "a",
        "distill.steps": "400",
        "distill.more.rate": "0.1",
        "tasks.train": '["x", "y"]',
        "tasks.options": "{}",
        "tasks.heldout": "null",
    }


def test_the_five_headline_figures_have_no_stage_before_their_names(run_of_three: Round) -> None:
    found = figures(assemble(config=ReportConfig(episodes=0), round=run_of_three).now)
    headline = {name: value for name, value in found.items() if "/" not in name and name not in ("usd", "tokens")}
    assert headline == {
        "student_success": found["evaluate/student/heldout_seeds/success_rate"],
        "student_success_low": found["evaluate/student/heldout_seeds/low"],
        "student_success_high": found["evaluate/student/heldout_seeds/high"],
        "heldout_task_success": found["evaluate/student/heldout_tasks/success_rate"],
        "audit_distance": 0.53,
    }
    assert found["detect/distance/unrelated-end"] == 0.81
