"""The stores that the conformance tests run against: a folder, a moto server that checks signatures, and Ceph RGW."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from components.trajectories.open_store import open_store
from components.trajectories.store import Store

PROGRAMS = ("radosgw", "radosgw-admin", "ceph-mon", "ceph-osd", "ceph", "ceph-authtool", "monmaptool")
ACCESS_KEY, SECRET_KEY = "symbiont", "symbiont-secret"
CONFIGURATION = """\
[global]
fsid = {fsid}
mon host = {monitor}
public addr = 127.0.0.1
run dir = {folder}
admin socket =
pid file =
log file = {folder}/$name.log
crash dir = {folder}
keyring = {folder}/keyring
mon data = {folder}/mon
osd data = {folder}/osd
osd objectstore = memstore
memstore device bytes = 1073741824
osd crush chooseleaf type = 0
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pg autoscale mode = off
mon allow pool size one = true
mon max pg per osd = 1000
rgw run sync thread = false
rgw enable usage log = false
"""


def missing_programs() -> list[str]:
    return [program for program in PROGRAMS if shutil.which(program) is None]


class Ceph:
    """Ceph RGW of one monitor and one OSD in memory, from Debian's radosgw, ceph-mon and ceph-osd; no manager.

    `endpoint` is where its S3 is; nothing outlives `stop`.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._daemons: list[subprocess.Popen[bytes]] = []
        self._fsid = str(uuid.uuid4())
        monitor = f"v2:127.0.0.1:{_free_port()}/0"
        (folder / "ceph.conf").write_text(
            CONFIGURATION.format(fsid=self._fsid, folder=folder, monitor=f"[{monitor}]"), encoding="utf-8"
        )
        try:
            self._start_monitor(monitor)
            self._start_osd()
            self._call(
                "radosgw-admin",
                "user",
                "create",
                "--uid=t",
                "--display-name=t",
                f"--access-key={ACCESS_KEY}",
                f"--secret-key={SECRET_KEY}",
            )
            port = _free_port()  # only now: in the seconds before, another server could have taken it
            self.endpoint = f"http://127.0.0.1:{port}"
            self._daemon("radosgw", "-n", "client.admin", f"--rgw-frontends=beast endpoint=127.0.0.1:{port}")
            _wait_until_up(self.endpoint, folder / "client.admin.log")
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        for daemon in reversed(self._daemons):
            daemon.kill()
            daemon.wait()

    def _start_monitor(self, address: str) -> None:
        monmap, keyring = str(self._folder / "monmap"), str(self._folder / "keyring")
        everything = [part for service in ("mon", "osd") for part in ("--cap", service, "allow *")]
        self._call("ceph-authtool", "--create-keyring", keyring, "--gen-key", "-n", "mon.", "--cap", "mon", "allow *")
        for name in ("client.admin", "osd.0"):
            self._call("ceph-authtool", keyring, "--gen-key", "-n", name, *everything)
        self._call("monmaptool", "--create", "--fsid", self._fsid, "--addv", "a", f"[{address}]", monmap)
        self._call("ceph-mon", "--mkfs", "-i", "a", "--monmap", monmap, "--keyring", keyring)
        self._daemon("ceph-mon", "-i", "a")

    def _start_osd(self) -> None:
        identity = str(uuid.uuid4())
        self._call("ceph", "osd", "new", identity)
        self._call("ceph", "osd", "crush", "add", "osd.0", "1.0", "root=default", "host=local")
        (self._folder / "osd").mkdir()
        self._call("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", identity)
        self._daemon("ceph-osd", "-i", "0")

    def _call(self, *command: str) -> None:
        done = subprocess.run(
            self._with_configuration(command), capture_output=True, text=True, timeout=180, check=False
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)}:\n{done.stderr[-3000:]}")

    def _daemon(self, *command: str) -> None:
        with (self._folder / f"{command[0]}.out").open("wb") as out:
            self._daemons.append(subprocess.Popen(self._with_configuration((*command, "-f")), stdout=out, stderr=out))

    def _with_configuration(self, command: tuple[str, ...]) -> tuple[str, ...]:
        if command[0] in ("monmaptool", "ceph-authtool"):
            return command
        return (command[0], "-c", str(self._folder / "ceph.conf"), *command[1:])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_up(endpoint: str, log: Path) -> None:
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(endpoint, timeout=2).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"no answer from {endpoint}:\n{log.read_text()[-3000:]}")


def _environment(endpoint: str, *, key: str, secret: str) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": key,
        "AWS_SECRET_ACCESS_KEY": secret,
        "AWS_REGION": "us-east-1",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
    }


@pytest.fixture(scope="session")
def moto_s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A moto server that checks signatures and policies; yields the environment of a user who may use S3."""
    port, log = _free_port(), tmp_path_factory.mktemp("moto") / "log"
    endpoint = f"http://127.0.0.1:{port}"
    setup_calls = 3  # the user, its policy and its key are made before authentication is on
    with log.open("wb") as out:
        server = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
            stdout=out,
            stderr=out,
            env={**os.environ, "INITIAL_NO_AUTH_ACTION_COUNT": str(setup_calls)},
        )
    try:
        _wait_until_up(f"{endpoint}/moto-api/", log)
        iam = boto3.client(
            "iam", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x"
        )
        iam.create_user(UserName="symbiont")
        policy = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}'
        iam.put_user_policy(UserName="symbiont", PolicyName="s3", PolicyDocument=policy)
        key = iam.create_access_key(UserName="symbiont")["AccessKey"]
        yield _environment(endpoint, key=key["AccessKeyId"], secret=key["SecretAccessKey"])
    finally:
        server.kill()
        server.wait()


@pytest.fixture(scope="session")
def ceph_s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    if missing := missing_programs():
        pytest.skip(f"Ceph RGW is not installed (missing: {', '.join(missing)})")
    ceph = Ceph(tmp_path_factory.mktemp("ceph"))
    try:
        yield _environment(ceph.endpoint, key=ACCESS_KEY, secret=SECRET_KEY)
    finally:
        ceph.stop()


def _new_bucket(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> str:
    """Sets the environment of this server and makes a bucket in it."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    bucket = f"test-{uuid.uuid4().hex}"
    boto3.session.Session().client("s3").create_bucket(Bucket=bucket)  # the default session keeps another server's keys
    return bucket


# One worker runs all tests on Ceph: starting it costs more than they do.
@pytest.fixture(params=["folder", "moto", pytest.param("ceph", marks=pytest.mark.xdist_group("ceph"))])
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """An empty store of each kind."""
    if request.param == "folder":
        return open_store(tmp_path / "store")
    bucket = _new_bucket(request.getfixturevalue(f"{request.param}_s3"), monkeypatch)
    return open_store(f"s3://{bucket}/some/prefix")


@pytest.fixture
def moto_bucket(moto_s3: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty bucket of the moto server, reached through the environment."""
    return _new_bucket(moto_s3, monkeypatch)
