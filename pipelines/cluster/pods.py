"""Why the pods of a run do not run: what Kubernetes knows of each, in words, and how to mend it.

Only where Kubernetes may be asked (a kubeconfig, or a pod's own account): Kubeflow itself keeps no reasons.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from components.preflight.cluster import reach_kubernetes

RUN_LABEL = "pipeline/runid"
"""Kubeflow's, on every pod of a run."""
SAID = re.compile(r"^\[stage\] (?P<stage>\S+) failed: (?P<what>.*(\n  (in|fix): .*)*)", re.MULTILINE)
TAIL = 200  # lines of a failed container's log
NO_IMAGE = ("ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull")
NO_CONFIG = ("CreateContainerConfigError", "CreateContainerError")
WARNED = ("FailedMount", "FailedAttachVolume", "FailedCreatePodSandBox", "FailedScheduling", "BackOff")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One pod's. `fix` is empty where trying again may be enough."""

    pod: str
    what: str
    fix: str = ""

    def __str__(self) -> str:
        return f"{self.pod}: {self.what}" + (f"\n  fix: {self.fix}" if self.fix else "")


@dataclass(kw_only=True)
class Pods:
    """The pods of one run. `silent` says why none are shown."""

    namespace: str
    run_id: str
    silent: str = ""
    _closed: bool = False
    _core: Any = field(default=None, repr=False)

    def troubles(self) -> list[Trouble]:
        """Every pod that failed or cannot start; nothing where Kubernetes may not be asked."""
        if self._closed:
            return []
        try:
            self._core = self._core or _core()
            pods = self._core.list_namespaced_pod(self.namespace, label_selector=f"{RUN_LABEL}={self.run_id}").items
            found = [trouble for pod in pods for trouble in self._troubles_of(pod)]
            self.silent = ""
            return found
        except Exception as error:  # whatever it is, the round itself goes on
            self._closed = self._core is None or getattr(error, "status", 0) in (401, 403)  # else it may answer again
            self.silent = f"pods are not shown: {_reason(error)}"
            return []

    def _troubles_of(self, pod: Any) -> Iterator[Trouble]:
        name, status = pod.metadata.name, pod.status
        if status.phase == "Succeeded":
            return
        containers = [*(status.init_container_statuses or ()), *(status.container_statuses or ())]
        found = [trouble for each in containers if (trouble := self._container(name, each))]
        if not found and (trouble := _of_the_pod(name, status)):
            found = [trouble]
        if not found and status.phase == "Pending" and (said := self._warned(name)):
            found = [Trouble(pod=name, what=said, fix=f"`kubectl -n {self.namespace} describe pod {name}` says more")]
        yield from found

    def _container(self, pod: str, status: Any) -> Trouble | None:
        waiting, ended = status.state.waiting, status.state.terminated
        if waiting and waiting.reason in NO_IMAGE:
            what = f"the image {status.image} cannot be pulled: {waiting.message or waiting.reason}"
            fix = "check its name and digest, and that the place's pull secrets may read it"
            return Trouble(pod=pod, what=what, fix=fix)
        if waiting and waiting.reason in NO_CONFIG:
            fix = "make the secret or ConfigMap that it names, in the namespace of the runs"
            return Trouble(pod=pod, what=waiting.message or waiting.reason, fix=fix)
        if ended and ended.reason == "OOMKilled":
            fix = "give this stage more memory in the place, or the recipe fewer pages or a smaller batch"
            return Trouble(pod=pod, what="killed because it used all its memory (OOMKilled)", fix=fix)
        if ended and ended.exit_code and status.name == "main":
            return self._failed(pod, ended)
        return None

    def _failed(self, pod: str, ended: Any) -> Trouble:
        """What the stage itself said last."""
        said = list(SAID.finditer(self._log(pod)))
        if not said:
            return Trouble(pod=pod, what=f"ended with status {ended.exit_code}: {ended.message or ended.reason}")
        what, _, fix = said[-1]["what"].partition("\n  fix: ")
        return Trouble(pod=pod, what=f"{said[-1]['stage']} failed: {what}", fix=fix)

    def _log(self, pod: str) -> str:
        try:
            return str(self._core.read_namespaced_pod_log(pod, self.namespace, container="main", tail_lines=TAIL))
        except Exception:  # logs may be closed where pods are not
            return ""

    def _warned(self, pod: str) -> str:
        events = self._core.list_namespaced_event(self.namespace, field_selector=f"involvedObject.name={pod}").items
        warned = [each.message for each in events if each.reason in WARNED and each.type == "Warning"]
        return warned[-1] if warned else ""


def _of_the_pod(name: str, status: Any) -> Trouble | None:
    """What was decided about the whole pod."""
    for condition in status.conditions or ():
        if condition.type == "PodScheduled" and condition.status == "False" and condition.reason == "Unschedulable":
            fix = "no node can take it: ask for less in the place, or add nodes, or tolerate their taints"
            return Trouble(pod=name, what=f"waits for a node: {condition.message}", fix=fix)
    if status.reason == "Evicted":
        fix = "give the stage a scratch volume, or nodes with more disk"
        return Trouble(pod=name, what=f"its node threw it out: {status.message}", fix=fix)
    if status.reason == "DeadlineExceeded":
        fix = "give the stage more time in the place, or the recipe less to do"
        return Trouble(pod=name, what="it took longer than it may", fix=fix)
    return None


def _core() -> Any:
    from kubernetes import client

    reach_kubernetes()
    return client.CoreV1Api()


def _reason(error: Exception) -> str:
    if isinstance(error, ModuleNotFoundError):
        return "the package kubernetes is not installed here"
    status = getattr(error, "status", None)
    return f"Kubernetes says {status}" if status else (str(error).strip() or type(error).__name__).splitlines()[0]
