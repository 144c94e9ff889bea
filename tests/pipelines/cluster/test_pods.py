"""Why a pod does not run, as Kubernetes says it, with a fix; nothing is said if Kubernetes may not be asked."""

from __future__ import annotations

import re
from typing import Any

import pytest

from pipelines.cluster.pods import Pods
from tests.pipelines.cluster.kubernetes_server import KubernetesServer

RUN = "runs-0001"


def ended(code: int, reason: str = "Error") -> dict[str, Any]:
    return {"terminated": {"exitCode": code, "reason": reason}}


def disrupted(reason: str, message: str = "") -> dict[str, Any]:
    return {"conditions": [{"type": "DisruptionTarget", "status": "True", "reason": reason, "message": message}]}


def unschedulable(message: str) -> dict[str, Any]:
    condition = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": message}
    return {"conditions": [condition]}


def unpulled(reason: str, message: str = "") -> dict[str, Any]:
    return {"container": {"waiting": {"reason": reason, "message": message}}}


KILLED = {"phase": "Failed", "container": ended(137)}
"""What the kubelet says of a container of a pod that it ends."""


@pytest.mark.parametrize(
    ("status", "what", "fix"),
    [
        (
            unpulled("ImagePullBackOff", "Back-off"),
            r"registry/explorer@sha256:1 cannot .*\(ImagePullBackOff",
            "its name",
        ),
        (unpulled("ErrImagePull"), "cannot be pulled .*ErrImagePull", "digest"),
        (unpulled("ErrImagePull", "manifest unknown: sha256:1"), "manifest unknown", "pods.images"),
        (unpulled("ImagePullBackOff", "401 Unauthorized"), "401", "^give the place's `pods.pull_secrets`"),
        (unpulled("ImagePullBackOff", "dial tcp: lookup ghcr.io: no such host"), "lookup", "images.mirror"),
        (
            unpulled("CreateContainerConfigError", 'secret "keys" not found'),
            'secret "keys" not found',
            "make the secret",
        ),
        ({"phase": "Failed", "container": ended(137, "OOMKilled")}, "OOMKilled", r"pods\.distill\.memory"),
        (
            unschedulable("0/3 nodes are available: 3 Insufficient memory."),
            "Unschedulable.*0/3",
            r"^ask for less \(`pods.distill`",
        ),
        (unschedulable("0/3 nodes: 3 Insufficient nvidia.com/gpu."), "nvidia.com", "distill.accelerators"),
        (unschedulable("0/3 nodes: 3 node(s) had untolerated taint {spot: }."), "taint", "distill.tolerations"),
        (unschedulable("0/3 nodes didn't match Pod's node affinity/selector."), "affinity", "distill.node_selector"),
        (unschedulable("pod has unbound immediate PersistentVolumeClaims."), "unbound", "pods.scratch"),
        (
            {**KILLED, "reason": "Evicted", "message": "The node was low on resource: ephemeral-storage."},
            "Evicted.*ephemeral-storage",
            "kind: volume",
        ),
        (
            {
                **KILLED,
                "reason": "Evicted",
                "message": "The node was low on resource: memory. Threshold quantity: 100Mi",
            },
            "Evicted.*memory",
            r"pods\.distill\.memory",
        ),
        (
            {**KILLED, "reason": "Evicted", "message": 'Usage of EmptyDir volume "scratch" exceeds the limit "20Gi".'},
            "exceeds the limit",
            r"^raise the place's `pods\.scratch\.size`$",
        ),
        (
            {**KILLED, "reason": "Evicted", "message": 'Usage of EmptyDir volume "shm" exceeds the limit "1Gi".'},
            "exceeds the limit",
            r"^raise the place's `pods\.distill\.shared_memory`$",
        ),
        ({**KILLED, "reason": "DeadlineExceeded"}, "longer than it may", r"pods\.distill\.minutes"),
        ({"phase": "Failed", "container": ended(3)}, "ended with status 3: Error", "^$"),
    ],
)
def test_a_reason_and_its_mend(status: dict[str, Any], what: str, fix: str, kubernetes: KubernetesServer) -> None:
    kubernetes.pod("distill-1", run=RUN, **status)
    kubernetes.pod("of-another-run", run="runs-0002", **status)
    kubernetes.pod("explore-1", run=RUN, phase="Running", container={"running": {}})
    kubernetes.pod("preflight-1", run=RUN, phase="Succeeded", container=ended(0, "Completed"))
    pods = Pods(namespace="agents", run_id=RUN)
    (trouble,) = pods.troubles()
    assert trouble.pod == "distill, pod distill-1"
    assert re.search(what, trouble.what)
    assert re.search(fix, trouble.fix)
    assert not trouble.passing
    assert not pods.silent


