"""The audit as a pipeline of its own: the committed YAML is what the sources say, and its one task does the audit."""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
import yaml

from components.audit.component import audit
from components.audit.request import AuditRequest
from components.audit.result import AuditReport
from components.place import Place
from components.verdicts.policy import Policy
from pipelines.audits import pipeline_arguments
from pipelines.compile import COMPILED_AUDIT, compile_audit
from tests.components.audit.vendors import QUICK, SETTINGS, request
from tests.pipelines.test_compiled_pipeline import plain

torch.set_num_threads(1)


def test_the_committed_audit_is_fresh(tmp_path: Path) -> None:
    again = compile_audit(tmp_path / "again.yaml")
    assert plain(again.read_text()) == plain(COMPILED_AUDIT.read_text()), "run `make compile` and commit the result"


def test_it_is_a_valid_pipeline_that_installs_nothing_and_is_never_taken_from_a_cache() -> None:
    from google.protobuf import json_format
    from kfp.pipeline_spec import pipeline_spec_pb2

    found: dict[str, Any] = next(yaml.safe_load_all(COMPILED_AUDIT.read_text()))
    json_format.ParseDict(found, pipeline_spec_pb2.PipelineSpec())
    (executor,) = found["deploymentSpec"]["executors"].values()
    assert "pip install" not in " ".join(executor["container"]["command"])
    (task,) = found["root"]["dag"]["tasks"].values()
    assert not task["cachingOptions"].get("enableCache", False)
    assert task["retryPolicy"]["maxRetryCount"] == 2
    assert set(found["root"]["inputDefinitions"]["parameters"]) == set(
        pipeline_arguments(any_request(), place="laptop")
    )


def any_request() -> AuditRequest:
    named = {"name": "a", "reference": "hf:a/b"}
    return AuditRequest.model_validate({"teachers": [named], "suspect": {"name": "c", "reference": "hf:a/c"}})


def test_its_task_does_what_the_command_line_does(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = SETTINGS.model_copy(update={"shadow": QUICK})
    wanted = request(tmp_path / "answers", settings=settings)
    wanted = wanted.model_copy(update={"policy": Policy(distilled_from=("north",))})
    place = Place(name="here", store=str(tmp_path / "store"), work=str(tmp_path / "work"))
    page, numbers = tmp_path / "page.html", tmp_path / "numbers.json"
    metrics: dict[str, float] = {}

    def conducted() -> str:
        verdict: str = audit.python_func(
            request=wanted.model_dump_json(),
            place=place.model_dump_json(),
            code="c",
            page=SimpleNamespace(path=str(page)),
            numbers=SimpleNamespace(path=str(numbers)),
            metrics=SimpleNamespace(log_metric=metrics.__setitem__),
        )
        return verdict

    verdict = conducted()
    report = AuditReport.model_validate_json(numbers.read_text())
    assert report.verdict == verdict
    assert "<title>Was student distilled from north?</title>" in page.read_text()
    assert metrics["p_value"] == report.p_value
    assert metrics["policy_holds"] == float(verdict == "distilled")
    assert re.search(r"audit: (\d+)/\1\n", capsys.readouterr().out)  # all of them
    assert conducted() == verdict
    assert "audit:" not in capsys.readouterr().out  # a second task finds it done
    assert json.loads(numbers.read_text())["made_at"] == report.made_at
