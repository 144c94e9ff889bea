"""From an address to its store, and a check that the store keeps the promises of `store`."""

from __future__ import annotations

import uuid
from pathlib import Path
from urllib.parse import unquote, urlsplit

from components.errors import InfraError, InputError
from components.trajectories.store import Store, overwrites


def open_store(url: str | Path) -> Store:
    """A store at `s3://bucket/prefix` (credentials and endpoint from the AWS_* environment) or in a folder.

    Nothing is contacted or written yet; `check_store` does that.

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


def check_store(store: Store) -> None:
    """Writes, reads, lists and deletes one small object, and checks that a second conditional write is refused.

    Raises:
        InputError: the store cannot be used as it is; the message says what to fix.
        InfraError: it does not answer as it should.
    """
    key, data = f"check-{uuid.uuid4().hex}", b"symbiont"
    if not store.put_new(key, data):
        raise InfraError(f"{store.url}: a key that did not exist was reported as written")
    try:
        if store.put_new(key, b"second"):
            raise overwrites(store.url)
        if store.get(key) != data or list(store.list(key)) != [key]:
            raise InfraError(f"{store.url}: an object did not read back as it was written")
    finally:
        store.delete(key)
