"""Who asks, what is asked again, and what is said of what went wrong; against the published API."""

from __future__ import annotations

from pathlib import Path

import pytest

from components.errors import InfraError, InputError
from pipelines.cluster.connection import COOKIE, TOKEN
from pipelines.cluster.kubeflow import Cluster
from pipelines.cluster.package import PIPELINE, package
from pipelines.compile import COMPILED
from tests.pipelines.cluster.conftest import MakeServer, place_at
from tests.pipelines.cluster.kubeflow_server import Failure, KubeflowServer


@pytest.fixture
def several(make_server: MakeServer) -> KubeflowServer:
    return make_server(multi_user=True, tokens={"good": ["agents"], "other": ["theirs"]}, most=2)


def test_the_sdks_own_client_gets_along_with_the_server(
    server: KubeflowServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Otherwise what is tested here would be a server of nobody's."""
    from kfp import client

    monkeypatch.setattr(client.Client, "_LOCAL_KFP_CONTEXT", str(tmp_path / "context.json"))
    sdk = client.Client(host=server.address)
    experiment = sdk.create_experiment("main")
    assert sdk.get_experiment(experiment_name="main").experiment_id == experiment.experiment_id
    with Cluster(place_at(server)) as cluster:
        made = cluster.publish(COMPILED.read_bytes(), pipeline=PIPELINE, version="one")
        assert cluster.experiment("main") == experiment.experiment_id
    assert sdk.get_pipeline_id(PIPELINE) == made.pipeline_id
    ids = {"pipeline_id": made.pipeline_id, "version_id": made.pipeline_version_id}
    started = sdk.run_pipeline(experiment.experiment_id, "one", params={"run": "main"}, service_account="a", **ids)
    assert started.state == "PENDING"
    sdk.create_recurring_run(
        experiment.experiment_id, "r", cron_expression="0 0 2 * * *", no_catchup=True, max_concurrency="1", **ids
    )
    assert server.told[-1]["max_concurrency"] == "1"


def test_a_version_is_uploaded_once_under_the_name_of_its_digest(server: KubeflowServer) -> None:
    made = package(COMPILED)
    with Cluster(place_at(server)) as cluster:
        first = cluster.publish(made.compiled, pipeline=PIPELINE, version=made.version)
        assert cluster.publish(made.compiled, pipeline=PIPELINE, version=made.version) == first
        stages = cluster.stages(first)
    assert server.changes() == ["pipeline_service_create_pipeline", "upload_pipeline_version"]
    assert next(iter(stages.values())) == "preflight"
    assert list(stages.values())[-2:] == ["report", "finish"]
    assert stages["evaluate-2"] == "evaluate-champion"


def test_another_compiler_that_compiles_the_same_gives_the_same_version(tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    text = COMPILED.read_text()
    sdk = next(line for line in text.splitlines() if line.startswith("sdkVersion"))
    other.write_text(text.replace(sdk, "sdkVersion: kfp-9.9.9"))
    assert package(other).version == package(COMPILED).version
    other.write_text(text.replace("distill", "distil"))
    assert package(other).version != package(COMPILED).version


def test_what_is_compiled_now_is_what_is_committed() -> None:
    assert package(None).version == package(COMPILED).version


@pytest.mark.parametrize("way", ["token", "cookie", "file"])
def test_every_way_to_say_who_asks(
    way: str, several: KubeflowServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    token = tmp_path / "token"
    settings = {"namespace": "agents"}
    if way == "file":
        token.write_text("good\n")
        settings["token_file"] = str(token)
    else:
        monkeypatch.setenv(*{"token": (TOKEN, "good"), "cookie": (COOKIE, "authservice_session=good")}[way])
    with Cluster(place_at(several, **settings)) as cluster:
        assert cluster.experiment("main")
        assert several.kept["experiments"].popitem()[1]["namespace"] == "agents"
        if way == "file":
            token.write_text("expired")
            with pytest.raises(InputError, match="does not know who asks"):
                cluster.unfinished()
            token.write_text("good")
            assert cluster.unfinished() == []


def test_without_a_token_it_says_where_one_is_put(several: KubeflowServer) -> None:
    with pytest.raises(InputError, match=f"user identity(.|\n)*{TOKEN}"), Cluster(place_at(several)) as cluster:
        cluster.unfinished()


def test_a_namespace_of_others_is_named(several: KubeflowServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TOKEN, "other")
    with (
        pytest.raises(InputError, match=r"not allow(.|\n)*'agents'"),
        Cluster(place_at(several, namespace="agents")) as cluster,
    ):
        cluster.experiment("main")
    assert not several.kept["experiments"]


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 0])
def test_what_passes_is_asked_again(status: int, server: KubeflowServer) -> None:
    server.failures = [
        Failure(operation="run_service_list_runs", status=status, headers={"Retry_After": "0"}) for _ in range(2)
    ]
    with Cluster(place_at(server)) as cluster:
        assert cluster.unfinished() == []
    assert server.asked.count("run_service_list_runs") == 3


def test_what_does_not_pass_ends_with_its_words(server: KubeflowServer) -> None:
    server.failures = [Failure(operation="run_service_list_runs", status=500) for _ in range(9)]
    with Cluster(place_at(server)) as cluster, pytest.raises(InfraError, match=r"500(.|\n)*so it is"):
        cluster.unfinished()


MAKING = (
    "experiment_service_create_experiment",
    "pipeline_service_create_pipeline",
    "upload_pipeline_version",
    "run_service_create_run",
)


@pytest.mark.parametrize("status", [0, 504])
@pytest.mark.parametrize("done", [True, False])
def test_a_lost_reply_makes_nothing_twice(status: int, done: bool, server: KubeflowServer) -> None:
    server.failures = [Failure(operation=each, status=status, done=done) for each in MAKING]
    with Cluster(place_at(server)) as cluster:
        version = cluster.publish(COMPILED.read_bytes(), pipeline=PIPELINE, version="one")
        experiment = cluster.experiment("main")
        run = cluster.start("main 1", experiment=experiment, version=version, parameters={"run": "main"})
        assert cluster.run(run.run_id) == run
    assert not server.failures
    made = {kind: len(found) for kind, found in server.kept.items()}
    assert made == {"pipelines": 1, "versions": 1, "experiments": 1, "runs": 1, "recurring_runs": 0}


def test_a_conflict_of_an_action_is_asked_again(server: KubeflowServer) -> None:
    server.failures = [Failure(operation="run_service_terminate_run", status=409)]
    run = server.keep(
        "runs", {"display_name": "x", "runtime_config": {"parameters": {}}}, state="RUNNING", namespace=""
    )
    with Cluster(place_at(server)) as cluster:
        cluster.stop(run["run_id"])
    assert run["state"] == "CANCELING"


@pytest.mark.parametrize("state", ["CANCELING", "FAILED"])
def test_stopping_a_run_that_is_ending_already_is_as_good(state: str, server: KubeflowServer) -> None:
    run = server.keep("runs", {"display_name": "x", "runtime_config": {"parameters": {}}}, state=state)
    with Cluster(place_at(server)) as cluster:
        cluster.stop(run["run_id"])


def test_a_run_that_cannot_be_stopped_says_why(server: KubeflowServer) -> None:
    server.failures = [Failure(operation="run_service_terminate_run", status=400)]
    run = server.keep("runs", {"display_name": "x", "runtime_config": {"parameters": {}}}, state="RUNNING")
    with Cluster(place_at(server)) as cluster, pytest.raises(InputError, match="so it is"):
        cluster.stop(run["run_id"])


def test_an_address_that_nobody_answers_at_is_asked_once(server: KubeflowServer) -> None:
    place = place_at(server)
    server.server_close()
    server.shutdown()
    with pytest.raises(InfraError, match="port-forward"):
        Cluster(place)


def test_a_page_is_not_the_api(server: KubeflowServer) -> None:
    with pytest.raises(InputError, match="no such thing"):
        Cluster(place_at(server, address=f"{server.address}/somewhere"))


def test_a_log_in_before_it_is_told_from_the_api(make_server: MakeServer) -> None:
    server = make_server()
    server.failures = [Failure(operation="healthz_service_get_healthz", status=302, headers={"Location": "/dex/auth"})]
    with pytest.raises(InputError, match=COOKIE):
        Cluster(place_at(server))


def test_a_place_without_kubeflow_says_what_it_lacks(server: KubeflowServer) -> None:
    with pytest.raises(InputError, match="names no Kubeflow"):
        Cluster(place_at(server).model_copy(update={"kubeflow": None}))


@pytest.mark.parametrize(("setting", "said"), [("ca_file", "no certificates"), ("token_file", "token cannot be read")])
def test_files_that_are_not_there_are_named(setting: str, said: str, server: KubeflowServer) -> None:
    with pytest.raises(InputError, match=f"{said}(.|\n)*kubeflow.{setting}"):
        Cluster(place_at(server, **{setting: "/not/there"}))
