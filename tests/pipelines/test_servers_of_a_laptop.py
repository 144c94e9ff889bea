"""SeaweedFS as the place laptop-s3 starts it, ports, and the variables a shell is told."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

import psutil
import pytest

from components.errors import InfraError, InputError
from components.loopback import answers, free_ports
from pipelines.commands import env_command
from pipelines.local.credentials import load_credentials
from pipelines.local.s3_server import BUCKET, make_client, start_s3
from pipelines.local.server import choose_port
from pipelines.local.services import Addresses
from pipelines.outfolder import OutFolder, locked
from tests.pipelines.processes import eventually


def test_seaweedfs_listens_on_loopback_alone_wants_keys_keeps_what_it_answered_and_its_death_is_noticed(
    tmp_path: Path,
) -> None:
    credentials, folder, log = load_credentials(tmp_path), tmp_path / "s3", tmp_path / "logs/s3.log"
    [port] = free_ports(1)
    server = start_s3(folder, port=port, credentials=credentials, log=log)
    try:
        listening = [
            each.laddr
            for process in psutil.Process(server.process.pid).children(recursive=True)
            for each in process.net_connections(kind="inet")
            if each.status == psutil.CONN_LISTEN
        ]
        assert port in {address.port for address in listening}
        assert len(listening) == 8, "master, volume, filer and S3, each with gRPC"
        assert {address.ip for address in listening} == {"127.0.0.1"}
        with pytest.raises(HTTPError, match="403"):
            build_opener(ProxyHandler({})).open(f"http://127.0.0.1:{port}/{BUCKET}", timeout=30)
        assert (folder / "keys.json").stat().st_mode & 0o077 == 0
        command = " ".join(psutil.Process(server.process.pid).cmdline())
        assert credentials.secret_key not in command
        client = make_client(f"http://127.0.0.1:{port}", credentials)
        client.put_object(Bucket=BUCKET, Key="a/b", Body=b"kept", IfNoneMatch="*")
        server.check()
        os.killpg(server.process.pid, signal.SIGKILL)

        def noticed() -> bool:
            try:
                server.check()
            except InfraError as error:
                return "the S3 server, which this command had started, ended" in str(error) and str(log) in str(error)
            return False

        assert eventually(noticed)
    finally:
        server.stop()
    assert not any(path.exists() for path in server.leaves), "nothing of it lies in /tmp"
    [port] = free_ports(1)
    server = start_s3(folder, port=port, credentials=credentials, log=log)
    try:
        again = make_client(f"http://127.0.0.1:{port}", credentials)
        assert again.get_object(Bucket=BUCKET, Key="a/b")["Body"].read() == b"kept"
    finally:
        server.stop()


def test_the_usual_port_is_taken_where_it_is_free_and_a_wanted_one_or_none() -> None:
    [free] = free_ports(1)
    assert choose_port(0, field="mlflow_port", usual=free) == free
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert choose_port(0, field="mlflow_port", usual=port) not in (0, port)
        with pytest.raises(InputError, match=f"port {port} cannot be used") as error:
            choose_port(port, field="mlflow_port", usual=free)
    assert error.value.where == "place: mlflow_port"


def test_no_outgoing_connection_takes_a_port_that_was_chosen_and_is_not_bound_yet() -> None:
    first = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    assert len({port for port in free_ports(20) if port < first}) == 20


def test_a_shell_is_told_how_to_reach_the_servers(tmp_path: Path) -> None:
    credentials = load_credentials(tmp_path)
    assert (tmp_path / "credentials.json").stat().st_mode & 0o777 == 0o600
    up = Addresses(mlflow="http://127.0.0.1:5000", s3="http://127.0.0.1:9000")
    OutFolder(root=tmp_path).servers.write_text(up.model_dump_json())
    with locked(tmp_path):
        told = env_command(out=tmp_path)
    names = ("MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD", "AWS_ENDPOINT_URL_S3", "AWS_SECRET_ACCESS_KEY")
    script = f"{told}\necho {' '.join(f'${name}' for name in names)}"
    shown = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True).stdout.split()
    assert shown == ["symbiont", credentials.mlflow_password, up.s3, credentials.secret_key]


@pytest.mark.parametrize("said", [b"SSH-2.0-OpenSSH_9.6\r\n", b"", b"HTTP/1.1 2000 Odd\r\n\r\n"])
def test_what_speaks_no_http_is_not_the_server_that_is_waited_for(said: bytes) -> None:
    def speak() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(1000)
            connection.sendall(said)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=speak, daemon=True)
        thread.start()
        assert not answers(f"http://127.0.0.1:{listener.getsockname()[1]}/health")
        thread.join()
