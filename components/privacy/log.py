"""The log of remote requests: one entry for each, with the digest of the entry before.

Each process writes its own chain under `runs/<run>/privacy/`. An entry is written before its request is sent, so that
nothing is sent without one, even if the process is killed. The sent body is stored as a blob under the entry's digest,
so that later detectors can scan it again. Changing, removing or adding an entry breaks the chain from there on. Entries
missing at the end show when episodes have more questions than the log (see `summary`).
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from pydantic import Field, ValidationError

from components.privacy.hits import Hit, Kind
from components.privacy.vault import PLACEHOLDER
from components.trajectories.episodes import get_blob, put_blob
from components.trajectories.records import read_record
from components.trajectories.schema import Record
from components.trajectories.store import Store

SHORTEST_NUMBER = 10**6
ALONE = "alone"
"""Name of the log where there is no run: `symbiont play`."""
EPISODE: ContextVar[str] = ContextVar("episode", default="")
"""The episode whose step is being decided, as task and seed; empty outside of episodes."""


class Entry(Record):
    """One remote request."""

    number: int = Field(description="position in its log, from 1")
    previous: str = Field(description="digest of the entry before it; empty in the first one")
    at: str = Field(description="time of the request, UTC")
    endpoint: str = Field(description="address without its query")
    episode: str = Field("", description="task and seed, if an episode's step sent it")
    digest: str = Field("", description="SHA-256 of the body; empty if only an address was requested")
    bytes: int = Field(0, description="length of the body")
    redactions: dict[str, int] = Field(default_factory=dict, description="number of placeholders in it, by class")
    stopped: dict[str, int] = Field(
        default_factory=dict, description="number of values that the gate removed or held back, by class"
    )
    refused: bool = Field(False, description="whether the gate sent nothing at all")
    detectors: tuple[str, ...] = Field((), description="versions of the detectors that had checked it")

    @property
    def hash(self) -> str:
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()


class Log:
    """The chain of one process. Thread-safe."""

    def __init__(self, store: Store, *, run: str, name: str = "process") -> None:
        self._store = store
        plain = re.sub(r"[^A-Za-z0-9_-]+", "-", name)[:80].strip("-") or "process"
        self.prefix = f"{log_prefix(run)}{plain}-{uuid.uuid4().hex[:12]}/"
        self._number, self._previous = 0, ""
        self._lock = threading.Lock()

    def write(
        self, *, endpoint: str, body: Any, stopped: Counter[Kind], refused: bool, detectors: tuple[str, ...]
    ) -> None:
        """Stores the body of a request that is about to be sent, and its entry.

        Args:
            endpoint: the address; its query and password are not logged.
            body: JSON; None: nothing is sent but the address.
            stopped: what the guard redacted or held back, by class.
            refused: the request is not sent.
            detectors: versions of the detectors that scanned it.

        Raises:
            InfraError, InputError: it cannot be stored, and then the request must not be sent.
        """
        data = b"" if body is None or refused else json.dumps(body).encode()
        names = Counter(match["kind"].replace(" ", "_") for match in PLACEHOLDER.finditer(data.decode()))
        parts = urlsplit(endpoint)
        with self._lock:
            entry = Entry(
                number=self._number + 1,
                previous=self._previous,
                at=datetime.now(UTC).isoformat(timespec="milliseconds"),
                endpoint=f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}",
                episode=EPISODE.get(),
                digest=put_blob(self._store, data, "json") if data else "",
                bytes=len(data),
                redactions=dict(sorted(names.items())),
                stopped=dict(sorted(stopped.items())),
                refused=refused,
                detectors=detectors,
            )
            while (standing := self._keep_entry(entry)) != entry:  # a try that failed, and was kept all the same
                entry = entry.model_copy(update={"number": standing.number + 1, "previous": standing.hash})
            self._number, self._previous = entry.number, entry.hash

    def _keep_entry(self, entry: Entry) -> Entry:
        """Stores an entry unless its key is taken; returns the entry that is stored there."""
        key = f"{self.prefix}{entry.number:08d}.json"
        if self._store.put_new(key, entry.model_dump_json().encode()):
            return entry
        return read_record(self._store, key, Entry, what="entry of the log of what left")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """One process's entries. Attributes: `broken`: a sentence about the first entry that was altered; empty: none."""

    name: str
    entries: tuple[Entry, ...]
    broken: str = ""


def read_chains(store: Store, run: str) -> list[Chain]:
    """Every chain of a run, checked."""
    keys: dict[str, list[str]] = {}
    for key in store.list(log_prefix(run)):
        keys.setdefault(key.rpartition("/")[0], []).append(key)
    return [_read_chain(store, name, chain_keys) for name, chain_keys in sorted(keys.items())]


def _read_chain(store: Store, name: str, keys: list[str]) -> Chain:
    entries: list[Entry] = []
    previous, broken = "", ""
    for number, key in enumerate(keys, 1):
        try:
            entry = Entry.model_validate_json(store.get(key))
        except (ValidationError, KeyError):
            broken = broken or f"entry {number} cannot be read"
            continue
        if not broken and (entry.number != number or entry.previous != previous or f"{number:08d}" not in key):
            broken = f"entry {number} is not the one that was written after the one before it"
        previous = entry.hash
        entries.append(entry)
    return Chain(name=name.rpartition("/")[2], entries=tuple(entries), broken=broken)


def sent_texts(store: Store, entry: Entry) -> Iterator[str]:
    """Every text of an entry's body.

    Raises:
        KeyError, InputError: the stored body is missing, or was altered.
    """
    if entry.digest:
        yield from texts_of(json.loads(get_blob(store, entry.digest, "json")))


def texts_of(body: Any) -> Iterator[str]:
    """Every text in a value of JSON, names of keys and long numbers too."""
    if isinstance(body, str):
        yield body
    elif is_long_number(body):
        yield str(body)
    elif isinstance(body, dict):
        for key, value in body.items():
            yield key
            yield from texts_of(value)
    elif isinstance(body, list | tuple):
        for value in body:
            yield from texts_of(value)


def is_long_number(value: Any) -> bool:
    """Whether it is a number of so many digits that it may be a card's or a telephone's."""
    return isinstance(value, int | float) and abs(value) >= SHORTEST_NUMBER


def log_prefix(run: str) -> str:
    return f"runs/{run}/privacy/"


def counted(hits: Iterable[Hit]) -> Counter[Kind]:
    return Counter(hit.kind for hit in hits)
