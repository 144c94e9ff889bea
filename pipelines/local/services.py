"""The servers that a command starts because the place names none: MLflow, and SeaweedFS where the place asks for it.

Data lies in OUT/mlflow and OUT/s3 and outlives the servers. A place that names no store has a folder, OUT/store.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from components.loopback import HOST, answers
from components.place import Place
from pipelines.local.credentials import Credentials, load_credentials
from pipelines.local.s3_server import BUCKET, REGION, find_weed, start_s3
from pipelines.local.server import Server, choose_port
from pipelines.local.tracking_server import start_tracking

USUAL_MLFLOW, USUAL_S3 = 5000, 9000  # the well-known ports, used only if free


class Addresses(BaseModel):
    """Where the servers of an OUT folder answer; empty for what was not started."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mlflow: str = ""
    s3: str = ""

    def environment(self, credentials: Credentials) -> dict[str, str]:
        """Variables that a process needs to use the servers: addresses and secrets, as MLflow and boto3 read them."""
        variables: dict[str, str] = {}
        if self.mlflow:
            variables |= {
                "MLFLOW_TRACKING_URI": self.mlflow,
                "MLFLOW_TRACKING_USERNAME": credentials.mlflow_user,
                "MLFLOW_TRACKING_PASSWORD": credentials.mlflow_password,
            }
        if self.s3:
            variables |= {
                "AWS_ACCESS_KEY_ID": credentials.access_key,
                "AWS_SECRET_ACCESS_KEY": credentials.secret_key,
                "AWS_SESSION_TOKEN": "",  # one of another account would be sent along
                "AWS_ENDPOINT_URL_S3": self.s3,
                "AWS_REGION": REGION,
                "AWS_DEFAULT_REGION": REGION,
                "AWS_ALLOW_HTTP": "true",
            }
        return variables


@dataclass(kw_only=True)
class Services:
    """The servers of one OUT folder.

    Attributes:
        place: the place with every address filled in.
        environment: what stages need beside it: addresses and secrets, for their process environment.
    """

    place: Place
    addresses: Addresses
    environment: dict[str, str]
    servers: list[Server] = field(default_factory=list)

    def stop(self) -> None:
        for server in self.servers:
            server.stop()
        self.servers.clear()

    def check(self) -> None:
        """Raises InfraError when a server that was started here has ended."""
        for server in self.servers:
            server.check()

    def wait_for_mlflow(self) -> None:
        """Waits until MLflow answers. It takes ten seconds to start, so everything else is checked before."""
        for server in self.servers:
            if server.name == "MLflow":
                server.wait(lambda: answers(f"{self.addresses.mlflow}/health"))


def start_services(place: Place, *, out: Path, usual_ports: bool = False, mlflow: bool = True) -> Services:
    """Starts what the place does not name and fills the addresses in.

    Args:
        usual_ports: use 5000 and 9000 if they are free and the place names no others.
        mlflow: False for a command that does not need it.

    Raises:
        InputError: a port is in use, a program is missing, a file of OUT is torn, or OUT cannot be written.
        InfraError: a server ends or does not answer.
    """
    # Everything that can be refused is checked before the first file is written.
    tracking_port = s3_port = 0
    if mlflow and not place.mlflow:
        tracking_port = choose_port(place.mlflow_port, field="mlflow_port", usual=USUAL_MLFLOW if usual_ports else 0)
    if place.s3_server:
        find_weed()
        s3_port = choose_port(place.s3_port, field="s3_port", usual=USUAL_S3 if usual_ports else 0)
    credentials = load_credentials(out)
    addresses = Addresses(mlflow=_address(tracking_port), s3=_address(s3_port))
    services = Services(
        place=filled_in(place, addresses, out=out),
        addresses=addresses,
        environment=addresses.environment(credentials),
    )
    logs = out / "logs"
    try:
        if tracking_port:
            log = logs / "mlflow.log"
            services.servers += [start_tracking(out / "mlflow", port=tracking_port, credentials=credentials, log=log)]
        if s3_port:
            services.servers += [start_s3(out / "s3", port=s3_port, credentials=credentials, log=logs / "s3.log")]
    except BaseException:
        services.stop()
        raise
    return services


def _address(port: int) -> str:
    return f"http://{HOST}:{port}" if port else ""


def filled_in(place: Place, addresses: Addresses, *, out: Path) -> Place:
    """The place as stages get it: with the addresses of the started servers, and none left to start."""
    updates = {"work": place.work or str(out / "work"), "mlflow": addresses.mlflow or place.mlflow, "s3_server": False}
    if addresses.s3:
        updates |= {"store": f"s3://{BUCKET}", "s3_endpoint": addresses.s3}
    elif not place.store:
        updates["store"] = str(store_folder(out))
    return place.model_copy(update=updates)


def store_folder(out: Path) -> Path:
    """The laptop's store. Before 2026-11-25 it was one folder deeper, where a server kept its bucket."""
    earlier = out / "store" / "symbiont"
    return earlier if (earlier / "runs").is_dir() else out / "store"
