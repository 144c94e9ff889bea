"""torchrun of this machine whose processes share what is imported: `python -m components.distill.launcher COUNT TASK`.

Torch, transformers and the student's modules take each process 3.5 seconds of the processor to import, before the
first step. Where there is no GPU they are imported here, and the processes are forks of this one. A fork of a process
that has asked for a GPU cannot use it; there each process starts by itself.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path

from components.distill import worker
from components.distill.task import Task
from components.errors import InputError
from components.guard import sweep_seldom
from components.models.weights import load_model


def main() -> None:
    sweep_seldom()
    import torch
    from torch.distributed.run import main as torchrun

    count, task = sys.argv[1:]
    # a machine need not resolve its own name, by which they would meet
    together = ["--standalone", "--local-addr=localhost", f"--nproc-per-node={count}"]
    if torch.cuda.is_available():
        torchrun([*together, "-m", "components.distill.worker", task])
        return
    with suppress(InputError):  # whoever loads the weights says it
        load_model(Task.model_validate_json(Path(task).read_text()).base, device="meta")
    torchrun([*together, "--start-method=fork", "--run-path", str(worker.__file__), task])


if __name__ == "__main__":
    main()
