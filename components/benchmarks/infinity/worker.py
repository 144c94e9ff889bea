"""Runs verifiers, alone in its process: a JSON object on the input, a line of JSON for each verifier on the output.

It is started as a file and imports nothing of ours, so that a verifier finds Python, `requests` and nothing else.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

NO_REQUESTS = "No module named 'requests'"


class TooSlow(BaseException):
    """Not an `Exception`, so that a verifier which catches those ends too."""


def main() -> None:
    job = json.load(sys.stdin)
    output = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what verifiers print is no verdict
    signal.signal(signal.SIGALRM, _late)
    with contextlib.suppress(ImportError):  # not in the time of the first verifier, who says so where it is lacking
        importlib.import_module("requests")
    for verifier in job["verifiers"]:
        print(json.dumps(judge(Path(verifier), job["address"], job["seconds"])), file=output, flush=True)


def judge(verifier: Path, address: str, seconds: float) -> tuple[bool, str, str]:
    """Whether the task is done, what the verifier says of it, and why it has no verdict."""
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        return _ask(verifier, address)
    except TooSlow:
        return False, "", f"the verifier took longer than {seconds:g} s"
    except BaseException as error:
        return False, "", f"the verifier cannot be run: {type(error).__name__}: {error}"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _ask(verifier: Path, address: str) -> tuple[bool, str, str]:
    namespace: dict[str, Any] = {"__name__": "verifier", "__file__": str(verifier)}
    exec(compile(verifier.read_bytes(), str(verifier), "exec"), namespace)
    verify: Any = namespace["verify"]
    try:
        result = verify(address)
    except OSError:  # it could not ask: requests' errors are of this kind
        raise
    except Exception as error:
        return False, f"{type(error).__name__}: {error}", ""
    if not (isinstance(result, tuple) and len(result) == 2 and isinstance(result[0], bool)):
        return False, "", "the verifier gave no verdict"
    return result[0], str(result[1]), ""


def _late(*_: object) -> None:
    raise TooSlow


if __name__ == "__main__":
    main()
