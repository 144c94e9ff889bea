"""A round's figures in MLflow: on a real server, under the run of the whole run, and as curves over its rounds."""

from __future__ import annotations

from pathlib import Path

import pytest

from components.report.config import ReportConfig
from components.report.run import assemble
from components.report.track import figures, track_figures
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
        facts = assemble(config=ReportConfig(), round=run_of_three.at(number)).now
        for _ in range(2 if number == 3 else 1):  # a stage that was killed after it had sent them sends them again
            track_figures(facts, run=name)
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
