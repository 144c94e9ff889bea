"""A checkout's verifiers, unchanged, run in a process of their own: no browser knows it, and it knows no keys of ours.

Each gets the address of a state and a time limit. An exception while it looks at the state means "not done", as
upstream counts it. If it cannot look at the state at all, there is no verdict.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from components.benchmarks.infinity import worker
from components.errors import InputError
from components.sites.replica import bare_environment

SECONDS = 20.0
"""What one verifier may take; those of WebArena-Infinity take 2 to 8 ms."""
STARTING = 60.0
"""What Python may take to start, on a machine that is very busy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Attributes: `trouble` says why there is no verdict; empty where there is one."""

    done: bool
    message: str = ""
    trouble: str = ""


LOST = Verdict(done=False, trouble="the verifier's process ended without a word")


async def verify(verifiers: Sequence[Path], *, address: str, seconds: float = SECONDS) -> list[Verdict]:
    """The verdict of each on the state at `address` + `/api/state`, one after the other.

    Raises:
        InputError: what verifiers ask with, the package requests, is not installed.
    """
    verdicts = list[Verdict]()
    while remaining := verifiers[len(verdicts) :]:  # in one process, unless one of them ends it
        verdicts += await _process(remaining, address=address, seconds=seconds) or [LOST]
    if any(worker.NO_REQUESTS in verdict.trouble for verdict in verdicts):
        raise InputError(
            "verifiers ask with the package requests, which is not installed",
            where="benchmark webarena-infinity",
            fix="pip install 'requests>=2.32,<3', or install symbiont with its extra `infinity`",
        )
    return verdicts


async def _process(verifiers: Sequence[Path], *, address: str, seconds: float) -> list[Verdict]:
    """The verdicts that a process gave until its end."""
    job = json.dumps({"verifiers": [str(path) for path in verifiers], "address": address, "seconds": seconds})
    with tempfile.TemporaryDirectory(prefix="symbiont-verify-") as folder:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",  # no folder of ours on its path
            worker.__file__,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            cwd=folder,
            env=bare_environment(),
        )
        try:
            async with asyncio.timeout(STARTING + seconds * len(verifiers)):
                output, _ = await process.communicate(job.encode())
        except TimeoutError:
            return []
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    return [_verdict(line) for line in output.splitlines()]


def _verdict(line: bytes) -> Verdict:
    done, message, trouble = json.loads(line)
    return Verdict(done=done, message=message, trouble=trouble)
