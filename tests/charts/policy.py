"""What every pod of the chart must be: the restricted level of Pod Security, and what we ask beyond it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

ASK_NOTHING = ("Pod", "Job", "CronJob", "TrainingRuntime")
"""What ends by itself has no probes."""
PROBES = ("startupProbe", "readinessProbe", "livenessProbe")
VOLUMES = {"configMap", "emptyDir", "persistentVolumeClaim", "secret", "projected", "ephemeral"}


def broken(name: str, spec: dict[str, Any]) -> list[str]:
    """Every rule that a pod breaks, as words."""
    servers = () if name.split("/")[0] in ASK_NOTHING else spec["containers"]
    every = (*spec.get("initContainers", ()), *spec["containers"])
    return [
        *_pod(spec),
        *(said for each in every for said in _container(each, spec)),
        *(f"has no {probe}" for each in servers for probe in PROBES if probe not in each),
    ]


def _pod(spec: dict[str, Any]) -> Iterator[str]:
    security = spec.get("securityContext", {})
    if not security.get("runAsNonRoot") or not security.get("runAsUser"):
        yield "may run as root"
    if security.get("seccompProfile") != {"type": "RuntimeDefault"}:
        yield "has no seccomp profile"
    if spec.get("automountServiceAccountToken") is not False:
        yield "has a token"
    if not spec.get("serviceAccountName"):
        yield "has the default account"
    if any(spec.get(key) for key in ("hostNetwork", "hostPID", "hostIPC")):
        yield "shares its host's namespaces"
    for volume in spec.get("volumes", []):
        if not set(volume) - {"name"} <= VOLUMES:
            yield f"has a volume of the host: {volume['name']}"
        if "emptyDir" in volume and "sizeLimit" not in volume["emptyDir"]:
            yield f"may fill its node: {volume['name']}"


def _container(container: dict[str, Any], spec: dict[str, Any]) -> Iterator[str]:
    security = container.get("securityContext", {})
    if security.get("allowPrivilegeEscalation") is not False or security.get("privileged"):
        yield "may become more than it is"
    if security.get("readOnlyRootFilesystem") is not True:
        yield "writes to its root"
    if security.get("capabilities") != {"drop": ["ALL"]}:
        yield "has capabilities"
    sizes = container.get("resources", {})
    for kind in ("requests", "limits"):
        if not {"cpu", "memory"} <= set(sizes.get(kind, {})):
            yield f"has no {kind}"
    image = container["image"]
    if ":" not in image.split("/")[-1] or image.endswith(":latest"):
        yield f"runs whatever is newest: {image}"
    claims = {each["name"] for each in spec.get("volumes", [])}
    for mount in container.get("volumeMounts", []):
        if mount["name"] not in claims and mount["name"] != "data":
            yield f"mounts what is not there: {mount['name']}"
