"""A file of others' trajectories into the store, each as one episode.

The whole file is checked before anything is written. An episode's key follows from its content, so that importing
again, or the same trajectory from another file, adds nothing, and a killed import goes on. Pictures are not taken in.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import ValidationError

from components.browser.origins import origin_of
from components.errors import InputError
from components.exchange import a3, adp
from components.exchange.foreign import Foreign, Mistake
from components.text import cleaned
from components.trajectories.episodes import iter_episodes, save_episode
from components.trajectories.imports import (
    RECORD,
    ROUND,
    ImportRecord,
    find_takedown,
    imported_keys,
    record_key,
    records_of,
    set_name,
    set_prefix,
    takedown_key,
)
from components.trajectories.phases import IMPORTED
from components.trajectories.records import read_record
from components.trajectories.schema import AgentInfo, Episode, Origin
from components.trajectories.store import Store

Form = Literal["a3", "adp"]
SEEDS = 1_000_000  # below those that judge
MOST_NAMED = 20
CHUNK = 1 << 20
LONGEST = 1 << 27  # characters of a line
OTHERWISE = (
    ((b"\x1f\x8b",), "compressed with gzip", "unpack it: gunzip FILE"),
    ((b"\x28\xb5\x2f\xfd",), "compressed with zstd", "unpack it: unzstd FILE"),
    ((b"PK",), "an archive (zip)", "unpack it, and give what is in it"),
    ((b"PAR1",), "a Parquet table", "write it as JSON, one row a line"),
    ((b"\xff\xfe", b"\xfe\xff"), "text in UTF-16", "make it UTF-8: iconv -f utf-16 -t utf-8 FILE"),
    ((b"[\n", b"[\r\n"), "one list over many lines", "make lines of it: jq -c '.[]' FILE"),
)
"""By what a file begins with: what it is that is not JSON, one trajectory a line, and how to make it so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """How a form is read: a row checked, and checked rows with their lines as trajectories."""

    parse: Callable[[Any], Any]
    trajectories: Callable[[Iterable[tuple[int, Any]]], Iterator[Foreign]]


READERS: dict[Form, Reader] = {
    "a3": Reader(parse=a3.parse, trajectories=a3.trajectories),
    "adp": Reader(parse=adp.parse, trajectories=adp.trajectories),
}


def import_file(store: Store, file: Path, *, form: Form, origin: Origin) -> ImportRecord:
    """Takes a file in, and returns at once where it is in already.

    Raises:
        InputError: a line is not of the form (names file, line and field of the first twenty); the source was taken
            down, or is here under another licence.
    """
    digest = _digest(file)
    _check_source(store, origin)
    key = record_key(origin.source, digest)
    if store.exists(key):
        return read_record(store, key, ImportRecord, what=RECORD)
    _check(file, READERS[form])
    stored_keys, new_keys = set(imported_keys(store, origin.source)), set[str]()
    counts, left_out = Counter[str](), Counter[str]()
    for trajectory in READERS[form].trajectories(_rows(file, READERS[form])):
        if trajectory.unfit:
            left_out[trajectory.unfit] += 1
            continue
        episode = _episode(trajectory, origin)
        if episode.key in new_keys:
            left_out["it stands twice in the file"] += 1
            continue
        new_keys.add(episode.key)
        counts["episodes"] += 1
        counts["steps"] += len(episode.steps)
        counts["unread"] += sum(bool(step.feedback) for step in episode.steps)
        if episode.key not in stored_keys:
            save_episode(store, episode)
    record = ImportRecord(
        **origin.model_dump(),
        form=form,
        file=file.name,
        digest=digest,
        episodes=counts["episodes"],
        steps=counts["steps"],
        unread=counts["unread"],
        left_out=dict(left_out),
        imported_at=_now(),
    )
    store.put_new(key, record.model_dump_json(indent=1).encode())
    return record


def _check_source(store: Store, origin: Origin) -> None:
    if takedown := find_takedown(store, origin.source):
        raise InputError(
            f"the source {origin.source} was taken down at {takedown.taken_down_at}",
            where=f"{store.url}/{takedown_key(origin.source)}",
            fix="give another --source if it may be used after all",
        )
    standing = next(iter_episodes(store, set_prefix(origin.source)), None)  # a killed import leaves no more than those
    licences = [record.licence for record in records_of(store, origin.source)]
    licences += [standing.origin.licence] if standing and standing.origin else []
    for licence in licences:
        if licence != origin.licence:
            problem = f"the source {origin.source} is here under the licence {licence!r}"
            raise InputError(problem, where="--licence", fix="give the same, or another --source")


