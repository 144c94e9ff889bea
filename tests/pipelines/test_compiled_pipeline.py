"""The committed YAML is what the sources say, valid against KFP's schema, and kfp.local can take it."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.compile import COMPILED, compile_round


def plain(text: str) -> str:
    """Without the SDK's version, which differs between patch releases that compile the same."""
    return re.sub(r"sdkVersion: \S+", "sdkVersion: -", text)


@pytest.fixture(scope="module")
def pipeline() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(COMPILED.read_text())
    return found


def test_the_committed_pipeline_is_fresh(tmp_path: Path) -> None:
    again = compile_round(tmp_path / "again.yaml")
    assert plain(again.read_text()) == plain(COMPILED.read_text()), "run `make compile` and commit the result"


def test_it_is_a_valid_pipeline(pipeline: dict[str, Any]) -> None:
    from google.protobuf import json_format
    from kfp.pipeline_spec import pipeline_spec_pb2

    json_format.ParseDict(pipeline, pipeline_spec_pb2.PipelineSpec())


def test_every_reference_leads_somewhere(pipeline: dict[str, Any]) -> None:
    components, executors = pipeline["components"], pipeline["deploymentSpec"]["executors"]
    for component in components.values():
        if "executorLabel" in component:
            assert component["executorLabel"] in executors
    for dag in [pipeline["root"]["dag"], *(each["dag"] for each in components.values() if "dag" in each)]:
        for task in dag["tasks"].values():
            assert task["componentRef"]["name"] in components
            assert set(task.get("dependentTasks", ())) <= set(dag["tasks"])
            for value in task.get("inputs", {}).get("parameters", {}).values():
                producer = value.get("taskOutputParameter", {}).get("producerTask")
                assert producer is None or producer in dag["tasks"]


def test_nothing_is_installed_at_run_time(pipeline: dict[str, Any]) -> None:
    for executor in pipeline["deploymentSpec"]["executors"].values():
        assert "pip install" not in " ".join(executor["container"]["command"])
        assert executor["container"]["image"].startswith("ghcr.io/")


def test_a_round_goes_from_preflight_to_report(pipeline: dict[str, Any]) -> None:
    tasks = pipeline["root"]["dag"]["tasks"]
    order = ["explore-phase", "explore-phase-2", "explore-phase-3", "synthesize", "distill"]
    for earlier, later in itertools.pairwise(order):
        assert earlier in tasks[later]["dependentTasks"]
    assert "preflight" in tasks["explore-phase"]["dependentTasks"]
    judged = {f"evaluate{suffix}" for suffix in ("", "-2", "-3", "-4", "-5", "-6")}
    assert {tasks[name]["inputs"]["parameters"]["role"]["runtimeValue"]["constant"] for name in judged} == {
        "student",
        "champion",
        "teacher",
        "teacher_without_knowledge",
        "random",
        "stop",
    }
    assert {"detect", "distill", "evaluate", "evaluate-2"} <= set(tasks["promote"]["dependentTasks"])
    assert {"promote", "evaluate-3", "evaluate-4", "evaluate-5", "evaluate-6"} <= set(tasks["report"]["dependentTasks"])


def test_a_manifest_is_never_taken_from_a_cache(pipeline: dict[str, Any]) -> None:
    assert not pipeline["root"]["dag"]["tasks"]["preflight"]["cachingOptions"].get("enableCache", False)
