"""One of the processes that train a student together: `torchrun -m components.distill.worker TASK`, or a fork of
`components.distill.launcher`.

What they write of a checkpoint is sent to the store while the next steps are computed. The first of them prints the
points of the learning curve, a line of JSON each, and leaves the whole curve in a file.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from components.distill.group import joined
from components.distill.sample_files import read_samples
from components.distill.sending import sender
from components.distill.student import train_student
from components.distill.task import Task
from components.errors import ExitCode, InputError
from components.files import disk_errors, write_whole
from components.guard import end_with_parent, sweep_seldom
from components.results.distill import Point

POINT = "[point] "
CURVE, FAILURE = "curve.json", "failure.json"


def _tell(point: Point) -> None:
    print(f"{POINT}{point.model_dump_json()}", flush=True)


def _silent(_point: Point) -> None:
    """It is the first process's as well."""


def main() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # a fork has torchrun's handler, which waits for a call to return
    end_with_parent()
    sweep_seldom()
    import torch

    task = Task.model_validate_json(Path(sys.argv[1]).read_text())
    with joined(copies=task.copies) as group, ThreadPoolExecutor(1) as pool:
        beside = int(os.environ["LOCAL_WORLD_SIZE"])
        torch.set_num_threads(task.config.threads or max(1, torch.get_num_threads() // beside))
        first = group.rank == 0
        try:
            with disk_errors():
                curve = train_student(
                    task,
                    read_samples(task.samples),
                    on_point=_tell if first else _silent,
                    group=group,
                    keep=sender(task, pool),
                )
        except InputError as error:
            fields = {"what": error.what, "where": error.where, "fix": error.fix}
            write_whole(task.scratch / FAILURE, json.dumps(fields))
            sys.exit(ExitCode.INPUT)
        if first:
            write_whole(task.scratch / CURVE, json.dumps([point.model_dump() for point in curve]))


if __name__ == "__main__":
    main()
