"""Why a pod does not run or was ended, as its status and events say, and which keys of the place fix it.

A pod that was evicted (its node ran full, was drained, was lost or given to another pod) says nothing against its
stage: Kubeflow retries the stage, which continues from what is stored. Other troubles come back at the next try.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

STAGE_LABEL = "symbiont.dev/stage"
NO_IMAGE = ("ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull")
NO_CONFIG = ("CreateContainerConfigError", "CreateContainerError")
WARNED = ("FailedMount", "FailedAttachVolume", "FailedCreatePodSandBox", "FailedScheduling", "BackOff")
AGAIN = "nothing if the stage is retried; otherwise the same command continues from what is stored"
HIGHER = "a pod of higher priority took its place"
EMPTIED = "its node was emptied"
SHUT_DOWN = "its node was shut down"
LOST_NODE = "its node is lost"
REFUSED = "its node refused it"
TAKEN = {
    "Preempted": HIGHER,
    "Preempting": HIGHER,
    "PreemptionByScheduler": HIGHER,
    "EvictionByEvictionAPI": EMPTIED,
    "DeletionByTaintManager": LOST_NODE,
    "TaintManagerEviction": LOST_NODE,
    "DeletionByPodGC": LOST_NODE,
    "NodeLost": LOST_NODE,
    "NodeNotReady": LOST_NODE,
    "ContainerStatusUnknown": LOST_NODE,
    "Terminated": SHUT_DOWN,
    "NodeShutdown": SHUT_DOWN,
    "Shutdown": SHUT_DOWN,
    "UnexpectedAdmissionError": REFUSED,
    "OutOfcpu": REFUSED,
    "OutOfmemory": REFUSED,
    "OutOfephemeral-storage": REFUSED,
    "OutOfpods": REFUSED,
}
"""Reasons why a pod was evicted: in its status, its condition DisruptionTarget, a container's status, or an event."""
RARER = {
    HIGHER: "give the stage nodes of its own (node_selector), or its namespace a higher default priority",
    EMPTIED: "use nodes that are not drained",
    SHUT_DOWN: "use nodes that are not reclaimed",
    LOST_NODE: "if that node is lost often, remove it",
}
NOT_PULLED = (
    (r"unauthorized|denied|forbidden|authentication", "give the place's `pods.pull_secrets` one that may read it"),
    (r"not found|manifest unknown|invalid reference", "correct its name or digest in the place's `pods.images`"),
    (
        r"no such host|timeout|refused|unreachable|certificate",
        "the nodes do not reach that registry: name a mirror (the chart's `images.mirror`)",
    ),
)
NOT_SCHEDULED = (
    (
        r"Insufficient \S+/",
        "ask for fewer accelerators (`pods.{stage}.accelerators` of the place), or add nodes that have them",
    ),
    (
        r"Insufficient (cpu|memory|ephemeral)",
        "ask for less (`pods.{stage}` of the place: cpu, memory), or add larger nodes",
    ),
    (r"taint", "tolerate the taint (`pods.{stage}.tolerations` of the place)"),
    (r"affinity|selector", "name labels that nodes have (`pods.{stage}.node_selector` of the place)"),
    (r"PersistentVolumeClaim|volume", "correct the claim or storage class of the place's `pods.scratch`"),
)
THROWN_OUT = (
    (r'EmptyDir volume "shm"', "raise the place's `pods.{stage}.shared_memory`"),
    (r'EmptyDir volume "scratch"|limit of containers|local ephemeral', "raise the place's `pods.scratch.size`"),
    (r"resource: memory", "raise the place's `pods.{stage}.memory`, so that it asks for what it uses"),
    (
        r"resource: (ephemeral|nodefs|imagefs|inodes)",
        "give it a volume (the place's `pods.scratch: {{kind: volume}}`), or nodes more disk",
    ),
)
Mends = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """The trouble of one pod.

    Attributes:
        fix: empty where none is known.
        passing: a retry may be enough.
    """

    pod: str
    what: str
    fix: str = ""
    passing: bool = False

    def __str__(self) -> str:
        return f"{self.pod}: {self.what}" + (f"\n  fix: {self.fix}" if self.fix else "")