def _check(file: Path, reader: Reader) -> None:
    with file.open("rb") as data:
        begins = data.read(4)
    for marks, kind, fix in OTHERWISE:
        if begins.startswith(marks):
            problem = f"the file is {kind}; wanted is JSON, one trajectory a line"
            raise InputError(problem, where=str(file), fix=fix.replace("FILE", file.name))
    if next(_lines(file), None) is None:
        raise InputError("the file is empty", where=str(file), fix="give the set's file of trajectories")
    mistakes = [
        f"    line {line}{f', field {field}' if field else ''}: {message}"
        for line, field, message in _mistakes(file, reader)
    ]
    if mistakes:
        rest = [f"    and {len(mistakes) - MOST_NAMED} more"] if len(mistakes) > MOST_NAMED else []
        raise InputError(
            "lines of the file are not of its form:\n" + "\n".join([*mistakes[:MOST_NAMED], *rest]),
            where=str(file),
            fix="correct these lines, or give another --format; nothing was imported",
        )


def _mistakes(file: Path, reader: Reader) -> Iterator[tuple[int, str, str]]:
    for number, line in _lines(file):
        try:
            reader.parse(_read(line))
        except ValidationError as error:
            first = error.errors()[0]
            yield number, ".".join(map(str, first["loc"])), first["msg"]
        except Mistake as error:
            yield number, error.field, error.what
        except json.JSONDecodeError as error:
            yield number, "", f"no JSON: {error.msg}, at character {error.pos + 1}"
        except ValueError as error:
            yield number, "", str(error)


def _rows(file: Path, reader: Reader) -> Iterator[tuple[int, Any]]:
    return ((number, reader.parse(_read(line))) for number, line in _lines(file))


def _read(line: str) -> Any:
    """Raises ValueError."""
    try:
        value = json.loads(line)
    except json.JSONDecodeError:
        raise
    except (ValueError, RecursionError):  # of digits, or of brackets
        raise ValueError("no JSON: a number is too long, or lists are nested too deep") from None
    return cleaned(value)


def _lines(file: Path) -> Iterator[tuple[int, str]]:
    with file.open(encoding="utf-8-sig", errors="replace") as lines:
        for number, line in enumerate(iter(lambda: lines.readline(LONGEST), ""), 1):
            if len(line) == LONGEST and not line.endswith("\n"):
                problem = f"line {number} is longer than {LONGEST:,} characters"
                raise InputError(problem, where=str(file), fix="give a file with one trajectory a line")
            if line.strip():
                yield number, line


def _digest(file: Path) -> str:
    sha256 = hashlib.sha256()
    try:
        with file.open("rb") as data:
            while chunk := data.read(CHUNK):
                sha256.update(chunk)
    except OSError as error:
        raise InputError(f"the file cannot be read: {error.strerror}", where=str(file), fix="give another") from error
    return sha256.hexdigest()


def _episode(trajectory: Foreign, origin: Origin) -> Episode:
    """Wordings of tasks are not known of such sets, so the template is empty: whatever fits one of an evaluation's
    wordings then counts as its."""
    steps = json.dumps([step.model_dump(mode="json") for step in trajectory.steps], sort_keys=True)
    goal, content = (hashlib.sha256(text.encode()).hexdigest() for text in (trajectory.intent, steps))
    start = trajectory.steps[0].url
    return Episode(
        run=set_name(origin.source),
        round=ROUND,
        phase=IMPORTED,
        benchmark=origin.source,
        task_id=f"{origin.source}-{goal[:12]}",
        family=urlsplit(origin_of(start)).hostname or origin.source,
        template="",
        seed=int(content[:12], 16) % SEEDS,
        intent=trajectory.intent,
        start_url=start,
        agent=AgentInfo(name=origin.source, kind="imported", digest=hashlib.sha256(origin.source.encode()).hexdigest()),
        steps=trajectory.steps,
        outcome=trajectory.outcome,
        reward=float(trajectory.outcome == "solved"),
        answer=trajectory.answer,
        started_at=_now(),
        seconds=0.0,
        origin=origin,
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
