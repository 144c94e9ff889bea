"""Why a server's pods do not answer, as Kubernetes reports it, each reason with a fix that names keys of the chart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from components.errors import InfraError, InputError

NO_CONFIG = ("CreateContainerConfigError", "CreateContainerError")
NO_IMAGE = ("ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull")
"""ErrImagePull is left out: it is the first failed pull, which may succeed when it is repeated."""
FOR_GOOD = r"not found|manifest unknown|invalid|unauthorized|denied|forbidden|NeverPull"
STARTS = 2
"""After this many restarts of a container its server is given up."""
NO_ROOM = (
    "ask for less (`serving.round`: accelerator, resources, nodeSelector, tolerations; fewer `replicas` of the place) "
    "or add nodes"
)

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A reason why a server does not come up.

    Attributes:
        pod: its name; empty where there is no pod.
        passes: it may pass by itself, such as a node that has yet to be started.
        lasting: a retry would fail in the same way.
        container: the container of the pod that ended, whose last output tells more; empty: none.
    """

    pod: str
    what: str
    fix: str
    passes: bool = False
    lasting: bool = False
    container: str = ""

    def __str__(self) -> str:
        return f"{self.what}\n  fix: {self.fix}"

    def error(self, *, where: str, output: str) -> Exception:
        """The exception to raise: InputError where a retry cannot help, else InfraError.

        Args:
            where: what has to be corrected.
            output: the container's last output.
        """
        what = f"{self.what}\n{output}".strip()
        return InputError(what, where=where, fix=self.fix) if self.lasting else InfraError(f"{what}\n  fix: {self.fix}")


def find_trouble(deployment: Json, pods: Iterable[Json]) -> Trouble | None:
    """The first reason that does not pass by itself, else any; None where nothing is wrong.

    Args:
        deployment, pods: as Kubernetes gives them, in JSON.
    """
    troubles = [trouble for pod in pods for trouble in _of_pod(pod)] or list(_of_deployment(deployment))
    return min(troubles, key=lambda trouble: trouble.passes, default=None)


def _of_deployment(deployment: Json) -> Iterator[Trouble]:
    """Why pods cannot be made: a quota, or an admission controller that refuses them."""
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
            problem = f"{problem}, with status {ended.get('exitCode', '?')}; its last output:"
            fix = "correct what it says, such as `serving.round.arguments` of the chart"
            yield Trouble(pod=pod, what=problem, fix=fix, container=status["name"])
