"""Runs a command that must not outlive us: `python -m pipelines.local.guard COMMAND ...`.

Signals are not enough: a command line that is killed with -9 sends none, and kfp.local passes none on. So the guard
leads a session of its own, holds the read end of a pipe whose other end only the command line has, and when that end
closes, for whatever reason, kills everything in its session.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from typing import IO, Any


def start_guarded(
    command: Sequence[str], *, environment: Mapping[str, str], output: int | IO[Any]
) -> subprocess.Popen[bytes]:
    """Starts a command under a guard; close the process's `stdin` (or die) to end it and all it started."""
    return subprocess.Popen(
        [sys.executable, "-m", "pipelines.local.guard", *command],
        stdin=subprocess.PIPE,
        stdout=output,
        stderr=subprocess.STDOUT,
        env={**os.environ, **environment},
        start_new_session=True,  # a Ctrl-C at the terminal reaches the command line alone, which stops things in order
    )


def end_guarded(process: subprocess.Popen[bytes], *, grace: float = 5.0) -> None:
    """Asks the whole group to end, and makes it end after `grace` seconds."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=grace)
    if process.stdin:
        process.stdin.close()
    process.wait()


def main() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # it is the command's to obey; we report how it ended
    child = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, preexec_fn=_default_signals)
    threading.Thread(target=_watch, daemon=True).start()
    status = child.wait()
    os._exit(status if status >= 0 else 128 - status)  # an ordinary exit would wait for the thread that reads


def _default_signals() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _watch() -> None:
    sys.stdin.buffer.read()
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
