"""What nobody else ends is ended: attempts that Kubeflow says are over."""

from __future__ import annotations

from pathlib import Path

from components.trajectories.attempts import Attempt
from components.trajectories.open_store import open_store
from components.trajectories.rounds import Round
from pipelines.cluster.kubeflow import Cluster
from pipelines.cluster.reaper import end_attempts
from tests.pipelines.cluster.conftest import place_at
from tests.pipelines.cluster.kubeflow_server import KubeflowServer

STATES = {"RUNNING": None, "FAILED": "failed", "stopped": "stopped", "gone": "stopped", "another's": None}
STOPPED = {"state": "FAILED", "state_history": [{"state": "CANCELING"}, {"state": "FAILED"}]}


def test_an_attempt_ends_as_kubeflow_says_it_did(server: KubeflowServer, tmp_path: Path) -> None:
    store = open_store(tmp_path)
    here = Round(run="main", number=1, seed=0, store=store, work=tmp_path)
    attempts = {}
    for number, state in enumerate(STATES):
        name = f"{number}0000000-0000-4000-8000-000000000000"
        attempts[state] = Attempt(store=store, run="main", name=name)
        kubeflow = place_at(server).kubeflow
        assert kubeflow
        there = kubeflow.model_copy(update={"namespace": "another"}) if state == "another's" else kubeflow
        attempts[state].begin(here, kubeflow=there.identity)
        if state not in ("gone", "another's"):
            server.kept["runs"][name] = {"run_id": name, "display_name": "main", "state": state}
        if state == "stopped":
            server.kept["runs"][name] |= STOPPED
    with Cluster(place_at(server)) as cluster:
        asked: list[str] = []
        said = list(end_attempts(cluster, store, remove_servers=asked.append))
        assert asked == [attempts[state].name for state, end in STATES.items() if end]
        assert len(said) == 3
        assert not list(end_attempts(cluster, store)), "what has ended is left alone"
    ends = {state: each.ended and each.ended.state for state, each in attempts.items()}
    assert ends == STATES
