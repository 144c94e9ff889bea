"""What a piece of the benchmark costs: CPU time and memory of this process."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc/self")


@dataclass(slots=True)
class Cost:
    """CPU seconds, and peak memory of the process in MiB; of its whole life where Linux cannot reset the peak."""

    seconds: float = 0.0
    mib: float = 0.0

    def __add__(self, other: Cost) -> Cost:
        """The cost of doing both, one after the other."""
        return Cost(seconds=self.seconds + other.seconds, mib=max(self.mib, other.mib))


@contextmanager
def metered() -> Iterator[Cost]:
    """Fills in the cost when the block ends."""
    cost, began = Cost(), time.process_time()
    with suppress(OSError):
        (PROC / "clear_refs").write_text("5")  # the high-water mark starts again from here
    yield cost
    cost.seconds, cost.mib = time.process_time() - began, _high_water()


def _high_water() -> float:
    with suppress(OSError, StopIteration):
        status = (PROC / "status").read_text().splitlines()
        return next(float(line.split()[1]) for line in status if line.startswith("VmHWM:")) / 1024
    return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) / 1024
