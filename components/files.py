"""Files that appear whole or not at all: written beside their place, brought to the disk, then given their name.

A process that is killed on the way leaves a file whose name begins with a dot, and under the real name what was there
before. The stores keep their own way: they must also refuse to replace what is there.

Libraries report a full disk in many ways; `disk_errors` turns them into one error.
"""

from __future__ import annotations

import errno
import os
import re
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from components.errors import InfraError, InputError, words_of

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_SAYS_FULL = re.compile(r"no space left|quota exceeded|file too large|disk is full|\d+ requested and \d+ written", re.I)
PRIVATE = 0o600
READABLE = 0o666  # as far as the process's umask allows


@contextmanager
def whole(path: Path, *, mode: int = READABLE) -> Iterator[Path]:
    """A path to write to, which becomes `path` when the body ends and is removed when it raises.

    Args:
        path: its folder must be there. The path that is given has the same suffix.
        mode: rights of the new file, from its first byte on.

    Raises:
        InputError: it cannot be written there: no space, no rights, or a folder stands in its place.
    """
    part = path.with_name(f".{path.stem}.{uuid.uuid4().hex}{path.suffix}")
    try:
        with _errors(path):
            os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode))
        yield part
        with _errors(path):
            with part.open("rb") as file:
                os.fsync(file.fileno())
            part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def write_whole(path: Path, data: bytes | str, *, mode: int = READABLE) -> Path:
    """Writes bytes, or text as UTF-8, and returns the path."""
    with whole(path, mode=mode) as part, _errors(path):
        part.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


@contextmanager
def _errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        fix = "free some space, or check the rights and what is there already; then run the same again"
        raise InputError(f"the file cannot be written: {error.strerror}", where=str(path), fix=fix) from error


def is_full(error: BaseException) -> bool:
    """Whether an error says that a disk is full: LanceDB, safetensors, SQLite and NumPy leave no number, only words."""
    return (isinstance(error, OSError) and error.errno in FULL) or bool(_SAYS_FULL.search(words_of(error)))


@contextmanager
def disk_errors() -> Iterator[None]:
    """Turns every error that a full disk causes into an InputError.

    Raises:
        InputError: there is no space left.
    """
    try:
        yield
    except (InputError, InfraError):
        raise
    except Exception as error:
        if not is_full(error):
            raise
        place = str(getattr(error, "filename", None) or tempfile.gettempdir())
        fix = "free some space there, then run the same again: nothing was half-written"
        raise InputError(f"no space left on the disk: {words_of(error)}", where=place, fix=fix) from error
