"""The CronJob that ends what nobody else ends: what it is, what it may, and that its command does it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.pods import Pods
from components.trajectories.attempts import Attempt
from components.trajectories.open_store import open_store
from components.trajectories.rounds import Round
from tests.charts.rendered import CHART, Object, names, render, values
from tests.pipelines.cluster.kubeflow_server import KubeflowServer
from tests.serving import served

GONE = "11111111-2222-4333-8444-555555555555"
BARE = "import sys; sys.modules.update(kfp=None, kubernetes=None, torch=None); from pipelines.cli import main; main()"


def made(found: list[Object], kind: str) -> Any:
    (each,) = [each for each in found if (each["kind"], each["metadata"]["name"]) == (kind, "demo-reaper")]
    return each


def test_its_rights_are_to_look_at_runs_and_where_there_are_train_jobs_to_delete_them() -> None:
    found = render(values("existing"))
    assert made(found, "Role")["rules"] == [
        {"apiGroups": ["pipelines.kubeflow.org"], "resources": ["runs"], "verbs": ["get"]}
    ]
    volumes = made(found, "CronJob")["spec"]["jobTemplate"]["spec"]["template"]["spec"]["volumes"]
    tokens = [source for volume in volumes for source in volume.get("projected", {}).get("sources", [])]
    assert [each["serviceAccountToken"]["audience"] for each in tokens] == ["pipelines.kubeflow.org"]
    without = render(values("existing") | {"reaper": {"enabled": False}})
    assert not [each for each in names(without) if "reaper" in each]


@pytest.mark.parametrize("expect", [{}, {"main": 30}])
def test_its_command_ends_an_attempt_whose_pods_are_gone(expect: Object, tmp_path: Path) -> None:
    """And fails where a round was expected to end well: the line has none that did."""
    store = open_store(tmp_path / "store")
    here = Round(run="main", number=1, seed=0, store=store, work=tmp_path)
    for name in (GONE, "of-a-laptop"):
        Attempt(store=store, run="main", name=name).begin(here)
    given = values("existing") | {"reaper": {"expect": expect}}
    spec = made(render(given), "CronJob")["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    (container,) = spec["containers"]
    program, *words = [*container["command"], *container.get("args", [])]
    assert program == "symbiont"
    with served(KubeflowServer()) as server:
        (tmp_path / "places").mkdir()
        place = {"name": "cluster", "store": store.url, "kubeflow": {"address": server.address}}
        (tmp_path / "places" / "cluster.yaml").write_text(yaml.safe_dump(place))
        environment = {"SYMBIONT_DOCUMENTS": str(tmp_path), "HOME": str(tmp_path), "PYTHONPATH": str(CHART.parents[1])}
        done = subprocess.run(
            [sys.executable, "-c", BARE, *words],
            env=environment | {"PATH": os.environ["PATH"]},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
    ended, *late = done.stdout.splitlines()
    assert ended == f"main, attempt {GONE}: stopped"
    assert done.returncode == (3 if expect else 0), done.stderr
    assert [each.split(" and")[0] for each in late] == ["main: no round has ended well yet,"][: len(expect)]
    assert Attempt(store=store, run="main", name="of-a-laptop").ended is None


def test_it_has_an_image_that_the_chart_names() -> None:
    assert Pods().images.tools.split(":")[0] in str(made(render(values("try")), "CronJob"))
