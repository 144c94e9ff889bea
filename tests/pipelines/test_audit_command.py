"""`symbiont audit` as it is typed: what it prints, what it ends with, how it goes on after an interruption."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml

from components.audit.builtin_probes import builtin_probes
from pipelines import cli
from tests.components.audit.vendors import MANNERS, QUICK, said, vendor
from tests.components.results.made import audit_result, judged

torch.set_num_threads(1)
DOMAINS = {row.prompt: row.domain for row in builtin_probes()}
Symbiont = Callable[..., int]
ASKED = ("audit", "models", "--suspect", "base", "--teacher", "hf:a/b")


@pytest.fixture
def symbiont(monkeypatch: pytest.MonkeyPatch) -> Symbiont:
    def run(*arguments: object) -> int:
        monkeypatch.setattr(sys, "argv", ["symbiont", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        code = ended.value.code
        assert isinstance(code, int)
        return code

    return run


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """Files of answers of every vendor and of a student of north's, and quick settings."""
    for name in MANNERS:
        (tmp_path / f"{name}.jsonl").write_text(said(vendor(name)))
    (tmp_path / "student.jsonl").write_text(said(vendor("north", noise=0.15)))
    settings = {
        "probes_per_replicate": 8,
        "shadow": QUICK.model_dump(),
        "test": {"replicates": 6},
        "endpoint": {"retries": 0, "backoff": 0.01, "concurrency": 2, "usd_per_million_completion": 10},
    }
    (tmp_path / "settings.yaml").write_text(yaml.safe_dump(settings))
    return tmp_path


def asking(desk: Path, suspect: object = "", *more: object) -> list[object]:
    suspect = suspect or desk / "student.jsonl"
    controls = ["--control", desk / "south.jsonl", "--control", desk / "east.jsonl", "--base", desk / "west.jsonl"]
    common = ["--settings", desk / "settings.yaml", "--out", desk / "out"]
    return ["audit", "models", "--teacher", desk / "north.jsonl", "--suspect", suspect, *controls, *common, *more]


