"""Ctrl-C: everything that was started ends, the folder is free again, and the message says how to go on."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipelines.local.process import Event, parse_line


def test_ctrl_c_stops_the_servers_and_says_how_to_go_on(tmp_path: Path) -> None:
    (tmp_path / "out/store/runs").mkdir(parents=True)  # as if a run had been made
    command = [sys.executable, "-m", "pipelines.cli", "serve", "--out", "out"]
    # A shell's background job ignores SIGINT, and so would its children: ask for the default, as a terminal gives it.
    process = subprocess.Popen(
        command, cwd=tmp_path, stderr=subprocess.PIPE, text=True, restore_signals=True, preexec_fn=_listen_to_ctrl_c
    )
    log = tmp_path / "out/logs/mlflow.log"
    for _ in range(400):
        if log.exists():
            break
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert "The same command goes on" in said
    assert "Traceback" not in said
    end = time.monotonic() + 30
    while left := [line for line in _commands() if str(tmp_path) in line]:
        assert time.monotonic() < end, left  # a guard that was being started sees a moment later that nobody is there
        time.sleep(0.02)
    again = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True, preexec_fn=_listen_to_ctrl_c)
    time.sleep(3)
    assert again.poll() is None, "the folder's lock was not let go of"
    again.send_signal(signal.SIGINT)
    again.communicate(timeout=60)


def _listen_to_ctrl_c() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _commands() -> list[str]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found.append(path.read_bytes().decode(errors="replace"))
        except OSError:
            continue
    return found


@pytest.mark.parametrize(
    ("line", "event"),
    [
        ("    [stage] distill begins\n", Event(kind="begins", name="distill")),
        ("[stage] explore-teacher ends 12.5", Event(kind="ends", name="explore-teacher", seconds=12.5)),
        (
            "        explore teacher: 3/9, 1.2/s, solved 2/3 (67 %), 5 s left",
            Event(kind="progress", name="explore teacher", done=3, total=9, more="1.2/s, solved 2/3 (67 %), 5 s left"),
        ),
        ("distill: 20/40, loss 1.234", Event(kind="progress", name="distill", done=20, total=40, more="loss 1.234")),
        ("[stage] distill failed: it is full", Event(kind="failed", name="distill", more="it is full")),
        ("[stage] distill failed:", Event(kind="failed", name="distill")),
        ("[stage] distill ends soon", None),
        (f"distill: {'9' * 5000}/{'9' * 5000}", None),
        ("14:06:17.713 - ERROR - Task 'x' finished", None),
        ("Loading weights: 100%|##| 47/47 [00:00]", None),
    ],
)
def test_lines_of_stages_become_events(line: str, event: Event | None) -> None:
    assert parse_line(line) == event
