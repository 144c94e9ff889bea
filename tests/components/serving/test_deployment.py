"""Students in pods of their own: made once for all who ask, awaited, told apart, and gone when nobody asks any more."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from components.agents.base import Decision
from components.agents.build import build_agent
from components.agents.config import LocalConfig
from components.agents.local import LocalAgent
from components.agents.served import ServedAgent
from components.errors import InfraError, InputError
from components.finish.component import finish
from components.models.files import folder_digest
from components.models.storing import is_stored
from components.place import Place
from components.preflight.cluster import Right
from components.preflight.servers import rights
from components.serving import deployment
from components.serving.address import make_address
from components.serving.config import Deployment
from components.serving.deployment import DeployedServer, end_servers
from components.trainjobs import kubernetes
from components.trajectories.attempts import ATTEMPT, Attempt
from components.trajectories.open_store import open_store
from components.trajectories.rounds import Round
from components.trajectories.store import Store
from pipelines.cli import app
from tests.charts.policy import broken
from tests.charts.rendered import DIGEST, Object, laid_over, render, values
from tests.components.agents.turns import make_turn
from tests.components.conftest import serving
from tests.components.serving.deployment_server import DEPLOYMENTS, SERVICES, DeploymentServer, schema_contents
from tests.pipelines.cluster.kubeflow_server import KubeflowServer
from tests.serving import served

SETTINGS = Deployment(template="demo-round", replicas=2)
OWNER = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow", "name": "round-7", "uid": "u-7"}
POD = "explore-0"
CHANGES = {
    "serving": {"round": {"enabled": True, "arguments": ["--max-model-len=10000"]}},
    "place": {"serving": {"kind": "deployment"}},
    "images": {"vllm": {"digest": DIGEST}},
}


@pytest.fixture(scope="module")
def template() -> Object:
    """As the chart makes it."""
    [made] = [each for each in render(laid_over(values("existing"), CHANGES)) if each["kind"] == "PodTemplate"]
    return made


@pytest.fixture
def server(
    template: Object, tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[DeploymentServer]:
    """Kubernetes; behind every Service of it stands our own small server of a tiny model."""
    monkeypatch.setattr(deployment, "POLL_SECONDS", 0.01)
    monkeypatch.setattr(kubernetes, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr("kubernetes_validate.utils.schema_contents", schema_contents)
    monkeypatch.setenv(ATTEMPT, "run-1")
    monkeypatch.setenv("HOSTNAME", POD)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    (tmp_path / "account").mkdir()
    with (
        serving(tiny_model, name="student") as url,
        DeploymentServer(tmp_path / "account", template=template, rights=rights(SETTINGS)) as server,
    ):
        monkeypatch.setattr(deployment, "ADDRESS", url.removesuffix("/v1"))
        monkeypatch.setattr(deployment, "of_this_pod", server.kubernetes)
        here = {"metadata": {"name": POD, "labels": {}, "ownerReferences": [OWNER]}}
        server.objects[f"/api/v1/namespaces/agents/pods/{POD}"] = here
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path / "store")


def soon(true: Callable[[], Any]) -> None:
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def opened(server: DeploymentServer, store: Store, folder: Path, settings: Deployment = SETTINGS) -> DeployedServer:
    """One that was made or found, and whose pods came up."""
    address = DeployedServer(settings, store=store)
    thread = threading.Thread(target=address.open, args=(folder, folder_digest(folder)), daemon=True)
    thread.start()
    soon(lambda: not thread.is_alive() or any(not each.get("status") for each in server.under(DEPLOYMENTS)))
    if thread.is_alive():
        server.status(availableReplicas=2)
    thread.join(timeout=30)
    assert not thread.is_alive()
    return address


def made(server: DeploymentServer) -> int:
    return server.asked.count(f"POST {DEPLOYMENTS}")


def test_a_student_is_served_to_the_stages_that_ask_and_goes_with_the_last(
    server: DeploymentServer, store: Store, tiny_model: Path, tmp_path: Path
) -> None:
    """It waits for all replicas, and decides as in the stage's own process."""
    local = LocalConfig(model=str(tiny_model))
    one, other = (build_agent(local, store=store, work=tmp_path, serving=SETTINGS) for _ in range(2))
    assert isinstance(one, ServedAgent)

    async def decided() -> list[Decision]:
        first = asyncio.create_task(one.decide([make_turn()]))
        await asyncio.to_thread(soon, lambda: server.under(SERVICES))
        server.status(availableReplicas=1)
        seen = len(server.asked)
        await asyncio.to_thread(soon, lambda: len(server.asked) > seen + 6)
        assert not first.done(), "one of two answers"
        server.status(availableReplicas=2)
        return [*await first, *await other.decide([make_turn()])]

    async def go() -> list[Decision]:
        try:
            return await decided()
        finally:
            await one.close()
            assert "deletionTimestamp" not in server.deployment()["metadata"], "the other asks still"
            await other.close()

    actions = {each.action for each in asyncio.run(go())}
    assert actions == {asyncio.run(LocalAgent(tiny_model).decide([make_turn()]))[0].action}
    assert made(server) == 1
    assert server.deployment()["metadata"]["deletionTimestamp"]
    assert is_stored(store, folder_digest(tiny_model)), "its pods take it from there"


