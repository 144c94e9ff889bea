"""Measured rows with their spread; CPU, memory and the machine they were measured on."""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
POLICIES = {os.SCHED_OTHER: "normal", os.SCHED_RR: "real time, before everything else on these cores"}
Row = dict[str, Any]


def row(what: str, who: str, seconds: Sequence[float], **more: Any) -> Row:
    """One measured row: milliseconds with their spread."""
    ms = sorted(1000 * value for value in seconds)
    cuts = statistics.quantiles(ms, n=10, method="inclusive") if len(ms) > 1 else [ms[0]] * 9
    spread = {"n": len(ms), "min_ms": ms[0], "p10_ms": cuts[0], "p50_ms": statistics.median(ms), "p90_ms": cuts[8]}
    spread["mean_ms"], spread["stdev_ms"] = statistics.fmean(ms), statistics.pstdev(ms)
    result: Row = {"what": what, "who": who, **{k: round(v, 3) for k, v in spread.items()}, **more}
    print("  ".join(f"{k} {v}" for k, v in result.items()), flush=True)
    return result


def tree_of(root: int) -> list[int]:
    """The process and everything it started and still runs."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
    processes, new = [root], {root}
    while new:
        new = {pid for pid, parent in parents.items() if parent in new}
        processes += new
    return processes


def cpu_seconds(pids: Sequence[int] | None = None) -> float:
    """CPU time of these processes; without any, of this one, the driver and the browser."""
    total = 0
    for pid in tree_of(os.getpid()) if pids is None else pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


def memory_mb() -> float:
    """Proportional memory of what this process started: the driver and the browser."""
    total = 0
    for pid in tree_of(os.getpid())[1:]:
        try:
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:
            continue
        total += next((int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")), 0)
    return total / 1024


def machine(executable: Path) -> dict[str, Any]:
    def output(*command: str) -> str:
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()

    model = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    return {
        "commit": output("git", "-C", str(HERE), "rev-parse", "HEAD"),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {
            "cpu": model[0].partition(":")[2].strip() if model else platform.machine(),
            "cores": sorted(os.sched_getaffinity(0)),
            "scheduling": POLICIES.get(os.sched_getscheduler(0), "other"),
            "load_average_before": os.getloadavg()[0],
            "system": platform.platform(),
            "python": platform.python_version(),
            "browser": output(str(executable), "--version"),
        },
    }
