"""Both committed pipelines hang together: what is named in them is there, and Kubeflow reads all of it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from google.protobuf import json_format
from kfp.kubernetes import kubernetes_executor_config_pb2
from kfp.pipeline_spec import pipeline_spec_pb2

from pipelines.compile import COMPILED
from tests.pipelines.references import Spec, broken

BOTH = (COMPILED, COMPILED.with_name("audit.yaml"))
ROUND, AUDIT = BOTH
_READ = {path: tuple(yaml.safe_load_all(path.read_text())) for path in BOTH}


@pytest.mark.parametrize("path", BOTH, ids=lambda path: path.stem)
def test_every_reference_leads_somewhere(path: Any) -> None:
    assert broken(*_READ[path]) == []


@pytest.mark.parametrize("path", BOTH, ids=lambda path: path.stem)
def test_kubeflows_messages_hold_all_of_it(path: Any) -> None:
    spec, platform = _READ[path]
    json_format.ParseDict(spec, pipeline_spec_pb2.PipelineSpec())
    json_format.ParseDict(platform, pipeline_spec_pb2.PlatformSpec())
    for each in platform["platforms"]["kubernetes"]["deploymentSpec"]["executors"].values():
        json_format.ParseDict(each, kubernetes_executor_config_pb2.KubernetesExecutorConfig())


def stages(spec: Spec) -> Spec:
    """The tasks of a round, within its exit handler."""
    tasks: Spec = spec["components"]["comp-exit-handler-1"]["dag"]["tasks"]
    return tasks


def taken(spec: Spec, source: str) -> tuple[Spec, str, Spec]:
    """A stage's task that takes something from such a source: the task, the input's name, and where it comes from."""
    return next(
        (task, name, value[source])
        for task in stages(spec).values()
        for name, value in task["inputs"]["parameters"].items()
        if source in value
    )


def component(spec: Spec) -> None:
    stages(spec)["distill"]["componentRef"]["name"] = "comp-nothing"


def executor(spec: Spec) -> None:
    spec["components"]["comp-distill"]["executorLabel"] = "exec-nothing"


def waits(spec: Spec) -> None:
    stages(spec)["distill"]["dependentTasks"].append("nothing")


def circle(spec: Spec) -> None:
    stages(spec)["preflight"]["dependentTasks"] = ["report"]


def producer(spec: Spec) -> None:
    taken(spec, "taskOutputParameter")[2]["producerTask"] = "nothing"


def output(spec: Spec) -> None:
    taken(spec, "taskOutputParameter")[2]["outputParameterKey"] = "nothing"


def without_waiting(spec: Spec) -> None:
    task, _, told = taken(spec, "taskOutputParameter")
    task["dependentTasks"].remove(told["producerTask"])


def given_input(spec: Spec) -> None:
    task, name, _ = taken(spec, "taskOutputParameter")
    task["inputs"]["parameters"]["nothing"] = task["inputs"]["parameters"].pop(name)


def of_the_group(spec: Spec) -> None:
    task, name, _ = taken(spec, "componentInputParameter")
    task["inputs"]["parameters"][name]["componentInputParameter"] = "nothing"


def another_type(spec: Spec) -> None:
    spec["components"]["comp-preflight"]["outputDefinitions"]["parameters"]["job"]["parameterType"] = "LIST"


def artifact(spec: Spec) -> None:
    told = {"taskOutputArtifact": {"producerTask": "preflight", "outputArtifactKey": "nothing"}}
    stages(spec)["distill"]["inputs"]["artifacts"] = {"data": told}


def status(spec: Spec) -> None:
    spec["root"]["dag"]["tasks"]["finish"]["inputs"]["parameters"]["status"]["taskFinalStatus"]["producerTask"] = "no"


def items(spec: Spec) -> None:
    spec["components"]["comp-explore-phase"]["dag"]["tasks"]["for-loop-1"]["parameterIterator"]["items"] = {
        "inputParameter": "nothing"
    }


def each_item(spec: Spec) -> None:
    spec["components"]["comp-explore-phase"]["dag"]["tasks"]["for-loop-1"]["parameterIterator"]["itemInput"] = "nothing"


def source(spec: Spec) -> None:
    task, name, _ = taken(spec, "taskOutputParameter")
    task["inputs"]["parameters"][name] = {"guess": "nothing"}


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (component, "distill: no component comp-nothing"),
        (executor, "executor exec-nothing: named by a component"),
        (executor, "executor exec-distill: of no component"),
        (waits, "distill: waits for no task nothing"),
        (circle, "preflight waits for itself"),
        (producer, "no task nothing"),
        (output, "has no output nothing"),
        (without_waiting, "does not wait for"),
        (given_input, "gives nothing, which is not asked for"),
        (given_input, "does not give"),
        (of_the_group, "no input nothing"),
        (another_type, "job of preflight is of another type"),
        (artifact, "preflight has no output nothing"),
        (status, "finish.status: no task no"),
        (items, "no list nothing"),
        (each_item, "no input nothing for each item"),
        (source, "comes from guess"),
    ],
)
def test_a_reference_of_any_kind_that_leads_nowhere_is_found(spoil: Callable[[Spec], None], said: str) -> None:
    spec, platform = copy.deepcopy(_READ[ROUND])
    spoil(spec)
    assert said in "\n".join(broken(spec, platform))


def test_an_output_of_the_whole_pipeline_that_nothing_gives_is_found() -> None:
    spec, platform = copy.deepcopy(_READ[AUDIT])
    given = spec["root"]["dag"]["outputs"]["parameters"]
    given["Output"]["valueFromParameter"]["outputParameterKey"] = "nothing"
    assert broken(spec, platform) == ["root.Output: audit has no output nothing"]
    given.clear()
    assert broken(spec, platform) == ["root: nothing gives the output Output"]


@pytest.mark.parametrize("path", BOTH, ids=lambda path: path.stem)
def test_a_pod_of_no_stage_and_a_stage_without_a_pod_are_found(path: Any) -> None:
    spec, platform = copy.deepcopy(_READ[path])
    pods = platform["platforms"]["kubernetes"]["deploymentSpec"]["executors"]
    name = sorted(pods)[0]
    pods["exec-nothing"] = pods.pop(name)
    assert broken(spec, platform) == [
        "platform kubernetes: no executor exec-nothing",
        f"platform kubernetes: says nothing of {name}",
    ]
