"""Reasons why a server's pods do not answer, as Kubernetes reports them, each with a fix. Keys are the chart's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from components.errors import InfraError, InputError

NO_CONFIG = ("CreateContainerConfigError", "CreateContainerError")
NO_IMAGE = ("ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull")
"""ErrImagePull is the first failure to pull, which may pass."""
FOR_GOOD = r"not found|manifest unknown|invalid|unauthorized|denied|forbidden|NeverPull"
STARTS = 2
"""So often a container may end before its server is given up."""
NO_ROOM = (
    "ask for less (`serving.round`: accelerator, resources, nodeSelector, tolerations; fewer `replicas` of the place) "
    "or add nodes"
)

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What stands in the way of a server.

    Attributes:
        passes: it may pass by itself, such as a node that is not there yet.
        lasting: another try would come to the same.
        container: of the pod, where one ended: what it said last tells more.
    """

    pod: str
    what: str
    fix: str
    passes: bool = False
    lasting: bool = False
    container: str = ""

    def __str__(self) -> str:
        return f"{self.what}\n  fix: {self.fix}"

    def error(self, *, where: str, said: str) -> Exception:
        """As it is raised; `said` is what the container said last."""
        what = f"{self.what}\n{said}".strip()
        return InputError(what, where=where, fix=self.fix) if self.lasting else InfraError(f"{what}\n  fix: {self.fix}")


def find_trouble(deployment: Json, pods: Iterable[Json]) -> Trouble | None:
    """The first that does not pass by itself, else any."""
    troubles = [trouble for pod in pods for trouble in _of_pod(pod)] or list(_of_deployment(deployment))
    return min(troubles, key=lambda trouble: trouble.passes, default=None)


def _of_deployment(deployment: Json) -> Iterator[Trouble]:
    """Why there are no pods: a quota, or an admission that refuses them."""
    name = deployment["metadata"]["name"]
    for condition in deployment.get("status", {}).get("conditions", ()):
        if (condition["type"], condition["status"]) == ("ReplicaFailure", "True"):
            problem = f"no pod of {name} can be made: {condition.get('message', '')}"
            yield Trouble(pod="", what=problem, fix="correct what it names: a quota, or a rule for pods", passes=True)


def _of_pod(pod: Json) -> Iterator[Trouble]:
    name, status = pod["metadata"]["name"], pod.get("status", {})
    for container_status in (*status.get("initContainerStatuses", ()), *status.get("containerStatuses", ())):
        yield from _of_container(name, container_status)
    for condition in status.get("conditions", ()):
        if (condition["type"], condition["status"], condition.get("reason")) == (
            "PodScheduled",
            "False",
            "Unschedulable",
        ):
            problem = f"no node takes {name} (Unschedulable): {condition.get('message', '')}"
            yield Trouble(pod=name, what=problem, fix=NO_ROOM, passes=True)


def _of_container(pod: str, status: Json) -> Iterator[Trouble]:
    waiting = status.get("state", {}).get("waiting", {})
    reason, message = waiting.get("reason", ""), waiting.get("message", "")
    if reason in NO_IMAGE:
        problem = f"{pod}: the image {status['image']} cannot be pulled ({reason}): {message}"
        fix = "correct `images` of the chart: name, digest, mirror, pullSecrets"
        lasting = bool(re.search(FOR_GOOD, f"{reason} {message}", re.IGNORECASE))
        yield Trouble(pod=pod, what=problem, fix=fix, lasting=lasting)
    elif reason in NO_CONFIG:
        fix = "make the secret or ConfigMap that it names, in the namespace of the runs"
        yield Trouble(pod=pod, what=f"{pod} ({reason}): {message}", fix=fix, lasting=True)
    elif status.get("restartCount", 0) >= STARTS:
        ended = status.get("lastState", {}).get("terminated") or status.get("state", {}).get("terminated") or {}
        problem = f"{pod}: {status['name']} ended {status['restartCount']} times"
        if ended.get("reason") == "OOMKilled":
            fix = "raise `serving.round.resources.memory`"
            problem = f"{problem}, the last time because it used all its memory (OOMKilled)"
            yield Trouble(pod=pod, what=problem, fix=fix, lasting=True)
        else:
            problem = f"{problem}, with status {ended.get('exitCode', '?')}; the last that it said:"
            fix = "correct what it says, such as `serving.round.arguments` of the chart"
            yield Trouble(pod=pod, what=problem, fix=fix, container=status["name"])
