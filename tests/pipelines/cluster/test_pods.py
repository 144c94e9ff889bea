"""Why a pod does not run, as Kubernetes says it, and how to mend it; and silence where it may not be asked."""

from __future__ import annotations

import re
from typing import Any

import pytest

from pipelines.cluster.pods import Pods
from tests.pipelines.cluster.kubernetes_server import KubernetesServer

RUN = "runs-0001"


def ended(code: int, reason: str = "Error") -> dict[str, Any]:
    return {"terminated": {"exitCode": code, "reason": reason}}


@pytest.mark.parametrize(
    ("status", "what", "fix"),
    [
        (
            {"container": {"waiting": {"reason": "ImagePullBackOff", "message": "Back-off pulling image"}}},
            r"registry/explorer@sha256:1 cannot be pulled: Back-off",
            "pull secrets",
        ),
        ({"container": {"waiting": {"reason": "ErrImagePull"}}}, "cannot be pulled: ErrImagePull", "digest"),
        (
            {"container": {"waiting": {"reason": "CreateContainerConfigError", "message": 'secret "keys" not found'}}},
            'secret "keys" not found',
            "make the secret",
        ),
        ({"phase": "Failed", "container": ended(137, "OOMKilled")}, "OOMKilled", "more memory"),
        (
            {
                "conditions": [
                    {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/3 nodes"}
                ]
            },
            "waits for a node: 0/3 nodes",
            "ask for less",
        ),
        (
            {"phase": "Failed", "reason": "Evicted", "message": "low on ephemeral-storage"},
            "ephemeral-storage",
            "scratch",
        ),
        ({"phase": "Failed", "reason": "DeadlineExceeded"}, "longer than it may", "more time"),
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
    assert trouble.pod == "distill-1"
    assert re.search(what, trouble.what)
    assert re.search(fix, trouble.fix)
    assert not pods.silent


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
    kubernetes.events = [
        {
            "metadata": {"name": f"e{index}"},
            "involvedObject": {"name": "explore-1"},
            "reason": reason,
            "type": kind,
            "message": reason,
        }
        for index, (reason, kind) in enumerate(
            [("Scheduled", "Normal"), ("FailedMount", "Warning"), ("Pulling", "Normal")]
        )
    ]
    (trouble,) = Pods(namespace="agents", run_id=RUN).troubles()
    assert (trouble.pod, trouble.what) == ("explore-1", "FailedMount")


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
    assert [each.pod for each in pods.troubles()] == ["distill-1"]
    assert not pods.silent
