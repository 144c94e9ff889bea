"""Values: refused where they make no sense, described once, and each of them read by a template."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from helm_python import HelmError
from pydantic import BaseModel

from charts.values import Chart
from charts.write import files
from tests.charts.rendered import CHART, DIGEST, laid_over, render, values

ROOT = CHART.parents[1]


ON_8 = {"place": {"training": {"processes": 8, "memory_gb": 80, "job": {}}}}
QUEUED = {
    "training": {"enabled": True, "gpusPerNode": 8},
    "queue": {"enabled": True},
    "place": {"training": {"processes": 16, "memory_gb": 80, "job": {"nodes": 2}}},
}
ENOUGH = "Kubeflow Trainer 2, which this cluster has not"
"""What is asked next, so the quota was enough."""
SYNC = {"kubeflow": {"sync": True, "pipeline": "root: {}"}}
DEPLOYED = {"place": {"serving": {"kind": "deployment"}}}
NOWHERE = {"cidr": "192.0.2.1/32", "ports": [443]}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"sevring": {}}, "sevring"),
        ({"store": {"uri": "s3://a/b"}}, "uri"),
        ({"store": {"url": "https://bucket"}}, "/store/url"),
        ({"store": {"url": "s3://bucket/$(id)"}}, "/store/url"),
        ({"store": {"url": "s3://bucket/a b"}}, "/store/url"),
        ({"store": {"url": "s3://bucket/a/"}}, "/store/url"),
        ({"mlflow": {"url": "mlflow.example.com"}}, "/mlflow/url"),
        ({"mlflow": {"url": "https://a b"}}, "/mlflow/url"),
        ({"store": {"endpoint": "s3.example.com"}}, "/store/endpoint"),
        ({"store": {"endpoint": "https://s3 # x"}}, "/store/endpoint"),
        ({"serving": {"hub": "https://hub#x"}}, "/serving/hub"),
        ({"labels": {"a": "not valid!"}}, "/labels/a"),
        ({"labels": {"not valid!": "a"}}, "/labels"),
        ({"reaper": {"cron": "99 x * * *"}}, "/reaper/cron"),
        ({"reaper": {"cron": "0 0 2 * * *"}}, "/reaper/cron"),
        ({"place": {"explorers": 0}}, "/place/explorers"),
        ({"place": {"explorers": 1001}}, "/place/explorers"),
        ({"place": {"evaluators": 0}}, "/place/evaluators"),
        ({"place": {"explorers": "4"}}, "/place/explorers"),
        ({"place": {"pods": {"distil": {}}}}, "distil"),
        ({"place": {"pods": {"distill": {"memory": "lots"}}}}, "/place/pods/distill/memory"),
        ({"seaweedfs": {"volume": {"size": "20 GB"}}}, "/seaweedfs/volume/size"),
        ({"seaweedfs": {"volume": {"size": "20ki"}}}, "/seaweedfs/volume/size"),
        ({"images": {"tools": {"digest": "sha256:abc"}}}, "/images/tools/digest"),
        ({"images": {"tools": {"repository": "tools"}}}, "/images/tools/repository"),
        ({"images": {"mirror": "https://registry"}}, "/images/mirror"),
        ({"store": {"secret": "Not_A_Name"}}, "/store/secret"),
        ({"kubeflow": {"address": "ml-pipeline:8888"}}, "/kubeflow/address"),
        ({"recipes": {"../up": "name: up"}}, "recipes"),
        ({"recipes": {"mine": {"name": "mine"}}}, "/recipes/mine"),
        ({"serving": {"teacher": {"tolerations": [{"key": "gpu"}]}}}, "/serving/teacher/tolerations"),
        ({"network": {"outside": [{"cidr": "everywhere", "ports": [443]}]}}, "/network/outside"),
        ({"network": {"outside": [{"cidr": "10.0.0.0/8", "ports": [70000]}]}}, "/network/outside"),
        ({"network": {"names": []}}, "/network/names"),
        ({"proxy": {"https": "http://me:password@proxy.example.com"}}, "/proxy/https"),
    ],
)
def test_the_schema_refuses_and_says_where(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(HelmError) as refused:
        render(laid_over(values("existing"), changes))
    assert said in str(refused.value).replace("'", "")


@pytest.mark.parametrize(
    ("profile", "changes", "said"),
    [
        ("existing", {"store": {"url": ""}}, "store.url is empty"),
        ("existing", {"mlflow": {"url": ""}}, "there is no MLflow"),
        ("existing", {"seaweedfs": {"enabled": True}}, "leave store.endpoint empty"),
        ("existing", {"mlflowServer": {"enabled": True}}, "leave mlflow.url empty"),
        ("existing", {"places": {"cluster": "name: cluster"}}, "give yours another name"),
        ("existing", {"kubeflow": {"sync": True}}, "symbiont compile"),
        ("existing", {"schedules": "schedules: {}"}, "kubeflow.sync"),
        ("existing", {"schedules": "nonsense"} | SYNC, "schedules is no file of schedules"),
        ("existing", {"schedules": "schedules: {nightly: {cron: 0 2 * * *}}"} | SYNC, "six fields"),
        ("existing", {"place": {"pods": {"scratch": {"kind": "claim"}}}}, "names the claim"),
        ("existing", {"place": {"pods": {"scratch": {"claim": "disk"}}}}, "names the claim"),
        ("existing", {"place": {"training": {"job": {}}}}, "place.training.memory_gb"),
        (
            "existing",
            {"place": {"training": {"processes": 3, "memory_gb": 80, "job": {"nodes": 2}}}},
            "cannot be divided",
        ),
        ("try", {"store": {"secret": ""}}, "AWS_ACCESS_KEY_ID"),
        ("try", {"mlflow": {"secret": ""}}, "MLFLOW_TRACKING_USERNAME"),
        ("try", {"mlflowServer": {"secret": ""}}, "POSTGRES_PASSWORD"),
        ("gpu", {"images": {"vllm": {"digest": ""}}}, "images.vllm.digest"),
        ("existing", {"serving": {"round": {"enabled": True}}, **DEPLOYED}, "set images.vllm.digest"),
        ("gpu", {"serving": {"round": {"enabled": True}}}, "a template that no round uses"),
        ("existing", DEPLOYED, "needs a template for its pods"),
        ("gpu", {"serving": {"teacher": {"model": ""}}}, "serving.teacher.model is empty"),
        ("gpu", {"serving": {"teacher": {"replicas": 2}}}, "cache.shared"),
        ("existing", {"monitoring": {"enabled": True}}, "Prometheus Operator"),
        ("existing", {"training": {"enabled": True, "gpusPerNode": 8}} | ON_8, "Kubeflow Trainer 2"),
        ("existing", {"training": {"enabled": True}}, "without a GPU"),
        ("existing", {"training": {"enabled": True}} | ON_8, "processes is 8, and 1 nodes of training.gpusPerNode 1"),
        (
            "existing",
            QUEUED,
            "queue.quota.gpus is 0, and place.training.job asks for 2 nodes of training.gpusPerNode 8",
        ),
        ("existing", laid_over(QUEUED, {"queue": {"quota": {"gpus": 15}}}), "queue.quota.gpus is 15"),
        (
            "existing",
            laid_over(QUEUED, {"queue": {"quota": {"gpus": 16, "cpu": "15900m"}}}),
            "queue.quota.cpu is 15900m",
        ),
        (
            "existing",
            laid_over(QUEUED, {"queue": {"quota": {"gpus": 16, "memory": "127Gi"}}}),
            "queue.quota.memory is 127Gi",
        ),
        (
            "existing",
            laid_over(QUEUED, {"queue": {"quota": {"gpus": 16, "cpu": "16", "memory": "137438953472"}}}),
            ENOUGH,
        ),
        ("existing", laid_over(QUEUED, {"queue": {"clusterQueue": "shared"}}), ENOUGH),
        ("existing", {"network": {"explorers": {"enabled": True}}}, "kubectl get endpoints kubernetes"),
        ("existing", {"network": {"enabled": False, "explorers": {"enabled": True}}}, "turn network.enabled on"),
        ("existing", {"network": {"outside": [{"ports": [443]}]}}, "network.outside: each names a cidr or a namespace"),
        ("existing", {"network": {"outside": [{**NOWHERE, "namespace": "b"}]}}, "one of the two"),
        ("existing", {"reaper": {"enabled": False, "expect": {"main": 30}}}, "turn reaper.enabled on"),
        ("existing", {"queue": {"enabled": True}}, "Kueue"),
    ],
)
def test_values_that_contradict_each_other_end_in_a_sentence(profile: str, changes: dict[str, Any], said: str) -> None:
    with pytest.raises(HelmError) as refused:
        render(laid_over(values(profile), changes))
    assert said in str(refused.value)


@pytest.mark.parametrize("cron", ["17 * * * *", "*/15 0-6,22 1 jan-mar mon-fri", "0 2 31 12 0"])
def test_the_reaper_comes_at_any_time_that_a_cron_job_takes(cron: str) -> None:
    found = render(laid_over(values("existing"), {"reaper": {"cron": cron}}))
    [reaper] = [each for each in found if each["kind"] == "CronJob"]
    assert reaper["spec"]["schedule"] == cron


def test_an_umbrella_chart_may_hand_down_its_own_values() -> None:
    assert render(values("existing") | {"global": {"team": "agents"}})


@pytest.mark.parametrize("path", files(), ids=lambda path: path.name)
def test_what_is_made_of_the_models_is_up_to_date(path: Path) -> None:
    assert path.read_text() == files()[path], "python -m charts.write"


def test_every_value_is_described_or_holds_described_ones() -> None:
    assert not [path for path, about in leaves(Chart()) if not about]


def test_every_value_is_read_by_a_template() -> None:
    read = "\n".join(path.read_text() for path in (CHART / "templates").rglob("*") if path.is_file())
    assert not [path for path, _ in leaves(Chart()) if not re.search(rf"\.{path.split('.')[-1]}\b", read)]


def leaves(tree: BaseModel, prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, field in type(tree).model_fields.items():
        value = getattr(tree, name)
        if isinstance(value, BaseModel):
            yield from leaves(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", field.description or ""


def test_the_version_is_the_packages() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
    assert (chart["version"], chart["appVersion"]) == (version, version)


def test_a_digest_wins_over_a_tag() -> None:
    found = render(laid_over(values("existing"), {"images": {"tools": {"tag": "new", "digest": DIGEST}}}))
    [test] = [each for each in found if each["kind"] == "Pod"]
    assert test["spec"]["containers"][0]["image"] == f"ghcr.io/symbiont/tools@{DIGEST}"
