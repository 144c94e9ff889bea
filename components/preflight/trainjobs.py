"""What a cluster is asked where a place trains in TrainJobs: rights, Kubeflow Trainer, the runtime, a node for the
runtime's pods, the queue."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from typing import Any

from components.errors import InputError
from components.pods import Pod
from components.preflight.cluster import Kubernetes, Right
from components.preflight.questions import NotAsked, Question
from components.trainjobs.config import TrainJobSettings
from components.trainjobs.job import CONTAINER
from components.trainjobs.objects import API

GROUP = API.split("/")[0]
KUEUE = "kueue.x-k8s.io"
RIGHTS = (
    *(Right(verb=verb, group=GROUP, resource="trainjobs") for verb in ("create", "get", "list", "delete")),
    *(Right(verb=verb, resource="pods") for verb in ("get", "list")),
    Right(verb="get", resource="pods", subresource="log"),
)
"""What distill does in the name of a run's account."""


def job_questions(settings: TrainJobSettings, kubernetes: Kubernetes) -> Iterator[Question]:
    yield Question(about="rights of training", ask=partial(kubernetes.check_rights, RIGHTS))
    served = partial(
        kubernetes.check_served,
        API,
        why="TrainJobs are of it",
        fix="install Kubeflow Trainer 2, or leave training.job out",
    )
    yield Question(about=API, ask=served)
    yield Question(about=f"runtime {settings.runtime}", ask=partial(_check_runtime, settings, kubernetes))
    yield Question(about="a node for training", ask=partial(_check_node, settings, kubernetes))
    if settings.queue:
        yield Question(about=f"queue {settings.queue}", ask=partial(_check_queue, settings, kubernetes))


def _check_runtime(settings: TrainJobSettings, kubernetes: Kubernetes) -> str:
    fix = "correct the place's training.job.runtime and kind; the chart makes one with `training.enabled`"
    runtime = _runtime(settings, kubernetes)
    if runtime is None:
        raise InputError(f"there is no {settings.kind} {settings.runtime}", where="place: training.job", fix=fix)
    if "torch" not in runtime["spec"].get("mlPolicy", {}):
        raise InputError(
            f"the {settings.kind} {settings.runtime} is none of torch", where="place: training.job", fix=fix
        )
    return "there, for torch"


def _runtime(settings: TrainJobSettings, kubernetes: Kubernetes) -> dict[str, Any] | None:
    within = f"namespaces/{kubernetes.namespace}/" if settings.kind == "TrainingRuntime" else ""
    return kubernetes.find(f"/apis/{API}/{within}{settings.kind.lower()}s/{settings.runtime}")


def _check_node(settings: TrainJobSettings, kubernetes: Kubernetes) -> str:
    """Whether any node could ever take a pod that the runtime makes."""
    runtime = _runtime(settings, kubernetes)
    if runtime is None:
        raise NotAsked("there is no such runtime")
    try:
        pod = _trainer(runtime)
    except (LookupError, TypeError, ValueError) as error:
        raise NotAsked("the runtime's pods say what is not read here") from error
    fix = "correct what its pods ask for (the chart's `training`: gpusPerNode, resources, nodeSelector, tolerations), "
    return kubernetes.check_node(pod, where=f"{settings.kind} {settings.runtime}", fix=f"{fix}or add a node")


def _trainer(runtime: dict[str, Any]) -> Pod:
    """What a pod that trains asks for."""
    for job in runtime["spec"]["template"]["spec"]["replicatedJobs"]:
        with suppress(LookupError):
            return pod_of(job["template"]["spec"]["template"]["spec"], container=CONTAINER)
    raise LookupError(CONTAINER)


def pod_of(spec: dict[str, Any], *, container: str) -> Pod:
    """What a pod of this specification asks of a node for this container.

    Raises:
        LookupError, TypeError, ValueError: it has none, or says what is not read here.
    """
    for declared in spec["containers"]:
        if declared["name"] == container:
            resources = declared.get("resources", {})
            amounts = {**resources.get("limits", {}), **resources.get("requests", {})}
            devices = [(name, count) for name, count in amounts.items() if "/" in name]
            device, count = devices[0] if devices else (Pod().accelerator, 0)
            return Pod(
                cpu=str(amounts.get("cpu", "0")),
                memory=str(amounts.get("memory", "0")),
                accelerator=device,
                accelerators=count,
                node_selector=spec.get("nodeSelector", {}),
                tolerations=spec.get("tolerations", ()),
            )
    raise LookupError(container)


def _check_queue(settings: TrainJobSettings, kubernetes: Kubernetes) -> str:
    """Whether it is there: a job that names no queue that is there would wait for good."""
    versions = kubernetes.served.get(KUEUE, [])
    paths = (f"/apis/{version}/namespaces/{kubernetes.namespace}/localqueues/{settings.queue}" for version in versions)
    if not any(kubernetes.find(path) for path in paths):
        problem = f"there is no LocalQueue {settings.queue}" if versions else "the cluster has no Kueue"
        fix = "correct the place's training.job.queue, or leave it out; the chart makes one with `queue.enabled`"
        raise InputError(problem, where="place: training.job.queue", fix=fix)
    return "there"
