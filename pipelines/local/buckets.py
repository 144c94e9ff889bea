"""S3's operations over folders: one folder per bucket, one file per object, with the folder store's guarantees.

What boto3 and LanceDB need and no more: objects with conditional puts and ranges, listing (version 2), copies, bulk
deletes and multipart uploads. Left out: versions, ACLs, user metadata, presigned URLs. An entity tag is made of size
and modification time, not MD5, which S3 allows for.
"""

from __future__ import annotations

import re
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from components.errors import InputError
from components.trajectories.store_folder import FolderStore

BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
UPLOADS = ".uploads"


class S3Error(Exception):
    """An answer that is an error: HTTP status, S3's code, and what to tell the client."""

    def __init__(self, status: int, code: str, message: str) -> None:
        self.status, self.code = status, code
        super().__init__(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An object as listings and HEAD show it."""

    key: str
    size: int
    modified: datetime
    etag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    entries: list[Entry]
    prefixes: list[str]
    next_after: str  # empty when complete


class Buckets:
    """Every bucket below one folder. Thread-safe, as the folder store is."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def create(self, bucket: str) -> None:
        if not BUCKET.fullmatch(bucket):
            raise S3Error(400, "InvalidBucketName", f"not a bucket's name: {bucket}")
        (self.root / bucket).mkdir(parents=True, exist_ok=True)

    def names(self) -> list[str]:
        return sorted(path.name for path in self.root.iterdir() if path.is_dir() and BUCKET.fullmatch(path.name))

    def store(self, bucket: str) -> FolderStore:
        if not BUCKET.fullmatch(bucket) or not (self.root / bucket).is_dir():
            raise S3Error(404, "NoSuchBucket", f"no bucket of this name: {bucket}")
        return FolderStore(self.root / bucket)

    def head(self, bucket: str, key: str) -> Entry:
        self.store(bucket)
        entry = self._entry(bucket, key)
        if entry is None:
            raise S3Error(404, "NoSuchKey", f"no object under this key: {key}")
        return entry

    def get(self, bucket: str, key: str) -> tuple[Entry, bytes]:
        entry = self.head(bucket, key)
        try:
            return entry, self.store(bucket).get(key)
        except KeyError:
            raise S3Error(404, "NoSuchKey", f"no object under this key: {key}") from None

    def put(self, bucket: str, key: str, body: bytes, *, only_new: bool) -> Entry:
        store = self.store(bucket)
        try:
            if only_new and not store.put_new(key, body):
                raise S3Error(412, "PreconditionFailed", "an object exists under this key")
            if not only_new:
                store.put(key, body)
        except InputError as error:
            if "no space" in error.what:
                raise S3Error(507, "InsufficientStorage", str(error)) from None
            raise S3Error(400, "InvalidArgument", str(error)) from None
        return self.head(bucket, key)

    def delete(self, bucket: str, key: str) -> None:
        self.store(bucket).delete(key)

    def page(self, bucket: str, *, prefix: str, delimiter: str, after: str, limit: int) -> Listing:
        """One page of a listing, in byte order; keys that share a prefix up to the delimiter count once."""
        entries: list[Entry] = []
        prefixes: list[str] = []
        last = ""
        for name in islice(self._names(bucket, prefix=prefix, delimiter=delimiter, after=after), limit + 1):
            if len(entries) + len(prefixes) == limit:
                return Listing(entries=entries, prefixes=prefixes, next_after=last)
            last = name
            if delimiter and name.endswith(delimiter):
                prefixes.append(name)
            elif entry := self._entry(bucket, name):
                entries.append(entry)
        return Listing(entries=entries, prefixes=prefixes, next_after="")

    def _names(self, bucket: str, *, prefix: str, delimiter: str, after: str) -> Iterator[str]:
        """Keys and common prefixes after `after`, each once."""
        previous = ""
        for key in self.store(bucket).list(prefix):
            cut = key.find(delimiter, len(prefix)) if delimiter else -1
            name = key if cut < 0 else key[: cut + len(delimiter)]
            if name > after and name != previous:
                yield name
            previous = name

    def _entry(self, bucket: str, key: str) -> Entry | None:
        try:
            found = (self.root / bucket / key).stat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        if not (self.root / bucket / key).is_file():
            return None
        return Entry(
            key=key,
            size=found.st_size,
            modified=datetime.fromtimestamp(found.st_mtime, UTC),
            etag=f'"{found.st_mtime_ns:x}-{found.st_size:x}"',
        )

    # --- multipart uploads: parts lie in a hidden folder beside the buckets until the upload is completed ---

    def begin_upload(self, bucket: str) -> str:
        self.store(bucket)
        upload = uuid.uuid4().hex
        (self.root / UPLOADS / upload).mkdir(parents=True)
        return upload

    def put_part(self, upload: str, number: int, body: bytes) -> str:
        part = self._upload(upload) / f"{number:05d}"
        part.write_bytes(body)
        return f'"{part.stat().st_mtime_ns:x}-{len(body):x}"'

    def complete_upload(self, bucket: str, key: str, *, upload: str, numbers: list[int], only_new: bool) -> Entry:
        folder = self._upload(upload)
        try:
            body = b"".join((folder / f"{number:05d}").read_bytes() for number in numbers)
        except FileNotFoundError:
            raise S3Error(400, "InvalidPart", "a part was never uploaded") from None
        entry = self.put(bucket, key, body, only_new=only_new)
        shutil.rmtree(folder, ignore_errors=True)
        return entry

    def abort_upload(self, upload: str) -> None:
        shutil.rmtree(self._upload(upload), ignore_errors=True)

    def _upload(self, upload: str) -> Path:
        folder = self.root / UPLOADS / upload
        if not re.fullmatch(r"[0-9a-f]{32}", upload) or not folder.is_dir():
            raise S3Error(404, "NoSuchUpload", "no such upload; it may have been completed or aborted")
        return folder