@pytest.mark.parametrize(
    ("status", "what"),
    [
        ({**KILLED, **disrupted("PreemptionByScheduler", "preempting to accommodate")}, "higher priority.*accommodate"),
        ({**KILLED, "reason": "Preempting"}, "higher priority"),
        ({**KILLED, **disrupted("EvictionByEvictionAPI")}, "emptied"),
        ({"phase": "Running", **disrupted("DeletionByTaintManager"), "container": {"running": {}}}, "node is lost"),
        ({"phase": "Failed", **disrupted("DeletionByPodGC", "node no longer exists")}, "lost .*no longer exists"),
        ({"phase": "Unknown", "reason": "NodeLost", "message": "node-7 is unresponsive"}, "lost .*node-7"),
        ({"phase": "Failed", "container": ended(137, "ContainerStatusUnknown")}, "node is lost"),
        ({**KILLED, **disrupted("TerminationByKubelet"), "reason": "Terminated"}, "shut down"),
        ({"phase": "Failed", "reason": "UnexpectedAdmissionError", "message": "no devices"}, "refused .*no devices"),
    ],
)
def test_a_pod_that_was_taken_away_is_no_fault_of_the_stage(
    status: dict[str, Any], what: str, kubernetes: KubernetesServer
) -> None:
    kubernetes.pod("explore-1", run=RUN, **status)
    (trouble,) = Pods(namespace="agents", run_id=RUN).troubles()
    assert trouble.passing
    assert re.search(what, trouble.what)
    assert "continues from what is stored" in trouble.fix


def test_a_pod_that_was_preempted_and_deleted_is_known_by_its_events(kubernetes: KubernetesServer) -> None:
    kubernetes.pod("explore-1", run=RUN, phase="Running", container={"running": {}})
    kubernetes.pod("explore-2", run=RUN, phase="Running", container={"running": {}})
    pods = Pods(namespace="agents", run_id=RUN)
    assert pods.troubles() == []
    kubernetes.pods.clear()  # the second ended well, and its run keeps no pods
    kubernetes.event("explore-1", "Scheduled", kind="Normal")
    kubernetes.event("explore-1", "Preempted", "by pod 12 on node-7")
    kubernetes.event("explore-2", "Completed", kind="Normal")
    for _ in range(2):
        (trouble,) = pods.troubles()
        assert (trouble.pod, trouble.passing) == ("explore, pod explore-1", True)
        assert "by pod 12 on node-7" in trouble.what


def test_pods_are_shown_where_their_events_may_not_be_read(kubernetes: KubernetesServer) -> None:
    kubernetes.closed = "events"
    kubernetes.pod("explore-1", run=RUN, phase="Running", container={"running": {}})
    pods = Pods(namespace="agents", run_id=RUN)
    assert pods.troubles() == []
    kubernetes.pods.clear()
    kubernetes.pod("explore-2", run=RUN, **KILLED)
    assert [each.pod for each in pods.troubles()] == ["explore, pod explore-2"]


def test_the_latest_pod_comes_last_whatever_its_name(kubernetes: KubernetesServer) -> None:
    kubernetes.pod("promote-1", run=RUN, **KILLED)
    kubernetes.pod("distill-1", run=RUN, **KILLED)
    assert [each.pod for each in Pods(namespace="agents", run_id=RUN).troubles()] == [
        "promote, pod promote-1",
        "distill, pod distill-1",
    ]


def test_a_stage_that_failed_says_so_itself(kubernetes: KubernetesServer) -> None:
    kubernetes.pod("preflight-1", run=RUN, phase="Failed", container=ended(1))
    kubernetes.logs["preflight-1"] = (
        "[stage] preflight begins\n[stage] preflight failed: there is no task 'x'\n  in: tasks.train\n"
        "  fix: name one of click-button\nTraceback (most recent call last):\n  fix: not this\n"
    )
    (trouble,) = Pods(namespace="agents", run_id=RUN).troubles()
    assert trouble.what == "preflight failed: there is no task 'x'\n  in: tasks.train"
    assert trouble.fix == "name one of click-button"


def test_a_pod_that_waits_for_a_volume_says_what_its_events_say(kubernetes: KubernetesServer) -> None:
    kubernetes.pod("explore-1", run=RUN)
    kubernetes.pod("explore-2", run=RUN)
    for reason, kind in (("Scheduled", "Normal"), ("FailedMount", "Warning"), ("Pulling", "Normal")):
        kubernetes.event("explore-1", reason, reason, kind=kind)
    (trouble,) = Pods(namespace="agents", run_id=RUN).troubles()
    assert (trouble.pod, trouble.what) == ("explore, pod explore-1", "FailedMount")


def test_who_may_not_ask_is_told_once_and_asks_no_more(kubernetes: KubernetesServer) -> None:
    kubernetes.status = 403
    pods = Pods(namespace="agents", run_id=RUN)
    assert pods.troubles() == []
    assert "403" in pods.silent
    kubernetes.status = 200
    kubernetes.pod("distill-1", run=RUN, phase="Failed", reason="Evicted")
    assert pods.troubles() == []


def test_without_a_kubeconfig_nothing_is_asked() -> None:
    pods = Pods(namespace="agents", run_id=RUN)
    assert pods.troubles() == []
    assert "kube" in pods.silent


def test_a_cluster_that_fails_for_a_moment_is_asked_again(kubernetes: KubernetesServer) -> None:
    kubernetes.status = 500
    pods = Pods(namespace="agents", run_id=RUN)
    assert pods.troubles() == []
    assert "500" in pods.silent
    kubernetes.status = 200
    kubernetes.pod("distill-1", run=RUN, phase="Failed", reason="Evicted")
    assert [each.pod for each in pods.troubles()] == ["distill, pod distill-1"]
    assert not pods.silent
