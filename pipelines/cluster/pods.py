"""Why pods of a run do not run, as Kubernetes reports it, and how to fix it.

Kubeflow itself keeps no reasons, so none are known without access to Kubernetes (by a kubeconfig, or a pod's service
account).
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
"""Kubeflow's label with the run id, on every pod of a run."""
STAGE_ERROR = re.compile(r"^\[stage\] (?P<stage>\S+) failed: (?P<what>.*(\n  (in|fix): .*)*)", re.MULTILINE)
TAIL = 200  # lines of a failed container's log
ENDED = ("Succeeded", "Failed")


@dataclass(kw_only=True)
class Pods:
    """The pods of one run.

    Attributes:
        silent: why no pods are shown; empty while they are.
    """

    namespace: str
    run_id: str
    silent: str = ""
    _closed: bool = False
    _core: Any = field(default=None, repr=False)
    _running: dict[str, str] = field(default_factory=dict)
    _lost: list[Trouble] = field(default_factory=list)

    def troubles(self) -> list[Trouble]:
        """The troubles of all pods that failed, cannot start or were taken away, the latest last.

        Empty without access to Kubernetes; `silent` then says why.
        """
        if self._closed:
            return []
        try:
            self._core = self._core or _core()
            pods = self._core.list_namespaced_pod(self.namespace, label_selector=f"{RUN_LABEL}={self.run_id}").items
            self._note_lost(pods)
            troubles = [trouble for pod in sorted(pods, key=_made) for trouble in self._troubles_of(pod)]
            self.silent = ""
            return [*self._lost, *troubles]
        except Exception as error:  # whatever it is, the round itself goes on
            self._closed = self._core is None or getattr(error, "status", 0) in (401, 403)  # else it may answer again
            self.silent = f"pods are not shown: {_reason(error)}"
            return []

    def _note_lost(self, pods: list[Any]) -> None:
        """Notes why pods disappeared. A pod that was preempted, or whose node was drained, is deleted: only its events
        remain."""
        removed = self._running.keys() - {pod.metadata.name for pod in pods}
        for name in sorted(removed):
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
        troubles = [
            trouble
            for status_of_container in containers
            if (trouble := of_a_container(pod, status_of_container) or self._failed(pod, status_of_container))
        ]
        if not troubles and (trouble := of_waiting(pod)):
            troubles = [trouble]
        if not troubles and status.phase == "Pending" and (message := self._warned(name)):
            fix = f"`kubectl -n {self.namespace} describe pod {name}` says more"
            troubles = [Trouble(pod=called(pod), what=message, fix=fix)]
        yield from troubles

    def _failed(self, pod: Any, status: Any) -> Trouble | None:
        """The last error that a failed stage printed."""
        ended = status.state.terminated
        if not ended or not ended.exit_code or status.name != "main":
            return None
        failures = list(STAGE_ERROR.finditer(self._log(pod.metadata.name)))
        if not failures:
            return Trouble(
                pod=called(pod), what=f"ended with status {ended.exit_code}: {ended.message or ended.reason}"
            )
        problem, _, fix = failures[-1]["what"].partition("\n  fix: ")
        return Trouble(pod=called(pod), what=f"{failures[-1]['stage']} failed: {problem}", fix=fix)

    def _log(self, pod: str) -> str:
        try:
            return str(self._core.read_namespaced_pod_log(pod, self.namespace, container="main", tail_lines=TAIL))
        except Exception:  # logs may be closed where pods are not
            return ""

    def _warned(self, pod: str) -> str:
        warned = [event.message for event in self._events(pod) if event.reason in WARNED and event.type == "Warning"]
        return warned[-1] if warned else ""

    def _events(self, pod: str) -> list[Any]:
        selector = f"involvedObject.name={pod}"
        try:
            events: list[Any] = self._core.list_namespaced_event(self.namespace, field_selector=selector).items
        except Exception as error:
            if getattr(error, "status", 0) != 403:  # events may be closed where pods are not
                raise
            return []
        return events


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
