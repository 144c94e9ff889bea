"""Every name in a compiled pipeline that has to be the name of something else in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Spec = dict[str, Any]
ITEM_TYPES = {"parameterIterator": "parameters", "artifactIterator": "artifacts"}


def broken(spec: Spec, platform: Spec) -> list[str]:
    """What leads nowhere in a PipelineSpec and the PlatformSpec beside it; empty where all is whole."""
    return [*_of_executors(spec, platform), *_of_dags(spec)]


def _of_executors(spec: Spec, platform: Spec) -> Iterator[str]:
    executors = spec["deploymentSpec"]["executors"]
    labels = {each["executorLabel"] for each in spec["components"].values() if "executorLabel" in each}
    for name, each in spec["components"].items():
        if ("executorLabel" in each) == ("dag" in each):
            yield f"{name}: is either an executor or a dag"
    yield from (f"executor {name}: of no component" for name in sorted(executors.keys() - labels))
    yield from (f"executor {name}: named by a component, and not there" for name in sorted(labels - executors.keys()))
    for kind, told in platform["platforms"].items():
        pods = told["deploymentSpec"]["executors"]
        yield from (f"platform {kind}: no executor {name}" for name in sorted(pods.keys() - executors.keys()))
        yield from (f"platform {kind}: says nothing of {name}" for name in sorted(executors.keys() - pods.keys()))


def _of_dags(spec: Spec) -> Iterator[str]:
    components = spec["components"]
    for owner, each in {"root": spec["root"], **components}.items():
        if "dag" not in each:
            continue
        tasks = each["dag"]["tasks"]
        for name, task in tasks.items():
            where = f"{owner}.{name}"
            if task["componentRef"]["name"] not in components:
                yield f"{where}: no component {task['componentRef']['name']}"
                continue
            yield from (f"{where}: waits for no task {other}" for other in _lacking(task.get("dependentTasks"), tasks))
            for kind in ("parameters", "artifacts"):
                yield from _of_inputs(where, task, each, components, kind)
            yield from _of_iterators(where, task, components[task["componentRef"]["name"]])
        yield from (f"{owner}: {name} waits for itself" for name in tasks if name in _before(name, tasks))
        yield from _of_outputs(owner, each, components)


def _of_inputs(where: str, task: Spec, owner: Spec, components: Spec, kind: str) -> Iterator[str]:
    taken = components[task["componentRef"]["name"]].get("inputDefinitions", {}).get(kind, {})
    given = task.get("inputs", {}).get(kind, {})
    items = {task[each]["itemInput"] for each in ITEM_TYPES if each in task}
    yield from (f"{where}: gives {name}, which is not asked for" for name in _lacking(given, taken))
    for name, told in taken.items():
        if name not in given.keys() | items and not (told.get("isOptional") or "defaultValue" in told):
            yield f"{where}: does not give {name}"
    for name, value in given.items():
        [(source, told)] = value.items()
        at, wanted = f"{where}.{name}", taken.get(name)
        if source == "runtimeValue":
            continue
        if source in ("componentInputParameter", "componentInputArtifact"):
            there = owner.get("inputDefinitions", {}).get(kind, {})
            if told not in there:
                yield f"{at}: no input {told}"
            elif wanted and _type(there[told]) != _type(wanted):
                yield f"{at}: {told} is of another type"
        elif source == "taskFinalStatus":
            if told["producerTask"] not in owner["dag"]["tasks"]:
                yield f"{at}: no task {told['producerTask']}"
        elif source in ("taskOutputParameter", "taskOutputArtifact"):
            key = told.get("outputParameterKey") or told.get("outputArtifactKey")
            yield from _of_output(at, told["producerTask"], key, kind, wanted, owner, components)
            if told["producerTask"] not in task.get("dependentTasks", ()):
                yield f"{at}: does not wait for {told['producerTask']}"
        else:
            yield f"{at}: comes from {source}, which nobody knows"


def _of_output(
    at: str, producer: str, key: str, kind: str, wanted: Spec | None, owner: Spec, components: Spec
) -> Iterator[str]:
    task = owner["dag"]["tasks"].get(producer)
    if task is None:
        yield f"{at}: no task {producer}"
        return
    made = components.get(task["componentRef"]["name"], {}).get("outputDefinitions", {}).get(kind, {})
    if key not in made:
        yield f"{at}: {producer} has no output {key}"
    elif wanted and _type(made[key]) != _type(wanted):
        yield f"{at}: {key} of {producer} is of another type"


def _of_iterators(where: str, task: Spec, component: Spec) -> Iterator[str]:
    for each, kind in ITEM_TYPES.items():
        if each not in task:
            continue
        told = task[each]
        if told["itemInput"] not in component.get("inputDefinitions", {}).get(kind, {}):
            yield f"{where}: no input {told['itemInput']} for each item"
        listed = told["items"].get("inputParameter") or told["items"].get("inputArtifact")
        if listed and listed not in task.get("inputs", {}).get(kind, {}):
            yield f"{where}: no list {listed}"


def _of_outputs(name: str, owner: Spec, components: Spec) -> Iterator[str]:
    given = owner["dag"].get("outputs", {})
    for kind in ("parameters", "artifacts"):
        promised = owner.get("outputDefinitions", {}).get(kind, {})
        yield from (f"{name}: nothing gives the output {each}" for each in _lacking(promised, given.get(kind, {})))
        for key, told in given.get(kind, {}).items():
            one = [told["valueFromParameter"]] if "valueFromParameter" in told else []
            several = told.get("valueFromOneof", {}).get("parameterSelectors", []) + told.get("artifactSelectors", [])
            for each in one + several:
                made = each.get("outputParameterKey") or each.get("outputArtifactKey")
                wanted = promised.get(key)
                yield from _of_output(f"{name}.{key}", each["producerSubtask"], made, kind, wanted, owner, components)


def _type(told: Spec) -> Any:
    return told.get("parameterType") or told.get("artifactType", {}).get("schemaTitle")


def _lacking(asked: Any, there: Spec) -> list[str]:
    return [each for each in asked or () if each not in there]


def _before(name: str, tasks: Spec) -> set[str]:
    """The tasks that one waits for, those they wait for, and so on."""
    found: set[str] = set()
    ahead = list(tasks[name].get("dependentTasks", ()))
    while ahead:
        each = ahead.pop()
        if each not in found:
            found.add(each)
            ahead += tasks.get(each, {}).get("dependentTasks", ())
    return found