def test_an_audit_says_what_it_found_and_leaves_a_report(
    symbiont: Symbiont, desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert symbiont(*asking(desk)) == 0
    shown = capsys.readouterr()
    assert shown.out.startswith("verdict: ")
    assert "note: Independent means" in shown.out
    ranked = shown.out.partition("distances to north (0: itself, 1: independent models):\n")[2].splitlines()[:4]
    assert {line.split()[-1] for line in ranked} == {"student", "south", "east", "west"}
    assert "shadows: at most" in shown.err
    assert symbiont(*asking(desk, "", "--json")) == 0
    shown = capsys.readouterr()
    report = json.loads(shown.out)
    assert "was made before" in shown.err
    folder = desk / "out" / "audits" / report["name"]
    assert sorted(path.name for path in folder.iterdir()) == ["audit.html", "audit.json"]
    assert json.loads((folder / "audit.json").read_text()) == report
    assert {each["name"] for each in report["subjects"]} == {"north", "student", "south", "east", "west"}


def test_the_status_says_whether_the_policy_holds(
    symbiont: Symbiont, desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever shadows of one step found: one policy requires just that, the other its opposite."""
    assert symbiont(*asking(desk, "", "--json")) == 0
    verdict = json.loads(capsys.readouterr().out)["verdict"]
    key = "independent_of" if verdict == "independent" else "distilled_from"
    opposite = {"independent_of": "distilled_from", "distilled_from": "independent_of"}[key]
    for policy, status in (
        ({key: ["north"], "inconclusive": "allow"}, 0),
        ({opposite: ["north"], "inconclusive": "hold"}, 3),
    ):
        (desk / "policy.yaml").write_text(yaml.safe_dump(policy))
        assert symbiont(*asking(desk, "", "--policy", desk / "policy.yaml", "--json")) == status
        shown = capsys.readouterr()
        report = json.loads(shown.out)
        assert "was made before" in shown.err  # a policy asks nobody and trains nothing
        assert report["policy"]["holds"] is (status == 0)
        assert f"found {verdict}" in report["policy"]["because"][0]


def test_a_rounds_stored_audit_is_held_against_a_policy(
    symbiont: Symbiont, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from components.trajectories.open_store import open_store
    from tests.pipelines.manifests import manifest

    placebos = (judged("start", mean=0.9),)
    found = audit_result(verdict="independent", judged=judged("student", mean=0.98), placebos=placebos)
    store = open_store(tmp_path / "out" / "store")
    store.put("runs/r/round-001/manifest.json", manifest().model_dump_json().encode())
    store.put("runs/r/round-001/results/detect.json", found.model_dump_json().encode())
    (tmp_path / "policy.yaml").write_text("distilled_from: [teacher]\n")
    command = ("audit", "round", "--out", tmp_path / "out")
    assert symbiont(*command) == 0
    assert symbiont(*command, "--round", 1, "--policy", tmp_path / "policy.yaml") == 3
    shown = capsys.readouterr()
    assert "  0.90 (0.82 to 0.98)  start\n  0.98 (0.90 to 1.06)  student\n" in shown.out
    assert "teacher: distilled required, found independent" in shown.err
    older = found.model_dump(mode="json") | {"result_version": 3, "reference": "teacher"}
    store.put("runs/r/round-001/results/detect.json", json.dumps(older).encode())
    assert symbiont(*command) == 2
    assert "has form 3, and this release reads form 4" in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["audit", "models", "--teacher", "base"], "--suspect"),
        (["audit", "models", "--suspect", "base"], "--teacher"),
        (["audit", "round", "--suspect", "base"], "No such option: --suspect"),
        (["audit", "models", "--round", "1"], "No such option: --round"),
        ([*ASKED], "0 controls are too few"),
        (
            [*ASKED, "--probes", "nowhere.jsonl"],
            "cannot be read",
        ),
        (
            [*ASKED, "--settings", "wrong.yaml"],
            "did you mean 'shadow'",
        ),
        (
            [*ASKED, "--policy", "empty.yaml"],
            "it requires nothing",
        ),
        (
            [*ASKED, "--policy", "both.yaml"],
            "no model can be both",
        ),
    ],
)
def test_what_is_mistyped_ends_at_once_and_writes_nothing(
    symbiont: Symbiont,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "wrong.yaml").write_text("shadows: {}\n")
    (tmp_path / "empty.yaml").write_text("inconclusive: allow\n")
    (tmp_path / "both.yaml").write_text("distilled_from: [a]\nindependent_of: [a]\n")
    before = sorted(tmp_path.rglob("*"))
    assert symbiont(*arguments) == 2
    assert message in " ".join(capsys.readouterr().err.split())
    assert sorted(tmp_path.rglob("*")) == before


def test_an_endpoint_that_stops_ends_with_the_infrastructures_status_and_the_same_command_goes_on(
    symbiont: Symbiont, desk: Path, openai_server: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    by = vendor("north", noise=0.15)

    def dies(text: str, _seed: int) -> str:
        if len(openai_server.requests) > 60:
            raise ConnectionError("gone")
        return by(DOMAINS.get(text, "code"), text)

    openai_server.answer = dies
    openai_server.handle_error = lambda *_: None
    command = asking(desk, f"far={openai_server.base_url}#m")
    assert symbiont(*command) == 1
    said_then = " ".join(capsys.readouterr().err.split())
    assert "far: 192 requests" in said_then
    assert "at most 0.18 US dollars" in said_then
    assert "of 192 answers are stored; the same command asks the rest" in said_then
    asked = len(openai_server.requests)
    openai_server.answer = lambda text, _seed: by(DOMAINS.get(text, "code"), text)
    assert symbiont(*command) == 0
    assert len(openai_server.requests) - asked <= 192 - 58 + 1  # what had no answer, and one question to the endpoint


def test_at_a_terminal_it_asks_before_it_spends(
    symbiont: Symbiont, desk: Path, openai_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    openai_server.answer = lambda _text, _seed: "yes"
    command = asking(desk, f"far={openai_server.base_url}#m")
    monkeypatch.setattr(sys, "stdin", Terminal("n\n"))
    assert symbiont(*command) == 130
    assert len(openai_server.requests) == 1  # whether it is there and takes our request


def test_killed_while_it_asks_it_goes_on_without_asking_twice(desk: Path, openai_server: Any) -> None:
    by = vendor("north", noise=0.15)

    def slowly(text: str, _seed: int) -> str:
        time.sleep(0.1)
        return by(DOMAINS.get(text, "code"), text)

    openai_server.answer = slowly
    command = [sys.executable, "-m", "pipelines.cli", *map(str, asking(desk, f"far={openai_server.base_url}#m"))]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    running = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    while len(openai_server.requests) < 50:
        assert running.poll() is None
        time.sleep(0.01)
    running.send_signal(signal.SIGKILL)
    running.communicate()
    killed = {each["messages"][-1]["content"] for each in openai_server.requests}
    openai_server.requests.clear()
    running = subprocess.Popen(
        command,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's background job ignores Ctrl-C
    )
    while not openai_server.requests or len(openai_server.requests) < 30:
        assert running.poll() is None
        time.sleep(0.01)
    running.send_signal(signal.SIGINT)
    _, errors = running.communicate(timeout=60)
    assert running.returncode == 130
    assert b"Traceback" not in errors
    assert b"The same command goes on from here" in errors
    again = {each["messages"][-1]["content"] for each in openai_server.requests[1:]}
    assert len(killed & again) <= 2  # those that were under way


def test_the_built_in_probes_are_printed_so_that_they_can_be_read_back(
    symbiont: Symbiont, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from components.audit.probe_files import read_probes

    assert symbiont("audit", "probes") == 0
    (tmp_path / "probes.jsonl").write_text(capsys.readouterr().out)
    assert read_probes(tmp_path / "probes.jsonl") == builtin_probes()


def test_the_pipelines_arguments_are_printed_and_nothing_is_done(
    symbiont: Symbiont, desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert symbiont(*asking(desk, "", "--arguments")) == 0
    told = json.loads(capsys.readouterr().out)
    assert set(told) == {"request", "place", "code"}
    assert json.loads(told["request"])["suspect"]["name"] == "student"
    assert not (desk / "out").exists()
