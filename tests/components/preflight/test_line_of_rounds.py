"""Rounds started by the form with `round: 0` count themselves, over other code and other recipes; inside one nothing
changes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from components.agents.config import LocalConfig
from components.endpoints.gate import GATE
from components.errors import InputError
from components.place import Job, Kubeflow, Place, mark_done, stage
from components.preflight.component import preflight
from components.preflight.show import as_markdown
from components.trajectories.manifest import Manifest, read_manifest


def begin(form: dict[str, Any], **changes: object) -> tuple[Job, Manifest]:
    job = Job.model_validate_json(preflight.python_func(**{**form, **changes})[0])
    with stage("looks", job=job.model_copy(update={"code": ""}).model_dump_json()) as here:
        return job, read_manifest(here)


def finish(job: Job) -> None:
    """As the last stage of a round does."""
    with stage("report", job=job.model_copy(update={"code": ""}).model_dump_json()) as here:
        mark_done(here)


def test_three_rounds_number_themselves_over_other_code_and_another_recipe(
    form: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    job, first = begin(form)
    again, same = begin(form)
    assert (again, same) == (job, first), "an unfinished round is gone on with"
    finish(job)
    monkeypatch.setattr("components.preflight.run.code_digest", lambda: "c" * 64)
    job, second = begin(form)
    finish(job)
    _, third = begin(form, overrides="distill: {steps: 9}")
    assert [each.round for each in (first, second, third)] == [1, 2, 3]
    assert [[each.key for each in one.changed] for one in (first, second, third)] == [[], ["code"], ["distill.steps"]]
    summary = Path(form["summary"].path).read_text()
    assert "# Round 3 of main" in summary
    assert "| changed since round 2 | |" in summary


def test_inside_a_round_nothing_changes_and_the_next_one_may_be_begun_instead(form: dict[str, Any]) -> None:
    begin(form)
    with pytest.raises(InputError, match=r"distill\.steps: \d+ then, 9 now") as raised:
        begin(form, overrides="distill: {steps: 9}")
    assert "round: 2" in raised.value.fix
    _, second = begin(form, overrides="distill: {steps: 9}", round=2)
    assert second.round == 2
    with pytest.raises(InputError, match="left unfinished when round 2 began"):
        begin(form, round=1)


def test_other_settings_of_one_stage_leave_what_the_others_are_told_as_it_was(
    form: dict[str, Any], tmp_path: Path
) -> None:
    """Down to the job, which holds the manifest: so Kubeflow's cache keeps what does not hang on them."""
    names = preflight.python_func.__annotations__["return"]._fields
    before = dict(zip(names, preflight.python_func(**form), strict=True))
    shutil.rmtree(tmp_path / "store")
    after = dict(zip(names, preflight.python_func(**{**form, "overrides": "distill: {steps: 9}"}), strict=True))
    assert {name for name in names if before[name] != after[name]} == {"distill"}
    assert before["explore_shards"] == ["0/3", "1/3", "2/3"]
    assert before["evaluate_shards"] == []


def test_the_student_that_the_round_begins_with_decides_a_hybrids_private_steps(
    form: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(GATE, "_guard", None)
    monkeypatch.setattr("components.preflight.run.check_endpoint", lambda *_, **__: None)
    hybrid = (
        "teacher: {kind: hybrid, local: student, remote: {kind: chat, model: m, base_url: 'http://127.0.0.1:9/v1'}}"
    )
    names = preflight.python_func.__annotations__["return"]._fields
    told = dict(zip(names, preflight.python_func(**{**form, "overrides": hybrid}), strict=True))
    _, manifest = begin(form, overrides=hybrid)
    assert json.loads(told["teacher"])["local"] == LocalConfig(model=manifest.student).model_dump(mode="json")


def test_hundreds_of_explorers_have_a_shard_each(form: dict[str, Any]) -> None:
    names = preflight.python_func.__annotations__["return"]._fields
    many = {**form, "place": form["place"].replace("explorers: 3", "explorers: 300, evaluators: 100")}
    told = dict(zip(names, preflight.python_func(**many), strict=True))
    assert told["explore_shards"] == [f"{shard}/300" for shard in range(300)]
    assert told["evaluate_shards"] == [f"{shard}/100" for shard in range(100)]


def test_what_a_round_begins_with_leads_to_its_run_its_store_and_mlflow(form: dict[str, Any]) -> None:
    _, manifest = begin(form)
    place = Place(name="cluster", store="s3://bucket/main", mlflow="https://mlflow.example.com")
    there = place.model_copy(update={"kubeflow": Kubeflow(ui="https://kubeflow.example.com/pipeline")})
    shown = as_markdown(manifest, place=there, attempt="1-2")
    assert "[this run](https://kubeflow.example.com/pipeline/#/runs/details/1-2)" in shown
    assert "MLflow: <https://mlflow.example.com>" in shown
    assert "](https://console.aws.amazon.com/s3/buckets/bucket?prefix=main/runs/main/round-001/)" in shown
    inside = {"mlflow": "http://mlflow.symbiont.svc:5000", "s3_endpoint": "http://s3.symbiont.svc:9000"}
    shown = as_markdown(manifest, place=place.model_copy(update=inside), attempt="1-2")
    assert "](" not in shown
    assert "MLflow: `http://mlflow.symbiont.svc:5000`" in shown
    assert "Store: `s3://bucket/main/runs/main/round-001/`" in shown
