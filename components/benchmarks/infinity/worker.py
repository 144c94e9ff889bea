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
    told = json.load(sys.stdin)
    output = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what verifiers print is no verdict
    signal.signal(signal.SIGALRM, _late)
    with contextlib.suppress(ImportError):  # not in the time of the first verifier, who says so where it is lacking
        importlib.import_module("requests")
    for verifier in told["verifiers"]:
        print(json.dumps(judged(Path(verifier), told["address"], told["seconds"])), file=output, flush=True)


def judged(verifier: Path, address: str, seconds: float) -> tuple[bool, str, str]:
    """Whether the task is done, what the verifier says of it, and why it has no verdict."""
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        return _asked(verifier, address)
    except TooSlow:
        return False, "", f"the verifier took longer than {seconds:g} s"
    except BaseException as error:
        return False, "", f"the verifier cannot be run: {type(error).__name__}: {error}"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _asked(verifier: Path, address: str) -> tuple[bool, str, str]:
    known: dict[str, Any] = {"__name__": "verifier", "__file__": str(verifier)}
    exec(compile(verifier.read_bytes(), str(verifier), "exec"), known)
    verify: Any = known["verify"]
    try:
        found = verify(address)
    except OSError:  # it could not ask: requests' errors are of this kind
        raise
    except Exception as error:
        return False, f"{type(error).__name__}: {error}", ""
    if not (isinstance(found, tuple) and len(found) == 2 and isinstance(found[0], bool)):
        return False, "", "the verifier gave no verdict"
    return found[0], str(found[1]), ""


def _late(*_: object) -> None:
    raise TooSlow


if __name__ == "__main__":
    main()
