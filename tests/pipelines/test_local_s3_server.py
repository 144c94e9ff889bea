"""The laptop's S3 server: boto3 and LanceDB use it, strangers cannot, and a kill loses nothing that was answered."""

from __future__ import annotations

import io
import os
import signal
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.local.guard import end_guarded, start_guarded
from pipelines.local.s3_server import S3Server
from pipelines.local.signature import Credentials

KEYS = Credentials(access_key="SYMTEST", secret_key="a/secret+key=")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[S3Server]:
    running = S3Server(root=tmp_path / "store", port=0, credentials=KEYS)
    running.buckets.create("bucket")
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    yield running
    running.shutdown()
    running.server_close()


def client(server: S3Server, *, secret: str = KEYS.secret_key, access: str = KEYS.access_key) -> Any:
    return boto3.client(
        "s3",
        endpoint_url=f"http://127.0.0.1:{server.server_address[1]}",
        aws_access_key_id=access,
        aws_secret_access_key=secret,
        region_name="us-east-1",
        config=Config(retries={"max_attempts": 0}),
    )


def test_objects_are_plain_files_and_come_back(server: S3Server) -> None:
    s3 = client(server)
    s3.put_object(Bucket="bucket", Key="runs/a=1/x@y.json", Body=b"hello")
    assert (server.buckets.root / "bucket/runs/a=1/x@y.json").read_bytes() == b"hello"
    assert s3.get_object(Bucket="bucket", Key="runs/a=1/x@y.json")["Body"].read() == b"hello"
    assert s3.get_object(Bucket="bucket", Key="runs/a=1/x@y.json", Range="bytes=1-2")["Body"].read() == b"el"
    assert s3.get_object(Bucket="bucket", Key="runs/a=1/x@y.json", Range="bytes=-2")["Body"].read() == b"lo"
    assert s3.head_object(Bucket="bucket", Key="runs/a=1/x@y.json")["ContentLength"] == 5
    s3.delete_object(Bucket="bucket", Key="runs/a=1/x@y.json")
    with pytest.raises(ClientError, match="NoSuchKey"):
        s3.get_object(Bucket="bucket", Key="runs/a=1/x@y.json")


def test_of_many_conditional_writers_one_wins(server: S3Server) -> None:
    s3 = client(server)

    def write(number: int) -> bool:
        try:
            s3.put_object(Bucket="bucket", Key="one", Body=str(number).encode(), IfNoneMatch="*")
        except ClientError as error:
            if error.response["Error"]["Code"] != "PreconditionFailed":
                raise
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(write, range(8)))
    assert sum(won) == 1
    assert s3.get_object(Bucket="bucket", Key="one")["Body"].read() == str(won.index(True)).encode()


def test_a_wrong_secret_or_key_or_none_is_refused(server: S3Server) -> None:
    with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
        client(server, secret="wrong").list_buckets()
    with pytest.raises(ClientError, match="InvalidAccessKeyId"):
        client(server, access="SOMEONE").list_buckets()
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"http://127.0.0.1:{server.server_address[1]}/bucket/one")
    assert refused.value.code == 403


def test_a_body_that_was_changed_on_the_way_is_refused(server: S3Server) -> None:
    s3 = client(server)

    def change(request: Any, **_: Any) -> None:
        request.body = b"changed"

    s3.meta.events.register("before-send.s3.PutObject", change)
    with pytest.raises(ClientError, match="XAmzContentSHA256Mismatch"):
        s3.put_object(Bucket="bucket", Key="k", Body=b"genuine")


def test_multipart_uploads_and_copies(server: S3Server) -> None:
    s3, data = client(server), os.urandom(20 << 20)
    s3.upload_fileobj(io.BytesIO(data), "bucket", "big/one.bin")
    found = io.BytesIO()
    s3.download_fileobj("bucket", "big/one.bin", found)
    assert found.getvalue() == data
    s3.copy_object(Bucket="bucket", Key="copy", CopySource={"Bucket": "bucket", "Key": "big/one.bin"})
    assert s3.head_object(Bucket="bucket", Key="copy")["ContentLength"] == len(data)
    assert not list((server.buckets.root / ".uploads").iterdir())


name = st.text(alphabet="abz09_-=.", min_size=1, max_size=4).filter(lambda text: not text.startswith("."))


