"""Training in pods of a TrainJob: input and result go through the store.

Under the task's prefix of the store, beside the checkpoints: `sent.json` (a `Handover`), `samples/`, and at the end
`outcome.json` or `failure.json`. The stage removes all of it when its own result is stored.
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


class Handover(Record):
    """The pods' task, with the digests of the base model and of the code that must run it."""

    task: Task
    base: str
    code: str


class Outcome(Record):
    """The result of a training: the student's digest in the store, and the learning curve."""

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
    if (outcome_before := _finished(store, task.prefix)) is not None:
        return outcome_before
    kubernetes = of_this_pod()
    if not image:
        fix = "compile it again with this release (`symbiont compile --place ...`), and upload it"
        raise InputError("the pipeline does not say which image this stage runs", where=VARIABLE, fix=fix)
    handover = Handover(task=task, base=publish_model(store, task.base), code=code_digest())
    _send(store, handover)

    def on_line(line: str) -> None:
        if line.startswith(POINT):
            on_point(Point.model_validate_json(line.removeprefix(POINT)))
        else:
            print(line, flush=True)

    job = Job(
        _job_of(handover, devices=devices, image=image, kubernetes=kubernetes), kubernetes=kubernetes, on_line=on_line
    )
    for _ in range(2):
        job.run()
        if (outcome := _finished(store, task.prefix)) is not None:
            return outcome
        job.remove()  # it had failed for a reason that was reported before, and is fixed
    raise InfraError(f"the trainjob {job.name} is complete and left no student in {task.prefix}")


def _finished(store: Store, prefix: str) -> Outcome | None:
    """As `read_outcome`. It deletes a failure when it raises it, so that the same command goes on once it is fixed."""
    try:
        return read_outcome(store, prefix)
    except InputError:
        store.delete(f"{prefix}{FAILURE}")
        raise


def read_outcome(store: Store, prefix: str) -> Outcome | None:
    """The outcome that a training stored; None where it is not over.

    Raises:
        InputError: the one that the training raised.
    """
    if (refused := _read(store, f"{prefix}{FAILURE}")) is not None:
        refusal = Refused.model_validate_json(refused)
        raise InputError(refusal.what, where=refusal.where, fix=refusal.fix)
    outcome = _read(store, f"{prefix}{OUTCOME}")
    return None if outcome is None else Outcome.model_validate_json(outcome)


def _read(store: Store, key: str) -> bytes | None:
    try:
        return store.get(key)
    except KeyError:
        return None


def _send(store: Store, handover: Handover) -> None:
    folder = handover.task.samples
    for path in sorted(folder.rglob("*.npy")):
        store.put_file(f"{handover.task.prefix}{SAMPLES}/{path.relative_to(folder).as_posix()}", path)
    store.put(f"{handover.task.prefix}{SENT}", handover.model_dump_json().encode())


def _job_of(handover: Handover, *, devices: Devices, image: str, kubernetes: Kubernetes) -> TrainJob:
    """The job of this work: its name is a digest of what is trained, so that a further try finds it."""
    settings = devices.job
    assert settings is not None
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3", "")
    spec = Spec(
        runtime_ref=RuntimeRef(kind=settings.kind, name=settings.runtime),
        trainer=Trainer(
            image=image,
            command=("python", "-m", "components.distill.node", handover.task.store, handover.task.prefix),
            env=(Variable(name="AWS_ENDPOINT_URL_S3", value=endpoint),) if endpoint else (),
            num_nodes=settings.nodes,
            num_proc_per_node=devices.processes // settings.nodes,
        ),
        suspend=bool(settings.queue),  # Kueue starts it when there is room
        active_deadline_seconds=60 * settings.minutes,
    )
    attempt = os.environ.get(attempts.ATTEMPT, "")
    labels = {"app.kubernetes.io/part-of": "symbiont", ATTEMPT: attempt}
    owner = workflow_of(os.environ.get(POD_NAME, ""), kubernetes=kubernetes)
    metadata = Metadata(
        name=f"symbiont-{json_digest([handover.task.store, handover.task.prefix])[:24]}",
        labels=labels | ({QUEUE: settings.queue} if settings.queue else {}),
        annotations={ASKED: json_digest([spec.model_dump(mode="json"), settings.queue, handover.code, attempt])},
        owner_references=(owner,) if owner else (),
    )
    return TrainJob(metadata=metadata, spec=spec)


def fetch_samples(store: Store, prefix: str, folder: Path) -> None:
    """Brings what `_send` sent to a folder."""
    for key in store.list(f"{prefix}{SAMPLES}/"):
        path = folder / key.removeprefix(f"{prefix}{SAMPLES}/")
        path.parent.mkdir(parents=True, exist_ok=True)
        store.get_file(key, path)
