"""The folder of a run: what lies in it, who may use it now, and the servers that belong to it.

OUT/store        every episode, table, model and report: the S3 server's bucket as plain files
OUT/mlflow       MLflow's database and artifacts
OUT/reports      round-001.html ... and report.html, the newest
OUT/summary.json the numbers, for programs
OUT/logs         what the stages and servers printed
OUT/work         scratch: checkpoints, downloads; can be made again
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from components.errors import InputError
from components.place import Place
from pipelines.local.services import Services, start_services


@dataclass(frozen=True, kw_only=True)
class OutFolder:
    """Paths below OUT."""

    root: Path

    @property
    def summary(self) -> Path:
        return self.root / "summary.json"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def temporary(self) -> Path:
        """Temporary files of the stages, emptied after each round: kfp.local leaves one folder per task behind."""
        return self.root / "work" / "tmp"

    def report(self, round: int | None = None) -> Path:
        name = "report.html" if round is None else f"round-{round:03d}.html"
        return self.root / "reports" / name

    def empty_temporary(self) -> None:
        shutil.rmtree(self.temporary, ignore_errors=True)
        self.temporary.mkdir(parents=True, exist_ok=True)


@contextlib.contextmanager
def opened(root: Path, *, place: Place) -> Iterator[tuple[OutFolder, Services]]:
    """The folder for one command alone, with its servers up and their addresses and secrets in the environment.

    Raises:
        InputError: the folder cannot be used, another command uses it, or a port is taken.
    """
    folder = OutFolder(root=root.absolute())
    with locked(folder.root):
        services = start_services(place, out=folder.root)
        before = dict(os.environ)
        os.environ.update(services.environment)
        try:
            yield folder, services
        finally:
            os.environ.clear()
            os.environ.update(before)
            services.stop()


@contextlib.contextmanager
def locked(root: Path) -> Iterator[None]:
    """Holds the folder's lock; the system lets go of it however the process ends.

    Raises:
        InputError: another command holds it, or the folder cannot be made.
    """
    try:
        root.mkdir(parents=True, exist_ok=True)
        handle = os.open(root / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        fix = "choose a folder you may write to with --out"
        raise InputError(f"the folder cannot be used: {error.strerror}", where=str(root), fix=fix) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        fix = "wait for it, stop it, or give this one another --out"
        raise InputError("another symbiont command is using this folder", where=str(root), fix=fix) from None
    finally:
        os.close(handle)
