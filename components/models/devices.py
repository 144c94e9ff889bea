"""What a place trains on; part of the place."""

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
"""Operations a second on dense bf16 matrices, by what stands in a GPU's name, as its data sheet says."""
LIMIT = Path("/sys/fs/cgroup/memory.max")
Precision = Literal["bf16", "fp32"]


class Devices(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    processes: int = Field(
        1,
        ge=1,
        le=64,
        description="processes that train a student together, each on a GPU where there are any; more than one are "
        "started by torchrun; where a device has no room for the whole student they divide it (FSDP)",
    )
    memory_gb: float = Field(
        0,
        ge=0,
        description="memory of each device that trains, in gigabytes, where another machine checks the recipe; "
        "0: that of the machine which checks",
    )
    send_checkpoints: bool = Field(
        False,
        description="one process sends its checkpoints to the store as well, as several always do: another machine "
        "goes on from there",
    )
    job: TrainJobSettings | None = Field(
        None, description="train in pods of a TrainJob (Kubeflow Trainer); left out: where the stage runs"
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
        """Memory that each process may use: its GPU's, or its share of the machine's.

        Raises:
            InputError: there are GPUs, and fewer than processes.
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


def peak_memory() -> float:
    """Most bytes that this process has held so far: of its GPU, or else of the machine's memory."""
    import torch

    if torch.cuda.is_available():
        return float(torch.cuda.max_memory_allocated())
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024.0


def computed_in(precision: Precision) -> Precision:
    """What matrices are multiplied in here: fp32 in place of bf16 on a CPU that has no instructions for bf16, which
    would take a hundred times as long (measured: docs/log.md)."""
    import torch

    native = torch.cuda.is_available() or torch.ops.mkldnn._is_mkldnn_bf16_supported()
    return precision if native else "fp32"


@contextmanager
def deterministic(enabled: bool) -> Iterator[None]:
    """Where it is wanted, kernels that give the same bytes each time; a CPU has no others.

    cuBLAS reads its setting when it is first used in a process.
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
    """Operations a second that this process's GPU does at most, in bf16; None for a CPU, and a GPU nobody listed."""
    import torch

    name = torch.cuda.get_device_name() if torch.cuda.is_available() else ""
    return next((peak for model_name, peak in PEAKS if model_name in name), None)


def _gpus() -> list[int]:
    import torch

    return [torch.cuda.get_device_properties(at).total_memory for at in range(torch.cuda.device_count())]
