"""`make test-cluster`: every profile on the cluster of KUBECONFIG, in a namespace of its own that is removed again.

Nothing has to run there: an API server is enough, since pods are shown to its admission and not waited for.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from helm_python.chart import Chart
from helm_python.config import Config
from kubernetes import client
from kubernetes.dynamic import DynamicClient
from kubernetes.dynamic.exceptions import NotFoundError, UnprocessibleEntityError

from components.errors import InputError
from components.preflight.cluster import Kubernetes
from tests.charts.rendered import CHART, PROFILES, Object, laid_over, objects, pods, values

RELEASE = "demo"
POD: Object = {"apiVersion": "v1", "kind": "Pod"}
GROUPS = {
    "training": "trainer.kubeflow.org",
    "queue": "kueue.x-k8s.io",
    "monitoring": "monitoring.coreos.com",
    "externalSecrets": "external-secrets.io",
}
"""Parts of the chart, and the group of custom resources that each needs."""
EVERYTHING: Object = {
    "certificates": "authorities",
    "proxy": {"https": "http://proxy.example.com:3128", "direct": [".example.com"]},
    "labels": {"istio.io/dataplane-mode": "none"},
    "images": {"mirror": "registry.example.com/mirror", "pullSecrets": ["registry"]},
    "network": {
        "clients": ["monitoring", "istio-system"],
        "names": [{"namespace": "kube-system", "ports": [53]}, {"cidr": "169.254.20.10/32", "ports": [53]}],
        "outside": [{"cidr": "192.0.2.0/24", "ports": [443, 3128]}, {"namespace": "mlflow", "ports": [5000]}],
        "explorers": {
            "enabled": True,
            "kubernetes": [{"cidr": "10.0.0.1/32", "ports": [6443]}],
            "sites": [{"namespace": "shop", "ports": [8080]}, {"cidr": "10.20.0.0/16", "ports": [80, 443]}],
        },
    },
    "kubeflow": {"ui": "https://kubeflow.example.com", "accountAnnotations": {"eks.amazonaws.com/role-arn": "arn:a"}},
    "reaper": {"expect": {"main": 30}},
    "externalSecrets": {"enabled": True, "store": "vault"},
    "place": {"pods": {"labels": {"istio.io/dataplane-mode": "none"}, "scratch": {"kind": "volume"}}},
}
"""What a company's cluster asks for, beside a profile."""


def served(cluster: DynamicClient, profile: str, *, more: Object | None = None) -> Object:
    """A profile and more values, less the parts whose custom resources this cluster has not."""
    given = laid_over(values(profile, resources=True), more or {})
    groups = {each.name for each in client.ApisApi(cluster.client).get_api_versions().groups}
    return {part: told for part, told in given.items() if GROUPS.get(part, "") in {*groups, ""}}


