"""What may stand at Kubeflow's address and answers anything at all: every command ends with words, and soon."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import Any

import pytest

from components.errors import InfraError, InputError
from components.place import Place
from pipelines.cluster import connection
from pipelines.cluster.connection import COOKIE, TOKEN
from pipelines.cluster.following import stage_events
from pipelines.cluster.kubeflow import Cluster
from pipelines.cluster.records import Run, Task, Version, read
from tests.pipelines.cluster.conftest import place_at
from tests.pipelines.cluster.kubeflow_server import Failure, KubeflowServer
from tests.serving import served

VERSION = Version(pipeline_id="p", pipeline_version_id="v")
ASKED: dict[str, Callable[[Cluster], object]] = {
    "publish": lambda cluster: cluster.publish(b"x", pipeline="p", version="v"),
    "stages": lambda cluster: cluster.stages(VERSION),
    "experiment": lambda cluster: cluster.experiment("main"),
    "start": lambda cluster: cluster.start("r", experiment="e", version=VERSION, parameters={}),
    "run": lambda cluster: cluster.run("r"),
    "unfinished": lambda cluster: cluster.unfinished(),
    "rounds": lambda cluster: list(cluster.rounds()),
    "recurring": lambda cluster: cluster.recurring(),
    "stop": lambda cluster: cluster.stop("r"),
}
ODD: list[Any] = [None, True, 7, "x", [], {}, [None], [7], ["x"], [[]], [{}], {"x": 1}]
KEYS = (
    *("runs", "pipelines", "pipeline_versions", "experiments", "recurringRuns", "pipeline_id", "experiment_id"),
    *("run_id", "pipeline_version_id", "recurring_run_id", "pipeline_spec", "created_at", "state", "run_details"),
)
CYCLE = {"a": {"componentRef": {"name": "c"}, "dependentTasks": ["b"]}} | {
    "b": {"componentRef": {"name": "c"}, "dependentTasks": ["a"]}
}


class Anything(ThreadingHTTPServer):
    """Answers everything with `body`, but that it is well."""

    body = b"{}"
    asked = 0

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.address = f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Anything

    def do_GET(self) -> None:
        self.server.asked += 1
        body = b"{}" if self.path.endswith("healthz") else self.server.body
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def anything() -> Iterator[Anything]:
    with served(Anything()) as found:
        yield found


def at(anything: Anything) -> Place:
    return Place.model_validate({"name": "here", "kubeflow": {"address": anything.address}})


def ends(cluster: Cluster, what: str) -> str:
    """With a word, or well; anything else is raised."""
    try:
        ASKED[what](cluster)
    except (InputError, InfraError) as error:
        return str(error)
    return ""


def test_three_hundred_answers_of_another_form_end_in_words(anything: Anything) -> None:
    rng, said = Random(11), 0
    with Cluster(at(anything)) as cluster:
        for number in range(300):
            body: Any = {key: rng.choice(ODD) for key in rng.sample(KEYS, rng.randint(1, 6))}
            if rng.random() < 0.3:
                body = {key: [body] for key in KEYS[:5]}
            anything.body = json.dumps(body).encode()
            said += bool(ends(cluster, list(ASKED)[number % len(ASKED)]))
    assert said > 100


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"null", b"7", b"[]", b"<html>Log in</html>", b"\xff\xfe", b"[" * 100_000),
        b'{"runs": ' + b"9" * 5000 + b"}",
        json.dumps({"pipeline_spec": {"root": {"dag": {"tasks": CYCLE}}, "components": {"c": {}}}}).encode(),
        json.dumps({"runs": [{"run_id": "r", "created_at": "2026-11-26T10:00:00"}]}).encode(),
        json.dumps({"run_id": "r", "created_at": "yesterday", "run_details": {"task_details": [{}]}}).encode(),
    ],
)
@pytest.mark.parametrize("what", ASKED)
def test_any_answer_ends_well_or_in_words(anything: Anything, what: str, body: bytes) -> None:
    anything.body = body
    with Cluster(at(anything)) as cluster:
        ends(cluster, what)


def test_a_list_that_never_ends_is_given_up(anything: Anything) -> None:
    anything.body = json.dumps({"runs": [{"run_id": "r"}], "next_page_token": "again"}).encode()
    with Cluster(at(anything)) as cluster, pytest.raises(InputError, match="again and again"):
        cluster.unfinished()
    assert anything.asked < 5


def test_a_time_without_a_zone_is_of_utc_and_one_that_is_none_is_passed_over() -> None:
    run = read(Run, {"run_id": "r", "created_at": "2026-11-26T10:00:00"})
    assert run.created_at is not None
    assert run.created_at.isoformat() == "2026-11-26T10:00:00+00:00"
    assert read(Run, {"run_id": "r", "created_at": "soon"}).created_at is None
    told = read(Task, {"display_name": "a", "state": "SUCCEEDED", "start_time": "2026-11-26T10:00:00"})
    assert [event.kind for event in stage_events({"a": "a"}, [told])] == ["begins", "ends"]


@pytest.mark.parametrize("secret", ["tok\nen", "tök", "to\x7fken", "to\udcffken"])
@pytest.mark.parametrize("variable", [TOKEN, COOKIE])
def test_a_secret_that_no_header_can_hold_is_refused_and_not_repeated(
    anything: Anything, monkeypatch: pytest.MonkeyPatch, variable: str, secret: str
) -> None:
    monkeypatch.setenv(variable, secret)
    with pytest.raises(InputError, match="holds what no header can") as error:
        Cluster(at(anything))
    assert secret not in str(error.value)
    assert anything.asked == 0


@pytest.mark.parametrize("address", ["http://[bad", "http://h:99999", "http://:80", "https://a b"])
def test_an_address_that_is_none_is_named(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("SYMBIONT_KUBEFLOW", address)
    with pytest.raises((InputError, InfraError)):
        Cluster(Place.model_validate({"name": "here", "kubeflow": {}}))


@pytest.mark.parametrize("asks", ["Thu, 26 Nov 2099 10:00:00 GMT", "nan", "-1", "1e999"])
def test_a_pause_is_asked_for_in_any_form_and_never_for_ever(
    server: KubeflowServer, monkeypatch: pytest.MonkeyPatch, asks: str
) -> None:
    waited: list[float] = []
    monkeypatch.setattr("pipelines.cluster.connection.time.sleep", waited.append)
    server.failures = [Failure(operation="run_service_list_runs", status=503, headers={"Retry-After": asks})]
    with Cluster(place_at(server)) as cluster:
        cluster.unfinished()
    assert waited == [connection.LONGEST_PAUSE if "2099" in asks else connection.FIRST_PAUSE]
