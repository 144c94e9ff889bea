"""`symbiont submit`, `follow`, `stop` and `runs` on a Kubeflow: started once, followed to the end, stopped if asked."""

from __future__ import annotations

import _thread
import json
import signal
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from rich.console import Console
from typer.testing import CliRunner, Result

from components.errors import InfraError, InputError
from components.trajectories.manifest import keep_manifest
from components.trajectories.open_store import open_store
from components.trajectories.rounds import Round
from pipelines.cli import app
from pipelines.compile import COMPILED
from tests.pipelines.cluster.conftest import MakeServer, place_at
from tests.pipelines.cluster.kubeflow_server import Failure, Json, KubeflowServer
from tests.pipelines.cluster.kubernetes_server import KubernetesServer
from tests.pipelines.manifests import manifest

PARAMETERS = {"recipe": "laptop", "place": "cluster", "run": "main", "round": 0, "seed": 0, "overrides": ""}


@pytest.fixture
def symbiont(place_file: str) -> Callable[..., Result]:
    def call(command: str, *arguments: str, place: str = place_file, said: str = "", **environment: str) -> Result:
        given = [command, *arguments, "--place", place]
        compiled = ["--compiled", str(COMPILED)] if command == "submit" else []
        return CliRunner().invoke(app, [*given, *compiled], env=environment, input=said)

    return call


def going(*snapshots: Json) -> Callable[[Json], None]:
    """What a run looks like each time it is asked for; the last one stays."""
    left = list(snapshots)

    def step(run: Json) -> None:
        run.update(left[0])
        if len(left) > 1:
            del left[0]

    return step


def at(state: str, **tasks: str) -> Json:
    """A run whose stages stand so, with the nodes around them that no person asked for."""
    times = {"start_time": "2026-11-01T10:00:00Z", "end_time": "2026-11-01T10:01:30Z"}
    named = {name.replace("_", "-"): word for name, word in tasks.items()}
    details = [{"display_name": name, "state": word, **times} for name, word in named.items()]
    others = [{"display_name": name, "state": "RUNNING"} for name in ("root", "preflight-driver", "executor")]
    return {"state": state, "run_details": {"task_details": [*others, *details]}}


DONE = at("SUCCEEDED", preflight="SUCCEEDED", explore_phase="SUCCEEDED", evaluate_2="SKIPPED")


def test_a_round_is_started_and_followed_to_its_end(symbiont: Callable[..., Result], server: KubeflowServer) -> None:
    server.progress = going(
        at("PENDING"), at("RUNNING", preflight="RUNNING"), at("RUNNING", preflight="SUCCEEDED"), DONE
    )
    done = symbiont("submit", "--set", "distill.steps=800", "--json")
    assert done.exit_code == 0, done.output
    (run,) = server.kept["runs"].values()
    assert run["runtime_config"]["parameters"] == {**PARAMETERS, "overrides": "distill:\n  steps: 800\n"}
    assert run["service_account"] == "symbiont-run"
    assert server.kept["experiments"][run["experiment_id"]]["display_name"] == "main"
    told = json.loads(done.stdout)
    assert (told["id"], told["run"], told["state"]) == (run["run_id"], "main", "succeeded")
    assert told["link"] == f"{server.address}/#/runs/details/{run['run_id']}"
    for said in (
        "preflight: done in 1 min 30 s",
        "evaluate-champion: done",
        told["link"],
        "symbiont report --run main",
    ):
        assert said in done.stderr
    assert "driver" not in done.stderr


