"""`make test-cluster`: every profile on the cluster of KUBECONFIG, in a namespace of its own that is removed again.

Nothing has to run there: an API server is enough, since pods are shown to its admission and not waited for.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from helm_python.chart import Chart
from helm_python.config import Config
from kubernetes import client, config
from kubernetes.dynamic import DynamicClient
from kubernetes.dynamic.exceptions import NotFoundError

from components.errors import InputError
from components.preflight.cluster import Kubernetes
from tests.charts.rendered import CHART, NEED_RESOURCES, PROFILES, Object, objects, pods, values

RELEASE = "demo"
GROUPS = {"training": "trainer.kubeflow.org", "queue": "kueue.x-k8s.io", "monitoring": "monitoring.coreos.com"}


@pytest.fixture(scope="module")
def cluster() -> DynamicClient:
    config.load_kube_config()
    return DynamicClient(client.ApiClient())


@pytest.fixture
def namespace(cluster: DynamicClient) -> Iterator[str]:
    """One that takes restricted pods alone."""
    name = f"symbiont-test-{uuid.uuid4().hex[:8]}"
    levels = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "warn", "audit")}
    spaces = cluster.resources.get(api_version="v1", kind="Namespace")
    spaces.create(body={"metadata": {"name": name, "labels": levels}})
    try:
        yield name
    finally:
        spaces.delete(name=name)


def served(cluster: DynamicClient, profile: str) -> Object:
    """A profile with the parts whose custom resources this cluster has."""
    given = values(profile, resources=True)
    groups = {each.name for each in client.ApisApi(cluster.client).get_api_versions().groups}
    for part in NEED_RESOURCES:
        if GROUPS[part] not in groups:
            given.pop(part, None)
    return given


class Live:
    """The release's objects as the API server holds them."""

    def __init__(self, cluster: DynamicClient, *, namespace: str) -> None:
        self._cluster, self._namespace = cluster, namespace

    def read(self, each: Object) -> Any:
        kind = self._cluster.resources.get(api_version=each["apiVersion"], kind=each["kind"])
        inside = {"namespace": self._namespace} if kind.namespaced else {}
        return kind.get(name=each["metadata"]["name"], **inside).to_dict()

    def versions(self, made: list[Object]) -> dict[str, str]:
        return {f"{each['kind']}/{each['metadata']['name']}": self._version(self.read(each)) for each in made}

    def gone(self, each: Object) -> bool:
        try:
            return "deletionTimestamp" in self.read(each)["metadata"]
        except NotFoundError:
            return True

    @staticmethod
    def _version(live: Any) -> str:
        """Changes with what was asked for: not with what controllers note in the status, nor with the number that a
        server gives an object that was written again as it was."""
        metadata = live["metadata"]
        told = {key: value for key, value in metadata.items() if key not in ("resourceVersion", "managedFields")}
        asked = {key: value for key, value in live.items() if key not in ("metadata", "status")}
        return str(metadata.get("generation") or json.dumps([told, asked], sort_keys=True))


@pytest.mark.parametrize("profile", PROFILES)
def test_install_upgrade_roll_back_uninstall(profile: str, cluster: DynamicClient, namespace: str) -> None:
    given, live = served(cluster, profile), Live(cluster, namespace=namespace)
    with Config(namespace=namespace) as helm, Chart.load(CHART) as chart:
        made = objects([helm.install(chart, RELEASE, given)["manifest"]])
        installed = live.versions(made)
        assert len(installed) == len(made), "the server has every object"
        shown = _show_pods(cluster, made, namespace=namespace)
        assert shown == len(list(pods(made)))

        helm.upgrade(chart, RELEASE, given)
        assert live.versions(made) == installed, "an upgrade without a change changes nothing"

        changed = given | {"place": {"explorers": 3}}
        helm.upgrade(chart, RELEASE, changed)
        after = live.versions(made)
        assert [name for name in after if after[name] != installed[name]] == ["ConfigMap/symbiont-places"]

        helm.rollback(RELEASE, version=1)
        assert "explorers: 3" not in str(live.read(_named(made, "ConfigMap", "symbiont-places"))["data"])

        helm.uninstall(RELEASE)
        kept = [each["kind"] for each in made if not live.gone(each)]
        assert set(kept) <= {"PersistentVolumeClaim"}, "volumes stay, nothing else"
        assert kept.count("PersistentVolumeClaim") == [each["kind"] for each in made].count("PersistentVolumeClaim")


def _named(made: list[Object], kind: str, name: str) -> Object:
    return next(each for each in made if (each["kind"], each["metadata"]["name"]) == (kind, name))


def _show_pods(cluster: DynamicClient, made: list[Object], *, namespace: str) -> int:
    """Shows every pod of the release to admission, where Pod Security refuses what is not restricted; their number."""
    shown = 0
    for _, labels, spec in pods(made):
        pod = {"metadata": {"generateName": "shown-", "labels": labels}, "spec": _alone(spec)}
        cluster.resources.get(api_version="v1", kind="Pod").create(body=pod, namespace=namespace, dry_run="All")
        shown += 1
    return shown


def _alone(spec: Object) -> Object:
    """A StatefulSet's pod without the volume that its controller would give it."""
    mounted = {each["name"] for container in spec["containers"] for each in container["volumeMounts"]}
    missing = mounted - {each["name"] for each in spec["volumes"]}
    return spec | {"volumes": [*spec["volumes"], *({"name": each, "emptyDir": {}} for each in sorted(missing))]}


def test_runs_of_a_release_may_do_what_preflight_asks_about(namespace: str) -> None:
    with Config(namespace=namespace) as helm, Chart.load(CHART) as chart:
        helm.install(chart, RELEASE, values("existing"))
        assert "may do all" in Kubernetes(namespace=namespace, account=f"{RELEASE}-run").check_rights()
        with pytest.raises(InputError, match="default may not"):
            Kubernetes(namespace=namespace, account="default").check_rights()
        helm.uninstall(RELEASE)


def test_a_pod_that_may_be_root_would_be_refused(cluster: DynamicClient, namespace: str) -> None:
    pod = {"metadata": {"generateName": "shown-"}, "spec": {"containers": [{"name": "root", "image": "root:1"}]}}
    with pytest.raises(Exception, match="violates PodSecurity"):
        cluster.resources.get(api_version="v1", kind="Pod").create(body=pod, namespace=namespace, dry_run="All")


def test_names_that_are_no_names_are_refused_before_anything_is_made(cluster: DynamicClient, namespace: str) -> None:
    with Config(namespace=namespace) as helm, Chart.load(CHART) as chart:
        with pytest.raises(Exception, match="explorers"):
            helm.install(chart, RELEASE, served(cluster, "existing") | {"place": {"explorers": 0}})
        assert not helm.list(all_states=True)
