"""Where everything is kept: objects under keys, written once. A folder and an S3 bucket give the same guarantees.

- `put_new` writes an object whole or not at all, and of several writers of one key exactly one wins.
- A written object is durable: a process killed the moment after `put_new` returned has lost nothing.
- Keys are relative, `/`-separated ASCII names; `list` yields them in the order of their bytes.

`open_store` is all a caller needs to know; `store_folder` and `store_s3` hold the two implementations.
"""

from __future__ import annotations

import re
import uuid
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from components.errors import InfraError, InputError

PART = re.compile(r"[A-Za-z0-9_=+@,-][A-Za-z0-9._=+@,-]*")
MAX_KEY, MAX_PART = 900, 200


def check_key(key: str) -> str:
    """The key itself, when every part of it is a plain name that does not begin with a dot.

    Raises:
        InputError: the key is empty, absolute, too long, or could leave the store (`..`, `\\`, control characters).
    """
    parts = key.split("/")
    if len(key) <= MAX_KEY and all(PART.fullmatch(part) and len(part) <= MAX_PART for part in parts):
        return key
    raise InputError(
        "not a valid key of the store",
        where=repr(key[:200]),
        fix="use letters, digits and ._=+@,- in names divided by single slashes; no name may begin with a dot",
    )


class Store(ABC):
    """Objects by key. Thread-safe; asynchronous callers use `asyncio.to_thread`.

    Every method raises InputError where the user can mend it (credentials, bucket, rights, a full disk) and
    InfraError where trying again may help.
    """

    url: str

    @abstractmethod
    def put_new(self, key: str, data: bytes) -> bool:
        """Writes an object that nobody has written before; False when the key was already there."""

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
    def exists(self, key: str) -> bool: ...

    @abstractmethod
    def list(self, prefix: str = "") -> Iterator[str]:
        """Keys that begin with `prefix` (any string, not only whole names), in byte order."""

    @abstractmethod
    def delete(self, key: str) -> None:
        """Removes an object; a missing key is no error."""


def open_store(url: str | Path) -> Store:
    """A store at `s3://bucket/prefix` (credentials and endpoint from the AWS_* environment) or in a folder.

    Nothing is contacted or written yet; `probe` does that.

    Raises:
        InputError: the address is of neither kind, or the folder is a file.
    """
    from components.trajectories.store_folder import FolderStore

    text = str(url)
    parts = urlsplit(text)
    if not text or (parts.scheme and "://" in text and parts.scheme not in ("s3", "file")):
        raise InputError(
            "not an address of a store", where=repr(text), fix="give a folder, or s3://bucket/prefix for a bucket"
        )
    if parts.scheme == "s3" and "://" in text:
        from components.trajectories.store_s3 import S3Store

        return S3Store(bucket=parts.netloc, prefix=parts.path.strip("/"))
    if parts.scheme == "file" and "://" in text:
        return FolderStore(Path(unquote(parts.path)))
    return FolderStore(Path(text).expanduser())


def probe(store: Store) -> None:
    """Writes, reads, lists and deletes one small object, and checks that a second conditional write is refused.

    Raises:
        InputError: the store cannot be used as it is; the message says what to mend.
        InfraError: it does not answer as it should.
    """
    key, data = f"probe/{uuid.uuid4().hex}", b"symbiont"
    if not store.put_new(key, data):
        raise InfraError(f"{store.url}: a key that did not exist was reported as written")
    try:
        if store.put_new(key, b"second"):
            raise InputError(
                "the store overwrites objects that exist: it does not honour conditional writes (If-None-Match)",
                where=store.url,
                fix="use AWS S3, Ceph RGW or MinIO, or a folder",
            )
        if store.get(key) != data or list(store.list(key)) != [key]:
            raise InfraError(f"{store.url}: an object did not read back as it was written")
    finally:
        store.delete(key)
