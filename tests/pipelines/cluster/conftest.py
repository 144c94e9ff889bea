"""A Kubeflow that can be asked, and a machine that knows no other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.place import Place
from pipelines.cluster import connection, following
from tests.pipelines.cluster.kubeflow_server import KubeflowServer
from tests.pipelines.cluster.kubernetes_server import KubernetesServer
from tests.serving import served

MakeServer = Callable[..., KubeflowServer]


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No token, no cluster of this machine's, and no waiting."""
    from kubernetes.config import kube_config

    monkeypatch.delenv(connection.TOKEN, raising=False)
    monkeypatch.delenv(connection.COOKIE, raising=False)
    monkeypatch.setattr(kube_config, "KUBE_CONFIG_DEFAULT_LOCATION", str(tmp_path / "no-kubeconfig"))
    monkeypatch.setattr(connection, "FIRST_PAUSE", 0.001)
    monkeypatch.setattr(following, "LOOK_SECONDS", 0.001)


@pytest.fixture
def make_server() -> Iterator[MakeServer]:
    with ExitStack() as stack:
        yield lambda **settings: stack.enter_context(served(KubeflowServer(**settings)))


@pytest.fixture
def server(make_server: MakeServer) -> KubeflowServer:
    """One user, and pages of two entries."""
    return make_server(most=2)


@pytest.fixture
def kubernetes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[KubernetesServer]:
    """This machine's kubeconfig leads there."""
    with served(KubernetesServer(namespace="agents")) as found:
        path = found.kubeconfig(tmp_path / "kubeconfig")
        monkeypatch.setattr("kubernetes.config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION", str(path))
        yield found


def place_at(server: KubeflowServer, **kubeflow: Any) -> Place:
    return Place.model_validate(
        {"name": "here", "kubeflow": {"address": server.address, "place": "cluster", **kubeflow}}
    )


@pytest.fixture
def place_file(server: KubeflowServer, tmp_path: Path) -> str:
    path = tmp_path / "here.yaml"
    path.write_text(yaml.safe_dump(place_at(server).model_dump(mode="json", exclude_defaults=True)))
    return str(path)
