"""What a run has spent on a model, over all its stages, shards, retries and restarts.

Every process stores its own sum under `runs/<run>/ledger/<model>/` and reads the sums of the others. If a process is
killed, its last sum stays, so that at most the requests then under way are not counted.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import time
import uuid
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from components.errors import InputError
from components.trajectories.schema import Cost, Record
from components.trajectories.store import Store

READ_AHEAD = 16
SILENT = 600.0
"""Seconds without a write after which a process counts as ended."""


class Entry(Record):
    """One process's sum. `at` is when it was written, in seconds since 1970; `closed` says that the process is done."""

    model: str
    cost: Cost
    at: float
    closed: bool = False


class Ledger:
    """The sums of one model in one run. Belongs to one event loop, until it is closed."""

    def __init__(self, store: Store, *, run: str, model: str) -> None:
        self._store, self._model = store, model
        name = re.sub(r"[^A-Za-z0-9_-]+", "-", model)[:40].strip("-")
        self._prefix = f"runs/{run}/ledger/{name or 'model'}-{hashlib.sha256(model.encode()).hexdigest()[:8]}/"
        self._key = self._new_key()
        self._mine, self._written = Cost(), Cost()
        self._others: dict[str, Entry] = {}
        self._writing = asyncio.Lock()

    def _new_key(self) -> str:
        return f"{self._prefix}{uuid.uuid4().hex}.json"

    @property
    def spent(self) -> Cost:
        """The sum over all processes, as of the last read."""
        return sum((entry.cost for entry in self._others.values()), self._mine)

    @property
    def spenders(self) -> int:
        """How many processes may be spending now, including this one."""
        now = time.time()
        return 1 + sum(not entry.closed and now - entry.at < SILENT for entry in self._others.values())

    async def add(self, cost: Cost) -> None:
        """Adds to this process's sum; it is stored when this returns."""
        self._mine += cost
        async with self._writing:
            if self._written != self._mine:  # else the one before wrote this cost as well
                await self._write(self._mine)

    async def _write(self, cost: Cost, *, closed: bool = False) -> Entry:
        entry = Entry(model=self._model, cost=cost, at=time.time(), closed=closed)
        await asyncio.to_thread(self._store.put, self._key, entry.model_dump_json().encode())
        self._written = cost
        return entry

    async def read(self) -> None:
        """Reads the sums of the other processes. Raises `InputError` where a stored sum cannot be read."""
        self._others |= await asyncio.to_thread(self._read)

    def _read(self) -> dict[str, Entry]:
        others = self._others
        keys = [key for key in self._store.list(self._prefix) if key != self._key]
        keys = [key for key in keys if key not in others or not others[key].closed]
        with ThreadPoolExecutor(READ_AHEAD) as pool:
            return dict(zip(keys, self._entries(pool.map(self._store.get, keys), keys), strict=True))

    def _entries(self, contents: Iterable[bytes], keys: list[str]) -> Iterable[Entry]:
        for key, data in zip(keys, contents, strict=True):
            try:
                yield Entry.model_validate_json(data)
            except ValueError as error:
                raise InputError(
                    f"a broken entry of what a run has spent: {error}",
                    where=f"{self._store.url}/{key}",
                    fix="delete it; what it said is then forgotten",
                ) from error

    async def close(self) -> None:
        """What is spent afterwards goes into another entry: a closed one is not read again."""
        if self._mine != Cost():
            self._others[self._key] = await self._write(self._mine, closed=True)
            self._key, self._mine, self._written = self._new_key(), Cost(), Cost()
            self._writing = asyncio.Lock()  # of whichever loop comes next
