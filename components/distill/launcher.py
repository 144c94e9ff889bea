"""torchrun whose processes share what is imported, of this machine: `python -m components.distill.launcher COUNT TASK`,
or of a pod.

Torch, transformers and the student's modules take each process 5 seconds of the processor to import, before the first
step. Where there is no GPU they are imported here, and the processes are forks of this one. A fork of a process that
has asked for a GPU cannot use it; there each process starts by itself.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from components.distill import worker
from components.distill.task import Task
from components.errors import InputError
from components.guard import sweep_seldom
from components.models.weights import load_model


def launch(places: Sequence[str], task: Path) -> None:
    """Trains in processes that torchrun starts and waits for.

    Args:
        places: options of torchrun: how many processes, and how they meet; none where the environment says it.
    """
    import torch
    from torch.distributed.run import main as torchrun

    if torch.cuda.is_available():
        torchrun([*places, "-m", "components.distill.worker", str(task)])
        return
    with suppress(InputError):  # whoever loads the weights says it
        load_model(Task.model_validate_json(task.read_text()).base, device="meta")
    torchrun([*places, "--start-method=fork", "--run-path", str(worker.__file__), str(task)])


def main() -> None:
    sweep_seldom()
    count, task = sys.argv[1:]
    # a machine need not resolve its own name, by which they would meet
    launch(["--standalone", "--local-addr=localhost", f"--nproc-per-node={count}"], Path(task))


if __name__ == "__main__":
    main()
