"""One pod of a training in a TrainJob: `python -m components.distill.node STORE PREFIX`.

It fetches what `elsewhere` sent and the newest checkpoint and becomes torchrun, which Kubeflow Trainer has told by the
environment (PET_*) which pod this is and where the others are; then the first pod leaves the student in the store. An
error that no retry can fix is stored there too, and the pod then ends as successful: otherwise Kubernetes would start
it again.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import traceback
from pathlib import Path

from pydantic import TypeAdapter

from components.code import code_digest
from components.distill.checkpoints import fetch_checkpoint
from components.distill.elsewhere import FAILURE, OUTCOME, SENT, Handover, Outcome, Refused, fetch_samples, read_outcome
from components.distill.launcher import launch
from components.distill.task import Task
from components.distill.worker import CURVE
from components.distill.worker import FAILURE as FAILED
from components.errors import InputError
from components.files import disk_errors, write_whole
from components.guard import sweep_seldom
from components.models.memory import check_disk_of_training, read_shape
from components.models.storing import fetch_model, publish_model
from components.results.distill import Point
from components.trajectories.open_store import open_store
from components.trajectories.store import Store

TOLD = "task.json"


def main() -> int:
    sweep_seldom()
    url, prefix = sys.argv[1:]
    store = open_store(url)
    try:
        if read_outcome(store, prefix) is not None:
            return 0
        with disk_errors():
            task = _fetch(store, prefix)
    except InputError as error:
        return _refuse(store, prefix, error)
    status = _train(task)
    if (task.scratch / FAILED).is_file():
        return _refuse(store, prefix, InputError(**json.loads((task.scratch / FAILED).read_text())))
    if status == 0 and os.environ["PET_NODE_RANK"] == "0":
        curve = TypeAdapter(tuple[Point, ...]).validate_json((task.scratch / CURVE).read_bytes())
        outcome = Outcome(model_digest=publish_model(store, task.student), curve=curve)
        store.put_new(f"{prefix}{OUTCOME}", outcome.model_dump_json().encode())
    return status


def _train(task: Task) -> int:
    """Trains with the other pods; the status of this one, whatever torchrun raises."""
    try:
        launch((), task.scratch / TOLD)
    except Exception:
        traceback.print_exc()
        return 1
    return 0


def _fetch(store: Store, prefix: str) -> Task:
    """What is to be done, with everything that it needs on this pod's disk, in the same place on every pod.

    Raises:
        InputError: this pod's image holds other code than the stage that asked.
    """
    handover = Handover.model_validate_json(store.get(f"{prefix}{SENT}"))
    if handover.code != code_digest():
        raise InputError(
            f"the pods of the training run code {code_digest()[:12]}, the stage runs {handover.code[:12]}",
            where="place: pods.images.trainer",
            fix="give both the same image, by its digest",
        )
    work = Path(tempfile.gettempdir()) / "symbiont"
    scratch = work / "training"
    task = handover.task.model_copy(update={"base": fetch_model(store, handover.base, work), "scratch": scratch})
    scratch.mkdir(parents=True, exist_ok=True)
    (scratch / FAILED).unlink(missing_ok=True)
    check_disk_of_training(
        scratch, read_shape(task.base), task.config, share=1 if task.copies else 1 / int(os.environ["PET_NNODES"])
    )
    fetch_samples(store, prefix, task.samples)
    fetch_checkpoint(prefix, store=store, folder=task.checkpoints)
    write_whole(scratch / TOLD, task.model_dump_json())
    return task


def _refuse(store: Store, prefix: str, error: InputError) -> int:
    refusal = Refused(what=error.what, where=error.where, fix=error.fix)
    store.put_new(f"{prefix}{FAILURE}", refusal.model_dump_json().encode())
    print(error, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
