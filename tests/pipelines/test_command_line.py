"""What every command has in common, and the two that use a model."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.core import TyperGroup
from typer.main import get_command
from typer.testing import CliRunner, Result

from components.errors import InputError
from components.privacy.log import ALONE, read_chains
from components.trajectories.open_store import open_store
from pipelines.cli import PANELS, app
from pipelines.model_folders import model_of_run
from pipelines.schemas import schema_path, schemas
from tests.components.vendor import URL, vendor  # noqa: F401
from tests.conftest import OpenAIServer
from tests.pipelines.manifests import manifest

ROOT = Path(__file__).resolve().parents[2]


def symbiont(*arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(app, list(arguments), env=environment)


def test_the_version_names_the_code() -> None:
    from components.code import code_digest

    assert code_digest()[:12] in symbiont("--version").stdout


@pytest.mark.parametrize(
    "command",
    [
        "",
        "run",
        "audit",
        "audit round",
        "audit models",
        "runs",
        "submit",
        "follow",
        "stop",
        "schedules",
        "schedules apply",
        "trajectories",
        "play",
        "serve-model",
        "export model",
        "import",
        "imports",
        "takedown",
        "export trajectories",
        "recipe schema",
    ],
)
def test_help_has_a_short_form(command: str) -> None:
    short, long = (symbiont(*command.split(), flag) for flag in ("-h", "--help"))
    assert short.exit_code == long.exit_code == 0
    assert short.stdout == long.stdout
    assert "--help" in short.stdout


def test_every_command_stands_in_one_panel_of_the_help() -> None:
    listed = [name for names in PANELS.values() for name in names]
    found = get_command(app)
    assert isinstance(found, TyperGroup)
    assert sorted(listed) == sorted(found.commands)
    shown = symbiont("--help").stdout
    assert all(panel in shown for panel in PANELS)
    assert "─ Commands ─" not in shown


def test_help_says_how_commands_end() -> None:
    assert "Exit codes" in symbiont("--help").stdout


def test_a_shell_can_complete() -> None:
    command = [sys.executable, "-m", "pipelines.cli"]
    done = subprocess.run([*command, "--show-completion", "bash"], capture_output=True, text=True, check=False)
    assert "complete" in done.stdout + done.stderr


def test_a_shell_completes_recipes_and_places() -> None:
    """As bash asks: the words so far and which of them is being typed."""
    for option, offered in (("--recipe", "laptop"), ("--place", "cluster")):
        words = f"symbiont run {option} "
        asked = {"COMP_WORDS": words, "COMP_CWORD": "3", "_SYMBIONT_COMPLETE": "complete_bash"}
        program = "import sys; sys.argv[0] = 'symbiont'; from pipelines.cli import main; main()"
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, env={**os.environ, **asked}, check=False
        )
        assert offered in done.stdout.split(), done.stderr


def test_variables_stand_for_options(tmp_path: Path) -> None:
    answered = symbiont("runs", SYMBIONT_OUT=str(tmp_path / "nowhere"))
    assert isinstance(answered.exception, InputError)
    assert answered.exception.where.startswith(str(tmp_path / "nowhere"))
    answered = symbiont("evaluate", "base", SYMBIONT_RECIPE="latop")
    assert isinstance(answered.exception, InputError)
    assert "did you mean 'laptop'?" in answered.exception.fix
    answered = symbiont("evaluate", "base", "--set", "distill.stps=3")
    assert isinstance(answered.exception, InputError)
    assert "did you mean 'steps'?" in answered.exception.what


@pytest.mark.parametrize("kind", ["recipe", "place", "schedule"])
def test_the_shipped_schema_is_that_of_the_code(kind: str) -> None:
    assert schema_path(kind).read_text() == schemas()[kind], "make compile"
    command = {"recipe": "recipe schema", "place": "recipe schema --place", "schedule": "schedules schema"}[kind]
    printed = symbiont(*command.split()).stdout
    assert json.loads(printed) == json.loads(schemas()[kind])
    for path in schema_path(kind).parent.glob("*.yaml"):
        first, *_ = path.read_text().splitlines()
        assert first == f"# yaml-language-server: $schema={schema_path(kind).name}"
        assert set(yaml.safe_load(path.read_text())) <= set(json.loads(schemas()[kind])["properties"])


def test_an_episode_is_played_before_ones_eyes(tmp_path: Path) -> None:
    shown = symbiont(
        "play", "--task", "click-button", "--model", "teacher", "--seed", "3", "--out", str(tmp_path / "o")
    )
    assert shown.exit_code == 0, shown.output
    for words in (
        "goal: Click on the",
        "--- step 0: Click Button Task",
        "[1] button",
        "action: click [",
        "solved in 1 st",
    ):
        assert words in shown.stdout
    assert not (tmp_path / "o").exists(), "nothing of it is stored"


@pytest.fixture
def hybrid(vendor: OpenAIServer, tmp_path: Path) -> tuple[str, ...]:  # noqa: F811
    """Arguments of `symbiont play` with a teacher that asks a vendor."""
    vendor.answer = lambda _text, _seed: "REASON: so\nACTION: click [1]"
    remote = f"{{kind: chat, model: m, base_url: '{URL}', retries: 0}}"
    (tmp_path / "mine.yaml").write_text(
        f"name: mine\nteacher: {{kind: hybrid, remote: {remote}, local: {{kind: scripted}}}}\n"
    )
    return ("--task", "click-button", "--recipe", str(tmp_path / "mine.yaml"), "--model", "teacher")


def test_what_leaves_when_a_hybrid_teacher_plays_is_logged(
    vendor: OpenAIServer,  # noqa: F811
    hybrid: tuple[str, ...],
    tmp_path: Path,
) -> None:
    shown = symbiont("play", *hybrid, "--out", str(tmp_path / "o"))
    assert shown.exit_code == 0, shown.output
    (chain,) = read_chains(open_store(tmp_path / "o/store"), ALONE)
    assert len([entry for entry in chain.entries if entry.digest]) == len(vendor.requests) > 1
    checked = symbiont("privacy", "report", "--out", str(tmp_path / "o"))
    assert checked.exit_code == 0, checked.output
    assert f"{len(chain.entries)} requests to remote models" in checked.stdout


def test_at_a_place_with_an_s3_server_what_play_logs_is_kept_there(
    vendor: OpenAIServer,  # noqa: F811
    hybrid: tuple[str, ...],
    tmp_path: Path,
) -> None:
    (tmp_path / "here.yaml").write_text("name: here\ns3_server: true\n")
    where = ("--place", str(tmp_path / "here.yaml"), "--out", str(tmp_path / "o"))
    shown = symbiont("play", *hybrid, *where)
    assert shown.exit_code == 0, shown.output
    assert not (tmp_path / "o/store").exists()
    checked = symbiont("privacy", "report", "--run", ALONE, "--json", *where)
    assert checked.exit_code == 0, checked.output
    found = json.loads(checked.stdout)
    assert sum(found["endpoints"].values()) >= len(vendor.requests) > 1
    assert (found["chains"], found["unread"]) == (1, 0)


def test_what_cannot_be_played_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answered = symbiont("play", "--task", "click-buton", "--model", "teacher")
    assert isinstance(answered.exception, InputError)
    assert "did you mean click-button" in answered.exception.what
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    answered = symbiont("play", "--task", "click-button", "--model", "teacher", "--headed")
    assert isinstance(answered.exception, InputError)
    assert "no screen" in answered.exception.what
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # bound but not listening: refuses at once
        teacher = f"{{kind: chat, model: m, base_url: http://127.0.0.1:{closed.getsockname()[1]}/v1}}"
        (tmp_path / "mine.yaml").write_text(f"name: mine\nteacher: {teacher}\n")
        mine = ("--recipe", str(tmp_path / "mine.yaml"), "--model", "teacher")
        answered = symbiont("play", "--task", "click-button", *mine)
    assert isinstance(answered.exception, InputError)
    assert "the endpoint of teacher cannot be reached" in answered.exception.what
    answered = symbiont("play", "--task", "click-button", "--out", str(tmp_path))
    assert isinstance(answered.exception, InputError)
    assert "no run has been made here" in answered.exception.what


def test_a_browser_without_windows_is_not_taken_for_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from components.browser.find import find_browser

    for name in ("chromium-headless-shell", "chromium"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "none"))
    monkeypatch.delenv("SYMBIONT_BROWSER", raising=False)
    assert find_browser().name == "chromium-headless-shell"
    assert find_browser(headed=True).name == "chromium"
    (tmp_path / "chromium").unlink()
    with pytest.raises(InputError, match="cannot show a window"):
        find_browser(headed=True)


def test_champion_and_student_are_those_of_the_stored_run(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    with pytest.raises(InputError, match="no run is stored here"):
        model_of_run(store, "champion", run="")
    for number, decision in ((1, "promote"), (2, "hold")):
        prefix = f"runs/laptop-0-0123456789ab/round-{number:03d}"
        begun = manifest(run="laptop-0-0123456789ab", round=number)
        store.put(f"{prefix}/manifest.json", begun.model_dump_json().encode())
        store.put(f"{prefix}/results/distill.json", json.dumps(distilled(f"student-{number}")).encode())
        store.put(f"{prefix}/results/promote.json", json.dumps(promoted(number, decision)).encode())
    assert model_of_run(store, "champion", run="") == "student-1"
    assert model_of_run(store, "student", run="laptop") == "student-2"
    store.put(f"{prefix.replace('002', '001')}/results/promote.json", json.dumps(promoted(1, "hold")).encode())
    with pytest.raises(InputError, match="has no champion yet") as raised:
        model_of_run(store, "champion", run="")
    assert "use student" in raised.value.fix


def distilled(model: str) -> dict[str, Any]:
    counts = {"parameters": 1, "examples": {}, "validation_examples": 0, "cut": 0, "lengths": {}, "sources": {}}
    return {"inputs": "i", "model_digest": model, "base": "base", "base_digest": "b", "curve": [], **counts}


def promoted(number: int, decision: str) -> dict[str, Any]:
    names = {"run": "r", "round": number, "inputs": "i", "decision": decision, "reason": "so", "by_task": []}
    models = {"challenger": f"student-{number}", "champion": "c", "champion_is_start": False, "model_name": "m"}
    zeros = dict.fromkeys(("pairs", "left_out", "gains", "losses"), 0)
    rates = dict.fromkeys(
        ("challenger_rate", "champion_rate", "difference", "p_value", "minimum_detectable_effect"), 0.0
    )
    more = {"interval": None, "alpha": 0.05, "power": 0.8, "verdict": "", "required_verdict": "", "version": "1"}
    return {**names, **models, **zeros, **rates, **more, "champion_version": ""}


def test_a_model_is_served_to_any_client_of_the_protocol() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "pipelines.cli", "serve-model", "--model", "base", "--port", str(port)]
    server = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    try:
        address = f"http://127.0.0.1:{port}/v1"
        end = time.monotonic() + 120
        while time.monotonic() < end and server.poll() is None:
            try:
                with urllib.request.urlopen(f"{address}/models", timeout=5) as answer:
                    assert json.load(answer)["data"][0]["id"] == "student"
                break
            except OSError:
                time.sleep(0.3)
        asked = {"model": "student", "messages": [{"role": "user", "content": "GOAL"}], "max_tokens": 4}
        request = urllib.request.Request(f"{address}/chat/completions", json.dumps(asked).encode())
        request.add_header("content-type", "application/json")
        with urllib.request.urlopen(request, timeout=60) as answer:
            assert json.load(answer)["usage"]["completion_tokens"] <= 4
    finally:
        server.send_signal(signal.SIGINT)
        _, said = server.communicate(timeout=60)
    assert f"student: {address}" in said
    assert "Traceback" not in said
