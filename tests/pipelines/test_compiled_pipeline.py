"""The committed YAML is what the sources say, valid against KFP's schema, and kfp.local can take it."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.preflight.component import preflight
from components.preflight.documents import FOLDER, told_place, told_recipe
from pipelines.compile import COMPILED, compile_round


def plain(text: str) -> str:
    """Without the SDK's version, which differs between patch releases that compile the same."""
    return re.sub(r"sdkVersion: \S+", "sdkVersion: -", text)


@pytest.fixture(scope="module")
def pipeline() -> dict[str, Any]:
    found: dict[str, Any] = next(yaml.safe_load_all(COMPILED.read_text()))
    return found


@pytest.fixture(scope="module")
def pods() -> dict[str, Any]:
    """What the second document says of each executor's pod."""
    _, platform = yaml.safe_load_all(COMPILED.read_text())
    found: dict[str, Any] = platform["platforms"]["kubernetes"]["deploymentSpec"]["executors"]
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


def test_the_form_has_few_fields_and_each_says_what_it_is_and_has_a_default(pipeline: dict[str, Any]) -> None:
    fields = pipeline["root"]["inputDefinitions"]["parameters"]
    assert set(fields) == {"recipe", "place", "run", "round", "seed", "overrides"}
    for name, each in fields.items():
        assert len(each["description"]) > 20, name
        assert "defaultValue" in each, name
    assert fields["round"]["defaultValue"] == 0, "the next one, so that a schedule need not count"


def test_every_default_of_the_form_means_something(pipeline: dict[str, Any]) -> None:
    told = {name: each["defaultValue"] for name, each in pipeline["root"]["inputDefinitions"]["parameters"].items()}
    assert told_recipe(told["recipe"], overrides=told["overrides"]).name == told["recipe"]
    assert told_place(told["place"]).store


def test_recipes_and_places_of_a_cluster_are_mounted_where_they_are_looked_for(pods: dict[str, Any]) -> None:
    mounted = {
        each["configMapName"]: (each["mountPath"], each["optional"])
        for each in pods["exec-preflight"]["configMapAsVolume"]
    }
    assert mounted == {f"symbiont-{kind}": (str(FOLDER / kind), True) for kind in ("recipes", "places")}


def test_a_setting_of_one_stage_is_told_to_that_stage_alone(pipeline: dict[str, Any]) -> None:
    """So that Kubeflow's cache, which looks at inputs, plays nothing again because of another stage's settings."""
    before, after = told_recipe("laptop").sections, told_recipe("laptop", overrides="distill: {steps: 9}").sections
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"distill"}
    tasks = pipeline["root"]["dag"]["tasks"]
    takers = {
        task
        for task, each in tasks.items()
        for value in each.get("inputs", {}).get("parameters", {}).values()
        if value.get("taskOutputParameter", {}).get("outputParameterKey") in changed
        and value["taskOutputParameter"]["producerTask"] == "preflight"
    }
    assert takers == {"distill"}


def test_preflight_gives_every_section_under_its_own_name() -> None:
    """What it returns is a tuple, so that the order of the names is that of the recipe's sections."""
    given = preflight.python_func.__annotations__["return"]._fields
    assert given == ("job", "shards", *told_recipe("laptop").sections)


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
