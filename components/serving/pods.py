"""What keeps the pods of a server from answering: what Kubernetes says of it, and the mend. Keys are the chart's."""

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
    found = [each for pod in pods for each in _of_a_pod(pod)] or list(_of_the_whole(deployment))
    return min(found, key=lambda each: each.passes, default=None)


def _of_the_whole(deployment: Json) -> Iterator[Trouble]:
    """Why there are no pods: a quota, or an admission that refuses them."""
    name = deployment["metadata"]["name"]
    for each in deployment.get("status", {}).get("conditions", ()):
        if (each["type"], each["status"]) == ("ReplicaFailure", "True"):
            what = f"no pod of {name} can be made: {each.get('message', '')}"
            yield Trouble(pod="", what=what, fix="correct what it names: a quota, or a rule for pods", passes=True)


def _of_a_pod(pod: Json) -> Iterator[Trouble]:
    name, status = pod["metadata"]["name"], pod.get("status", {})
    for each in (*status.get("initContainerStatuses", ()), *status.get("containerStatuses", ())):
        yield from _of_a_container(name, each)
    for each in status.get("conditions", ()):
        if (each["type"], each["status"], each.get("reason")) == ("PodScheduled", "False", "Unschedulable"):
            what = f"no node takes {name} (Unschedulable): {each.get('message', '')}"
            yield Trouble(pod=name, what=what, fix=NO_ROOM, passes=True)


def _of_a_container(pod: str, status: Json) -> Iterator[Trouble]:
    waiting = status.get("state", {}).get("waiting", {})
    reason, said = waiting.get("reason", ""), waiting.get("message", "")
    if reason in NO_IMAGE:
        what = f"{pod}: the image {status['image']} cannot be pulled ({reason}): {said}"
        fix = "correct `images` of the chart: name, digest, mirror, pullSecrets"
        lasting = bool(re.search(FOR_GOOD, f"{reason} {said}", re.IGNORECASE))
        yield Trouble(pod=pod, what=what, fix=fix, lasting=lasting)
    elif reason in NO_CONFIG:
        fix = "make the secret or ConfigMap that it names, in the namespace of the runs"
        yield Trouble(pod=pod, what=f"{pod} ({reason}): {said}", fix=fix, lasting=True)
    elif status.get("restartCount", 0) >= STARTS:
        ended = status.get("lastState", {}).get("terminated") or status.get("state", {}).get("terminated") or {}
        what = f"{pod}: {status['name']} ended {status['restartCount']} times"
        if ended.get("reason") == "OOMKilled":
            fix = "raise `serving.round.resources.memory`"
            what = f"{what}, the last time because it used all its memory (OOMKilled)"
            yield Trouble(pod=pod, what=what, fix=fix, lasting=True)
        else:
            what = f"{what}, with status {ended.get('exitCode', '?')}; the last that it said:"
            fix = "correct what it says, such as `serving.round.arguments` of the chart"
            yield Trouble(pod=pod, what=what, fix=fix, container=status["name"])
