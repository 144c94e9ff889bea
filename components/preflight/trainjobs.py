"""What a cluster is asked where a place trains in TrainJobs: rights, Kubeflow Trainer, the runtime, the queue."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from components.errors import InputError
from components.preflight.cluster import Kubernetes, Right
from components.preflight.questions import Question
from components.trainjobs.config import TrainJobSettings
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
    if settings.queue:
        yield Question(about=f"queue {settings.queue}", ask=partial(_check_queue, settings, kubernetes))


def _check_runtime(settings: TrainJobSettings, kubernetes: Kubernetes) -> str:
    within = f"namespaces/{kubernetes.namespace}/" if settings.kind == "TrainingRuntime" else ""
    fix = "correct the place's training.job.runtime and kind; the chart makes one with `training.enabled`"
    found = kubernetes.find(f"/apis/{API}/{within}{settings.kind.lower()}s/{settings.runtime}")
    if found is None:
        raise InputError(f"there is no {settings.kind} {settings.runtime}", where="place: training.job", fix=fix)
    if "torch" not in found["spec"].get("mlPolicy", {}):
        raise InputError(
            f"the {settings.kind} {settings.runtime} is none of torch", where="place: training.job", fix=fix
        )
    return "there, for torch"


def _check_queue(settings: TrainJobSettings, kubernetes: Kubernetes) -> str:
    """Whether it is there: a job that names no queue that is there would wait for good."""
    versions = kubernetes.served.get(KUEUE, [])
    paths = (f"/apis/{each}/namespaces/{kubernetes.namespace}/localqueues/{settings.queue}" for each in versions)
    if not any(kubernetes.find(path) for path in paths):
        what = f"there is no LocalQueue {settings.queue}" if versions else "the cluster has no Kueue"
        fix = "correct the place's training.job.queue, or leave it out; the chart makes one with `queue.enabled`"
        raise InputError(what, where="place: training.job.queue", fix=fix)
    return "there"
