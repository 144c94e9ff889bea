"""Runs a command that must not outlive us: `python -m components.guard FOLDER COMMAND ...`.

Signals are not enough: a command line that is killed with -9 sends none, and kfp.local forwards none. So the guard
leads a process group of its own and holds the read end of a pipe whose other end only the command line has. When that
end closes, for whatever reason, it kills the whole group. A second, tiny process does the same when the guard itself is
gone: because its command ended and left others behind, or because somebody killed it.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

ASKING = 0.05
SELDOM = 50_000
"""Objects made between two looks; Python's own number is 700."""


def start_guarded(
    command: Sequence[str],
    *,
    environment: Mapping[str, str],
    output: int | IO[Any],
    bare: bool = False,
    folder: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Starts a command under a guard; close the process's `stdin` (or die) to end it and all it started.

    Args:
        bare: let it have `environment` alone, and nothing of ours.
        folder: where it is started; here when left out.
    """
    return subprocess.Popen(
        [sys.executable, "-m", "components.guard", str(folder or Path.cwd()), *command],
        stdin=subprocess.PIPE,
        stdout=output,
        stderr=subprocess.STDOUT,
        env={**({} if bare else os.environ), **environment},
        start_new_session=True,  # a Ctrl-C at the terminal reaches the command line alone, which stops things in order
    )


def has_ended(process: subprocess.Popen[bytes]) -> bool:
    """Whether the guard is gone. It is left to be waited for, so that nobody else gets the number of its group."""
    if process.returncode is not None:
        return True
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def comes_up(process: subprocess.Popen[bytes] | None, ready: Callable[[], bool], *, seconds: float) -> bool:
    """Asks a server until it is ready; False once its process has ended, or after so many seconds.

    Args:
        process: None where the server is not ours.
    """
    end = time.monotonic() + seconds
    while time.monotonic() < end and not (process is not None and has_ended(process)):
        if ready():
            return True
        time.sleep(ASKING)
    return False


def end_guarded(process: subprocess.Popen[bytes], *, grace: float = 5.0) -> int:
    """Asks the whole group to end, kills what is left of it after `grace` seconds, and gives the command's status."""
    if process.returncode is not None:
        return process.returncode
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    end = time.monotonic() + grace
    while not has_ended(process) and time.monotonic() < end:
        time.sleep(0.02)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    if process.stdin:
        process.stdin.close()
    return process.wait()


def end_with_parent() -> None:
    """Ends this process when the one that started it is gone: for what is started into a session of its own, as
    torchrun starts commands, where no guard reaches it."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.2)
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()


def sweep_seldom() -> None:
    """Has Python look through this process for garbage seldom, and not at its end.

    What is imported is no garbage, and looking through it took a sixth of the time in which torch, transformers and
    MLflow are imported. A last look takes a second with them loaded; all memory is freed with the process anyway.
    """
    gc.set_threshold(SELDOM)
    atexit.register(gc.freeze)


def main() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # the command has to react to it; the guard reports how it ended
    _outlive()
    folder, *command = sys.argv[1:]
    if select.select([sys.stdin], [], [], 0)[0]:
        return  # whoever started us was stopped while doing so
    child = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, preexec_fn=_default_signals)
    threading.Thread(target=_watch, daemon=True).start()
    status = child.wait()
    os._exit(status if status >= 0 else 128 - status)  # an ordinary exit would wait for the thread that reads


def _outlive() -> None:
    """Leaves a process that kills the group once this one is gone: then the pipe between them has no writer."""
    reading, writing = os.pipe()
    if os.fork():
        os.close(reading)
        return
    os.close(writing)
    os.read(reading, 1)
    os.killpg(0, signal.SIGKILL)


def _default_signals() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _watch() -> None:
    sys.stdin.buffer.read()
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
