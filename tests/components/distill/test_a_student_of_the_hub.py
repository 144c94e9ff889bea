"""A student of a model hub is fetched from there once: afterwards it lies in the store, whatever pod asks."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

from components.distill.component import distill
from components.models.files import folder_digest
from components.preflight.component import preflight
from components.results.distill import DistillResult
from components.results.place import read
from components.trajectories.manifest import read_manifest
from components.trajectories.rounds import Round

REVISION = "1" * 40


class Hub(ThreadingHTTPServer):
    """One model, as huggingface_hub asks for it; `asked` are the paths of all requests."""

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.folder, self.asked = folder, list[str]()
        self.address = f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: Hub

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self.wfile.write(self._answer())

    def _answer(self) -> bytes:
        self.server.asked.append(self.path)
        if self.path.startswith("/api/"):
            files = sorted(self.server.folder.iterdir())
            tree = [{"type": "file", "path": each.name, "size": each.stat().st_size, "oid": "2" * 40} for each in files]
            data = json.dumps(tree if "/tree/" in self.path else {"id": "owner/tiny", "sha": REVISION}).encode()
        else:
            data = (self.server.folder / self.path.rpartition("/")[2]).read_bytes()
        self.send_response(200)
        for name, value in {
            "Content-Length": str(len(data)),
            "Content-Type": "application/json",
            "ETag": f'"{hashlib.sha1(data, usedforsecurity=False).hexdigest()}"',
            "X-Repo-Commit": REVISION,
        }.items():
            self.send_header(name, value)
        self.end_headers()
        return data

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def hub(tiny_model: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with Hub(tiny_model) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        template = server.address + "/{repo_id}/resolve/{revision}/{filename}"
        monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", server.address)
        monkeypatch.setattr("huggingface_hub.constants.HUGGINGFACE_CO_URL_TEMPLATE", template)
        yield server
        server.shutdown()


def test_a_hub_is_asked_by_the_first_preflight_alone(
    make_round: Callable[..., Round],
    tiny_model: Path,
    hub: Hub,
    mlflow_uri: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = make_round()
    recipe = {
        "name": "tiny",
        "tasks": {"train": ["click-button"], "heldout": ["click-link"]},
        "distill": {
            "student": "hf:owner/tiny",
            "continue_from": "nothing",
            "steps": 2,
            "batch": 6,
            "threads": 1,
            "context": 256,
            "precision": "fp32",
            "validation_share": 0.2,
            "variants": 0,
        },
    }

    def in_a_new_pod(number: int) -> dict[str, str]:
        """Preflight, where nothing was fetched before."""
        work = tmp_path / f"pod-{len(hub.asked)}-{number}"
        monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(work / "hub"))
        place = {"name": "pod", "store": str(first.store.url), "work": str(work), "mlflow": mlflow_uri, "free_gb": 0}
        told = preflight.python_func(
            recipe=yaml.safe_dump(recipe),
            place=yaml.safe_dump(place),
            run="test",
            round=number,
            seed=3,
            overrides="",
            pods="{}",
            summary=SimpleNamespace(path=str(tmp_path / "summary.md")),
        )
        return dict(zip(preflight.python_func.__annotations__["return"]._fields, told, strict=True))

    given = in_a_new_pod(1)
    assert any("/resolve/" in path for path in hub.asked)
    assert read_manifest(first).start == folder_digest(tiny_model)
    hub.asked.clear()
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "another" / "hub"))
    metrics = SimpleNamespace(log_metric=lambda *_: None)
    distill.python_func(config=given["distill"], job=given["job"], examples="", metrics=metrics)
    made = read(first, DistillResult)
    assert made is not None
    assert (made.base, made.base_digest) == ("hf:owner/tiny", folder_digest(tiny_model))
    in_a_new_pod(1)
    in_a_new_pod(2)
    assert hub.asked == []
