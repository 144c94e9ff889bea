"""The store in a folder: one file per object.

An object is written to a temporary file, flushed to the disk, and then given its name with link(2), which fails when
the name exists. So a kill leaves no half-written object and of several writers exactly one wins; a temporary file that
a killed process left behind lies in `.partial` and is removed by a later store once it is a day old.

Unlike in S3, a key cannot be an object and a folder of others at once.
"""

from __future__ import annotations

import errno
import os
import shutil
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from components.errors import InfraError, InputError
from components.files import FULL
from components.trajectories.store import Store, check_key, is_key

PARTIAL = ".partial"
CHUNK = 8 << 20  # bytes
STALE_SECONDS = 86_400.0
REFUSED = (errno.EACCES, errno.EPERM, errno.EROFS)
Write = Callable[[IO[bytes]], object]


class FolderStore(Store):
    """Objects as files below `root`; the first write makes the folder, for its owner's eyes only."""

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()
        self.url = str(self.root)
        self._swept = False
        if self.root.exists() and not self.root.is_dir():
            raise InputError("the store's folder is a file", where=self.url, fix="give another folder")

    def put_new(self, key: str, data: bytes) -> bool:
        return self._new(key, lambda file: file.write(data))

    def put_file(self, key: str, path: Path) -> bool:
        with self._errors(key), path.open("rb") as source:
            return self._new(key, lambda file: shutil.copyfileobj(source, file, CHUNK))

    def _new(self, key: str, write: Write) -> bool:
        with self._errors(key):
            path = self._path(key)
            if path.exists():
                return self._taken(path)
            with self._written(write) as temporary:
                self._make_folder(path.parent)
                try:
                    os.link(temporary, path)
                except FileExistsError:
                    return self._taken(path)
                _flush_folder(path.parent)
        return True

    def put(self, key: str, data: bytes) -> None:
        with self._errors(key):
            path = self._path(key)
            with self._written(lambda file: file.write(data)) as temporary:
                self._make_folder(path.parent)
                temporary.replace(path)
                _flush_folder(path.parent)

    def get(self, key: str) -> bytes:
        with self._errors(key):
            try:
                return self._path(key).read_bytes()
            except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
                raise KeyError(key) from None

    def chunks(self, key: str) -> Iterator[bytes]:
        with self._errors(key):
            try:
                file = self._path(key).open("rb")
            except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
                raise KeyError(key) from None
            with file:
                while chunk := file.read(CHUNK):
                    yield chunk

    def exists(self, key: str) -> bool:
        with self._errors(key):
            return self._path(key).is_file()

    def list(self, prefix: str = "") -> Iterator[str]:
        folder = prefix.rpartition("/")[0]
        if folder:
            check_key(folder)
        with self._errors(prefix):
            yield from self._walk(folder, prefix)

    def delete(self, key: str) -> None:
        with self._errors(key), suppress(FileNotFoundError, NotADirectoryError):
            self._path(key).unlink()

    def _path(self, key: str) -> Path:
        return self.root / check_key(key)

    def _walk(self, folder: str, prefix: str) -> Iterator[str]:
        """Keys below `folder` that may begin with `prefix`. A folder sorts as its name and a slash, as S3 does."""
        try:
            with os.scandir(self.root / folder) as children:
                entries = sorted(
                    (f"{folder}/" if folder else "") + entry.name + ("/" if entry.is_dir() else "")
                    for entry in children
                    if is_key(entry.name)
                )
        except (FileNotFoundError, NotADirectoryError):
            return
        for entry in entries:
            if entry.endswith("/") and (entry.startswith(prefix) or prefix.startswith(entry)):
                yield from self._walk(entry[:-1], prefix)
            elif entry.startswith(prefix) and not entry.endswith("/"):
                yield entry

    @contextmanager
    def _written(self, write: Write) -> Iterator[Path]:
        """A temporary file that holds on the disk what is written to it; gone afterwards, unless it was renamed."""
        partial = self.root / PARTIAL
        self._make_folder(partial)
        if not self._swept:
            _remove_stale(partial)
            self._swept = True
        temporary = partial / uuid.uuid4().hex
        try:
            with temporary.open("xb") as file:
                write(file)
                file.flush()
                os.fsync(file.fileno())
            yield temporary
        finally:
            temporary.unlink(missing_ok=True)

    def _make_folder(self, folder: Path) -> None:
        """Makes the folder and flushes every parent that got a new entry, so that a crash cannot take it back."""
        missing = []
        while not folder.is_dir():
            missing.append(folder)
            folder = folder.parent
        for new in reversed(missing):
            with suppress(FileExistsError):
                new.mkdir(mode=0o700 if new == self.root else 0o777)
            _flush_folder(new.parent)

    def _taken(self, path: Path) -> bool:
        if path.is_dir():
            raise InputError(
                "a folder of other objects stands where this object would be", where=str(path), fix="use another key"
            )
        return False

    @contextmanager
    def _errors(self, key: str) -> Iterator[None]:
        """Says what an error of the operating system means for the user."""
        try:
            yield
        except OSError as error:
            where = f"{self.url} ({key})"
            if error.errno in FULL:
                raise InputError(
                    f"no space left for the store: {error.strerror}",
                    where=where,
                    fix="free some space, or choose another folder; nothing was half-written, so run it again",
                ) from error
            if error.errno in REFUSED:
                raise InputError(
                    f"the store's folder cannot be used: {error.strerror}",
                    where=where,
                    fix="choose a folder you may write to, on a file system with hard links (ext4, xfs, btrfs, NFS)",
                ) from error
            if error.errno in (errno.ENOTDIR, errno.EEXIST, errno.EISDIR):
                raise InputError(
                    "an object stands where a folder would be, or a folder where an object would be",
                    where=where,
                    fix="use another key, or another folder for the store",
                ) from error
            raise InfraError(f"{where}: {error}") from error


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove_stale(partial: Path) -> None:
    """Removes what killed writers left. A file younger than a day may still be somebody's."""
    oldest = time.time() - STALE_SECONDS
    with os.scandir(partial) as entries:
        for entry in entries:
            with suppress(FileNotFoundError):
                if entry.stat().st_mtime < oldest:
                    Path(entry).unlink()
