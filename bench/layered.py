"""Packages that only one measurement needs, in a virtual environment on top of this one."""

from __future__ import annotations

import site
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path


def layered(folder: Path, packages: Sequence[str]) -> Path:
    """The Python of the environment in `folder`, made where it is missing; versions of ours that it needs stay ours."""
    stamp, python = folder / ".made", folder / "bin/python"
    requirements = "\n".join(packages)
    if not stamp.is_file() or stamp.read_text() != requirements:
        print(f"making {folder}", flush=True)
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        (site_packages,) = folder.glob("lib/python*/site-packages")
        (site_packages / "ours.pth").write_text("\n".join(site.getsitepackages()))
        subprocess.run([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *packages], check=True)
        stamp.write_text(requirements)
    return python
