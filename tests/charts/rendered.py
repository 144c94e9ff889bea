"""The chart as Kubernetes would get it: objects by profile, and what is true of pods."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from helm_python.chart import Chart
from helm_python.config import Config

from components.place import Place
from tests.charts.api_server import serving

CHART = Path(__file__).resolve().parents[2] / "charts" / "symbiont"
PROFILES = ("try", "existing", "gpu", "production")
DIGEST = "sha256:" + "0" * 64
NEED_RESOURCES = ("training", "queue", "monitoring")
"""Parts of `production` for which a cluster must serve custom resources."""
KUEUE = {"kueue.x-k8s.io/v1beta2": ("LocalQueue", "ClusterQueue", "ResourceFlavor")}
OPERATORS = KUEUE | {
    "monitoring.coreos.com/v1": ("PodMonitor", "PrometheusRule"),
    "trainer.kubeflow.org/v1alpha1": ("TrainingRuntime",),
}
OUTSIDE_A_MESH = {"sidecar.istio.io/inject": "false"}
"""Istio puts a sidecar into every other pod of a Kubeflow profile."""

Object = dict[str, Any]


def values(profile: str, *, resources: bool = False) -> Object:
    """A profile with what its comment asks for; without `resources`, less the parts that need custom ones."""
    read: Object = yaml.safe_load((CHART / "profiles" / f"{profile}.yaml").read_text())
    if "serving" in read:
        read["images"] = {"vllm": {"digest": DIGEST}}
    for part in () if resources else NEED_RESOURCES:
        read.pop(part, None)
    return read


def laid_over(given: Object, changes: Object) -> Object:
    """The same values, with others in the place of some."""
    there = {key: laid_over(given.get(key) or {}, each) for key, each in changes.items() if isinstance(each, dict)}
    return {**given, **changes, **there}


def render(given: Object, *, chart: Path = CHART, name: str = "demo", upgrade: bool = False) -> list[Object]:
    with Chart.load(chart) as loaded:
        made = loaded.render(given, name=name, namespace="agents", is_upgrade=upgrade, revision=2 if upgrade else 1)
    return objects(text for path, text in made.items() if path.endswith(".yaml"))


def install(given: Object, custom: dict[str, tuple[str, ...]]) -> list[Object]:
    """What Helm would send to a cluster that serves these kinds beside the built-in ones."""
    with (
        pytest.MonkeyPatch.context() as environment,
        serving(custom) as kubeconfig,
        Chart.load(CHART) as chart,
    ):
        environment.setenv("NO_PROXY", "127.0.0.1")
        with Config(
            kubeconfig_content=kubeconfig, namespace="agents", storage_driver="memory", qps=1e4, burst_limit=9999
        ) as cluster:
            return objects(iter([cluster.install(chart, "demo", given, dry_run="server")["manifest"]]))


def with_operators() -> Object:
    """`production` whole, with a job over two nodes and a line of rounds that is looked after."""
    given = values("production", resources=True)
    given["place"]["training"] = {"processes": 16, "memory_gb": 80, "job": {"nodes": 2}}
    given["reaper"] = {"expect": {"main": 30}}
    return given


def objects(texts: Iterator[str]) -> list[Object]:
    found = [each for text in texts for each in yaml.safe_load_all(text) if each]
    return sorted(found, key=lambda each: (each["kind"], each["metadata"]["name"]))


def names(found: list[Object]) -> list[str]:
    return [f"{each['kind']}/{each['metadata']['name']}" for each in found]


def pods(found: list[Object]) -> Iterator[tuple[str, Object, Object]]:
    """Every pod that an object makes: the object's name, the pod's labels, the pod's specification."""
    for each in found:
        name = f"{each['kind']}/{each['metadata']['name']}"
        if each["kind"] == "Pod":
            yield name, each["metadata"]["labels"], each["spec"]
        elif each["kind"] == "PodTemplate":
            yield name, each["template"]["metadata"]["labels"], each["template"]["spec"]
        elif each["kind"] in ("Deployment", "StatefulSet", "Job"):
            made = each["spec"]["template"]
            yield name, made["metadata"]["labels"], made["spec"]
        elif each["kind"] == "CronJob":
            made = each["spec"]["jobTemplate"]["spec"]["template"]
            yield name, made["metadata"]["labels"], made["spec"]
        elif each["kind"] == "TrainingRuntime":
            for job in each["spec"]["template"]["spec"]["replicatedJobs"]:
                made = job["template"]["spec"]["template"]
                yield name, made["metadata"]["labels"], made["spec"]


def place_in(found: list[Object]) -> Place:
    """The place `cluster`, as rounds read it."""
    [places] = [each for each in found if each["metadata"]["name"] == "symbiont-places"]
    return Place.model_validate(yaml.safe_load(places["data"]["cluster.yaml"]))


def selects(selector: Object, labels: Object) -> bool:
    """Whether a selector of Kubernetes matches labels; of expressions the chart uses In alone."""
    return all(labels.get(key) == value for key, value in selector.get("matchLabels", {}).items()) and all(
        labels.get(each["key"]) in each["values"] for each in selector.get("matchExpressions", [])
    )
