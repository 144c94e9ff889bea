"""How a LanceDB dataset is reached: in a folder, or in a bucket with the same environment that boto3 reads."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from components.errors import InfraError, InputError
from components.files import is_full
from components.trajectories.store_s3 import endpoint_url


def connect(url: str) -> Any:
    """A `lancedb` connection to a folder, an `s3://bucket/prefix`, or the memory of this process (`memory://`).

    Raises:
        InputError: the folder cannot be made or used.
    """
    import lancedb

    if url.startswith("s3://"):
        return lancedb.connect(url, storage_options=storage_options())
    if url.startswith("memory://"):
        return lancedb.connect(url)
    folder = Path(url).expanduser().absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"the knowledge base's folder cannot be made: {error.strerror}", where=str(folder), fix="choose another"
        ) from error
    return lancedb.connect(folder)


def storage_options() -> dict[str, str]:
    """The AWS_* environment in LanceDB's words: its reader of S3 does not know boto3's names for all of them."""
    options = {
        "aws_region": os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1",
        "aws_virtual_hosted_style_request": "false",
    }
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        if value := os.environ.get(name):
            options[name.lower()] = value
    if endpoint := endpoint_url():
        options["aws_endpoint"] = endpoint
        options["allow_http"] = str(endpoint.startswith("http://")).lower()
    return options


@contextmanager
def lance_errors(url: str) -> Iterator[None]:
    """Says what an error of LanceDB means: everything it raises is the disk's or the network's."""
    try:
        yield
    except (OSError, RuntimeError, ValueError) as error:
        if is_full(error):
            raise InputError(
                "no space left for the knowledge base", where=url, fix="free some space, then run the same again"
            ) from error
        raise InfraError(f"knowledge base {url}: {error}") from error
