"""Conversations with a chat model in a real MLflow server, and what happens where there is none."""

from __future__ import annotations

import json
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from components import traces
from components.agents.config import ChatConfig
from components.benchmarks.config import TasksConfig
from components.browser.settings import BrowserSettings
from components.endpoints.complaints import RequestRefused
from components.episodes.config import PlaySettings
from components.explore.config import ExploreConfig
from components.explore.run import run
from components.models.files import BASE_FOLDER
from components.results.explore import ExploreResult
from components.tracking import EXPERIMENT, TrackedRun, mlflow_client, post, track_round
from components.trajectories.episodes import get_blob, iter_episodes, load_episodes, put_blob
from components.trajectories.open_store import open_store
from components.trajectories.rounds import Round
from components.trajectories.schema import Episode, Outcome
from tests.components.conftest import serving
from tests.conftest import MakeEpisode

SAID = {"messages": [{"role": "system", "content": "Act."}, {"role": "user", "content": "PAGE"}], "answer": "click [1]"}


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The shipped base, given room for a chat prompt: on the tasks below its likeliest words are few and no action."""
    folder = Path(shutil.copytree(BASE_FOLDER, tmp_path_factory.mktemp("models") / "base"))
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"max_position_embeddings": 4096}))
    with serving(folder, name="base") as url:
        yield url


def explore(endpoint: str, round: Round, *, traces: int) -> ExploreResult:
    return run(
        config=ExploreConfig(teacher_seeds=2),
        tasks=TasksConfig(train=("click-test", "click-dialog"), heldout=("click-link",)),
        play=PlaySettings(max_steps=2, backoff=0.01, traces=traces),
        browser=BrowserSettings(pages=2),
        round=round,
        mode="teacher",
        teacher=ChatConfig(model="base", base_url=endpoint, max_tokens=64, temperature=0.0),
    )


def a_round(folder: Path, name: str) -> Round:
    (folder / "work").mkdir(exist_ok=True)
    return Round(run=name, number=1, seed=0, store=open_store(folder / "store"), work=folder / "work")


def shown(name: str) -> list[Any]:
    """The traces of a run, as MLflow gives them back."""
    from mlflow import MlflowClient

    client = MlflowClient()
    experiment = client.get_experiment_by_name(EXPERIMENT)
    assert experiment is not None
    return list(client.search_traces([experiment.experiment_id], filter_string=f"tags.`symbiont.run` = '{name}'"))


@pytest.mark.usefixtures("mlflow_uri")
def test_a_conversation_is_shown_as_it_was_held_and_once(endpoint: str, tmp_path: Path) -> None:
    here = a_round(tmp_path, "shown")
    result = explore(endpoint, here, traces=2)
    played = {each.key: each for each in iter_episodes(here.store, f"{here.prefix}/episodes/")}
    found = shown("shown")
    assert (len(played), len(found)) == (4, 2)
    for trace in found:
        episode = played[trace.info.tags["symbiont.episode"]]
        assert trace.info.tags["symbiont.outcome"] == episode.outcome.value
        root, *steps = sorted(trace.data.spans, key=lambda each: (each.parent_id is not None, each.start_time_ns))
        assert root.inputs == episode.intent
        assert [each.name for each in steps] == [f"step {step.index}" for step in episode.steps]
        for span, step in zip(steps, episode.steps, strict=True):
            said = json.loads(get_blob(here.store, step.exchange or "", "json"))
            assert span.inputs["messages"] == said["messages"]
            assert span.outputs["choices"][0]["message"]["content"] == said["answer"]
            assert span.attributes["feedback"] == step.feedback != ""
            used = span.attributes["mlflow.chat.tokenUsage"]
            assert used["input_tokens"] == step.cost.prompt_tokens > 0
            assert (span.end_time_ns - span.start_time_ns) / 1e9 == pytest.approx(
                step.timing.observe + step.timing.decide + step.timing.act, abs=1e-6
            )
    for key in list(here.store.list(f"{here.prefix}/results/")):  # as where a kill came before the result
        here.store.delete(key)
    assert explore(endpoint, here, traces=2).outcomes == result.outcomes
    assert {each.info.trace_id for each in shown("shown")} == {each.info.trace_id for each in found}


@pytest.fixture
def talks(make_episode: MakeEpisode, tmp_path: Path) -> Callable[..., Episode]:
    """An episode of one step in which a chat model was asked."""

    def make(**told: Any) -> Episode:
        episode = make_episode(**told)
        exchange = put_blob(open_store(tmp_path), json.dumps(SAID).encode(), "json")
        steps = tuple(step.model_copy(update={"exchange": exchange}) for step in episode.steps)
        return episode.model_copy(update={"steps": steps})

    return make


class Babble(BaseHTTPRequestHandler):
    """Answers every question with a text that is no answer."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<html>")

    do_POST = do_GET

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


