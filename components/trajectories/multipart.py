"""Large objects to S3 and back in parts.

An object appears under its key only when its last part is there and nobody else was first. The parts that a killed
upload has sent stay invisible in the server. The next upload of the same key goes on from them, comparing every part's
MD5 with the file's. A bucket that encrypts by KMS gives no MD5: there the whole file is sent again. Parts that nobody
goes on from are removed by a lifecycle rule of the bucket (AbortIncompleteMultipartUpload).
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from components.errors import InfraError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

PART = 64 << 20
"""Bytes. S3 takes 10,000 parts: 640 GB."""
SENDERS = 4
"""Parts under way at once; so many are in memory."""
CONFLICTS = 5
READS = 4


def upload(client: S3Client, *, bucket: str, key: str, path: Path) -> bool:
    """Writes a file under a key that has no object; False where another writer was first."""
    from botocore.exceptions import ClientError

    for _ in range(CONFLICTS):
        number = _open_upload(client, bucket=bucket, key=key)
        try:
            client.complete_multipart_upload(
                Bucket=bucket,
                Key=key,
                UploadId=number,
                MultipartUpload={"Parts": _send_parts(client, bucket=bucket, key=key, number=number, path=path)},
                IfNoneMatch="*",
            )
        except ClientError as error:
            code = error_code(error)
            if code == "ConditionalRequestConflict" or (
                code == "NoSuchUpload" and not _is_there(client, bucket=bucket, key=key)
            ):
                continue
            if code not in ("PreconditionFailed", "412", "NoSuchUpload"):
                raise
            ours = False
        else:
            ours = True
        _abort(client, bucket=bucket, key=key)
        return ours
    raise InfraError(f"s3://{bucket}/{key}: other writers held the key for {CONFLICTS} attempts")


def download(client: S3Client, *, bucket: str, key: str) -> Iterator[bytes]:
    """An object's bytes, a part at a time, each asked for again where the connection breaks."""
    head = client.head_object(Bucket=bucket, Key=key)
    for start in range(0, head["ContentLength"], PART):
        end = min(start + PART, head["ContentLength"]) - 1
        yield _read(client, bucket=bucket, key=key, span=f"bytes={start}-{end}", tag=head["ETag"])


def is_as_written(client: S3Client, *, bucket: str, key: str, path: Path) -> bool:
    """Whether the server's tag of an object is that of this file, sent whole or in our parts; nothing is fetched. False
    where they differ, and for a bucket that tells no MD5."""
    head, size = client.head_object(Bucket=bucket, Key=key), path.stat().st_size
    if head["ContentLength"] != size:
        return False
    tag = head["ETag"].strip('"')
    with path.open("rb") as file:
        if size <= PART:
            return tag == _md5(file.read()).hexdigest()
        parts = [_md5(data).digest() for data in iter(lambda: file.read(PART), b"")]
    return tag == f"{_md5(b''.join(parts)).hexdigest()}-{len(parts)}"


def _md5(data: bytes) -> hashlib._Hash:
    return hashlib.md5(data, usedforsecurity=False)


def _read(client: S3Client, *, bucket: str, key: str, span: str, tag: str) -> bytes:
    from botocore.exceptions import HTTPClientError, IncompleteReadError, ResponseStreamingError

    for attempt in range(1, READS + 1):
        try:  # boto3 repeats a request, but not the reading of its answer
            return client.get_object(Bucket=bucket, Key=key, Range=span, IfMatch=tag)["Body"].read()
        except (HTTPClientError, IncompleteReadError, ResponseStreamingError):
            if attempt == READS:
                raise
    raise AssertionError("unreachable")


def _open_upload(client: S3Client, *, bucket: str, key: str) -> str:
    """Id of an upload of this key that was begun and not ended, or of a new one."""
    for number in _open_uploads(client, bucket=bucket, key=key):
        return number
    return client.create_multipart_upload(Bucket=bucket, Key=key)["UploadId"]


def _open_uploads(client: S3Client, *, bucket: str, key: str) -> list[str]:
    uploads = client.list_multipart_uploads(Bucket=bucket, Prefix=key).get("Uploads", [])
    return [upload["UploadId"] for upload in uploads if upload["Key"] == key]


def _abort(client: S3Client, *, bucket: str, key: str) -> None:
    """Drops what other uploads of the key have sent, now that it has an object."""
    from botocore.exceptions import ClientError

    for number in _open_uploads(client, bucket=bucket, key=key):
        try:
            client.abort_multipart_upload(Bucket=bucket, Key=key, UploadId=number)
        except ClientError as error:
            if error_code(error) != "NoSuchUpload":
                raise


def _send_parts(client: S3Client, *, bucket: str, key: str, number: str, path: Path) -> list[CompletedPartTypeDef]:
    """Sends the parts of the file that the server does not hold yet; returns all of them."""
    pages = client.get_paginator("list_parts").paginate(Bucket=bucket, Key=key, UploadId=number)
    tags = {part["PartNumber"]: part["ETag"] for page in pages for part in page.get("Parts", ())}

    def send(part: int) -> CompletedPartTypeDef:
        with path.open("rb") as file:
            file.seek((part - 1) * PART)
            data = file.read(PART)
        tag = tags.get(part, "")
        if tag.strip('"') != _md5(data).hexdigest():
            sent = client.upload_part(Bucket=bucket, Key=key, UploadId=number, PartNumber=part, Body=data)
            tag = sent["ETag"]
        return {"PartNumber": part, "ETag": tag}

    with ThreadPoolExecutor(SENDERS) as pool:
        return list(pool.map(send, range(1, math.ceil(path.stat().st_size / PART) + 1)))


def _is_there(client: S3Client, *, bucket: str, key: str) -> bool:
    from botocore.exceptions import ClientError

    try:
        client.head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error_code(error) in ("NoSuchKey", "404"):
            return False
        raise
    return True


def error_code(error: Exception) -> str:
    """What S3 calls an error; empty where it does not say."""
    response = getattr(error, "response", {})
    return str(response.get("Error", {}).get("Code", ""))
