"""Objects of any size go into every store and come back, in parts; nobody sees a part of one."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import boto3
import pytest

from components.trajectories import multipart
from components.trajectories.open_store import open_store
from components.trajectories.store import Store
from components.trajectories.store_folder import FolderStore

PART = 5 << 20  # the smallest that S3 takes


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multipart, "PART", PART)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("large") / "file"
    path.write_bytes(os.urandom(2 * PART + 4321))
    return path


@pytest.mark.parametrize("size", [0, 1, 2 * PART, 2 * PART + 4321])
def test_a_file_is_written_once_and_read_back_in_pieces(store: Store, large: Path, tmp_path: Path, size: int) -> None:
    path = tmp_path / "file"
    path.write_bytes(large.read_bytes()[:size])
    assert store.put_file("models/a/file", path) is True
    assert store.put_file("models/a/file", path) is False
    assert store.put_new("models/a/file", b"other") is False
    pieces = list(store.chunks("models/a/file"))
    assert b"".join(pieces) == path.read_bytes() == store.get("models/a/file")
    assert all(len(piece) <= max(PART, 8 << 20) for piece in pieces)
    assert list(store.list()) == ["models/a/file"]


def test_a_key_that_is_not_there_has_no_pieces(store: Store) -> None:
    with pytest.raises(KeyError):
        list(store.chunks("models/none"))


@pytest.mark.parametrize("size", [1000, 2 * PART + 4321], ids=["one piece", "parts"])
def test_whether_a_file_is_there_is_told_without_fetching_it(
    store: Store, large: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    path = tmp_path / "file"
    path.write_bytes(large.read_bytes()[:size])
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    store.put_file("models/a/file", path)
    with monkeypatch.context() as patch:
        if not isinstance(store, FolderStore):
            patch.setattr(type(store), "chunks", None)
        assert store.holds("models/a/file", path, digest=digest)
    torn = bytearray(path.read_bytes())
    torn[-1] ^= 1
    for other in (bytes(torn), bytes(torn[:-1])):
        store.put("models/a/file", other)
        assert not store.holds("models/a/file", path, digest=digest)
    with pytest.raises(KeyError):
        store.holds("models/none", path, digest=digest)


def _bucket(store: Store) -> tuple[str, str]:
    parts = urlsplit(store.url)
    return parts.netloc, f"{parts.path.strip('/')}/models/a/file"


def _uploads(store: Store) -> list[str]:
    bucket, _ = _bucket(store)
    found = boto3.session.Session().client("s3").list_multipart_uploads(Bucket=bucket)
    return [each["UploadId"] for each in found.get("Uploads", [])]


class _Killed(BaseException):
    """Stands for the end of the process: nothing is cleaned up."""


def test_an_upload_that_was_killed_is_unseen_and_gone_on_from(
    store: Store, large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if isinstance(store, FolderStore):
        pytest.skip("a folder's files are copied anew")
    sent = list[int]()
    make = boto3.session.Session.client

    def counting(session: object, *args: object, **settings: object) -> object:
        client = make(session, *args, **settings)  # type: ignore[call-overload]
        upload = client.upload_part  # type: ignore[attr-defined]

        def upload_part(**request: object) -> object:
            if len(sent) == stop_after:
                raise _Killed
            sent.append(int(str(request["PartNumber"])))
            return upload(**request)

        client.upload_part = upload_part  # type: ignore[attr-defined]
        return client

    monkeypatch.setattr(boto3.session.Session, "client", counting)
    monkeypatch.setattr(multipart, "SENDERS", 1)
    stop_after = 2
    with pytest.raises(_Killed):
        open_store(store.url).put_file("models/a/file", large)
    assert not store.exists("models/a/file")
    assert list(store.list()) == []
    assert len(_uploads(store)) == 1
    stop_after = 99
    assert open_store(store.url).put_file("models/a/file", large) is True
    assert sent == [1, 2, 3]
    assert b"".join(store.chunks("models/a/file")) == large.read_bytes()
    assert _uploads(store) == []
    assert open_store(store.url).put_file("models/a/file", large) is False
    assert sent == [1, 2, 3], "what is there is not sent again"


def test_parts_of_other_bytes_are_not_taken_over(store: Store, large: Path) -> None:
    if isinstance(store, FolderStore):
        pytest.skip("a folder has no parts")
    bucket, key = _bucket(store)
    client = boto3.session.Session().client("s3")
    number = client.create_multipart_upload(Bucket=bucket, Key=key)["UploadId"]
    client.upload_part(Bucket=bucket, Key=key, UploadId=number, PartNumber=1, Body=b"x" * PART)
    assert store.put_file("models/a/file", large) is True
    assert b"".join(store.chunks("models/a/file")) == large.read_bytes()


def test_of_two_that_upload_one_key_the_second_finds_it_there(
    store: Store, large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other writer is done after this one has looked and sent its parts."""
    if isinstance(store, FolderStore):
        pytest.skip("link(2) decides in a folder")
    bucket, key = _bucket(store)
    sent = multipart._send_parts

    def late(*args: object, **settings: object) -> object:
        parts = sent(*args, **settings)  # type: ignore[arg-type]
        boto3.session.Session().client("s3").put_object(Bucket=bucket, Key=key, Body=b"the other's")
        return parts

    monkeypatch.setattr(multipart, "_send_parts", late)
    assert store.put_file("models/a/file", large) is False
    assert store.get("models/a/file") == b"the other's"
    assert _uploads(store) == []


def test_reading_goes_on_where_the_connection_breaks(
    moto_bucket: str, large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from botocore.exceptions import ResponseStreamingError
    from botocore.response import StreamingBody

    store = open_store(f"s3://{moto_bucket}")
    store.put_file("file", large)
    read, broken = StreamingBody.read, iter([True, False, True, True])

    def breaking(body: StreamingBody, amount: int | None = None) -> bytes:
        if next(broken, False):
            raise ResponseStreamingError(error="reset by peer")
        return bytes(read(body, amount))

    monkeypatch.setattr(StreamingBody, "read", breaking)
    assert b"".join(store.chunks("file")) == large.read_bytes()


MEMORY = """
import resource, sys
from pathlib import Path
from components.models.files import folder_digest
from components.models.storing import fetch_model, publish_model
from components.trajectories import multipart
from components.trajectories.open_store import check_store, open_store
multipart.PART = 8 << 20
store, model, work = open_store(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])
check_store(store)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
digest = publish_model(store, model)
publish_model(store, model)
assert folder_digest(fetch_model(store, digest, work)) == digest
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.fixture(scope="module")
def sparse_model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Three shards, 180 MB together."""
    folder = tmp_path_factory.mktemp("sparse")
    (folder / "config.json").write_text("{}")
    for shard in range(3):
        with (folder / f"model-{shard}.safetensors").open("wb") as file:
            file.write(os.urandom(1000))
            file.truncate(60 << 20)
    yield folder
    for path in folder.iterdir():
        path.unlink()


def test_a_model_takes_a_few_parts_of_memory_whatever_its_size(
    store: Store, sparse_model: Path, tmp_path: Path
) -> None:
    if urlsplit(store.url).scheme and "seaweed" not in os.environ.get("PYTEST_CURRENT_TEST", ""):
        pytest.skip("moto keeps what it is sent in memory, and takes its time")
    command = [sys.executable, "-c", MEMORY, store.url, str(sparse_model), str(tmp_path / "work")]
    out = subprocess.run(command, capture_output=True, text=True, check=True)
    assert int(out.stdout) < 110_000, "kilobytes; four parts of 8 MB and what boto3 needs"