class Live:
    """The release's objects as the API server holds them."""

    def __init__(self, cluster: DynamicClient, *, namespace: str) -> None:
        self._cluster, self._namespace = cluster, namespace

    def read(self, each: Object) -> Any:
        kind = self._kind(each)
        inside = {"namespace": self._namespace} if kind.namespaced else {}
        return kind.get(name=each["metadata"]["name"], **inside).to_dict()

    def versions(self, made: list[Object]) -> dict[str, str]:
        return {f"{each['kind']}/{each['metadata']['name']}": self._version(self.read(each)) for each in made}

    def gone(self, each: Object) -> bool:
        try:
            return "deletionTimestamp" in self.read(each)["metadata"]
        except NotFoundError:
            return True

    def show(self, each: Object) -> None:
        """To the server's strict validation and its admission, which keep nothing of it."""
        strictly = [("fieldValidation", "Strict"), ("dryRun", "All")]
        self._kind(each).create(body=each, namespace=self._namespace, query_params=strictly)

    def left(self) -> set[str]:
        """What the namespace has of the release, of whatever kind, and what Helm keeps of it."""
        found = set()
        for kinds in self._cluster.resources.search(namespaced=True):
            if "/" in kinds.name or not {"list", "create"} <= set(kinds.verbs or ()) or kinds.kind.endswith("List"):
                continue
            for label in (f"app.kubernetes.io/instance={RELEASE}", f"owner=helm,name={RELEASE}"):
                items = kinds.get(namespace=self._namespace, label_selector=label).to_dict()["items"]
                staying = (each["metadata"] for each in items if "deletionTimestamp" not in each["metadata"])
                found |= {f"{kinds.kind}/{each['name']}" for each in staying}
        return found

    def _kind(self, each: Object) -> Any:
        return self._cluster.resources.get(api_version=each["apiVersion"], kind=each["kind"])

    @staticmethod
    def _version(live: Any) -> str:
        """Changes with what was asked for: not with what controllers note in the status, nor with the number that a
        server gives an object that was written again as it was."""
        metadata = live["metadata"]
        told = {key: value for key, value in metadata.items() if key not in ("resourceVersion", "managedFields")}
        asked = {key: value for key, value in live.items() if key not in ("metadata", "status")}
        return str(metadata.get("generation") or json.dumps([told, asked], sort_keys=True))


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("more", [{}, EVERYTHING], ids=["alone", "everything"])
def test_install_upgrade_roll_back_uninstall(
    profile: str, more: Object, cluster: DynamicClient, namespace: str
) -> None:
    given, live = served(cluster, profile, more=more), Live(cluster, namespace=namespace)
    with Config(namespace=namespace) as helm, Chart.load(CHART) as chart:
        planned = objects([helm.install(chart, RELEASE, given, dry_run="server")["manifest"]])
        for each in planned:
            live.show(each)

        made = objects([helm.install(chart, RELEASE, given)["manifest"]])
        assert made == planned
        installed = live.versions(made)
        assert len(installed) == len(made), "the server has every object"
        hooks = objects(each["manifest"] for each in helm.get_all(RELEASE)["hooks"])
        assert _show_pods(live, [*made, *hooks]) >= 2, "the reaper's and the test's"

        helm.upgrade(chart, RELEASE, given)
        assert live.versions(made) == installed, "an upgrade without a change changes nothing"

        helm.upgrade(chart, RELEASE, laid_over(given, {"place": {"explorers": 3}}))
        after = live.versions(made)
        assert [name for name in after if after[name] != installed[name]] == ["ConfigMap/symbiont-places"]

        helm.rollback(RELEASE, version=1)
        assert live.versions(made) == installed, "as it was"

        helm.uninstall(RELEASE)
        kept = [each for each in made if not live.gone(each)]
        assert kept == [each for each in made if each["kind"] == "PersistentVolumeClaim"], "volumes stay, nothing else"
        _goes(live, but=("PersistentVolumeClaim/",))


def _goes(live: Live, *, but: tuple[str, ...]) -> None:
    """Nothing is left but what begins so. A cluster's own controllers take a moment to remove what belongs to what is
    gone."""
    end = time.monotonic() + 60
    while left := {each for each in live.left() if not each.startswith(but)}:
        assert time.monotonic() < end, left
        time.sleep(0.5)


def _show_pods(live: Live, made: list[Object]) -> int:
    """Shows every pod of the release to admission, where Pod Security refuses what is not restricted; their number."""
    found = [(labels, _alone(spec)) for _, labels, spec in pods(made)]
    for labels, spec in found:
        live.show(POD | {"metadata": {"generateName": "shown-", "labels": labels}, "spec": spec})
    return len(found)


def _alone(spec: Object) -> Object:
    """A StatefulSet's pod without the volume of its controller's."""
    mounted = {each["name"] for container in spec["containers"] for each in container["volumeMounts"]}
    missing = mounted - {each["name"] for each in spec["volumes"]}
    return spec | {"volumes": [*spec["volumes"], *({"name": each, "emptyDir": {}} for each in sorted(missing))]}


