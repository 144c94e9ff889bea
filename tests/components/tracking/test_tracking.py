"""Metrics and model versions against a real MLflow server."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from components import registry, tracking
from components.errors import InfraError, InputError

DIGEST = "a" * 64


def client():  # type: ignore[no-untyped-def]
    from mlflow import MlflowClient

    return MlflowClient()


def fail_inside_a_run(tags: dict[str, str], opened: list[str]) -> None:
    with tracking.track("distill", experiment="resume", tags=tags) as run:
        opened.append(run.id)
        run.params({"rate": 0.1})
        raise RuntimeError("killed")


@pytest.mark.usefixtures("mlflow_uri")
def test_metrics_params_and_files_are_written_and_the_run_ends(tmp_path: Path) -> None:
    with tracking.track("distill", experiment="write", tags={"symbiont.run": "r1"}) as run:
        run.params({"rate": 0.1})
        for step in range(3):
            run.metrics({"loss": 3.0 - step, "accuracy": step / 2}, step=step)
        run.file("note.txt", b"hello")
        run.dataset("examples", digest="d" * 64, source="s3://bucket/examples.parquet", rows=7)
    stored = client().get_run(run.id)
    assert stored.info.status == "FINISHED"
    assert stored.data.params == {"rate": "0.1"}
    assert [(each.step, each.value) for each in client().get_metric_history(run.id, "loss")] == [(0, 3), (1, 2), (2, 1)]
    assert Path(client().download_artifacts(run.id, "note.txt", str(tmp_path))).read_bytes() == b"hello"
    (given,) = stored.inputs.dataset_inputs
    assert (given.dataset.name, given.dataset.source_type) == ("examples", "s3")
    assert json.loads(given.dataset.source) == {"uri": "s3://bucket/examples.parquet"}
    assert stored.data.tags["mlflow.user"]
    experiment = client().get_experiment(stored.info.experiment_id)
    assert experiment.tags["mlflow.experimentKind"] == "custom_model_development"


@pytest.mark.usefixtures("mlflow_uri")
def test_a_file_that_is_refused_is_left_out_and_said(capsys: pytest.CaptureFixture[str]) -> None:
    tracking.TrackedRun(client=client(), run_id="0" * 32).file("note.txt", b"hello")
    assert "MLflow took no note.txt: " in capsys.readouterr().err


@pytest.mark.usefixtures("mlflow_uri")
def test_more_metrics_than_one_request_takes() -> None:
    with tracking.track("many", experiment="many", tags={}) as run:
        run.metrics({f"m{i}": i for i in range(1500)})
    assert len(client().get_run(run.id).data.metrics) == 1500


@pytest.mark.usefixtures("mlflow_uri")
def test_a_deleted_experiment_is_named_with_its_mend_and_a_deleted_run_made_anew() -> None:
    with tracking.track("first", experiment="gone", tags={}) as first:
        pass
    client().delete_run(first.id)
    with tracking.track("first", experiment="gone", tags={}) as second:
        assert second.id != first.id
    where = client().get_experiment_by_name("gone").experiment_id
    client().delete_experiment(where)
    with (
        pytest.raises(InputError, match="'gone' was deleted") as raised,
        tracking.track("x", experiment="gone", tags={}),
    ):
        pass
    assert f"restore --experiment-id {where}" in raised.value.fix
    client().restore_experiment(where)
    with tracking.track("first", experiment="gone", tags={}) as third:
        assert third.id


@pytest.mark.usefixtures("mlflow_uri")
def test_a_stage_that_failed_goes_on_in_its_own_run() -> None:
    tags = {"symbiont.run": "r2", "symbiont.round": "1"}
    opened: list[str] = []
    with pytest.raises(RuntimeError, match="killed"):
        fail_inside_a_run(tags, opened)
    assert client().get_run(opened[0]).info.status == "FAILED"
    with tracking.track("distill", experiment="resume", tags=tags) as second:
        second.params({"rate": 0.1, "epochs": 2})
    with tracking.track("distill", experiment="resume", tags={**tags, "symbiont.round": "2"}) as other:
        pass
    assert second.id == opened[0] != other.id
    assert client().get_run(second.id).data.params == {"rate": "0.1", "epochs": "2"}


@pytest.mark.usefixtures("mlflow_uri")
def test_an_orchestrators_run_is_used_and_left_open(monkeypatch: pytest.MonkeyPatch) -> None:
    given = client().create_run(client().create_experiment("given")).info.run_id
    monkeypatch.setenv("MLFLOW_RUN_ID", given)
    with tracking.track("distill", experiment="elsewhere", tags={}) as run:
        run.metrics({"loss": 1.0})
    assert run.id == given
    assert client().get_run(given).info.status == "RUNNING"


@pytest.mark.usefixtures("mlflow_uri")
def test_the_same_digest_is_one_version_whatever_its_tags(tmp_path: Path) -> None:
    first = registry.register_version("same", model=tmp_path, model_digest=DIGEST, tags={"data": "d1"})
    again = registry.register_version("same", model=tmp_path, model_digest=DIGEST, tags={"data": "d1"})
    other = registry.register_version("same", model=tmp_path, model_digest="b" * 64, tags={})
    assert (first.version, again.version, other.version) == ("1", "1", "2")
    assert first.model_digest == DIGEST
    assert [each.version for each in registry.list_versions("same")] == ["1", "2"]
    assert registry.list_versions("same")[0].tags["data"] == "d1"


@pytest.mark.usefixtures("mlflow_uri")
def test_aliases_are_none_until_set_and_then_move(tmp_path: Path) -> None:
    assert registry.get_alias("aliased", registry.CHAMPION) is None
    one = registry.register_version("aliased", model=tmp_path, model_digest="1" * 64, tags={})
    two = registry.register_version("aliased", model=tmp_path, model_digest="2" * 64, tags={})
    assert registry.get_alias("aliased", registry.CHAMPION) is None
    for version in (one, two):
        registry.set_alias("aliased", registry.CHAMPION, version.version)
        champion = registry.get_alias("aliased", registry.CHAMPION)
        assert champion is not None
        assert champion == version


@pytest.mark.usefixtures("mlflow_uri")
def test_late_tags_are_added_to_a_version(tmp_path: Path) -> None:
    made = registry.register_version("late", model=tmp_path, model_digest="3" * 64, tags={"code": "c"})
    registry.tag_version("late", made.version, tags={"symbiont.decision": "hold"})
    assert registry.list_versions("late")[0].tags["symbiont.decision"] == "hold"
    assert registry.list_versions("late")[0].tags["code"] == "c"


@pytest.mark.usefixtures("mlflow_uri")
def test_a_healthy_server_passes_the_check() -> None:
    tracking.check_tracking()


@pytest.mark.parametrize("kind", ["closed", "wrong", "unset", "no url"])
def test_the_check_names_a_server_that_is_none(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # bound but not listening: refuses at once
        address = {"closed": f"http://127.0.0.1:{closed.getsockname()[1]}", "unset": "", "no url": "http://"}
        monkeypatch.setenv("MLFLOW_TRACKING_URI", address.get(kind, ""))
        if kind == "wrong":
            server = subprocess.Popen(
                [sys.executable, "-u", "-m", "http.server", "--bind", "127.0.0.1", "0"],
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
            assert server.stdout is not None
            port = server.stdout.readline().split("port ")[1].split()[0]
            monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://127.0.0.1:{port}")
        try:
            with pytest.raises(InputError) as caught:
                tracking.check_tracking()
        finally:
            if kind == "wrong":
                server.kill()
                server.communicate()
    assert caught.value.fix
    assert "MLflow" in caught.value.what


def test_a_server_that_went_away_is_the_infrastructures_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    monkeypatch.delenv("MLFLOW_RUN_ID", raising=False)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://127.0.0.1:{closed.getsockname()[1]}")
        with pytest.raises(InfraError), tracking.track("distill", experiment="gone", tags={}):
            pass
        with pytest.raises(InfraError):
            registry.get_alias("student", registry.CHAMPION)


def test_without_a_server_a_run_keeps_nothing_and_the_registry_says_what_to_set(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    monkeypatch.chdir(tmp_path)
    with tracking.track("distill", experiment="none", tags={}) as run:
        run.metrics({"loss": 1.0})
        run.params({"rate": 1})
    assert run.id == ""
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(InputError, match="MLFLOW_TRACKING_URI"):
        registry.get_alias("student", registry.CHAMPION)