def test_the_same_command_finds_its_round_again_and_another_waits(
    symbiont: Callable[..., Result], server: KubeflowServer
) -> None:
    first = json.loads(symbiont("submit", "--detach", "--json").stdout)
    again = symbiont("submit", "--detach", "--json")
    assert json.loads(again.stdout)["id"] == first["id"]
    assert "Under way already" in again.stderr
    other = symbiont("submit", "--detach", "--seed", "1")
    assert isinstance(other.exception, InputError)
    assert "symbiont stop main" in str(other.exception)
    assert symbiont("submit", "--detach", "--run", "second").exit_code == 0
    server.kept["runs"][first["id"]]["state"] = "FAILED"
    assert json.loads(symbiont("submit", "--detach", "--json").stdout)["id"] != first["id"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--run", "Main Line"], "cannot be the name of a run"),
        (["--set", "distil.steps=8"], "did you mean 'distill'"),
        (["--recipe", "not-there.yaml"], "there is no file"),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_sent(
    arguments: Sequence[str], said: str, symbiont: Callable[..., Result], server: KubeflowServer
) -> None:
    done = symbiont("submit", *arguments)
    assert isinstance(done.exception, InputError)
    assert said in str(done.exception)
    assert not server.asked


def test_files_are_sent_as_their_text_and_names_as_they_are(
    symbiont: Callable[..., Result], server: KubeflowServer, tmp_path: Path
) -> None:
    recipe, over, place = tmp_path / "mine.yaml", tmp_path / "over.yaml", tmp_path / "whole.yaml"
    recipe.write_text("name: mine\n")
    over.write_text("distill: {steps: 3, batch: 2}\n")
    whole = {"name": "whole", "store": "s3://a/b", "work": "/tmp/w", "kubeflow": {"address": server.address}}
    place.write_text(yaml.safe_dump(whole))
    more = ["--overrides", str(over), "--set", "distill.steps=4"]
    assert symbiont("submit", "-d", "--recipe", str(recipe), *more, place=str(place)).exit_code == 0
    assert symbiont("submit", "-d", "--recipe", "only-there", "--run", "b").exit_code == 0
    first, second = (each["runtime_config"]["parameters"] for each in server.kept["runs"].values())
    assert first["recipe"] == "name: mine\n"
    assert yaml.safe_load(first["overrides"]) == {"distill": {"steps": 4, "batch": 2}}
    assert yaml.safe_load(first["place"]) == {name: whole[name] for name in ("name", "store", "work")}
    assert (second["recipe"], second["place"]) == ("only-there", "cluster")


def test_a_place_that_is_to_be_sent_needs_a_store(
    symbiont: Callable[..., Result], server: KubeflowServer, tmp_path: Path
) -> None:
    path = tmp_path / "bare.yaml"
    path.write_text(yaml.safe_dump({"name": "bare", "kubeflow": {"address": server.address}}))
    done = symbiont("submit", place=str(path))
    assert "kubeflow.place: cluster" in str(done.exception)


def test_several_users_each_have_their_namespace(
    symbiont: Callable[..., Result], make_server: MakeServer, tmp_path: Path
) -> None:
    server = make_server(multi_user=True, tokens={"mine": ["agents"], "theirs": ["others"]})
    path = tmp_path / "several.yaml"
    path.write_text(yaml.safe_dump(place_at(server, namespace="agents").model_dump(mode="json")))
    done = symbiont("submit", "-d", place=str(path), SYMBIONT_KUBEFLOW_TOKEN="mine")
    assert done.exit_code == 0, done.output
    for kind in ("pipelines", "experiments"):
        assert [each["namespace"] for each in server.kept[kind].values()] == ["agents"]
    refused = symbiont("follow", place=str(path), SYMBIONT_KUBEFLOW_TOKEN="theirs")
    assert "agents" in str(refused.exception)


def test_this_machine_may_have_another_way_to_the_same_kubeflow(
    symbiont: Callable[..., Result], server: KubeflowServer, tmp_path: Path
) -> None:
    path = tmp_path / "charts.yaml"
    inside = {"address": "http://ml-pipeline.kubeflow.svc:8888", "place": "cluster"}
    path.write_text(yaml.safe_dump({"name": "cluster", "kubeflow": inside}))
    done = symbiont("submit", "-d", "--json", place=str(path), SYMBIONT_KUBEFLOW=server.address)
    assert json.loads(done.stdout)["link"].startswith(server.address)
    wrong = symbiont("submit", "-d", place=str(path), SYMBIONT_KUBEFLOW="localhost:8080")
    assert "SYMBIONT_KUBEFLOW" in str(wrong.exception)


KILLED = {"terminated": {"exitCode": 137, "reason": "OOMKilled"}}


@pytest.fixture
def in_agents(server: KubeflowServer, tmp_path: Path) -> str:
    """A place whose runs are in the namespace agents, as a file."""
    path = tmp_path / "agents.yaml"
    path.write_text(yaml.safe_dump(place_at(server, namespace="agents").model_dump(mode="json")))
    return str(path)


def test_a_failed_round_says_why_and_how_to_mend_it(
    symbiont: Callable[..., Result], server: KubeflowServer, kubernetes: KubernetesServer, in_agents: str
) -> None:
    def fail(run: Json) -> None:
        if not kubernetes.pods:
            kubernetes.pod("distill-x", run=run["run_id"], phase="Failed", container=KILLED)
        run.update(at("FAILED", preflight="FAILED"))

    server.progress = fail
    done = symbiont("submit", place=in_agents)
    assert isinstance(done.exception, InputError)
    assert "distill, pod distill-x: killed because it used all its memory (OOMKilled)" in str(done.exception)
    assert "raise the place's `pods.distill.memory`" in str(done.exception)
    assert "preflight: failed" in done.stderr


def test_a_round_whose_pods_were_taken_away_may_be_started_again(
    symbiont: Callable[..., Result], server: KubeflowServer, kubernetes: KubernetesServer, in_agents: str
) -> None:
    """What befell an earlier try, after which the stage went well, is not what the round failed by."""

    def lose(run: Json) -> None:
        if not kubernetes.pods:
            kubernetes.pod("explore-x", run=run["run_id"], phase="Failed", container=KILLED)
            kubernetes.pod("distill-x", run=run["run_id"], phase="Failed", reason="Preempting", message="by pod 12")
        run.update(at("FAILED", preflight="FAILED"))

    server.progress = lose
    done = symbiont("submit", place=in_agents)
    assert isinstance(done.exception, InfraError)
    assert "distill-x: a pod of higher priority took its place (Preempting): by pod 12" in str(done.exception)
    assert "continues from what is stored" in str(done.exception)


def test_a_failure_without_a_reason_may_be_tried_again(symbiont: Callable[..., Result], server: KubeflowServer) -> None:
    server.progress = going({**at("FAILED"), "error": {"message": "the node went away"}})
    done = symbiont("submit")
    assert isinstance(done.exception, InfraError)
    assert "the node went away" in str(done.exception)
    assert "pods are not shown" in done.stderr


def test_a_kubeflow_that_is_away_for_a_moment_ends_nothing(
    symbiont: Callable[..., Result], server: KubeflowServer
) -> None:
    server.progress = going(at("RUNNING", preflight="RUNNING"), DONE)
    server.failures = [Failure(operation="run_service_get_run", status=status) for status in (503, 0, 500)]
    assert symbiont("submit").exit_code == 0


@pytest.mark.parametrize("reference", ["", "main", "runs-0004"])
def test_a_round_of_anybodys_is_followed_by_line_or_id(
    reference: str, symbiont: Callable[..., Result], server: KubeflowServer
) -> None:
    assert symbiont("submit", "-d").exit_code == 0
    server.progress = going(DONE)
    assert list(server.kept["runs"]) == ["runs-0004"]
    assert symbiont("follow", *([reference] if reference else [])).exit_code == 0
    missing = symbiont("follow", "other")
    assert "the lines of rounds there are main" in str(missing.exception)


def test_stopping_waits_until_it_has_ended_and_may_be_said_twice(
    symbiont: Callable[..., Result], server: KubeflowServer
) -> None:
    symbiont("submit", "-d")
    for _ in range(2):
        done = symbiont("stop", "main", "--json")
        assert json.loads(done.stdout)["state"] == "canceled"
    assert server.asked.count("run_service_terminate_run") == 1
    assert "was stopped" in str(symbiont("follow", "main").exception)


def test_a_round_whose_workflow_was_deleted_is_over_once_it_is_archived(
    symbiont: Callable[..., Result], server: KubeflowServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.cluster.commands.STOP_SECONDS", 0.0)
    symbiont("submit", "-d")
    server.lost = set(server.kept["runs"])
    for _ in range(2):
        assert "archive the run" in str(symbiont("stop", "main").exception)
    assert json.loads(symbiont("submit", "-d", "--json").stdout)["state"] == "canceling"
    (run,) = server.kept["runs"].values()
    run["storage_state"] = "ARCHIVED"
    assert json.loads(symbiont("stop", "main", "--json").stdout)["state"] == "canceled"
    assert json.loads(symbiont("submit", "-d", "--json").stdout)["state"] == "pending"
    assert len(server.kept["runs"]) == 2


@pytest.mark.parametrize(("said", "state"), [("y", "FAILED"), ("n", "RUNNING")])
def test_ctrl_c_at_a_terminal_asks_whether_the_round_stops_too(
    said: str, state: str, symbiont: Callable[..., Result], server: KubeflowServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(run: Json) -> None:
        if run["state"] == "PENDING":
            run["state"] = "RUNNING"
            _thread.interrupt_main()

    server.progress = interrupt
    monkeypatch.setattr("pipelines.cluster_cli.errors", Console(stderr=True, force_terminal=True))
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores Ctrl-C
    try:
        done = symbiont("submit", said=f"{said}\n")
    finally:
        signal.signal(signal.SIGINT, before)
    assert done.exit_code == 130
    (run,) = server.kept["runs"].values()
    assert run["state"] == state
    assert ("symbiont follow main" in done.stderr) is (said == "n")


def test_ctrl_c_where_nobody_can_be_asked_stops_the_round(
    symbiont: Callable[..., Result], server: KubeflowServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("pipelines.cluster.commands.follow", interrupt)
    assert symbiont("submit").exit_code == 130
    (run,) = server.kept["runs"].values()
    assert run["state"] == "FAILED"


def test_runs_lists_what_is_stored_and_what_the_cluster_does(
    symbiont: Callable[..., Result], server: KubeflowServer, tmp_path: Path
) -> None:
    here = Round(run="main", number=1, seed=0, store=open_store(tmp_path / "store"), work=tmp_path)
    keep_manifest(here, manifest(run="main"))
    path = tmp_path / "both.yaml"
    path.write_text(yaml.safe_dump({**place_at(server).model_dump(mode="json"), "store": str(tmp_path / "store")}))
    symbiont("submit", "-d")
    server.keep(
        "runs",
        {"display_name": "somebody else's", "runtime_config": {"parameters": {"run": "main"}}},
        state="RUNNING",
    )
    symbiont("submit", "-d", "--run", "new")
    lines = json.loads(symbiont("runs", "--json", place=str(path)).stdout)
    assert [(each["run"], each["cluster"]["state"], bool(each["begun"])) for each in lines] == [
        ("new", "pending", False),
        ("main", "pending", True),
    ]
    assert "on the cluster" in symbiont("runs", place=str(path)).stdout
    server.failures = [Failure(operation="healthz_service_get_healthz", status=403)]
    alone = symbiont("runs", "--json", place=str(path))
    assert [(each["run"], each["cluster"]) for each in json.loads(alone.stdout)] == [("main", None)]
    assert "not allow" in alone.stderr