def test_it_is_named_by_the_model_owned_by_the_round_and_its_service_by_it(
    server: DeploymentServer, store: Store, tiny_model: Path
) -> None:
    opened(server, store, tiny_model)
    found, [service] = server.deployment(), server.under(SERVICES)
    assert found["metadata"]["name"].startswith(f"symbiont-{folder_digest(tiny_model)[:12]}-")
    assert found["metadata"]["ownerReferences"] == [OWNER]
    assert service["metadata"]["ownerReferences"][0]["uid"] == found["metadata"]["uid"]
    pod = found["spec"]["template"]
    assert service["spec"]["selector"].items() <= pod["metadata"]["labels"].items()
    assert broken("Deployment/served", pod["spec"]) == [], "as the chart's own pods"
    server.gone(f"{DEPLOYMENTS}/{found['metadata']['name']}")
    assert not server.under(SERVICES)


def test_its_pods_fetch_the_model_and_serve_it_by_its_digest(
    server: DeploymentServer, store: Store, tiny_model: Path, tmp_path: Path
) -> None:
    """The command of the first container, run as Kubernetes would; the second's arguments name what it left."""
    opened(server, store, tiny_model)
    pod = server.deployment()["spec"]["template"]
    [fetch], [vllm] = pod["spec"]["initContainers"], pod["spec"]["containers"]
    told = variables(fetch, pod) | {"SYMBIONT_MODELS": str(tmp_path / "models")}
    program, *words = [expanded(word, told) for word in fetch["command"]]
    assert program == "python"
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[3]), **told}
    bare = "import sys, runpy; sys.modules.update(torch=None, lancedb=None); sys.argv = sys.argv[2:]; "
    run = [sys.executable, "-c", f"{bare}runpy.run_module(sys.argv[0], run_name='__main__', alter_sys=True)", *words]
    subprocess.run(run, env=environment, cwd=tmp_path, check=True)
    digest = folder_digest(tiny_model)
    assert folder_digest(tmp_path / "models" / digest) == digest
    arguments = [expanded(each, variables(vllm, pod)) for each in vllm["args"]]
    lies = variables(fetch, pod)["SYMBIONT_MODELS"]
    assert arguments[0] == f"{lies}/{digest}"
    assert {f"--served-model-name={digest}", "--max-model-len=10000"} <= set(arguments)
    mounts = [{each["mountPath"]: each["name"] for each in one["volumeMounts"]}[lies] for one in (fetch, vllm)]
    assert mounts[0] == mounts[1]


def variables(container: Object, pod: Object) -> dict[str, str]:
    found = {}
    for each in container["env"]:
        path = each.get("valueFrom", {}).get("fieldRef", {}).get("fieldPath", "")
        said = pod["metadata"]["annotations"][path.split("'")[1]] if path else each["value"]
        found[each["name"]] = said
    return found


def expanded(word: str, told: dict[str, str]) -> str:
    for name, value in told.items():
        word = word.replace(f"$({name})", value)
    return word


def test_what_somebody_begins_to_ask_while_the_last_leaves_stays(
    server: DeploymentServer, store: Store, tiny_model: Path
) -> None:
    first = opened(server, store, tiny_model)
    server.meanwhile.append(
        lambda: server.changed(server.deployment())["metadata"]["annotations"].update({"asks.symbiont.dev/b": "b"})
    )
    first.close()
    assert "deletionTimestamp" not in server.deployment()["metadata"]
    opened(server, store, tiny_model)
    assert made(server) == 1


