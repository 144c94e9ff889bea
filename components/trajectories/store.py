"""Where everything is kept: objects under keys, written once. A folder and an S3 bucket give the same guarantees.

- `put_new` writes an object whole or not at all, and of several writers of one key exactly one wins.
- A written object is durable: a process killed the moment after `put_new` returned has lost nothing.
- Objects of any size go in and out piece by piece (`put_file`, `chunks`); nothing but a few pieces is in memory.
- Keys are relative, `/`-separated ASCII names; `list` yields them in byte order and skips what other programs left in
  the same place (`folder/`, `.DS_Store`, names with spaces).

`open_store` is all a caller needs to know; `store_folder` and `store_s3` hold the two implementations.
"""

from __future__ import annotations

import hashlib
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path

from components.errors import InputError

PART = re.compile(r"[A-Za-z0-9_=+@,-][A-Za-z0-9._=+@,-]*")
MAX_KEY, MAX_PART = 900, 200


def is_key(key: str) -> bool:
    """Whether every part of it is a plain name that does not begin with a dot."""
    return len(key) <= MAX_KEY and all(PART.fullmatch(part) and len(part) <= MAX_PART for part in key.split("/"))


def overwrites(url: str) -> InputError:
    """The error for a store whose conditional writes do not hold, which everything here relies on."""
    return InputError(
        "the store cannot write an object only once: it does not honour conditional writes (If-None-Match)",
        where=url,
        fix="use AWS S3, Ceph RGW, MinIO or SeaweedFS, or a folder",
    )


def check_key(key: str) -> str:
    """The key itself, when it is one.

    Raises:
        InputError: the key is empty, absolute, too long, or could leave the store (`..`, `\\`, control characters).
    """
    if is_key(key):
        return key
    raise InputError(
        "not a valid key of the store",
        where=repr(key[:200]),
        fix="use letters, digits and ._=+@,- in names divided by single slashes; no name may begin with a dot",
    )


class Store(ABC):
    """Objects by key. Thread-safe; asynchronous callers use `asyncio.to_thread`.

    Every method raises InputError where the user can fix it (credentials, bucket, rights, a full disk) and
    InfraError where trying again may help.
    """

    url: str

    @abstractmethod
    def put_new(self, key: str, data: bytes) -> bool:
        """Writes an object that nobody has written before; False when the key was already there."""

    @abstractmethod
    def put_file(self, key: str, path: Path) -> bool:
        """As `put_new`, from a file of any size.

        An upload goes on where a killed one stopped, so all writers of one key must have the same bytes.
        """

    @abstractmethod
    def put(self, key: str, data: bytes) -> None:
        """Writes or replaces an object. For small pointers only: everything else is immutable."""

    @abstractmethod
    def get(self, key: str) -> bytes:
        """The object's bytes.

        Raises:
            KeyError: no such key.
        """

    @abstractmethod
    def chunks(self, key: str) -> Iterator[bytes]:
        """The object's bytes, piece by piece. Raises as `get`, when the first piece is asked for."""

    def get_file(self, key: str, path: Path) -> None:
        """Writes an object of any size to a file, piece by piece. Raises as `get`; what was written then is torn."""
        with path.open("wb") as file:
            file.writelines(self.chunks(key))

    def digest(self, key: str) -> str:
        """SHA-256 of the object's bytes, in hexadecimal. Raises as `get`."""
        sha256 = hashlib.sha256()
        for piece in self.chunks(key):
            sha256.update(piece)
        return sha256.hexdigest()

    def holds(self, key: str, path: Path, *, digest: str) -> bool:  # noqa: ARG002
        """Whether the object has the bytes of a file, whose SHA-256 is `digest`. Raises as `get`."""
        return self.digest(key) == digest

    @abstractmethod
    def exists(self, key: str) -> bool: ...

    @abstractmethod
    def list(self, prefix: str = "") -> Iterator[str]:
        """Keys that begin with `prefix` (any string, not only whole names), in byte order; only what can be one."""

    @abstractmethod
    def delete(self, key: str) -> None:
        """Removes an object; a missing key is no error."""
