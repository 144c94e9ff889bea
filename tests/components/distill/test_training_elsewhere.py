"""A student trained in pods of a TrainJob is the one that is trained here; what is wrong comes back as it was said."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from components.distill import elsewhere
from components.distill.component import distill
from components.distill.config import DistillConfig
from components.distill.run import run
from components.errors import InfraError, InputError
from components.models.devices import Devices
from components.models.storing import is_stored
from components.place import place_of_form
from components.preflight.component import preflight
from components.results.distill import DistillResult, Point
from components.trainjobs import job as jobs
from components.trainjobs.config import TrainJobSettings
from components.trajectories.rounds import Round
from pipelines.compile import compile_round
from tests.components.trainjobs.trainer_server import TrainerServer

MakeRound = Callable[..., Round]
PREFIX = "runs/test/round-001/checkpoints/"
pytestmark = pytest.mark.xdist_group("torchrun")


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TrainerServer]:
    monkeypatch.setattr(jobs, "POLL_SECONDS", 0.1)
    with TrainerServer(tmp_path, starts=True) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        monkeypatch.setattr(elsewhere, "of_this_pod", server.kubernetes)
        yield server
        server.shutdown()


def _on(nodes: int) -> Devices:
    return Devices(processes=nodes, memory_gb=8, job=TrainJobSettings(nodes=nodes))


def _config(tiny_model: Path, **settings: Any) -> DistillConfig:
    defaults = {"steps": 12, "batch": 6, "checkpoint_every": 4, "validate_every": 6, "threads": 1, "context": 256}
    defaults |= {"precision": "fp32", "validation_share": 0.2, "variants": 0}
    return DistillConfig(student=str(tiny_model), **{**defaults, **settings})


def _train(config: DistillConfig, round: Round, nodes: int, **named: Any) -> DistillResult:
    return run(config=config, round=round, devices=_on(nodes), image="trainer@sha256:1", **named)


def _losses(result: DistillResult) -> list[float]:
    every = (value for point in result.curve for value in (point.train_loss, point.validation_loss))
    return [value for value in every if value is not None]


def test_two_pods_give_the_losses_of_one_process(
    make_round: MakeRound, tiny_model: Path, server: TrainerServer
) -> None:
    config = _config(tiny_model)
    here, there = make_round("here"), make_round("there")
    alone = run(config=config, round=here)
    points: list[Point] = []
    result = _train(config, there, 2, on_progress=points.append)
    assert _losses(result) == pytest.approx(_losses(alone), rel=1e-5)
    assert [point.step for point in points] == [point.step for point in result.curve]
    assert is_stored(there.store, result.model_digest)
    assert not list(there.store.list(PREFIX)), "nothing of it is of use any more"
    spec = server.job()["spec"]["trainer"]
    assert (spec["image"], spec["numNodes"], spec["numProcPerNode"]) == ("trainer@sha256:1", 2, 1)


PLACE = """
name: cluster
store: STORE
work: WORK
mlflow: MLFLOW
free_gb: 0
pods: {images: {trainer: "mirror.example.com/trainer@sha256:1"}}
training: {memory_gb: 8, job: {}}
"""


def test_pods_of_a_job_run_the_image_that_the_pipeline_was_compiled_with(
    make_round: MakeRound,
    tiny_model: Path,
    server: TrainerServer,
    mlflow_uri: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The form's place may be another by then, and what stages are told of it leaves its pods out."""
    round = make_round()
    text = PLACE.replace("STORE", str(round.store.url)).replace("WORK", str(tmp_path / "work"))
    text = text.replace("MLFLOW", mlflow_uri)
    spec, _ = yaml.safe_load_all(compile_round(tmp_path / "round.yaml", place=place_of_form(text)).read_text())
    container = spec["deploymentSpec"]["executors"]["exec-distill"]["container"]
    assert container["image"] == "mirror.example.com/trainer@sha256:1"
    recipe = {
        "name": "tiny",
        "tasks": {"train": ["click-button"], "heldout": ["click-link"]},
        "distill": _config(tiny_model, steps=2).model_dump(mode="json"),
    }
    told = preflight.python_func(
        recipe=yaml.safe_dump(recipe),
        place=text.replace("mirror.example.com", "elsewhere.example.com"),
        run="test",
        round=1,
        seed=3,
        overrides="",
        pods="{}",
        summary=SimpleNamespace(path=str(tmp_path / "summary.md")),
    )
    given = dict(zip(preflight.python_func.__annotations__["return"]._fields, told, strict=True))
    metrics = SimpleNamespace(log_metric=lambda *_: None)

    def train() -> None:
        distill.python_func(config=given["distill"], job=given["job"], examples="", metrics=metrics)

    with pytest.raises(InputError, match="does not say which image"):
        train()
    for each in container["env"]:
        monkeypatch.setenv(each["name"], each["value"])
    train()
    assert server.job()["spec"]["trainer"]["image"] == container["image"]


def test_a_loss_that_is_not_finite_is_said_by_the_stage_and_not_tried_again(
    make_round: MakeRound, tiny_model: Path, server: TrainerServer
) -> None:
    round = make_round()
    with pytest.raises(InputError, match=r"is (nan|inf) at step \d+ of 12") as error:
        _train(_config(tiny_model, learning_rate=1e30, warmup=0), round, 1)
    assert error.value.where == "distill.learning_rate"
    assert server.job()["status"]["conditions"][0]["type"] == "Complete", "else Kubernetes would start it again"


def test_pods_with_other_code_than_the_stage_are_refused_until_they_have_the_same(
    make_round: MakeRound, tiny_model: Path, server: TrainerServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not server.jobs
    round, config = make_round(), _config(tiny_model, steps=2)
    with monkeypatch.context() as patch:
        patch.setattr(elsewhere, "code_digest", lambda: "0" * 64)
        with pytest.raises(InputError, match="the stage runs 000000000000"):
            _train(config, round, 1)
    assert is_stored(round.store, _train(config, round, 1).model_digest), "what is mended goes on"


def test_a_job_that_failed_is_made_anew_and_goes_on_from_its_checkpoint(
    make_round: MakeRound, tiny_model: Path, server: TrainerServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    config, round = _config(tiny_model), make_round()
    whole = run(config=config, round=make_round("whole"))
    with monkeypatch.context() as patch:
        patch.setenv("SYMBIONT_MODELS", "/proc/nowhere")  # the pods find no room for the model they start from
        with pytest.raises(InfraError, match="failed: JobsFailed"):
            _train(config, round, 1)
    first = server.job()["metadata"]["uid"]
    monkeypatch.setattr("components.distill.run.publish_model", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run(config=config, round=round, devices=Devices(send_checkpoints=True))
    assert [key.rpartition("/")[2] for key in round.store.list(PREFIX) if "step-" in key][
        -1
    ] == "step-00000012.safetensors"
    round.store.delete(max(key for key in round.store.list(PREFIX) if "step-" in key))
    points: list[Point] = []
    result = _train(config, round, 1, on_progress=points.append)
    assert server.job()["metadata"]["uid"] != first
    assert points[0].step > 8, "it went on from what the other machine had sent"
    assert result.model_digest == whole.model_digest


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"processes": 3, "memory_gb": 8, "job": {"nodes": 2}}, "cannot be divided among 2 nodes"),
        ({"processes": 2, "job": {"nodes": 2}}, "say the memory_gb"),
    ],
)
def test_a_place_whose_job_cannot_be_is_refused(said: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Devices.model_validate(said)
