"""The Job that carries the pipeline and its schedules to Kubeflow: what it is, what it may, and that it does it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import kubernetes_validate
import pytest
import yaml

from tests.charts.policy import broken
from tests.charts.rendered import CHART, Object, names, pods, render, selects, values
from tests.pipelines.cluster.kubeflow_server import KubeflowServer
from tests.serving import served

ROOT = CHART.parents[1]
COMPILED = ROOT / "pipelines" / "symbiotic.yaml"
SCHEDULES = "schedules:\n  nightly: {cron: 0 0 2 * * *, recipe: mine, run: main}\n"
MINE = "name: mine\nrounds: 2\n"


def synced(**kubeflow: str) -> list[Object]:
    given = {"sync": True, "pipeline": COMPILED.read_text(), **kubeflow}
    return render(values("existing") | {"kubeflow": given, "schedules": SCHEDULES, "recipes": {"mine": MINE}})


@pytest.fixture(scope="module")
def found() -> list[Object]:
    return synced()


def job(found: list[Object], word: str) -> Object:
    return next(each for each in found if (each["kind"], each["metadata"]["name"]) == ("Job", f"demo-sync-{word}"))


def test_it_is_there_when_asked_for(found: list[Object]) -> None:
    without = names(render(values("existing")))
    assert sorted(set(names(found)) - set(without)) == [
        "ConfigMap/demo-sync",
        "Job/demo-sync-apply",
        "Job/demo-sync-remove",
        "NetworkPolicy/demo-sync",
        "Role/demo-sync",
        "RoleBinding/demo-sync",
        "ServiceAccount/demo-sync",
    ]


def test_it_runs_after_every_change_and_takes_its_own_away_before_the_end(found: list[Object]) -> None:
    hooks = {word: job(found, word)["metadata"]["annotations"]["helm.sh/hook"] for word in ("apply", "remove")}
    assert hooks == {"apply": "post-install,post-upgrade,post-rollback", "remove": "pre-delete"}


def test_kubernetes_takes_it_strictly_and_it_is_restricted(found: list[Object]) -> None:
    for each in (each for each in found if "sync" in each["metadata"]["name"]):
        kubernetes_validate.validate(each, "1.30", strict=True)
    assert {name: said for name, _, spec in pods(found) if (said := broken(name, spec))} == {}


def test_it_reaches_kubeflow_and_nobody_reaches_it(found: list[Object]) -> None:
    (labels,) = {str(labels): labels for name, labels, _ in pods(found) if "sync" in name}.values()
    policies = [each["spec"] for each in found if each["kind"] == "NetworkPolicy"]
    ours = [each for each in policies if selects(each["podSelector"], labels)]
    assert not [rule for each in ours for rule in each.get("ingress", [])]
    assert 8888 in [port["port"] for each in ours for rule in each.get("egress", []) for port in rule.get("ports", [])]


def test_it_may_do_what_a_sync_asks_and_no_more(found: list[Object]) -> None:
    (role,) = [each for each in found if (each["kind"], each["metadata"]["name"]) == ("Role", "demo-sync")]
    assert {resource for rule in role["rules"] for resource in rule["resources"]} == {
        "pipelines",
        "experiments",
        "jobs",
    }
    (token,) = [
        source["serviceAccountToken"]
        for volume in job(found, "apply")["spec"]["template"]["spec"]["volumes"]
        for source in volume.get("projected", {}).get("sources", [])
    ]
    assert token["audience"] == "pipelines.kubeflow.org"


def test_its_commands_do_it_in_an_image_without_the_sdk(tmp_path: Path) -> None:
    """As the pods run them: with the files that the ConfigMaps mount, and neither kfp nor a Kubernetes client."""
    with served(KubeflowServer()) as server:
        found = synced(address=server.address)
        for word, left in (("apply", ["symbiont-nightly"]), ("remove", [])):
            (container,) = job(found, word)["spec"]["template"]["spec"]["containers"]
            _run(container, found, tmp_path)
            assert [each["display_name"] for each in server.kept["recurring_runs"].values()] == left
    (version,) = server.kept["versions"].values()
    assert version["display_name"].startswith("0.1.0-")
    (asked,) = [each for each in server.told if "trigger" in each]
    assert asked["service_account"] == "demo-run"
    assert asked["runtime_config"]["parameters"]["recipe"] == "mine"


def _run(container: Object, found: list[Object], folder: Path) -> None:
    mounts = {"sync": "demo-sync", "recipes": "symbiont-recipes", "places": "symbiont-places"}
    for mount in container["volumeMounts"]:
        if mount["name"] in mounts:
            at = folder / mount["mountPath"].removeprefix("/etc/symbiont/")
            at.mkdir(exist_ok=True)
            (data,) = [
                each["data"]
                for each in found
                if each["metadata"]["name"] == mounts[mount["name"]] and each["kind"] == "ConfigMap"
            ]
            for name, text in data.items():
                (at / name).write_text(text)
    program, *words = [*container["command"], *container.get("args", [])]
    assert program == "symbiont"
    words = [each.replace("/etc/symbiont", str(folder)) for each in words]
    bare = (
        "import sys; sys.modules.update(kfp=None, kubernetes=None, torch=None); from pipelines.cli import main; main()"
    )
    environment = {"SYMBIONT_DOCUMENTS": str(folder), "HOME": str(folder), "PATH": "/usr/bin", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", bare, *words], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_place_it_makes_is_reached_as_the_values_say(found: list[Object]) -> None:
    (places,) = [each for each in found if each["metadata"]["name"] == "symbiont-places"]
    assert yaml.safe_load(places["data"]["cluster.yaml"])["kubeflow"] == {
        "address": "http://ml-pipeline.kubeflow.svc:8888",
        "namespace": "agents",
        "account": "demo-run",
    }