def test_a_change_of_its_state_while_the_last_leaves_keeps_nothing(
    server: DeploymentServer, store: Store, tiny_model: Path
) -> None:
    first = opened(server, store, tiny_model)
    server.meanwhile.append(lambda: server.status(availableReplicas=1))
    first.close()
    assert server.deployment()["metadata"]["deletionTimestamp"]


def test_one_that_goes_is_waited_for_and_made_anew(server: DeploymentServer, store: Store, tiny_model: Path) -> None:
    opened(server, store, tiny_model).close()
    assert server.deployment()["metadata"]["deletionTimestamp"]
    opened(server, store, tiny_model)
    assert (made(server), server.asked.count(f"POST {SERVICES}")) == (2, 2)
    [service] = server.under(SERVICES)
    assert service["metadata"]["ownerReferences"][0]["uid"] == server.deployment()["metadata"]["uid"]


def test_lost_replies_make_no_second_one_and_leave_nothing(
    server: DeploymentServer, store: Store, tiny_model: Path
) -> None:
    server.failing = [200, 200, 503, 0, 500]  # template, pod, the first look; the Deployment is made and not heard of
    address = opened(server, store, tiny_model)
    assert len([each for each in server.deployment()["metadata"]["annotations"] if "asks" in each]) == 1
    server.failing = [0]
    address.close()
    assert server.deployment()["metadata"]["deletionTimestamp"]