@pytest.mark.usefixtures("mlflow_uri")
def test_a_rounds_conversations_are_found_on_its_page(
    talks: Callable[..., Episode], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By whoever opens the round in MLflow; those of another round are not among them."""
    from mlflow import MlflowClient

    monkeypatch.setattr("components.tracking.LINKED_AT_ONCE", 2)
    rounds = {"t0": 1, "t1": 1, "t2": 1, "t3": 2}
    played = [(talks(task_id=task), number) for task, number in rounds.items()]
    episodes = [each.model_copy(update={"run": "paged", "round": number}) for each, number in played]
    traces.send_traces(open_store(tmp_path), episodes, most=9, what="explore-teacher")
    with track_round("paged", 1) as (_, here):
        for _ in range(2):  # a stage that was killed does it again
            here.link_traces({"symbiont.run": "paged", "symbiont.round": "1"})
    client = MlflowClient()
    linked = client.search_traces(locations=[client.get_run(here.id).info.experiment_id], run_id=here.id)
    assert {each.info.tags["symbiont.task"] for each in linked} == {"t0", "t1", "t2"}
    assert len(linked) == 3


@pytest.mark.usefixtures("unusable")
def test_a_server_that_links_nothing_is_named(
    capfd: pytest.CaptureFixture[str],
) -> None:
    TrackedRun(client=mlflow_client(), run_id="r").link_traces({"symbiont.run": "r"})
    assert "MLflow linked no traces: " in capfd.readouterr().err


@pytest.fixture(params=["closed", "no MLflow", "no address"])
def unusable(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Addresses where there is no MLflow."""
    with HTTPServer(("127.0.0.1", 0), Babble) as babbling, socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # bound but not listening: refuses at once
        threading.Thread(target=babbling.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        ports = {"closed": closed.getsockname()[1], "no MLflow": babbling.server_port}
        url = f"http://127.0.0.1:{ports[request.param]}" if request.param in ports else "http://"
        monkeypatch.setenv("MLFLOW_TRACKING_URI", url)
        monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
        yield url
        babbling.shutdown()


@pytest.mark.usefixtures("mlflow_uri")
def test_a_conversation_that_stays_at_home_keeps_no_other_there(
    talks: Callable[..., Episode], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shown_ones = list[Any]()

    def post_all_but_the_diary(path: str, body: Any, **told: Any) -> None:
        if "diary" in json.dumps(body):
            raise RequestRefused("something private is left in it", fix="")
        post(path, body, **told)
        shown_ones.append(body)

    monkeypatch.setattr(traces, "post", post_all_but_the_diary)
    episodes = [talks(task_id=task) for task in ("diary", "shop", "map")]
    traces.send_traces(open_store(tmp_path), episodes, most=9, what="explore-teacher")
    assert len(shown_ones) == 2
    assert "1 of 3 traces of explore-teacher stayed at home" in capsys.readouterr().err


@pytest.mark.usefixtures("unusable")
def test_where_mlflow_cannot_be_used_it_is_said_and_nothing_else_happens(
    talks: Callable[..., Episode], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    traces.send_traces(open_store(tmp_path), [talks()], most=1, what="explore-teacher")
    assert "MLflow took no traces of explore-teacher: " in capfd.readouterr().err


@pytest.mark.usefixtures("unusable")
def test_episodes_that_cannot_be_read_end_nothing_either(
    make_episode: MakeEpisode, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    store, episode = open_store(tmp_path), make_episode()
    store.put(episode.key, b"torn")
    traces.send_traces(store, load_episodes(store, [episode.key]), most=5, what="explore-teacher")
    assert "no traces of explore-teacher: InputError: a broken episode object" in capfd.readouterr().err


@pytest.mark.usefixtures("unusable")
def test_nobody_asks_mlflow_where_nothing_is_to_be_shown(
    talks: Callable[..., Episode], make_episode: MakeEpisode, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    traces.send_traces(open_store(tmp_path), [talks()], most=0, what="none wanted")
    traces.send_traces(open_store(tmp_path), [make_episode()], most=5, what="no chat model")
    assert capfd.readouterr().err == ""


def test_those_that_were_not_solved_come_first_and_every_task_before_a_second_of_any(
    talks: Callable[..., Episode],
) -> None:
    told = [("a", 1, "solved"), ("a", 2, "failed"), ("a", 3, "failed"), ("b", 1, "infra_error"), ("c", 1, "solved")]
    told += [("a", 4, "solved"), ("b", 2, "solved")]
    episodes = [talks(task_id=task, seed=seed, outcome=Outcome(outcome)) for task, seed, outcome in told]
    chosen = [(each.task_id, each.seed) for each in traces.choose(episodes, most=6)]
    assert chosen == [("a", 2), ("b", 1), ("a", 3), ("a", 1), ("b", 2), ("c", 1)]


@pytest.mark.parametrize(("length", "kept"), [(traces.LONGEST_TEXT, True), (traces.LONGEST_TEXT + 1, False)])
def test_a_long_page_is_shown_by_its_beginning_and_its_end(length: int, kept: bool) -> None:
    text = "a" + "x" * (length - 2) + "z"
    shown = traces.cut(text)
    assert (shown == text) is kept
    assert (shown[0], shown[-1]) == ("a", "z")
    assert len(shown) < traces.LONGEST_TEXT + 60
