"""Real processes under a guard: whoever of command line, guard and command is killed, nothing that it started stays."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from components.guard import end_guarded, has_ended, start_guarded
from tests.pipelines.processes import eventually, is_running

# Writes its number, starts a child that does the same, and waits, or ends with status 3 once the child is up.
FAMILY = """
import os, subprocess, sys, time
from pathlib import Path
folder, what = Path(sys.argv[1]), sys.argv[2]
(folder / f".{what}").write_text(str(os.getpid()))
(folder / f".{what}").rename(folder / what)
if what != "child":
    subprocess.Popen([sys.executable, "-c", sys.argv[3], str(folder), "child"], start_new_session=False)
if what == "ends":
    while not (folder / "child").exists():
        time.sleep(0.02)
    sys.exit(3)
time.sleep(600)
"""
OWNER = """
import sys, time
from components.guard import start_guarded
start_guarded(sys.argv[1:], environment={}, output=-3)
time.sleep(600)
"""


def family(folder: Path, what: str) -> list[str]:
    return [sys.executable, "-c", FAMILY, str(folder), what, FAMILY]


def members(folder: Path, what: str) -> tuple[int, int]:
    """The numbers of parent and child, once both are there."""
    assert eventually(lambda: (folder / what).exists() and (folder / "child").exists())
    return int((folder / what).read_text()), int((folder / "child").read_text())


def all_gone(pids: tuple[int, ...]) -> bool:
    return eventually(lambda: not any(is_running(pid) for pid in pids))


def test_a_command_line_that_is_killed(tmp_path: Path) -> None:
    owner = subprocess.Popen([sys.executable, "-c", OWNER, *family(tmp_path, "parent")])
    pids = members(tmp_path, "parent")
    owner.kill()
    owner.wait()
    assert all_gone(pids)


def test_a_command_that_ends_and_leaves_a_child(tmp_path: Path) -> None:
    process = start_guarded(family(tmp_path, "ends"), environment={}, output=subprocess.DEVNULL)
    _, child = members(tmp_path, "ends")
    assert eventually(lambda: has_ended(process))
    assert all_gone((child,)), "nobody had to ask for it"
    assert end_guarded(process) == 3


def test_a_command_that_is_killed_and_leaves_a_child(tmp_path: Path) -> None:
    process = start_guarded(family(tmp_path, "parent"), environment={}, output=subprocess.DEVNULL)
    parent, child = members(tmp_path, "parent")
    os.kill(parent, signal.SIGKILL)
    assert all_gone((parent, child))
    assert end_guarded(process) == 128 + signal.SIGKILL


@pytest.mark.parametrize("asked", [True, False])
def test_a_guard_that_is_killed(tmp_path: Path, asked: bool) -> None:
    process = start_guarded(family(tmp_path, "parent"), environment={}, output=subprocess.DEVNULL)
    pids = members(tmp_path, "parent")
    os.kill(process.pid, signal.SIGKILL)
    if asked:
        assert end_guarded(process) == -signal.SIGKILL
    assert all_gone(pids)
    assert end_guarded(process) == -signal.SIGKILL


def test_a_stopped_command_obeys_or_is_made_to(tmp_path: Path) -> None:
    """One that ignores the request to end is killed when the time is up."""
    stubborn = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n{FAMILY}"
    command = [sys.executable, "-c", stubborn, str(tmp_path), "parent", FAMILY]
    process = start_guarded(command, environment={}, output=subprocess.DEVNULL)
    pids = members(tmp_path, "parent")
    assert end_guarded(process, grace=0.3) == -signal.SIGKILL
    assert all_gone(pids)
