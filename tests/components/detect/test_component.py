"""The stage's body on a round that went badly: thin evidence is its answer, and the round can go on to its report."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from components.agents.config import ScriptedConfig
from components.detect.component import detect
from components.detect.config import DetectConfig
from components.models.files import BASE_FOLDER
from components.models.storing import publish_model
from components.place import Job, Place
from components.trajectories.episodes import save_episode
from components.trajectories.manifest import Manifest, keep_manifest
from components.trajectories.open_store import open_store
from components.trajectories.rounds import Round
from components.trajectories.schema import AgentInfo, Episode


class Metrics(dict[str, float]):
    """What Kubeflow hands a stage to write numbers into."""

    def log_metric(self, name: str, value: float) -> None:
        self[name] = value


@pytest.fixture(params=["heldout_seeds", "transductive"])
def round(tmp_path: Path, make_episode: Callable[..., Episode], request: pytest.FixtureRequest) -> Round:
    """A round whose student was judged on three episodes of training tasks and is still the untrained base."""
    here = Round(run="r", number=1, seed=0, store=open_store(tmp_path / "store"), work=tmp_path / "work")
    for seed in range(3):
        episode = make_episode('type [2] "bob"', "click [1]", task_id="form-task", seed=seed)
        phase = {"run": "r", "round": 1, "phase": f"evaluate-student-{request.param}", "family": "form"}
        save_episode(here.store, episode.model_copy(update=phase))
    base = publish_model(here.store, BASE_FOLDER)
    same = dict.fromkeys(("recipe", "code", "benchmark_version", "evaluator_checksum", "split", "place"), "x")
    manifest = Manifest(
        **same,
        run="r",
        round=1,
        seed=0,
        packages={},
        benchmark="miniwob",
        teacher=AgentInfo(name="t", kind="scripted", digest="t"),
        start=base,
        student=base,
        champion=base,
        data={},
        created_at="2026-01-01T00:00:00+00:00",
    )
    keep_manifest(here, manifest)
    return here


def test_a_student_with_too_few_episodes_ends_in_inconclusive(round: Round, tmp_path: Path) -> None:
    place = Place(name="p", store=str(tmp_path / "store"), work=str(tmp_path / "work"))
    metrics = Metrics()
    verdict = detect.python_func(
        config=DetectConfig().model_dump_json(),
        job=Job(place=place, run="r", round=1, seed=0).model_dump_json(),
        teacher=ScriptedConfig().model_dump_json(),
        model=publish_model(round.store, BASE_FOLDER),
        student="",
        metrics=metrics,
    )
    assert verdict == "inconclusive"
    stored = json.loads(round.store.get("runs/r/round-001/results/detect.json"))
    assert stored["verdict"] == "inconclusive"
    assert "probes are too few for a verdict, 128 are needed" in stored["because"]
    assert metrics == {"p_value": 1.0}
