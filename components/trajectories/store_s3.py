"""The store in an S3 bucket, through boto3: credentials, region and endpoint come from the AWS_* environment.

AWS_ENDPOINT_URL names a server other than Amazon's (SeaweedFS, Ceph RGW, MinIO). Addressing is path-style and checksums
are sent only where the protocol demands them, because that is what those servers understand.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from components.errors import InfraError, InputError
from components.trajectories import multipart
from components.trajectories.multipart import CONFLICTS, error_code
from components.trajectories.store import Store, check_key, is_key, overwrites

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

CONNECT_SECONDS, READ_SECONDS = 5, 60
ATTEMPTS = 8
PAGE = 1000
WRONG_CREDENTIALS = {
    "InvalidAccessKeyId",
    "SignatureDoesNotMatch",
    "InvalidClientTokenId",
    "AuthFailure",
    "ExpiredToken",
    "InvalidToken",
}
WRONG_CLOCK = ("RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture")
ENVIRONMENT = "set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and, for a server other than Amazon's, AWS_ENDPOINT_URL"


class S3Store(Store):
    """Objects in `bucket` below `prefix`. The first use checks the way there and says what is wrong with it."""

    def __init__(self, *, bucket: str, prefix: str = "") -> None:
        if not bucket:
            raise InputError("the address names no bucket", where="s3://", fix="give s3://bucket/prefix")
        self.bucket = bucket
        self._prefix = f"{check_key(prefix)}/" if prefix else ""
        self.url = f"s3://{bucket}/{prefix}".rstrip("/")
        self._lock = threading.Lock()
        self._connected: S3Client | None = None

    def put_new(self, key: str, data: bytes) -> bool:
        from botocore.exceptions import ClientError

        with self._errors(key):
            for _ in range(CONFLICTS):
                try:
                    self._client.put_object(Bucket=self.bucket, Key=self._name(key), Body=data, IfNoneMatch="*")
                    return True
                except ClientError as error:
                    code = error_code(error)
                    if code == "ConditionalRequestConflict":  # another writer of this key is at it: ask again
                        continue
                    if code not in ("PreconditionFailed", "412"):
                        raise
                    # When an answer is lost, boto3 repeats the request and meets the object it has just written.
                    return bool(error.response["ResponseMetadata"].get("RetryAttempts")) and self.get(key) == data
        raise InfraError(f"{self.url}: {key}: other writers held the key for {CONFLICTS} attempts")

    def put_file(self, key: str, path: Path) -> bool:
        if self.exists(key):
            return False
        if path.stat().st_size <= multipart.PART:
            return self.put_new(key, path.read_bytes())
        with self._errors(key):
            return multipart.upload(self._client, bucket=self.bucket, key=self._name(key), path=path)

    def put(self, key: str, data: bytes) -> None:
        with self._errors(key):
            self._client.put_object(Bucket=self.bucket, Key=self._name(key), Body=data)

    def get(self, key: str) -> bytes:
        from botocore.exceptions import ClientError

        with self._errors(key):
            try:
                return self._client.get_object(Bucket=self.bucket, Key=self._name(key))["Body"].read()
            except ClientError as error:
                if error_code(error) in ("NoSuchKey", "404"):
                    raise KeyError(key) from None
                raise

    def chunks(self, key: str) -> Iterator[bytes]:
        from botocore.exceptions import ClientError

        with self._errors(key):
            try:
                yield from multipart.download(self._client, bucket=self.bucket, key=self._name(key))
            except ClientError as error:
                if error_code(error) in ("NoSuchKey", "404"):
                    raise KeyError(key) from None
                raise

    def holds(self, key: str, path: Path, *, digest: str) -> bool:
        from botocore.exceptions import ClientError

        with self._errors(key):
            try:
                if multipart.is_as_written(self._client, bucket=self.bucket, key=self._name(key), path=path):
                    return True
            except ClientError as error:
                if error_code(error) in ("NoSuchKey", "404"):
                    raise KeyError(key) from None
                raise
        return super().holds(key, path, digest=digest)

    def exists(self, key: str) -> bool:
        from botocore.exceptions import ClientError

        with self._errors(key):
            try:
                self._client.head_object(Bucket=self.bucket, Key=self._name(key))
            except ClientError as error:
                if error_code(error) in ("NoSuchKey", "404"):
                    return False
                raise
        return True

    def list(self, prefix: str = "") -> Iterator[str]:
        folder = prefix.rpartition("/")[0]
        if folder:
            check_key(folder)
        with self._errors(prefix):
            pages = self._client.get_paginator("list_objects_v2")
            listing = pages.paginate(
                Bucket=self.bucket, Prefix=self._prefix + prefix, PaginationConfig={"PageSize": PAGE}
            )
            keys = (entry["Key"].removeprefix(self._prefix) for page in listing for entry in page.get("Contents", ()))
            yield from sorted(filter(is_key, keys))  # SeaweedFS lists `a/b` before `a-b`

    def delete(self, key: str) -> None:
        with self._errors(key):
            self._client.delete_object(Bucket=self.bucket, Key=self._name(key))

    def _name(self, key: str) -> str:
        return self._prefix + check_key(key)

    @property
    def _client(self) -> S3Client:
        """A client that retries patiently, made once the bucket has answered an impatient one."""
        with self._lock:
            if self._connected is None:
                _make_client(attempts=2).list_objects_v2(Bucket=self.bucket, Prefix=self._prefix, MaxKeys=1)
                self._connected = _make_client(attempts=ATTEMPTS)
            return self._connected

    @contextmanager
    def _errors(self, key: str) -> Iterator[None]:
        """Says what an error of S3 means for the user."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            yield
        except ClientError as error:
            self._explain_answer(error, f"{self.url} ({key})")
        except BotoCoreError as error:
            self._explain_silence(error, f"{self.url} ({key})")

    def _explain_answer(self, error: Exception, where: str) -> NoReturn:
        from botocore.exceptions import ClientError

        assert isinstance(error, ClientError)
        code, endpoint = error_code(error), endpoint_url() or "Amazon S3"
        if code in WRONG_CREDENTIALS:
            raise InputError(f"{endpoint} refuses the credentials ({code})", where=where, fix=ENVIRONMENT) from error
        if code in ("AccessDenied", "403"):
            fix = "let this key read, write, list and delete in the bucket, or use another key"
            raise InputError(f"{endpoint} denies access to the bucket", where=where, fix=fix) from error
        if code == "NoSuchBucket":
            fix = f"create it (aws s3 mb s3://{self.bucket}) or give another bucket"
            raise InputError(f"there is no bucket {self.bucket!r} at {endpoint}", where=where, fix=fix) from error
        if code in WRONG_CLOCK:
            fix = "set this machine's clock (or the server's): requests are signed with the time"
            raise InputError(f"{endpoint} has another time than this machine ({code})", where=where, fix=fix) from error
        if code in ("NotImplemented", "501"):  # of all we ask, only If-None-Match is not everywhere
            raise overwrites(where) from error
        if code in ("EntityTooLarge", "413"):
            fix = "raise the server's limit on the size of one upload, or use another store"
            raise InputError(f"{endpoint} takes no object of this size ({code})", where=where, fix=fix) from error
        if code in ("QuotaExceeded", "InsufficientCapacity", "InsufficientStorage", "507"):
            fix = "free some space or raise the quota; nothing was half-written, so run it again"
            raise InputError(f"no space left for the store ({code})", where=where, fix=fix) from error
        raise InfraError(f"{where}: {error}") from error

    def _explain_silence(self, error: Exception, where: str) -> NoReturn:
        from botocore import exceptions as failed

        if isinstance(error, failed.NoCredentialsError | failed.PartialCredentialsError | failed.ProfileNotFound):
            raise InputError(f"no S3 credentials: {error}", where=where, fix=ENVIRONMENT) from error
        if isinstance(error, failed.ParamValidationError):
            raise InputError(f"not a bucket that can exist: {error}", where=where, fix="correct its name") from error
        unreachable = isinstance(error, failed.HTTPClientError | failed.ConnectionError)
        if unreachable and self._connected is None:
            raise InputError(
                f"the S3 server does not answer: {error}",
                where=where,
                fix="start it, or correct AWS_ENDPOINT_URL",
            ) from error
        raise InfraError(f"{where}: {error}") from error


def _make_client(*, attempts: int) -> S3Client:
    import boto3
    from botocore.config import Config

    config = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        max_pool_connections=32,
        retries={"mode": "adaptive", "total_max_attempts": attempts},
        s3={"addressing_style": "path"},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
    return boto3.session.Session().client("s3", config=config, region_name=region)


def endpoint_url() -> str:
    """The S3 server the environment names; empty for Amazon's."""
    return os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL") or ""
