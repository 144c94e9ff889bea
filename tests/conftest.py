"""What tests of several rooms need: made-up episodes, and a server of the OpenAI protocol."""

from __future__ import annotations

import gc
import json
import zlib
from collections.abc import Callable, Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from components.guard import sweep_seldom
from components.trajectories.schema import AgentInfo, Episode, Outcome, Speculation, Step, Target
from tests import browsers
from tests.serving import served

MakeEpisode = Callable[..., Episode]


LONGEST = ("round", "torchrun", "round in shards", "zoo", "mlflow")
"""Groups that take minutes, in the order in which workers begin them."""


def pytest_configure(config: pytest.Config) -> None:
    """Keeps our order: pytest-xdist would begin with the groups of the most tests, however short those are."""
    config.option.loadscopereorder = False
    sweep_seldom()


def pytest_unconfigure() -> None:
    browsers.close()


def pytest_collection_finish() -> None:
    """Seven thousand tests, and all they import, stay to the end: none of it is garbage."""
    gc.freeze()


_DIRECTORIES = pytest.StashKey[dict[Path, pytest.Directory]]()


def pytest_collect_directory(path: Path, parent: pytest.Collector) -> pytest.Directory | None:
    """One node for each folder, however often it is met. For a file beside it pytest 9.1 would make another one, below
    which nobody sees what the folder's conftest gives."""
    if (path / "__init__.py").is_file():
        return None
    known = parent.session.stash.setdefault(_DIRECTORIES, {})
    return known.get(path) or known.setdefault(path, pytest.Dir.from_parent(parent, path=path))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Groups first, the longest at once: what one worker began last would keep the others waiting.

    What takes seconds to make is made by one worker, which plays all tests that share it: an MLflow server, and a
    fixture of a whole module.
    """

    def order(item: pytest.Item) -> int:
        mark = item.get_closest_marker("xdist_group")
        if mark is None:
            return len(LONGEST) + 1
        return LONGEST.index(mark.args[0]) if mark.args[0] in LONGEST else len(LONGEST)

    for item in items:
        if item.get_closest_marker("xdist_group") is None and (shared := _shared(item)):
            item.add_marker(pytest.mark.xdist_group(shared))
    items.sort(key=order)


def _shared(item: pytest.Item) -> str:
    """Whom an item shares a fixture with; empty where with nobody."""
    if not isinstance(item, pytest.Function):
        return ""
    if "mlflow_server" in item.fixturenames:
        return "mlflow"
    of_module = any(each[-1].scope == "module" for each in item._fixtureinfo.name2fixturedefs.values())
    return item.path.stem if of_module else ""


@pytest.fixture(scope="session")
def make_step() -> Callable[..., Step]:
    """A step on the page number `index`: a heading, `[1] button "Ok"`, `[2] textbox "Name"`."""

    def make(
        action: str,
        *,
        index: int = 0,
        reason: str = "because",
        page: str = "",
        feedback: str = "",
        speculation: Speculation | None = None,
        decided_by: Any = "teacher",
    ) -> Step:
        lines = {1: ("button", "Ok"), 2: ("textbox", "Name")}
        ref = next((ref for ref in lines if f"[{ref}]" in action), None)
        target = None
        if ref is not None:
            role, name = lines[ref]
            target = Target(ref=ref, role=role, name=name, line=f'{role} "{name}"')
        return Step(
            index=index,
            url="http://site/",
            observation=f'heading "{page or f"Page {index}"}"\n[1] button "Ok"\n[2] textbox "Name"',
            action=action,
            reason=reason,
            target=target,
            feedback=feedback,
            speculation=speculation,
            decided_by=decided_by,
        )

    return make


@pytest.fixture(scope="session")
def make_episode(make_step: Callable[..., Step]) -> MakeEpisode:
    """A whole episode; `actions` are done on pages that name task, seed and number, `steps` are taken as they are."""

    def make(
        *actions: str,
        task_id: str = "click-test",
        seed: int = 1,
        phase: str = "explore-teacher",
        outcome: Outcome = Outcome.SOLVED,
        round: int = 1,
        intent: str = "Click the button.",
        template: str = "Click the button.",
        steps: Sequence[Step] | None = None,
    ) -> Episode:
        if steps is None:
            steps = [
                make_step(action, index=index, page=f"{task_id} {seed} {index}")
                for index, action in enumerate(actions or ("click [1]",))
            ]
        return Episode(
            run="run",
            round=round,
            phase=phase,
            benchmark="miniwob",
            task_id=task_id,
            family=task_id.split("-")[0],
            template=template,
            seed=seed,
            intent=intent,
            start_url="http://site/",
            agent=AgentInfo(name=phase.removeprefix("explore-"), kind="scripted", digest="0" * 64),
            steps=tuple(steps),
            outcome=outcome,
            reward=float(outcome is Outcome.SOLVED),
            started_at="2026-01-01T00:00:00+00:00",
            seconds=1.0,
        )

    return make


class OpenAIServer(ThreadingHTTPServer):
    """Chat completions and embeddings over HTTP. `answer` is given the last message and the request's seed."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer: Callable[[str, int], str] = lambda _text, _seed: ""
        self.requests: list[dict[str, Any]] = []
        self.tokens = 1
        """Of a request for vectors, as it counts them."""

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class _Handler(BaseHTTPRequestHandler):
    server: OpenAIServer

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append(request)
        body = self._embed(request) if self.path.endswith("/embeddings") else self._chat(request)
        data = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _chat(self, request: dict[str, Any]) -> dict[str, Any]:
        text = self.server.answer(request["messages"][-1]["content"], request.get("seed", 0))
        choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}
        usage = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
        return {"id": "x", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice], "usage": usage}

    def _embed(self, request: dict[str, Any]) -> dict[str, Any]:
        """A hashed bag of words: texts that share words point the same way."""
        data = []
        for index, text in enumerate(request["input"]):
            vector = [0.01] * 64
            for word in text.casefold().split():
                vector[zlib.crc32(word.encode()) % 64] += 1.0
            data.append({"object": "embedding", "index": index, "embedding": vector})
        return {"object": "list", "model": "m", "data": data, "usage": {"prompt_tokens": self.server.tokens}}

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


@pytest.fixture
def openai_server() -> Iterator[OpenAIServer]:
    with served(OpenAIServer()) as server:
        yield server
