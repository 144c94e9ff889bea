"""Training in several processes of this machine, started by torchrun and ended with this process."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from io import TextIOWrapper

from components.distill.task import Task
from components.distill.worker import CURVE, FAILURE, POINT
from components.errors import InfraError, InputError
from components.files import write_whole
from components.guard import end_guarded, start_guarded
from components.results.distill import Point

LAST_LINES = 20
"""Lines of the output in an error."""


def train_together(task: Task, *, processes: int, on_point: Callable[[Point], None]) -> list[Point]:
    """Does what `train_student` does, in so many processes, with the samples that lie in the task's folder.

    Raises:
        InputError: what one process would have raised.
        InfraError: a process ended before its time; the same call goes on from the newest checkpoint.
    """
    failure, task_file = task.scratch / FAILURE, task.scratch / "task.json"
    failure.unlink(missing_ok=True)
    write_whole(task_file, task.model_dump_json())
    torchrun = [sys.executable, "-m", "components.distill.launcher", str(processes), str(task_file)]
    process = start_guarded(torchrun, environment={}, output=subprocess.PIPE)
    assert process.stdout is not None
    last_lines: list[str] = []
    try:
        for line in TextIOWrapper(process.stdout, errors="replace"):
            if line.startswith(POINT):
                on_point(Point.model_validate_json(line.removeprefix(POINT)))
                continue
            print(line, end="", flush=True)
            last_lines = [*last_lines[1 - LAST_LINES :], line]
    finally:
        status = end_guarded(process)
    if failure.is_file():
        raise InputError(**json.loads(failure.read_text()))
    if status:
        raise InfraError(f"the training ended with status {status}; its last lines:\n{''.join(last_lines)}")
    return [Point.model_validate(point) for point in json.loads((task.scratch / CURVE).read_text())]
