"""What nobody else ends is ended: attempts that Kubeflow says are over, and TrainJobs that are long over."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from components.errors import InputError
from components.trainjobs.job import remove_jobs
from components.trainjobs.kubernetes import Kubernetes
from components.trajectories.attempts import Attempt
from components.trajectories.open_store import open_store
from components.trajectories.rounds import Round
from pipelines.cluster.kubeflow import Cluster
from pipelines.cluster.reaper import end_attempts
from tests.pipelines.cluster.conftest import place_at
from tests.pipelines.cluster.kubeflow_server import KubeflowServer
from tests.serving import served

STATES = {"RUNNING": None, "FAILED": "failed", "CANCELED": "stopped", "gone": "stopped"}


def test_an_attempt_ends_as_kubeflow_says_it_did(server: KubeflowServer, tmp_path: Path) -> None:
    store = open_store(tmp_path)
    here = Round(run="main", number=1, seed=0, store=store, work=tmp_path)
    attempts = {}
    for number, state in enumerate(STATES):
        name = f"{number}0000000-0000-4000-8000-000000000000"
        attempts[state] = Attempt(store=store, run="main", name=name)
        attempts[state].begin(here)
        if state != "gone":
            server.kept["runs"][name] = {"run_id": name, "display_name": "main", "state": state}
    with Cluster(place_at(server)) as cluster:
        said = list(end_attempts(cluster, store))
        assert len(said) == 3
        assert not list(end_attempts(cluster, store)), "what has ended is left alone"
    ends = {state: each.ended and each.ended.state for state, each in attempts.items()}
    assert ends == STATES


class KubernetesServer(ThreadingHTTPServer):
    """Knows TrainJobs."""

    def __init__(self, jobs: list[dict[str, Any]]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.jobs = {each["metadata"]["name"]: each for each in jobs}
        self.status = 200

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: KubernetesServer

    def do_GET(self) -> None:
        assert self.path == "/apis/trainer.kubeflow.org/v1alpha1/namespaces/agents/trainjobs"
        self._send({"items": list(self.server.jobs.values())})

    def do_DELETE(self) -> None:
        del self.server.jobs[self.path.partition("?")[0].rpartition("/")[2]]
        self._send({})

    def _send(self, body: Any) -> None:
        data = json.dumps(body).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None: ...


def job(name: str, *, runtime: str = "ours", days: float | None = None, kind: str = "Complete") -> dict[str, Any]:
    """A TrainJob that ended so many days ago."""
    conditions = []
    if days is not None:
        at = (datetime.now(UTC) - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")
        conditions = [{"type": kind, "status": "True", "lastTransitionTime": at}]
    return {
        "metadata": {"name": name, "uid": f"uid-{name}"},
        "spec": {"runtimeRef": {"name": runtime}},
        "status": {"conditions": conditions},
    }


@pytest.fixture
def kubernetes() -> Iterator[KubernetesServer]:
    jobs = [
        job("runs"),
        job("over", days=8),
        job("failed", days=9, kind="Failed"),
        job("fresh", days=1),
        job("others", runtime="theirs", days=90),
        job("suspended", days=90, kind="Suspended"),
    ]
    with served(KubernetesServer(jobs)) as found:
        yield found


def reaped(kubernetes: KubernetesServer, account: Path) -> list[str]:
    (account / "token").write_text("a token")
    there = Kubernetes(address=kubernetes.address, namespace="agents", account=account)
    return list(remove_jobs(runtime="ours", days=7, kubernetes=there))


def test_train_jobs_of_ours_that_are_long_over_go_and_no_others(kubernetes: KubernetesServer, tmp_path: Path) -> None:
    said = reaped(kubernetes, tmp_path)
    assert [each.split(",")[0] for each in said] == ["TrainJob over", "TrainJob failed"]
    assert sorted(kubernetes.jobs) == ["fresh", "others", "runs", "suspended"]


def test_what_kubernetes_does_not_allow_is_said(kubernetes: KubernetesServer, tmp_path: Path) -> None:
    kubernetes.status = 403
    with pytest.raises(InputError, match="the account of this pod may not do this"):
        reaped(kubernetes, tmp_path)
