"""Training in pods of a TrainJob: what they need goes to the store, and what came of it comes from there.

Under the task's prefix of the store, beside the checkpoints: `sent.json` (a `Sent`), `samples/`, and at the end
`outcome.json` or `failure.json`. The stage that asked removes all of it when its result stands.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from components.code import code_digest
from components.distill.task import Task
from components.distill.worker import POINT
from components.errors import InfraError, InputError
from components.image import VARIABLE
from components.models.devices import Devices
from components.models.storing import publish_model
from components.results.distill import Point
from components.trainjobs.job import Job, workflow_of
from components.trainjobs.kubernetes import Kubernetes, of_this_pod
from components.trainjobs.objects import (
    ASKED,
    ATTEMPT,
    QUEUE,
    Metadata,
    RuntimeRef,
    Spec,
    Trainer,
    TrainJob,
    Variable,
)
from components.trajectories import attempts
from components.trajectories.digests import json_digest
from components.trajectories.open_store import open_store
from components.trajectories.schema import Record
from components.trajectories.store import Store

SENT, OUTCOME, FAILURE, SAMPLES = "sent.json", "outcome.json", "failure.json", "samples"
POD_NAME = "HOSTNAME"


class Sent(Record):
    """What the pods are told."""

    task: Task
    base: str
    code: str


class Outcome(Record):
    """What a training came to."""

    model_digest: str
    curve: tuple[Point, ...]


class Refused(Record):
    """An `InputError` of the training's."""

    what: str
    where: str
    fix: str


def train_elsewhere(task: Task, *, devices: Devices, image: str, on_point: Callable[[Point], None]) -> Outcome:
    """Does what `train_student` does, in a TrainJob; the student stands in the store.

    Args:
        image: what its pods run: this stage's, so that they have the same code.

    Raises:
        InputError: what the training raised; this is no pod, or its account may not ask for a job; or no image is told.
        InfraError: the job failed; the same call goes on from the newest checkpoint.
    """
    store = open_store(task.store)
    if (known := _told(store, task.prefix)) is not None:
        return known
    kubernetes = of_this_pod()
    if not image:
        fix = "compile it again with this release (`symbiont compile --place ...`), and upload it"
        raise InputError("the pipeline does not say which image this stage runs", where=VARIABLE, fix=fix)
    sent = Sent(task=task, base=publish_model(store, task.base), code=code_digest())
    _send(store, sent)

    def on_line(line: str) -> None:
        if line.startswith(POINT):
            on_point(Point.model_validate_json(line.removeprefix(POINT)))
        else:
            print(line, flush=True)

    job = Job(
        _asked_for(sent, devices=devices, image=image, kubernetes=kubernetes), kubernetes=kubernetes, on_line=on_line
    )
    for _ in range(2):
        job.run()
        if (outcome := _told(store, task.prefix)) is not None:
            return outcome
        job.remove()  # it had ended in a mistake that was told before, and is mended
    raise InfraError(f"the trainjob {job.name} is complete and left no student in {task.prefix}")


def _told(store: Store, prefix: str) -> Outcome | None:
    """As `read_outcome`; a mistake is told once, so that the same command goes on when it is mended."""
    try:
        return read_outcome(store, prefix)
    except InputError:
        store.delete(f"{prefix}{FAILURE}")
        raise


def read_outcome(store: Store, prefix: str) -> Outcome | None:
    """What a training left; None where it is not over.

    Raises:
        InputError: what it found wrong.
    """
    if (refused := _read(store, f"{prefix}{FAILURE}")) is not None:
        told = Refused.model_validate_json(refused)
        raise InputError(told.what, where=told.where, fix=told.fix)
    found = _read(store, f"{prefix}{OUTCOME}")
    return None if found is None else Outcome.model_validate_json(found)


def _read(store: Store, key: str) -> bytes | None:
    try:
        return store.get(key)
    except KeyError:
        return None


def _send(store: Store, sent: Sent) -> None:
    folder = sent.task.samples
    for path in sorted(folder.rglob("*.npy")):
        store.put_file(f"{sent.task.prefix}{SAMPLES}/{path.relative_to(folder).as_posix()}", path)
    store.put(f"{sent.task.prefix}{SENT}", sent.model_dump_json().encode())


def _asked_for(sent: Sent, *, devices: Devices, image: str, kubernetes: Kubernetes) -> TrainJob:
    """The job of this work: its name is a digest of what is trained, so that a further try finds it."""
    settings = devices.job
    assert settings is not None
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3", "")
    spec = Spec(
        runtime_ref=RuntimeRef(kind=settings.kind, name=settings.runtime),
        trainer=Trainer(
            image=image,
            command=("python", "-m", "components.distill.node", sent.task.store, sent.task.prefix),
            env=(Variable(name="AWS_ENDPOINT_URL_S3", value=endpoint),) if endpoint else (),
            num_nodes=settings.nodes,
            num_proc_per_node=devices.processes // settings.nodes,
        ),
        suspend=bool(settings.queue),  # Kueue lets it go when there is room
        active_deadline_seconds=60 * settings.minutes,
    )
    attempt = os.environ.get(attempts.ATTEMPT, "")
    labels = {"app.kubernetes.io/part-of": "symbiont", ATTEMPT: attempt}
    owner = workflow_of(os.environ.get(POD_NAME, ""), kubernetes=kubernetes)
    metadata = Metadata(
        name=f"symbiont-{json_digest([sent.task.store, sent.task.prefix])[:24]}",
        labels=labels | ({QUEUE: settings.queue} if settings.queue else {}),
        annotations={ASKED: json_digest([spec.model_dump(mode="json"), settings.queue, sent.code, attempt])},
        owner_references=(owner,) if owner else (),
    )
    return TrainJob(metadata=metadata, spec=spec)


def fetch_samples(store: Store, prefix: str, folder: Path) -> None:
    """Brings what `_send` sent to a folder."""
    for key in store.list(f"{prefix}{SAMPLES}/"):
        path = folder / key.removeprefix(f"{prefix}{SAMPLES}/")
        path.parent.mkdir(parents=True, exist_ok=True)
        store.get_file(key, path)
