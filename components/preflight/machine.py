"""The machine, the container image and the commit that a round runs on, in words for the report's reader."""

from __future__ import annotations

import os
import platform
import subprocess
from pathlib import Path


def machine() -> str:
    """Such as `Linux x86_64, 2 cores, 8 GB of memory`."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    plural = "" if cores == 1 else "s"
    return f"{platform.system()} {platform.machine()}, {cores} core{plural}, {memory:.0f} GB of memory"


def image_of_pod(image: str) -> str:
    """The image that the pipeline names, where this process runs in a pod; elsewhere empty: no image is run."""
    return image if "KUBERNETES_SERVICE_HOST" in os.environ else ""


def commit() -> str:
    """The git commit this code was checked out at; empty where there is no checkout or no git."""
    folder = Path(__file__).resolve().parents[2]
    if not (folder / ".git").exists():
        return ""
    try:
        command = ["git", "-C", str(folder), "rev-parse", "HEAD"]
        process = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return process.stdout.strip() if process.returncode == 0 else ""
