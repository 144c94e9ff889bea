"""The folder of a run: its files, its lock, and the servers that belong to it.

OUT/store            every episode, table, model and report, as plain files
OUT/s3               the same in SeaweedFS, where the place is laptop-s3
OUT/mlflow           MLflow's databases and artifacts
OUT/reports          round-001.html ... and report.html, the newest
OUT/summary.json     the numbers, for programs
OUT/credentials.json generated passwords; like store, s3 and mlflow readable by the owner only
OUT/servers.json     addresses of the servers while they run
OUT/logs             what the stages and servers printed
OUT/work             scratch: checkpoints, downloads; can be made again
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from components.errors import InputError
from components.files import write_whole
from components.loopback import bypass_proxies
from components.place import Place, announce
from pipelines.local.credentials import load_credentials
from pipelines.local.services import Addresses, Services, filled_in, start_services

FILES = ("summary.json", "credentials.json", "servers.json")
FOLDERS = ("store", "s3", "mlflow", "reports", "logs", "work")


@dataclass(frozen=True, kw_only=True)
class OutFolder:
    """Paths below OUT."""

    root: Path

    @property
    def summary(self) -> Path:
        return self.root / "summary.json"

    @property
    def credentials(self) -> Path:
        return self.root / "credentials.json"

    @property
    def servers(self) -> Path:
        return self.root / "servers.json"

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
def opened(
    root: Path, *, place: Place, usual_ports: bool = False, mlflow: bool = True
) -> Iterator[tuple[OutFolder, Services]]:
    """Locks the folder for one command, with its servers running and their addresses and secrets in the environment.

    Args:
        usual_ports: use the well-known ports (5000 and 9000) if they are free.
        mlflow: False for a command that does not need MLflow.

    Raises:
        InputError: the folder cannot be used, another command uses it, a file of it is torn, or a port is taken.
    """
    folder = OutFolder(root=root.absolute())
    with locked(folder.root), _environment({}):
        bypass_proxies()
        _check_kinds(folder.root)
        services = start_services(place, out=folder.root, usual_ports=usual_ports, mlflow=mlflow)
        os.environ.update(services.environment)
        servers_file = write_whole(folder.servers, services.addresses.model_dump_json())
        try:
            yield folder, services
        finally:
            servers_file.unlink(missing_ok=True)
            services.stop()


@contextlib.contextmanager
def reading(root: Path, *, place: Place) -> Iterator[Place]:
    """The place with its store filled in and the store's variables in the environment, also while a run is under way.

    A store that is a folder needs no server. Of a place with an S3 server, that of the run under way is used; if none
    runs, one is started for the block. The log of `symbiont play` is written in this way too.
    """
    out = root.absolute()
    if not place.s3_server:
        with _environment({}):
            announce(place)
            yield filled_in(place, Addresses(), out=out)
    elif (addresses := running(out)) is not None:
        with _environment(addresses.environment(load_credentials(out))):
            bypass_proxies()
            yield filled_in(place, addresses, out=out)
    else:
        with opened(out, place=place, mlflow=False) as (_, services):
            yield services.place


def running(root: Path) -> Addresses | None:
    """The addresses of a folder's servers; None while no command keeps any running."""
    try:
        addresses = Addresses.model_validate_json(OutFolder(root=root).servers.read_bytes())
    except (OSError, ValidationError):
        return None
    try:
        with locked(root):
            return None  # a command that was killed could not remove the file
    except InputError:
        return addresses


@contextlib.contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Adds variables to the process environment while the block runs."""
    before = dict(os.environ)
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _check_kinds(root: Path) -> None:
    """Raises InputError where a folder is in the place of one of our files, or a file in that of one of our folders."""
    for names, right, kind in ((FILES, Path.is_file, "file"), (FOLDERS, Path.is_dir, "folder")):
        for path in (root / name for name in names):
            if path.exists() and not right(path):
                actual = {"file": "folder", "folder": "file"}[kind]
                raise InputError(
                    f"a {actual} stands where the {kind} {path.name} belongs", where=str(path), fix="move it away"
                )


@contextlib.contextmanager
def locked(root: Path) -> Iterator[None]:
    """Holds the folder's lock; the system frees it however the process ends.

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
