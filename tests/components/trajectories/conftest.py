"""The stores that the tests run against: a folder, a moto server that checks signatures, and SeaweedFS."""

from __future__ import annotations

import os
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

from components.loopback import free_ports
from components.trajectories.open_store import open_store
from components.trajectories.store import Store
from pipelines.local.credentials import load_credentials
from pipelines.local.s3_server import start_s3


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
    [port], log = free_ports(1), tmp_path_factory.mktemp("moto") / "log"
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
def seaweed_s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The S3 server of the place laptop-s3, as it is started there."""
    folder, [port] = tmp_path_factory.mktemp("seaweed"), free_ports(1)
    credentials = load_credentials(folder)
    server = start_s3(folder / "s3", port=port, credentials=credentials, log=folder / "log")
    endpoint = f"http://127.0.0.1:{port}"
    try:
        yield _environment(endpoint, key=credentials.access_key, secret=credentials.secret_key)
    finally:
        server.stop()


def _new_bucket(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> str:
    """Sets the environment of this server and makes a bucket in it."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    bucket = f"test-{uuid.uuid4().hex}"
    boto3.session.Session().client("s3").create_bucket(Bucket=bucket)  # the default session keeps another server's keys
    return bucket


# One worker runs all tests on SeaweedFS: starting it costs more than they do.
@pytest.fixture(params=["folder", "moto", pytest.param("seaweed", marks=pytest.mark.xdist_group("seaweed"))])
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """An empty store of each kind."""
    if request.param == "folder":
        yield open_store(tmp_path / "store")
        return
    bucket = _new_bucket(request.getfixturevalue(f"{request.param}_s3"), monkeypatch)
    yield open_store(f"s3://{bucket}/some/prefix")
    if request.param == "seaweed":  # seven gigabytes of the free disk are a bucket's as long as it is there
        boto3.session.Session().client("s3").delete_bucket(Bucket=bucket)


@pytest.fixture
def moto_bucket(moto_s3: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty bucket of the moto server, reached through the environment."""
    return _new_bucket(moto_s3, monkeypatch)
