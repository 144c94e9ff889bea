"""The devices that a place trains on (its section `training`), and what this process can do on its own."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from components.errors import InputError
from components.trainjobs.config import TrainJobSettings

NVIDIA = Path("/proc/driver/nvidia/gpus")
PEAKS = (
    ("B200", 2250e12),
    ("H200", 989e12),
    ("H100 PCIe", 756e12),
    ("H100", 989e12),
    ("A100", 312e12),
    ("L40S", 362e12),
    ("A10G", 70e12),
    ("L4", 121e12),
)
"""Peak dense bf16 throughput in FLOP/s, by a part of the GPU's name (first match); from data sheets."""
MEMORY = Path("/proc/meminfo")
LIMIT = Path("/sys/fs/cgroup/memory.max")
"""The memory limit of this container in bytes, or `max`."""
Precision = Literal["bf16", "fp32"]


class Devices(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    processes: int = Field(
        1,
        ge=1,
        le=64,
        description="processes that train a student together, one per GPU if there are any; torchrun starts more than "
        "one; they divide the student among them (FSDP) if it does not fit on each device",
    )
    memory_gb: float = Field(
        0,
        ge=0,
        description="memory of each training device in gigabytes, needed if another machine checks the recipe; 0: "
        "that of the checking machine",
    )
    send_checkpoints: bool = Field(
        False,
        description="store checkpoints also if a single process trains, so that another machine can resume; several "
        "always do",
    )
    job: TrainJobSettings | None = Field(
        None, description="train in pods of a TrainJob (Kubeflow Trainer); unset: where the stage runs"
    )

    @model_validator(mode="after")
    def _job_is_whole(self) -> Self:
        if self.job and self.processes % self.job.nodes:
            raise ValueError(f"{self.processes} processes cannot be divided among {self.job.nodes} nodes")
        if self.job and not self.memory_gb:
            raise ValueError("a job trains on other machines: say the memory_gb of each of their devices")
        return self

    @property
    def bytes_each(self) -> float:
        """Bytes of memory for each process: `memory_gb`, else its GPU's memory, else its share of the machine's.

        Raises:
            InputError: there are GPUs, but fewer than processes.
        """
        if self.memory_gb:
            return self.memory_gb * 1e9
        if NVIDIA.is_dir() and (sizes := _gpus()):
            if len(sizes) < self.processes:
                problem = f"{self.processes} processes are to train, this machine has {len(sizes)} GPUs"
                raise InputError(problem, where="place: training.processes", fix=f"set it to {len(sizes)} or less")
            return float(min(sizes))
        return machine_memory() / self.processes


def machine_memory() -> float:
    """Bytes of the machine's memory, or of it the part that this process's container may use."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limit = LIMIT.read_text().strip() if LIMIT.is_file() else "max"
    return min(memory, memory if limit == "max" else int(limit))


def free_memory() -> float:
    """Bytes of it that a new process can have without swapping, as Linux estimates them."""
    (line,) = (line for line in MEMORY.read_text().splitlines() if line.startswith("MemAvailable:"))
    return min(machine_memory(), 1024 * float(line.split()[1]))


def peak_memory() -> float:
    """Peak memory of this process so far, in bytes: of its GPU where there is one, else of the machine."""
    import torch

    if torch.cuda.is_available():
        return float(torch.cuda.max_memory_allocated())
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024.0


def computed_in(precision: Precision | None) -> Precision:
    """The precision of matrix products on this machine: fp32 where none is asked for, and instead of bf16 on a CPU
    without bf16 instructions, where bf16 takes a hundred times as long (measured: docs/log.md)."""
    import torch

    native = torch.cuda.is_available() or torch.ops.mkldnn._is_mkldnn_bf16_supported()
    return precision if precision and native else "fp32"


@contextmanager
def deterministic(enabled: bool) -> Iterator[None]:
    """Uses deterministic kernels on a GPU while the block runs. On a CPU they are deterministic anyway.

    cuBLAS reads its setting when a process first uses it, so this has to come before the first matrix product.
    """
    import torch

    if not (enabled and torch.cuda.is_available()):
        yield
        return
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(True)
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(False)


def peak_flops() -> float | None:
    """Peak bf16 throughput of this process's GPU in FLOP/s; None for a CPU, or a GPU that `PEAKS` does not list."""
    import torch

    name = torch.cuda.get_device_name() if torch.cuda.is_available() else ""
    return next((peak for model_name, peak in PEAKS if model_name in name), None)


def _gpus() -> list[int]:
    import torch

    return [torch.cuda.get_device_properties(at).total_memory for at in range(torch.cuda.device_count())]
