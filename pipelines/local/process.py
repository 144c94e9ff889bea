"""The process of one round: started, read line by line, and ended together with its children."""

from __future__ import annotations

import json
import queue
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from components.errors import InfraError, InputError
from components.guard import end_guarded, start_guarded
from components.place import FAILURE
from components.trajectories.attempts import ATTEMPT, Failure

STAGE = re.compile(
    r"\[stage\] (?P<name>\S+) (?P<kind>begins|ends|failed)(?: (?P<seconds>[0-9]{1,9}(?:\.[0-9]+)?)|:(?P<why>.*))?"
)
CHECK_SECONDS = 1.0
PROGRESS = re.compile(r"(?P<label>[a-z][\w ().-]*): (?P<done>[0-9]{1,9})/(?P<total>[0-9]{1,9})(?P<more>.*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A line of a stage: it began, ended (after `seconds`), failed, or made progress (`done` of `total`)."""

    kind: str
    name: str
    seconds: float = 0.0
    done: int = 0
    total: int = 0
    more: str = ""


def parse_line(line: str) -> Event | None:
    """The event of a printed line; None for any other line. kfp.local indents what stages print."""
    text = line.strip()
    if match := STAGE.fullmatch(text):
        seconds, why = float(match["seconds"] or 0), (match["why"] or "").strip()
        return Event(kind=match["kind"], name=match["name"], seconds=seconds, more=why)
    if match := PROGRESS.fullmatch(text):
        return Event(
            kind="progress",
            name=match["label"],
            done=int(match["done"]),
            total=int(match["total"]),
            more=match["more"].lstrip(", "),
        )
    return None


def execute_round(
    *,
    pipeline: Path,
    arguments: Mapping[str, Any],
    attempt: str,
    work: Path,
    log: Path,
    temporary: Path,
    check: Callable[[], None] = lambda: None,
) -> Generator[Event, None, None]:
    """Executes the compiled pipeline and yields the events of its stages; closing the generator ends the process.

    Args:
        attempt: name of this attempt at the round.
        check: raises InfraError when something the round needs is gone, such as a server of ours; called every second,
            and before any other failure is reported.

    Raises:
        InputError: a stage refused its input.
        InfraError: `check` failed, or a stage did for another reason, which the log names.
    """
    (work / FAILURE).unlink(missing_ok=True)
    request = work / "request.json"
    request.write_text(json.dumps({"pipeline": str(pipeline), "arguments": arguments, "artifacts": str(work / "kfp")}))
    command = [sys.executable, "-m", "pipelines.local.execute", str(request)]
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as sink:
        environment = {"TMPDIR": str(temporary), "PYTHONUNBUFFERED": "1", ATTEMPT: attempt}
        process = start_guarded(command, environment=environment, output=-1)
        try:
            for line in _lines(process, check=check):
                sink.write(line)
                sink.flush()
                event = parse_line(line.decode(errors="replace"))
                if event:
                    yield event
                if event and event.kind == "failed" and (wrong := _wrong_input(work / FAILURE)):
                    check()
                    raise wrong  # at once: the pipeline would retry the stage in vain
        finally:
            status = end_guarded(process)
    if status:
        check()
        raise _failure(work / FAILURE, log=log, status=status)


def _lines(process: subprocess.Popen[bytes], *, check: Callable[[], None]) -> Iterator[bytes]:
    """Lines that a process and its children print, until all have ended; `check` is called every second meanwhile."""
    lines: queue.Queue[bytes] = queue.Queue()
    threading.Thread(target=_read, args=(process.stdout, lines), daemon=True).start()
    checked = time.monotonic()
    while True:
        with suppress(queue.Empty):
            line = lines.get(timeout=CHECK_SECONDS)
            if not line:
                return
            yield line
        if time.monotonic() - checked >= CHECK_SECONDS:
            check()
            checked = time.monotonic()


def _read(output: IO[bytes], into: queue.Queue[bytes]) -> None:
    for line in output:
        into.put(line)
    into.put(b"")


def _failure(path: Path, *, log: Path, status: int) -> Exception:
    """The error that the stage left, or else one that names its log."""
    if status < 0:
        return InfraError(f"somebody killed the round's process (signal {-status})\n  log: {log}")
    if not path.exists():
        return InfraError(f"a stage ended without a word (status {status}): see the end of {log}")
    failure = Failure.model_validate_json(path.read_bytes())
    return failure.mistake or InfraError(f"{failure.stage}: {failure.what}\n  log: {log}")


def _wrong_input(path: Path) -> InputError | None:
    """The mistake a stage ended with; None where it ended otherwise, or could not even write why."""
    return Failure.model_validate_json(path.read_bytes()).mistake if path.exists() else None