def test_the_sync_comes_after_each_change_and_before_the_end(cluster: DynamicClient, namespace: str) -> None:
    """Its Jobs do nothing here: they are said to be complete."""
    sync = {"kubeflow": {"sync": True, "pipeline": "components: {}\n"}, "schedules": "schedules: {}\n"}
    given, live = served(cluster, "existing", more=EVERYTHING | sync), Live(cluster, namespace=namespace)
    with Config(namespace=namespace) as helm, Chart.load(CHART) as chart, _jobs_complete(cluster, namespace) as done:
        made = objects([helm.install(chart, RELEASE, given)["manifest"]])
        _show_pods(live, [*made, *objects(each["manifest"] for each in helm.get_all(RELEASE)["hooks"])])
        helm.upgrade(chart, RELEASE, given)
        helm.rollback(RELEASE, version=1)
        helm.uninstall(RELEASE)
        assert list(done.values()) == ["demo-sync-apply"] * 3 + ["demo-sync-remove"]
        _goes(live, but=("Job/demo-sync-apply", "Pod/demo-sync-apply-"))
    kept = cluster.resources.get(api_version="batch/v1", kind="Job").get(name="demo-sync-apply", namespace=namespace)
    assert kept.spec.ttlSecondsAfterFinished == 86400, "its log is there for a day"


@contextmanager
def _jobs_complete(cluster: DynamicClient, namespace: str) -> Iterator[dict[str, str]]:
    """Says of every Job of a namespace that it is complete, since no node need be there to run it; names by uid."""
    jobs, done, over = cluster.resources.get(api_version="batch/v1", kind="Job"), dict[str, str](), threading.Event()

    def play() -> None:
        while not over.wait(0.1):
            for each in jobs.get(namespace=namespace).items:
                if each.metadata.uid in done:
                    continue
                with suppress(UnprocessibleEntityError):  # a controller said when it began; the next look knows it
                    _complete(cluster, each.to_dict())
                    done[each.metadata.uid] = each.metadata.name

    thread = threading.Thread(target=play)
    thread.start()
    try:
        yield done
    finally:
        over.set()
        thread.join()


def _complete(cluster: DynamicClient, job: Object) -> None:
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    conditions = [
        {
            "type": kind,
            "status": "True",
            "lastProbeTime": now,
            "lastTransitionTime": now,
            "reason": "CompletionsReached",
        }
        for kind in ("SuccessCriteriaMet", "Complete")
    ]
    status = {"startTime": job.get("status", {}).get("startTime", now), "completionTime": now, "succeeded": 1}
    body = {"status": {"active": 0, "terminating": 0, "ready": 0, **status, "conditions": conditions}}
    path = f"/apis/batch/v1/namespaces/{job['metadata']['namespace']}/jobs/{job['metadata']['name']}/status"
    cluster.request("patch", path, body=body, content_type="application/merge-patch+json")


def test_runs_of_a_release_may_do_what_preflight_asks_about(namespace: str) -> None:
    with Config(namespace=namespace) as helm, Chart.load(CHART) as chart:
        helm.install(chart, RELEASE, values("existing"))
        assert "may do all" in Kubernetes(namespace=namespace, account=f"{RELEASE}-run").check_rights()
        with pytest.raises(InputError, match="default may not"):
            Kubernetes(namespace=namespace, account="default").check_rights()
        helm.uninstall(RELEASE)


def test_a_pod_that_may_be_root_and_an_unknown_field_would_be_refused(cluster: DynamicClient, namespace: str) -> None:
    live = Live(cluster, namespace=namespace)
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "root"}}
    with pytest.raises(Exception, match="strict decoding error: unknown field"):
        live.show(account | {"imagePullSecret": []})
    cluster.resources.get(api_version="v1", kind="ServiceAccount").create(body=account, namespace=namespace)
    spec = {"serviceAccountName": "root", "containers": [{"name": "root", "image": "root:1"}]}
    with pytest.raises(Exception, match="violates PodSecurity"):
        live.show(POD | {"metadata": {"generateName": "shown-"}, "spec": spec})


def test_names_that_are_no_names_are_refused_before_anything_is_made(cluster: DynamicClient, namespace: str) -> None:
    with Config(namespace=namespace) as helm, Chart.load(CHART) as chart:
        with pytest.raises(Exception, match="explorers"):
            helm.install(chart, RELEASE, served(cluster, "existing") | {"place": {"explorers": 0}})
        assert not helm.list(all_states=True)
