"""Starts and stops the S3 server and the MLflow server of a run, on loopback with generated credentials.

Data lies in OUT/store and OUT/mlflow and outlives the servers. Credentials are made once, kept in OUT/credentials.json
(readable by the owner only) and handed to processes through their environment, never through a command line or a log.
"""

from __future__ import annotations

import json
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from components.errors import InfraError, InputError
from components.files import PRIVATE, write_whole
from components.place import Place
from pipelines.local.guard import end_guarded, start_guarded

BUCKET = "symbiont"
HOST = "127.0.0.1"
REGION = "us-east-1"
USER = "symbiont"


@dataclass(kw_only=True)
class Services:
    """What runs for one OUT folder.

    Attributes:
        place: the place with every address filled in.
        environment: what stages need beside it: addresses and secrets, for their process environment.
        processes: servers that were started here, by name.
    """

    out: Path
    place: Place
    environment: dict[str, str] = field(default_factory=dict)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def stop(self) -> None:
        """Ends what was started here; every answered write is on the disk already."""
        for process in self.processes.values():
            end_guarded(process)
        self.processes.clear()

    def check(self) -> None:
        """Raises InfraError when a server that was started here has ended."""
        for name, process in self.processes.items():
            if process.poll() is not None:
                raise InfraError(f"the {name} server ended with status {process.returncode}: see {self._log(name)}")

    def _log(self, name: str) -> Path:
        return self.out / "logs" / f"{name}.log"

    def start_s3(self, credentials: dict[str, str]) -> str:
        port = choose_port(self.place.s3_port, field="s3_port")
        environment = {
            "AWS_ACCESS_KEY_ID": credentials["access_key"],
            "AWS_SECRET_ACCESS_KEY": credentials["secret_key"],
        }
        (self.out / "store" / BUCKET).mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "pipelines.local.s3_server", str(self.out / "store"), str(port)]
        self._spawn("s3", command, environment)
        address = f"http://{HOST}:{port}"
        self._wait("s3", address, accept=(403,))
        self.environment |= environment | {"AWS_ENDPOINT_URL_S3": address, "AWS_REGION": REGION}
        self.environment |= {"AWS_DEFAULT_REGION": REGION, "AWS_ALLOW_HTTP": "true"}
        return address

    def start_mlflow(self, credentials: dict[str, str]) -> str:
        """MLflow with its own log-in, one worker and no job runner: 0.5 instead of 1.6 GiB."""
        port = choose_port(self.place.mlflow_port, field="mlflow_port")
        folder = self.out / "mlflow"
        folder.mkdir(parents=True, exist_ok=True)
        environment = {
            "MLFLOW_AUTH_CONFIG_PATH": str(_write_auth_config(folder)),
            "MLFLOW_AUTH_ADMIN_USERNAME": USER,
            "MLFLOW_AUTH_ADMIN_PASSWORD": credentials["mlflow_password"],
            "MLFLOW_FLASK_SERVER_SECRET_KEY": credentials["mlflow_session_key"],
            "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
            "MLFLOW_DISABLE_TELEMETRY": "true",
        }
        command = [sys.executable, "-m", "mlflow", "server", "--app-name", "basic-auth", "--host", HOST]
        command += ["--port", str(port), "--workers", "1", "--serve-artifacts"]
        command += ["--backend-store-uri", f"sqlite:///{folder / 'mlflow.db'}"]
        command += ["--artifacts-destination", str(folder / "artifacts")]
        self._spawn("mlflow", command, environment)
        address = f"http://{HOST}:{port}"
        self.environment |= {
            "MLFLOW_TRACKING_URI": address,
            "MLFLOW_TRACKING_USERNAME": USER,
            "MLFLOW_TRACKING_PASSWORD": credentials["mlflow_password"],
        }
        return address

    def wait_for_mlflow(self) -> None:
        """MLflow takes ten seconds to start, so it is waited for after everything else was checked."""
        if "mlflow" in self.processes:
            self._wait("mlflow", f"{self.environment['MLFLOW_TRACKING_URI']}/health", accept=(200,))

    def _spawn(self, name: str, command: list[str], environment: dict[str, str]) -> None:
        log = self._log(name)
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            self.processes[name] = start_guarded(command, environment=environment, output=output)

    def _wait(self, name: str, address: str, *, accept: tuple[int, ...], seconds: float = 120) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.check()
            try:
                urllib.request.urlopen(address, timeout=5).close()
                return
            except urllib.error.HTTPError as error:
                if error.code in accept:
                    return
            except OSError:
                pass  # not up yet
            time.sleep(0.1)
        raise InfraError(f"the {name} server did not come up in {seconds:.0f} s: see {self._log(name)}")


def start_services(place: Place, *, out: Path) -> Services:
    """Starts what the place does not name and fills the addresses in.

    Raises:
        InputError: a port is in use, or OUT cannot be written.
        InfraError: a server ends or stays silent.
    """
    services = Services(out=out, place=place)
    for name, starts in (("mlflow_port", not place.mlflow), ("s3_port", not place.store)):
        if starts:  # before the first file is written
            choose_port(getattr(place, name), field=name)
    credentials = load_credentials(out)
    found: dict[str, str] = {}
    try:
        if not place.mlflow:
            found["mlflow"] = services.start_mlflow(credentials)
        if not place.store:
            found |= {"s3_endpoint": services.start_s3(credentials), "store": f"s3://{BUCKET}"}
    except BaseException:
        services.stop()
        raise
    work = place.work or str(out / "work")
    services.place = place.model_copy(update={**found, "work": work})
    return services


def load_credentials(out: Path) -> dict[str, str]:
    """The generated secrets of an OUT folder, made on first use."""
    path = out / "credentials.json"
    if path.exists():
        found: dict[str, str] = json.loads(path.read_text())
        return found
    made = {
        "access_key": f"SYM{secrets.token_hex(8).upper()}",
        "secret_key": secrets.token_urlsafe(30),
        "mlflow_password": secrets.token_urlsafe(18),
        "mlflow_session_key": secrets.token_urlsafe(30),
    }
    out.mkdir(parents=True, exist_ok=True)
    write_whole(path, json.dumps(made), mode=PRIVATE)
    return made


def choose_port(wanted: int, *, field: str) -> int:
    """The wanted port, or any free one for 0.

    Raises:
        InputError: something else listens there.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, wanted))
        except OSError as error:
            fix = "stop what listens there, choose another port, or leave it 0 for any free one"
            raise InputError(
                f"port {wanted} cannot be used: {error.strerror}", where=f"place: {field}", fix=fix
            ) from error
        return int(probe.getsockname()[1])


def _write_auth_config(folder: Path) -> Path:
    """MLflow's log-in settings; the password comes from the environment. Checked passwords are kept for a minute:
    PBKDF2 at every call would cost more than the call."""
    lines = [
        "[mlflow]",
        "default_permission = READ",
        f"database_uri = sqlite:///{folder / 'users.db'}",
        f"admin_username = {USER}",
        "authorization_function = mlflow.server.auth:authenticate_request_basic_auth",
        "grant_default_workspace_access = false",
        "auth_cache_ttl_seconds = 60",
    ]
    path = folder / "auth.ini"
    path.write_text("\n".join(lines) + "\n")
    return path