def of_the_pod(pod: Any) -> Trouble | None:
    """The trouble of the whole pod, whatever its containers ended with because of it."""
    status = pod.status
    disrupted = [
        condition
        for condition in status.conditions or ()
        if condition.type == "DisruptionTarget" and condition.status == "True"
    ]
    for reason, message in (
        *((condition.reason, condition.message) for condition in disrupted),
        (status.reason, status.message),
    ):
        if reason in TAKEN:
            return taken(called(pod), reason, message)
    if status.reason == "Evicted":
        problem = f"its node threw it out (Evicted): {status.message}"
        return Trouble(pod=called(pod), what=problem, fix=_mend(pod, status.message, THROWN_OUT) or AGAIN)
    if status.reason == "DeadlineExceeded":
        fix = f"raise the place's `pods.{_stage(pod)}.minutes`, or give the recipe less to do"
        return Trouble(pod=called(pod), what="it took longer than it may (DeadlineExceeded)", fix=fix)
    return None


def of_a_container(pod: Any, status: Any) -> Trouble | None:
    """Why a container does not start, or was killed from outside."""
    name, waiting, ended = called(pod), status.state.waiting, status.state.terminated
    if waiting and waiting.reason in NO_IMAGE:
        message = waiting.message or waiting.reason
        problem = f"the image {status.image} cannot be pulled ({waiting.reason}): {message}"
        fix = (
            _mend(pod, message, NOT_PULLED)
            or "check its name and digest, and that the place's `pods.pull_secrets` may read it"
        )
        return Trouble(pod=name, what=problem, fix=fix)
    if waiting and waiting.reason in NO_CONFIG:
        fix = "make the secret or ConfigMap that it names, in the namespace of the runs"
        return Trouble(pod=name, what=waiting.message or waiting.reason, fix=fix)
    if ended and ended.reason == "OOMKilled":
        fix = f"raise the place's `pods.{_stage(pod)}.memory`, or give the recipe fewer pages or a smaller batch"
        return Trouble(pod=name, what="killed because it used all its memory (OOMKilled)", fix=fix)
    if ended and ended.reason in TAKEN:
        return taken(name, ended.reason, ended.message)
    return None


def of_waiting(pod: Any) -> Trouble | None:
    """Why no node takes a pod that waits for one."""
    for condition in pod.status.conditions or ():
        if condition.type == "PodScheduled" and condition.status == "False" and condition.reason == "Unschedulable":
            fix = _mend(pod, condition.message, NOT_SCHEDULED) or "ask for less, or add nodes"
            return Trouble(pod=called(pod), what=f"no node can take it (Unschedulable): {condition.message}", fix=fix)
    return None


def of_events(pod: str, events: Iterable[Any]) -> Trouble | None:
    """Why a pod that is gone was evicted."""
    for event in events:
        if event.reason in TAKEN:
            return taken(pod, event.reason, event.message)
    return None


def taken(pod: str, reason: str, message: str | None) -> Trouble:
    problem = TAKEN[reason]
    fix = "; ".join(filter(None, (AGAIN, RARER.get(problem))))
    return Trouble(pod=pod, what=f"{problem} ({reason})" + (f": {message}" if message else ""), fix=fix, passing=True)


def _mend(pod: Any, message: str | None, mends: Mends) -> str:
    """The fixes whose patterns match the message, joined."""
    fixes = [fix for pattern, fix in mends if re.search(pattern, message or "", re.IGNORECASE)]
    return "; ".join(fixes).format(stage=_stage(pod))


def called(pod: Any) -> str:
    """A pod's stage and name. The name, which Argo makes, does not contain the stage."""
    stage = (pod.metadata.labels or {}).get(STAGE_LABEL)
    return f"{stage}, pod {pod.metadata.name}" if stage else str(pod.metadata.name)


def _stage(pod: Any) -> str:
    return str((pod.metadata.labels or {}).get(STAGE_LABEL, "STAGE"))
