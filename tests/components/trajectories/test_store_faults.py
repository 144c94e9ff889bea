"""What a store says when it cannot do what it should, and that nothing half-written stays behind."""

import hashlib
import http.client
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from components.errors import InfraError, InputError
from components.trajectories.open_store import check_store, open_store
from components.trajectories.store_folder import STALE_SECONDS


def test_a_wrong_secret_is_named(moto_bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    with pytest.raises(InputError, match="refuses the credentials") as error:
        check_store(open_store(f"s3://{moto_bucket}"))
    assert "AWS_SECRET_ACCESS_KEY" in error.value.fix


def test_an_unknown_key_is_named(moto_bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAUNKNOWN")
    with pytest.raises(InputError, match="refuses the credentials"):
        check_store(open_store(f"s3://{moto_bucket}"))


def test_no_credentials_at_all(moto_bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(InputError, match="no S3 credentials"):
        check_store(open_store(f"s3://{moto_bucket}"))


@pytest.mark.usefixtures("moto_bucket")
def test_a_missing_bucket_is_named() -> None:
    with pytest.raises(InputError, match="no bucket 'not-there'") as error:
        check_store(open_store("s3://not-there/x"))
    assert "create it" in error.value.fix


def test_an_unreachable_endpoint_is_named_quickly(moto_bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    started = time.monotonic()
    with pytest.raises(InputError, match="does not answer") as error:
        check_store(open_store(f"s3://{moto_bucket}"))
    assert "AWS_ENDPOINT_URL" in error.value.fix
    assert time.monotonic() - started < 15


@pytest.mark.parametrize("url", ["gs://bucket/x", "http://host/x", "s3://", ""])
def test_an_address_of_another_kind_is_refused(url: str) -> None:
    with pytest.raises(InputError):
        open_store(url)


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="is a file"):
        open_store(tmp_path / "file")


def test_a_key_cannot_be_object_and_folder_at_once(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.put_new("a", b"")
    store.put_new("b/c", b"")
    for key in ("a/x", "b"):
        with pytest.raises(InputError):
            store.put_new(key, b"")


FILL = """
import resource, sys
from components.errors import InputError
from components.trajectories.open_store import open_store
if len(sys.argv) > 2:
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
    import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
store = open_store(sys.argv[1])
store.put_new("small", b"x" * 10)
try:
    store.put_new("large", b"x" * 1_000_000)
except InputError as error:
    print(error)
    print(list(store.list()))
"""


def test_a_file_that_may_not_grow_leaves_nothing_behind(tmp_path: Path) -> None:
    out = subprocess.run([sys.executable, "-c", FILL, tmp_path, "limit"], capture_output=True, text=True, check=True)
    assert "no space left for the store" in out.stdout
    assert "['small']" in out.stdout
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["small"]


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path) -> None:
    script = f'mount -t tmpfs -o size=512k none "{tmp_path}" && "$0" -c "$1" "{tmp_path}" && find "{tmp_path}" -type f'
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, sys.executable, FILL]
    out = subprocess.run(command, capture_output=True, text=True, check=False)
    if "mount" in out.stderr or "unshare" in out.stderr:
        pytest.skip(f"no small file system can be mounted here: {out.stderr.strip()}")
    assert "no space left for the store: No space left on device" in out.stdout
    assert out.stdout.splitlines()[-1] == f"{tmp_path}/small"


WRITE = """
import hashlib, os, sys
from components.trajectories.open_store import open_store
store = open_store(sys.argv[1])
number = 0
while True:
    data = os.urandom(300_000)
    store.put_new(f"{hashlib.sha256(data).hexdigest()}", data)
    print(number := number + 1, flush=True)
"""


def test_a_killed_writer_leaves_only_whole_objects(tmp_path: Path) -> None:
    for delay in (0.0, 0.003, 0.011):
        with subprocess.Popen([sys.executable, "-c", WRITE, tmp_path], stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            for _ in range(3):
                writer.stdout.readline()
            time.sleep(delay)
            writer.send_signal(signal.SIGKILL)
    store = open_store(tmp_path)
    keys = list(store.list())
    assert len(keys) >= 9
    assert all(hashlib.sha256(store.get(key)).hexdigest() == key for key in keys)


def test_what_a_killed_writer_left_is_removed_a_day_later(tmp_path: Path) -> None:
    open_store(tmp_path).put_new("a", b"")
    old, young = tmp_path / ".partial/old", tmp_path / ".partial/young"
    for path in (old, young):
        path.write_bytes(b"half")
    os.utime(old, (time.time() - STALE_SECONDS - 10,) * 2)
    store = open_store(tmp_path)
    store.put_new("b", b"")
    assert not old.exists()
    assert young.exists()
    assert list(store.list()) == ["a", "b"]


def test_a_new_store_is_for_its_owner_alone_and_one_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    open_store(tmp_path / "new/store").put_new("a/b", b"")
    assert (tmp_path / "new/store").stat().st_mode & 0o777 == 0o700
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o750)
    open_store(shared).put_new("a/b", b"")
    assert shared.stat().st_mode & 0o777 == 0o750


def test_a_folder_that_may_not_be_written_to_is_the_users_to_mend() -> None:
    with pytest.raises(InputError, match="the store's folder cannot be used") as error:
        open_store("/sys/symbiont").put_new("a", b"")  # the kernel lets nobody make a folder there
    assert "choose a folder you may write to" in error.value.fix
    assert "/sys/symbiont (a)" in error.value.where


def test_what_nobody_can_mend_by_another_setting_is_infrastructure(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(InfraError, match="symbolic links"):
        store.put_new("loop/a", b"")


class Refusing(ThreadingHTTPServer):
    """Lists an empty bucket and answers every write with one error, as some servers do."""

    daemon_threads = True

    def __init__(self, status: int, code: str) -> None:
        super().__init__(("127.0.0.1", 0), _Refusal)
        self.status, self.code = status, code


class _Refusal(BaseHTTPRequestHandler):
    server: Refusing

    def do_GET(self) -> None:
        self._answer(200, "<ListBucketResult><KeyCount>0</KeyCount></ListBucketResult>")

    def do_PUT(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self._answer(self.server.status, f"<Error><Code>{self.server.code}</Code><Message>no</Message></Error>")

    def _answer(self, status: int, body: str) -> None:
        self.send_response_only(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@pytest.mark.parametrize(
    ("status", "code", "error", "said"),
    [
        (501, "NotImplemented", InputError, "does not honour conditional writes"),
        (413, "EntityTooLarge", InputError, "takes no object of this size"),
        (400, "EntityTooLarge", InputError, "raise the server's limit"),
        (403, "QuotaExceeded", InputError, "no space left for the store"),
        (507, "InsufficientStorage", InputError, "no space left for the store"),
        (403, "RequestTimeTooSkewed", InputError, "another time than this machine"),
        (409, "OperationAborted", InfraError, "OperationAborted"),
    ],
)
def test_what_a_server_refuses_is_called_what_it_is(
    status: int, code: str, error: type[Exception], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("components.trajectories.store_s3.ATTEMPTS", 1)
    server = Refusing(status, code)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    environment = {"ENDPOINT_URL": f"http://127.0.0.1:{server.server_address[1]}", "ACCESS_KEY_ID": "a"}
    for name, value in {**environment, "SECRET_ACCESS_KEY": "b"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    with pytest.raises(error, match=said):
        check_store(open_store("s3://bucket/x"))
    server.shutdown()
    server.server_close()


class Forgetful(ThreadingHTTPServer):
    """Passes requests on to an S3 server and drops the first answer to every conditional write."""

    daemon_threads = True

    def __init__(self, upstream: str) -> None:
        super().__init__(("127.0.0.1", 0), _Passing)
        self.upstream = urlsplit(upstream).netloc
        self.dropped: set[str] = set()


class _Passing(BaseHTTPRequestHandler):
    server: Forgetful

    def _pass(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        connection = http.client.HTTPConnection(self.server.upstream)
        connection.request(self.command, self.path, body, dict(self.headers))
        answer = connection.getresponse()
        data = answer.read()
        if self.headers.get("If-None-Match") and self.path not in self.server.dropped:
            self.server.dropped.add(self.path)
            self.close_connection = True
            return
        self.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("transfer-encoding", "content-length", "connection"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_PUT = do_HEAD = do_DELETE = _pass

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@pytest.fixture
def forgetful_bucket(moto_bucket: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    server = Forgetful(os.environ["AWS_ENDPOINT_URL"])
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_address[1]}")
    yield moto_bucket
    server.shutdown()
    server.server_close()


def test_a_writer_whose_answer_was_lost_still_knows_it_won(forgetful_bucket: str) -> None:
    store = open_store(f"s3://{forgetful_bucket}/x")
    assert store.put_new("mine", b"mine") is True
    assert store.put_new("mine", b"mine") is False


def test_an_endpoint_that_goes_away_later_is_infrastructure(
    forgetful_bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("components.trajectories.store_s3.ATTEMPTS", 1)
    store = open_store(f"s3://{forgetful_bucket}/x")
    store.put("a", b"")
    with pytest.raises(InfraError):
        store.put_new("b", b"")
