"""Argo CD: what it brings when, and when it takes Kueue's queues for healthy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import yaml
from lupa.lua51 import LuaRuntime

from tests.charts.rendered import CHART, OPERATORS, Object, install, laid_over, pods, render, values, with_operators

SETTINGS = CHART.parents[1] / "infra" / "argocd" / "argocd-cm.yaml"
SYNC = {"kubeflow": {"sync": True, "pipeline": "root: {}"}}
SECRETS = {"external-secrets.io/v1": ("ExternalSecret",)}
VAULT = {"externalSecrets": {"enabled": True, "store": "vault"}}


def wave(each: Object) -> int:
    return int(each["metadata"].get("annotations", {}).get("argocd.argoproj.io/sync-wave", 0))


@pytest.fixture(scope="module", params=["first-try", "operators"])
def synced(request: pytest.FixtureRequest) -> list[Object]:
    """What Argo CD brings in waves: all but the chart's hooks."""
    if request.param == "first-try":
        found = render(laid_over(values("try"), SYNC))
    else:
        found = install(with_operators() | VAULT, OPERATORS | SECRETS)
    return [each for each in found if "helm.sh/hook" not in each["metadata"].get("annotations", {})]


def test_what_a_pod_is_made_of_is_there_before_it(synced: list[Object]) -> None:
    waves = {(each["kind"], each["metadata"]["name"]): wave(each) for each in synced}
    for name, _, spec in pods(synced):
        own = waves[name.split("/")[0], name.split("/")[1]]
        assert waves["ServiceAccount", spec["serviceAccountName"]] <= own, name
        for container in spec["containers"]:
            named = [each["secretRef"]["name"] for each in container.get("envFrom", ())]
            assert all(waves.get(("ExternalSecret", each), -1) < own for each in named), name
        for volume in spec.get("volumes", ()):
            assert waves.get(("ConfigMap", volume.get("configMap", {}).get("name")), own) <= own, name


def test_a_volume_that_waits_for_its_first_pod_is_of_that_pods_wave(synced: list[Object]) -> None:
    waves = {(each["kind"], each["metadata"]["name"]): wave(each) for each in synced}
    mounted = [
        (name, each["persistentVolumeClaim"]["claimName"]) for name, _, spec in pods(synced) for each in _claims(spec)
    ]
    assert {claim for _, claim in mounted} == {name for kind, name in waves if kind == "PersistentVolumeClaim"}
    for name, claim in mounted:
        assert waves["PersistentVolumeClaim", claim] == waves[name.split("/")[0], name.split("/")[1]]


def _claims(spec: Object) -> Iterator[Object]:
    return (each for each in spec.get("volumes", ()) if "persistentVolumeClaim" in each)


def test_stores_come_before_what_asks_them_and_the_sync_after_all() -> None:
    found = render(laid_over(values("try"), SYNC))
    waves = {f"{each['kind']}/{each['metadata']['name']}": wave(each) for each in found}
    assert waves["StatefulSet/demo-s3"] == waves["StatefulSet/demo-postgres"] < waves["Deployment/demo-mlflow"]
    [apply] = [each for each in found if each["metadata"]["name"] == "demo-sync-apply"]
    assert "post-install" in apply["metadata"]["annotations"]["helm.sh/hook"], "of Argo CD's phase after the waves"
    assert wave(apply) == 0


def test_a_queue_comes_after_what_it_names() -> None:
    found = install(with_operators(), OPERATORS)
    waves = {each["kind"]: wave(each) for each in found if "kueue" in each["apiVersion"]}
    assert waves["ResourceFlavor"] < waves["ClusterQueue"] < waves["LocalQueue"]


@pytest.fixture(scope="module", params=["ClusterQueue", "LocalQueue"])
def health(request: pytest.FixtureRequest) -> Callable[[Object], dict[str, Any]]:
    """The health of an object by the script of its kind, in the Lua that Argo CD runs."""
    script = yaml.safe_load(SETTINGS.read_text())["data"][
        f"resource.customizations.health.kueue.x-k8s.io_{request.param}"
    ]

    def asked(each: Object) -> dict[str, Any]:
        lua = LuaRuntime()
        lua.globals().obj = lua.table_from(each, recursive=True)
        return dict(lua.execute(script))

    return asked


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ({}, "Progressing"),
        ({"status": {"pendingWorkloads": 0}}, "Progressing"),
        ({"status": {"conditions": [{"type": "Active", "status": "True", "message": "Can admit"}]}}, "Healthy"),
        ({"status": {"conditions": [{"type": "Active", "status": "False", "message": "no flavor"}]}}, "Degraded"),
        ({"status": {"conditions": [{"type": "Other", "status": "True"}]}}, "Progressing"),
        (
            {
                "status": {
                    "conditions": [{"type": "Active", "status": "False", "observedGeneration": 1, "message": "old"}]
                }
            },
            "Progressing",
        ),
    ],
)
def test_a_queue_is_healthy_once_kueue_admits_through_it(
    health: Callable[[Object], dict[str, Any]], status: Object, said: str
) -> None:
    told = health({"metadata": {"generation": 2}} | status)
    assert told["status"] == said
    assert told["message"]
