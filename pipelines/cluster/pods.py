"""Why the pods of a run do not run: what Kubernetes knows of each, in words, and how to mend it.

Only where Kubernetes may be asked (a kubeconfig, or a pod's own account): Kubeflow itself keeps no reasons.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from components.preflight.cluster import reach_kubernetes
from pipelines.cluster.reasons import WARNED, Trouble, called, of_a_container, of_events, of_the_pod, of_waiting

RUN_LABEL = "pipeline/runid"
"""Kubeflow's, on every pod of a run."""
SAID = re.compile(r"^\[stage\] (?P<stage>\S+) failed: (?P<what>.*(\n  (in|fix): .*)*)", re.MULTILINE)
TAIL = 200  # lines of a failed container's log
ENDED = ("Succeeded", "Failed")


@dataclass(kw_only=True)
class Pods:
    """The pods of one run. `silent` says why none are shown."""

    namespace: str
    run_id: str
    silent: str = ""
    _closed: bool = False
    _core: Any = field(default=None, repr=False)
    _running: dict[str, str] = field(default_factory=dict)
    _lost: list[Trouble] = field(default_factory=list)

    def troubles(self) -> list[Trouble]:
        """Of every pod that failed, cannot start or was taken away, the latest last; none where Kubernetes may not be
        asked."""
        if self._closed:
            return []
        try:
            self._core = self._core or _core()
            pods = self._core.list_namespaced_pod(self.namespace, label_selector=f"{RUN_LABEL}={self.run_id}").items
            self._note_lost(pods)
            found = [trouble for pod in sorted(pods, key=_made) for trouble in self._troubles_of(pod)]
            self.silent = ""
            return [*self._lost, *found]
        except Exception as error:  # whatever it is, the round itself goes on
            self._closed = self._core is None or getattr(error, "status", 0) in (401, 403)  # else it may answer again
            self.silent = f"pods are not shown: {_reason(error)}"
            return []

    def _note_lost(self, pods: list[Any]) -> None:
        """A pod that was preempted, or whose node was emptied, is deleted: only its events still speak of it."""
        gone = self._running.keys() - {pod.metadata.name for pod in pods}
        for name in sorted(gone):
            if trouble := of_events(self._running[name], self._events(name)):
                self._lost.append(trouble)
        self._running = {pod.metadata.name: called(pod) for pod in pods if pod.status.phase not in ENDED}

    def _troubles_of(self, pod: Any) -> Iterator[Trouble]:
        name, status = pod.metadata.name, pod.status
        if status.phase == "Succeeded":
            return
        if trouble := of_the_pod(pod):
            yield trouble
            return
        containers = [*(status.init_container_statuses or ()), *(status.container_statuses or ())]
        found = [trouble for each in containers if (trouble := of_a_container(pod, each) or self._failed(pod, each))]
        if not found and (trouble := of_waiting(pod)):
            found = [trouble]
        if not found and status.phase == "Pending" and (said := self._warned(name)):
            fix = f"`kubectl -n {self.namespace} describe pod {name}` says more"
            found = [Trouble(pod=called(pod), what=said, fix=fix)]
        yield from found

    def _failed(self, pod: Any, status: Any) -> Trouble | None:
        """What the stage itself said last, where it ended badly."""
        ended = status.state.terminated
        if not ended or not ended.exit_code or status.name != "main":
            return None
        said = list(SAID.finditer(self._log(pod.metadata.name)))
        if not said:
            return Trouble(
                pod=called(pod), what=f"ended with status {ended.exit_code}: {ended.message or ended.reason}"
            )
        what, _, fix = said[-1]["what"].partition("\n  fix: ")
        return Trouble(pod=called(pod), what=f"{said[-1]['stage']} failed: {what}", fix=fix)

    def _log(self, pod: str) -> str:
        try:
            return str(self._core.read_namespaced_pod_log(pod, self.namespace, container="main", tail_lines=TAIL))
        except Exception:  # logs may be closed where pods are not
            return ""

    def _warned(self, pod: str) -> str:
        warned = [each.message for each in self._events(pod) if each.reason in WARNED and each.type == "Warning"]
        return warned[-1] if warned else ""

    def _events(self, pod: str) -> list[Any]:
        asked = f"involvedObject.name={pod}"
        try:
            found: list[Any] = self._core.list_namespaced_event(self.namespace, field_selector=asked).items
        except Exception as error:
            if getattr(error, "status", 0) != 403:  # events may be closed where pods are not
                raise
            return []
        return found


def _made(pod: Any) -> datetime:
    return pod.metadata.creation_timestamp or datetime.min.replace(tzinfo=UTC)


def _core() -> Any:
    from kubernetes import client

    reach_kubernetes()
    return client.CoreV1Api()


def _reason(error: Exception) -> str:
    if isinstance(error, ModuleNotFoundError):
        return "the package kubernetes is not installed here"
    status = getattr(error, "status", None)
    return f"Kubernetes says {status}" if status else (str(error).strip() or type(error).__name__).splitlines()[0]