@settings(max_examples=25, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.sets(st.tuples(name, name), max_size=8), size=st.integers(1, 3), delimiter=st.sampled_from(["", "/"]))
def test_listings_page_in_byte_order(server: S3Server, names: set[tuple[str, str]], size: int, delimiter: str) -> None:
    s3 = client(server)
    keys = {f"{folder}/{leaf}" for folder, leaf in names}
    for key in keys:
        server.buckets.put("bucket", key, b"", only_new=False)
    pages = list(
        s3.get_paginator("list_objects_v2").paginate(
            Bucket="bucket", Delimiter=delimiter, PaginationConfig={"PageSize": size}
        )
    )
    listed = [each["Key"] for page in pages for each in page.get("Contents", [])]
    folders = [each["Prefix"] for page in pages for each in page.get("CommonPrefixes", [])]
    if delimiter:
        assert folders == sorted({f"{folder}/" for folder, _ in names})
    else:
        assert listed == sorted(keys)
    for key in keys:
        server.buckets.delete("bucket", key)


def test_lancedb_keeps_its_tables_here(server: S3Server) -> None:
    import lancedb

    options = {
        "aws_access_key_id": KEYS.access_key,
        "aws_secret_access_key": KEYS.secret_key,
        "aws_region": "us-east-1",
        "aws_endpoint": f"http://127.0.0.1:{server.server_address[1]}",
        "allow_http": "true",
    }
    table = lancedb.connect("s3://bucket/knowledge", storage_options=options).create_table(
        "entries", [{"id": str(number), "text": f"item {number}"} for number in range(100)]
    )
    table.merge_insert("id").when_not_matched_insert_all().execute(
        [{"id": "1", "text": "x"}, {"id": "new", "text": "y"}]
    )
    again = lancedb.connect("s3://bucket/knowledge", storage_options=options).open_table("entries")
    assert again.count_rows() == 101


def test_what_was_answered_survives_a_kill(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {"AWS_ACCESS_KEY_ID": KEYS.access_key, "AWS_SECRET_ACCESS_KEY": KEYS.secret_key}
    import sys

    command = [sys.executable, "-m", "pipelines.local.s3_server", str(tmp_path), str(port)]
    (tmp_path / "bucket").mkdir()
    process = start_guarded(command, environment=environment, output=-3)
    s3 = boto3.client(
        "s3",
        endpoint_url=f"http://127.0.0.1:{port}",
        aws_access_key_id=KEYS.access_key,
        aws_secret_access_key=KEYS.secret_key,
        region_name="us-east-1",
        config=Config(retries={"max_attempts": 0}, connect_timeout=2, read_timeout=5),
    )
    _until_answered(s3)
    answered = []
    threading.Timer(0.4, lambda: os.killpg(process.pid, signal.SIGKILL)).start()
    try:
        for number in range(100_000):
            s3.put_object(Bucket="bucket", Key=f"k/{number}", Body=b"x" * 5000, IfNoneMatch="*")
            answered.append(number)
    except Exception:
        pass
    end_guarded(process)
    assert len(answered) > 10
    for number in answered:
        assert (tmp_path / f"bucket/k/{number}").read_bytes() == b"x" * 5000
    # The one that was under way is there whole or not at all.
    assert {path.stat().st_size for path in (tmp_path / "bucket/k").iterdir()} == {5000}


def _until_answered(s3: Any) -> None:
    for _ in range(100):
        try:
            s3.list_buckets()
            return
        except Exception:
            time.sleep(0.1)
    raise AssertionError("the server did not come up")


def test_a_guarded_process_does_not_outlive_its_owner(tmp_path: Path) -> None:
    """The owner is killed with -9 and sends no signal; the sleeper it had started ends all the same."""
    import subprocess
    import sys

    note = tmp_path / "pid"
    sleeper = f"import os, time; open({str(note)!r}, 'w').write(str(os.getpid())); time.sleep(600)"
    owner = (
        "import sys, time; from pipelines.local.guard import start_guarded; "
        f"start_guarded([sys.executable, '-c', {sleeper!r}], environment={{}}, output=-3); time.sleep(600)"
    )
    process = subprocess.Popen([sys.executable, "-c", owner])
    for _ in range(200):
        if note.exists() and note.read_text():
            break
        time.sleep(0.05)
    pid = int(note.read_text())
    process.kill()
    process.wait()
    for _ in range(100):
        if not Path(f"/proc/{pid}").exists() or _state(pid) == "Z":
            return
        time.sleep(0.05)
    os.kill(pid, signal.SIGKILL)
    raise AssertionError("the guarded process lives on")


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return "Z"
