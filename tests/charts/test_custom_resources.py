"""Parts that need custom resources: there where a cluster serves them, in the version it serves."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from components.preflight.trainjobs import RIGHTS
from components.trainjobs.kubernetes import ACCOUNT, of_this_pod
from pipelines.cluster.package import PIPELINE
from tests.charts.crds import refused
from tests.charts.policy import broken
from tests.charts.rendered import (
    KUEUE,
    OPERATORS,
    OUTSIDE_A_MESH,
    Object,
    install,
    laid_over,
    place_in,
    pods,
    selects,
    values,
    with_operators,
)

SECRETS = {"external-secrets.io/v1": ("ExternalSecret",)}
OLDER_KUEUE = {"kueue.x-k8s.io/v1beta1": KUEUE["kueue.x-k8s.io/v1beta2"]}
OPERATORS_BEFORE = {version: kinds for version, kinds in OPERATORS.items() if version not in KUEUE} | OLDER_KUEUE
VAULT = {"externalSecrets": {"enabled": True, "store": "vault", "kind": "ClusterSecretStore", "prefix": "agents/"}}


@pytest.fixture(scope="module")
def custom() -> list[Object]:
    """One of each custom resource that the chart has, as a cluster with every operator gets it."""
    found = install(with_operators() | VAULT, OPERATORS | SECRETS)
    served = {kind for kinds in (OPERATORS | SECRETS).values() for kind in kinds}
    return list({each["kind"]: each for each in found if each["kind"] in served}.values())


def test_operators_take_every_custom_resource(custom: list[Object]) -> None:
    assert {each["kind"]: refused(each) for each in custom} == {each["kind"]: [] for each in custom}
    older = [each for each in install(with_operators(), OPERATORS_BEFORE) if "kueue" in each["apiVersion"]]
    assert [refused(each) for each in older] == [[], [], []]


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("TrainingRuntime", {"spec": {"mlPolicy": {"nodes": 2}}}),
        ("TrainingRuntime", {"spec": {"mlPolicy": {"numNodes": "many"}}}),
        ("PodMonitor", {"spec": {"selector": None}}),
        ("PodMonitor", {"spec": {"podMetricsEndpoints": [{"prot": "http"}]}}),
        ("PrometheusRule", {"spec": {"groups": [{"name": "a", "rules": [{"alert": "a"}]}]}}),
        ("PrometheusRule", {"spec": {"groups": [{"name": "a", "rules": [{"expr": "up", "for": "soon"}]}]}}),
        ("LocalQueue", {"spec": {"clusterqueue": "a"}}),
        ("ClusterQueue", {"spec": {"resourceGroups": [{"flavors": []}]}}),
        ("ResourceFlavor", {"spec": {"nodeSelector": {"a": "b"}}}),
        ("ExternalSecret", {"spec": {"secretStoreRef": {"kind": "Vault"}}}),
        ("ExternalSecret", {"spec": {"dataFrom": [{"extract": {"name": "a"}}]}}),
    ],
)
def test_a_field_that_an_operator_does_not_know_is_found(kind: str, changes: Object, custom: list[Object]) -> None:
    [each] = [each for each in custom if each["kind"] == kind]
    assert refused(laid_over(each, changes))


def test_a_cluster_with_the_operators_gets_every_part() -> None:
    given = with_operators()
    given["serving"]["hub"] = "https://hub.example.com"
    found = install(given, OPERATORS)
    versions = {each["apiVersion"] for each in found}
    assert set(OPERATORS) <= versions
    assert {name: said for name, _, spec in pods(found) if (said := broken(name, spec))} == {}
    [node] = [spec["containers"][0] for name, _, spec in pods(found) if name == "TrainingRuntime/demo-trainer"]
    assert {"name": "HF_ENDPOINT", "value": "https://hub.example.com"} in node["env"]
    labels = {name: each for name, each, _ in pods(found)}
    trainer, reaper = labels["TrainingRuntime/demo-trainer"], labels["CronJob/demo-reaper"]
    assert OUTSIDE_A_MESH.items() <= trainer.items()
    [between] = _rules(found, trainer, "ingress")
    assert [selects(each["podSelector"], trainer) for each in between.pop("from")] == [True]
    assert not between, "several nodes meet at one port and then talk at any"
    ports = [port["port"] for rule in _rules(found, reaper, "egress") for port in rule.get("ports", ())]
    assert 6443 in ports, "TrainJobs are listed at Kubernetes itself"
    made = {each["kind"]: each for each in found}
    assert made["LocalQueue"]["spec"] == {"clusterQueue": made["ClusterQueue"]["metadata"]["name"]}
    [group] = made["ClusterQueue"]["spec"]["resourceGroups"]
    [flavor] = group["flavors"]
    assert flavor["name"] == made["ResourceFlavor"]["metadata"]["name"]
    assert [each["name"] for each in flavor["resources"]] == group["coveredResources"]
    training = place_in(found).training
    assert training.job
    assert training.job.runtime == made["TrainingRuntime"]["metadata"]["name"]
    assert training.job.queue == made["LocalQueue"]["metadata"]["name"]
    granted = {
        (verb, group, resource)
        for each in made["Role"]["rules"]
        for verb, group, resource in product(each["verbs"], each["apiGroups"], each["resources"])
    }
    asked = {(each.verb, each.group, "/".join(filter(None, (each.resource, each.subresource)))) for each in RIGHTS}
    assert asked <= granted
    rules = made["PrometheusRule"]["spec"]["groups"][0]["rules"]
    assert {"alert", "expr", "labels", "annotations"} <= set(rules[0])
    assert 'up{namespace="agents",pod=~"demo-(teacher|student)-.*"} == 0' in [each["expr"] for each in rules]
    assert "{{ $labels.pod }}" in rules[0]["annotations"]["summary"]
    [stopped] = [each for each in rules if each["alert"] == "SymbiontNoRoundEnded"]
    assert f'cronjob="{made["CronJob"]["metadata"]["name"]}"' in stopped["expr"]
    of_rounds = [each["alert"] for each in rules if PIPELINE in each["expr"]]
    assert of_rounds == ["SymbiontPodKilledForMemory", "SymbiontStageFailed"], (
        "pods of a round have the pipeline's name"
    )


def test_the_reaper_asks_kubernetes_by_the_files_that_it_mounts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    found = install(values("production", resources=True), OPERATORS)
    spec = {name: each for name, _, each in pods(found)}["CronJob/demo-reaper"]
    [volume] = [each for each in spec["volumes"] if each["name"] == "kubernetes"]
    [lies] = [each["mountPath"] for each in spec["containers"][0]["volumeMounts"] if each["name"] == "kubernetes"]
    assert lies == str(ACCOUNT)
    for source in volume["projected"]["sources"]:
        for kind, told in source.items():
            for each in told.get("items", [told]):
                text = "agents" if each.get("fieldRef") == {"fieldPath": "metadata.namespace"} else kind
                (tmp_path / each["path"]).write_text(text)
    monkeypatch.setattr("components.trainjobs.kubernetes.ACCOUNT", tmp_path)
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "10.0.0.1")
    monkeypatch.setenv("KUBERNETES_SERVICE_PORT", "443")
    there = of_this_pod()
    assert there.namespace == "agents"
    assert {each.name for each in there.account.iterdir()} == {"token", "ca.crt", "namespace"}


def _rules(found: list[Object], labels: Object, way: str) -> list[Object]:
    """What the policies let in to these pods, or out of them."""
    policies = [each["spec"] for each in found if each["kind"] == "NetworkPolicy"]
    return [rule for each in policies if selects(each["podSelector"], labels) for rule in each.get(way, ())]


def test_every_secret_that_values_name_is_written_by_external_secrets() -> None:
    given = values("production") | VAULT
    given["place"] |= {
        "pods": {
            "keys": [{"name": "openai", "variables": {"OPENAI_API_KEY": "key"}}],
            "secrets": [{"name": "proxy", "variables": {"HTTPS_PROXY": "url"}}],
        }
    }
    found = install(given, SECRETS)
    made = {each["metadata"]["name"]: each["spec"] for each in found if each["kind"] == "ExternalSecret"}
    assert sorted(made) == ["openai", "proxy", "symbiont-mlflow", "symbiont-student", "symbiont-teacher"]
    for name, spec in made.items():
        assert spec["target"]["name"] == name
        assert spec["secretStoreRef"] == {"name": "vault", "kind": "ClusterSecretStore"}
        assert spec["dataFrom"] == [{"extract": {"key": f"agents/{name}"}}]


def test_an_older_kueue_and_a_queue_of_the_administrators() -> None:
    given = values("existing") | {"queue": {"enabled": True, "clusterQueue": "shared"}}
    found = install(given, OLDER_KUEUE)
    [queue] = [each for each in found if "kueue" in each["apiVersion"]]
    assert (queue["apiVersion"], queue["kind"]) == ("kueue.x-k8s.io/v1beta1", "LocalQueue")
    assert queue["spec"] == {"clusterQueue": "shared"}
