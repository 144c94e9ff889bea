"""Servers that the tests of more than one room need; each worker starts its own, on its own port."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from components.loopback import free_ports


@pytest.fixture(scope="session")
def mlflow_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real MLflow server on sqlite; yields its URL."""
    folder: Path = tmp_path_factory.mktemp("mlflow")
    [port] = free_ports(1)
    command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    command += [
        "--backend-store-uri",
        f"sqlite:///{folder}/mlflow.db",
        "--artifacts-destination",
        str(folder / "files"),
    ]
    environment = {**os.environ, "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "MLFLOW_DISABLE_TELEMETRY": "true"}
    environment.pop("MLFLOW_TRACKING_URI", None)
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, env=environment, start_new_session=True)
    try:
        _wait_until_healthy(f"http://127.0.0.1:{port}/health", server=server, log_file=folder / "server.log")
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(server.pid, 9)
        server.wait()


def _wait_until_healthy(url: str, *, server: subprocess.Popen[bytes], log_file: Path) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"the MLflow server did not start:\n{log_file.read_text()[-3000:]}")


@pytest.fixture
def mlflow_uri(mlflow_server: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The server of this worker, configured as a stage finds it: through the environment."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", mlflow_server)
    monkeypatch.delenv("MLFLOW_RUN_ID", raising=False)
    return mlflow_server


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a language model of 60 thousand random weights and its tokenizer, as a student is saved."""
    import torch

    from components.models.lessons.make_base import learn_tokenizer
    from components.models.prompting import Prompting
    from components.models.tiny import TinyConfig, make_tiny
    from components.models.weights import save_model

    torch.set_num_threads(1)
    shape = TinyConfig(vocabulary=600, context=512, width=64, layers=3, heads=2, hidden=96)
    tokenizer = learn_tokenizer(shape, seed=1, lessons=300)
    model = make_tiny(shape, end=tokenizer.eos_token_id, pad=tokenizer.pad_token_id, seed=1)
    prompting = Prompting(tokenizer=tokenizer, template="plain", vocabulary=600, context=512)
    return save_model(model, folder=tmp_path_factory.mktemp("tiny") / "model", prompting=prompting)


@contextmanager
def serving(folder: Path, *, name: str) -> Iterator[str]:
    """A model of a folder behind our own server, in a thread of this process; yields its base URL."""
    from components.models.serve import make_app

    with serving_app(make_app(folder, name=name)) as origin:
        yield f"{origin}/v1"


@contextmanager
def serving_app(app: Any) -> Iterator[str]:
    """An application behind a real socket, in a thread of this process; yields its address."""
    import torch
    import uvicorn

    torch.set_num_threads(1)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=10)
