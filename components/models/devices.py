"""What a place trains on; part of the place."""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

NVIDIA = Path("/proc/driver/nvidia/gpus")
LIMIT = Path("/sys/fs/cgroup/memory.max")


class Devices(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    memory_gb: float = Field(
        0,
        ge=0,
        description="memory of each device that trains, in gigabytes, where another machine checks the recipe; "
        "0: that of the machine which checks",
    )

    @property
    def bytes_each(self) -> float:
        """Memory that each process may use: its GPU's, or its share of the machine's."""
        if self.memory_gb:
            return self.memory_gb * 1e9
        if NVIDIA.is_dir() and (sizes := _gpus()):
            return float(min(sizes))
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        said = LIMIT.read_text().strip() if LIMIT.is_file() else "max"
        return float(min(memory, memory if said == "max" else int(said)))


def _gpus() -> list[int]:
    import torch

    return [torch.cuda.get_device_properties(at).total_memory for at in range(torch.cuda.device_count())]