def test_another_attempt_has_a_server_of_its_own(
    server: DeploymentServer, store: Store, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(server, store, tiny_model)
    monkeypatch.setenv(ATTEMPT, "run-2")
    opened(server, store, tiny_model).close()
    leaving = [bool(each["metadata"].get("deletionTimestamp")) for each in server.under(DEPLOYMENTS)]
    assert leaving == [False, True]


def test_the_end_of_an_attempt_removes_what_a_killed_stage_asked(
    server: DeploymentServer, store: Store, tiny_model: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    opened(server, store, tiny_model)
    end_servers("run-2", kubernetes=server.kubernetes())
    assert "deletionTimestamp" not in server.deployment()["metadata"]
    place = Place(name="c", store=store.url, work=str(tmp_path / "work"), serving=SETTINGS)
    monkeypatch.setattr("components.finish.pods.of_this_pod", server.kubernetes)

    class Status:
        state = "FAILED"

    class Summary:
        path = str(tmp_path / "summary.md")

    ended = finish.python_func(place=yaml.safe_dump(place.model_dump()), run="main", status=Status(), summary=Summary())
    assert ended == "failed"
    assert server.deployment()["metadata"]["deletionTimestamp"]


def test_the_reaper_removes_the_servers_of_an_attempt_that_is_over(
    server: DeploymentServer, store: Store, tiny_model: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    gone = "11111111-2222-4333-8444-555555555555"
    monkeypatch.setenv(ATTEMPT, gone)
    opened(server, store, tiny_model)
    here = Round(run="main", number=1, seed=0, store=store, work=tmp_path)
    Attempt(store=store, run="main", name=gone).begin(here)
    monkeypatch.setattr("components.trainjobs.kubernetes.of_this_pod", server.kubernetes)
    with served(KubeflowServer()) as kubeflow:
        place = {"name": "cluster", "store": store.url, "kubeflow": {"address": kubeflow.address}}
        (tmp_path / "cluster.yaml").write_text(yaml.safe_dump(place))
        done = CliRunner().invoke(app, ["reap", "--place", str(tmp_path / "cluster.yaml"), "--servers"])
    assert done.exit_code == 0, done.output
    assert f"attempt {gone}: stopped" in done.output
    assert server.deployment()["metadata"]["deletionTimestamp"]


def waiting(reason: str, message: str = "") -> dict[str, Any]:
    state = {"waiting": {"reason": reason, "message": message}}
    return {"containerStatuses": [{"name": "vllm", "image": "vllm@sha256:1", "restartCount": 0, "state": state}]}


def ended(name: str, **terminated: Any) -> dict[str, Any]:
    again = {"waiting": {"reason": "CrashLoopBackOff"}}
    status = {"name": name, "restartCount": 3, "state": again, "lastState": {"terminated": terminated}}
    return {"initContainerStatuses" if name == "fetch" else "containerStatuses": [status]}


@pytest.mark.parametrize(
    ("status", "error", "said"),
    [
        (waiting("ImagePullBackOff", "manifest unknown"), InputError, r"vllm@sha256:1 cannot .*unknown\n.*\n.*images"),
        (waiting("ImagePullBackOff", "i/o timeout"), InfraError, "cannot be pulled .*timeout"),
        (waiting("CreateContainerConfigError", 'no secret "s"'), InputError, r'no secret "s"\n.*\n.*namespace of'),
        (ended("vllm", reason="OOMKilled", exitCode=137), InputError, r"OOMKilled\)\n.*\n.*round.resources.memory"),
        (ended("vllm", reason="Error", exitCode=1), InfraError, r"vllm ended 3 times, with status 1.*\nlast words\n"),
        (ended("fetch", reason="Error", exitCode=1), InfraError, r"fetch ended 3 times, with status 1.*\nlast words\n"),
    ],
    ids=["no image", "no registry", "no secret", "memory", "crash", "no model"],
)  # fmt: skip
def test_pods_that_cannot_run_end_the_wait_with_the_reason_and_leave_nothing(
    server: DeploymentServer,
    store: Store,
    tiny_model: Path,
    status: dict[str, Any],
    error: type[Exception],
    said: str,
) -> None:
    def fail() -> None:
        soon(lambda: server.under(SERVICES))
        name = server.pod(**status)
        server.logs |= {f"{name} {container} true": "last words" for container in ("vllm", "fetch")}

    thread = threading.Thread(target=fail, daemon=True)
    thread.start()
    address = DeployedServer(SETTINGS, store=store)
    with pytest.raises(error, match=rf"(?s){said}"):
        address.open(tiny_model, folder_digest(tiny_model))
    thread.join()
    address.close()
    assert server.deployment()["metadata"]["deletionTimestamp"]


@pytest.mark.parametrize("by", ["pod", "quota"])
def test_what_may_pass_is_said_and_waited_for(
    server: DeploymentServer, store: Store, tiny_model: Path, capsys: pytest.CaptureFixture[str], by: str
) -> None:
    address = DeployedServer(SETTINGS, store=store)
    thread = threading.Thread(target=address.open, args=(tiny_model, folder_digest(tiny_model)), daemon=True)
    thread.start()
    soon(lambda: server.under(SERVICES))
    condition = {"status": "False", "reason": "Unschedulable", "message": "0/3 nodes: Insufficient nvidia.com/gpu"}
    if by == "pod":
        server.pod(conditions=[{"type": "PodScheduled", **condition}])
    else:
        said = {"type": "ReplicaFailure", "status": "True", "message": "exceeded quota: Insufficient nvidia.com/gpu"}
        server.status(conditions=[said])
    seen = len(server.asked)
    soon(lambda: len(server.asked) > seen + 9)
    assert thread.is_alive()
    server.status(availableReplicas=2)
    thread.join(timeout=30)
    told = capsys.readouterr().out
    assert told.count("Insufficient nvidia.com/gpu") == 1
    assert told.rstrip().endswith(f"serves model {folder_digest(tiny_model)[:12]}")


@pytest.mark.usefixtures("server")
def test_a_wait_that_is_too_long_ends_with_what_is_known(store: Store, tiny_model: Path) -> None:
    address = DeployedServer(SETTINGS.model_copy(update={"minutes": 0}), store=store)
    with pytest.raises(InfraError, match=r"after 0 minutes \(the place's serving.minutes\): its pods are not ready"):
        address.open(tiny_model, folder_digest(tiny_model))


def test_a_template_that_is_not_there_and_a_right_that_is_not_given_are_named(
    server: DeploymentServer, store: Store, tiny_model: Path
) -> None:
    server.rights = (*server.rights, Right(verb="get", resource="podtemplates"))
    with pytest.raises(InputError, match="no PodTemplate other") as missing:
        DeployedServer(Deployment(template="other"), store=store).open(tiny_model, folder_digest(tiny_model))
    assert missing.value.where == "place: serving.template"
    server.rights = tuple(each for each in server.rights if each.verb != "create")
    with pytest.raises(InputError, match=r"may not do this.*deployments is forbidden") as forbidden:
        DeployedServer(SETTINGS, store=store).open(tiny_model, folder_digest(tiny_model))
    assert "place.serving" in forbidden.value.fix


def test_without_a_store_no_pod_serves(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="fetches its model from the store"):
        make_address(SETTINGS, work=tmp_path, store=None)
