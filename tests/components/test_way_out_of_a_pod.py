"""Store, knowledge, MLflow and models behind a proxy and a company's own authority, by the variables that pods have."""

from __future__ import annotations

import os
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

from components.pods import Pods
from tests.authority import issue

HOST = "inside.example.test"
"""No name server knows it: only the proxy finds it."""
ASK = """
import asyncio, sys, boto3, requests
from components.endpoints.wire import Wire
from components.trajectories.knowledge import knowledge_url
from components.trajectories.lance import connect
from components.trajectories.open_store import check_store, open_store

boto3.client("s3").create_bucket(Bucket="bucket")
store = open_store("s3://bucket/main")
check_store(store)
connect(knowledge_url(store, "main")).create_table("t", data=[{"a": 1}])
asyncio.run(Wire(sys.argv[1] + "/v1", key="", timeout=20).ask("models"))
requests.get(sys.argv[1])  # as MLflow's client does
"""


class Proxy:
    """Takes whoever asks for `HOST` to one port of this machine, and counts them."""

    def __init__(self, port: int) -> None:
        self.asked: list[str] = []
        self._port, self._socket = port, socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._socket.accept()
                threading.Thread(target=self._connect, args=(near,), daemon=True).start()

    def _connect(self, near: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            head += near.recv(4096)
        self.asked.append(head.split()[1].decode())
        far = socket.create_connection(("127.0.0.1", self._port))
        near.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        threading.Thread(target=_carry, args=(far, near), daemon=True).start()
        _carry(near, far)


def _carry(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while data := one.recv(65536):
            other.sendall(data)
        other.shutdown(socket.SHUT_WR)


@pytest.fixture
def outside(tmp_path: Path) -> Iterator[tuple[Proxy, Path, int]]:
    """The proxy, the bundle, and the port of an S3 server that answers anything else with its own pages."""
    bundle, pair = issue(tmp_path, HOST)
    secure = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    secure.load_cert_chain(pair)
    service = DomainDispatcherApplication(create_backend_app)

    def by_path(environ: Any, respond: Any) -> Any:
        return service(environ | {"HTTP_HOST": "localhost"}, respond)  # moto takes another host for a bucket's

    server = make_server("127.0.0.1", 0, by_path, threaded=True, ssl_context=secure)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield Proxy(server.server_port), bundle, server.server_port
    server.shutdown()


@pytest.mark.parametrize("trusted", [True, False])
def test_what_a_round_asks_goes_through_the_proxy_and_trusts_the_authority(
    trusted: bool, outside: tuple[Proxy, Path, int]
) -> None:
    proxy, bundle, port = outside
    pods = Pods(certificates="authorities" if trusted else "", environment={"https_proxy": proxy.address})
    variables = {name: str(bundle) if value.endswith("ca.crt") else value for name, value in pods.variables.items()}
    address = f"https://{HOST}:{port}"
    kept = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    environment = kept | variables | {"AWS_ENDPOINT_URL_S3": address, "AWS_REGION": "us-east-1"}
    environment |= {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret"}
    done = subprocess.run(
        [sys.executable, "-c", ASK, address], env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    if trusted:
        assert done.returncode == 0, done.stderr
        assert set(proxy.asked) == {f"{HOST}:{port}"}
    else:
        assert "CERTIFICATE_VERIFY_FAILED" in done.stderr
