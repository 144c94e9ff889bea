"""Leases with owner and expiry, in the store, for resources that only a limited number of processes may use at once.

A site with one replica is a resource with one slot; with four replicas it has four. A slot's lease is the newest of its
numbered objects, `leases/<name>/<slot>/<generation>.json`. Each is written once by a conditional put and never changed.
Taking, renewing and giving back all write the next generation, so of several takers one wins.

A holder renews its lease three times in its time to live. A killed holder stops renewing, and after the expiry the next
taker has the slot. A slow holder, or one whose object was deleted, sees when it renews or gives back that the newest
generation has another owner: it has lost the slot.

Expiry compares clocks of different machines: the time to live must be far longer than they differ. Whoever waits also
sees for itself that a holder has been silent for that long, and takes its slot, whatever the clocks say.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict

from components.errors import InfraError, InputError
from components.progress import duration, tell
from components.trajectories.attempts import ATTEMPT
from components.trajectories.records import read_record
from components.trajectories.store import Store

TTL = 60.0
"""Seconds until a lease expires that is not renewed."""
POLL = 0.5
"""Mean seconds between two tries to take a slot."""
PATIENCE = 600.0
"""Seconds of waiting after which it is told, again and again."""
KEY = re.compile(r"leases/([^/]+)/(\d+)/(\d{12})\.json")


class LeaseLost(InfraError):
    """Another process took the slot, or may have: the episode that was played there cannot be trusted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What a holder tells the next one when it gives a slot back; a killed holder leaves none.

    Attributes:
        clean: it wrote nothing there.
        posted: times of rate-limited requests, of earlier holders too, in Unix seconds, oldest first.
    """

    clean: bool
    posted: tuple[float, ...] = ()


class _Stored(BaseModel):
    """A generation of a slot; later releases may say more."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    owner: str = ""
    attempt: str = ""
    expires: float
    freed: float = 0.0
    word: Word | None = None


@dataclass(kw_only=True)
class Lease:
    """One held slot.

    Attributes:
        owner: a random id of this lease's holder.
        generation: number of the object that the holder wrote last.
        found: what the holder before left; None: it left nothing.
        since: when that holder gave back or its lease expired, in Unix seconds; 0 where there was none.
        word: what this holder leaves when it gives the slot back.
        lost: why the slot is no longer this holder's; empty while it is.
    """

    name: str
    slot: int
    owner: str
    generation: int
    found: Word | None = None
    since: float = 0.0
    word: Word | None = None
    lost: str = ""

    def check(self) -> None:
        """Raises LeaseLost where another process took the slot."""
        if self.lost:
            raise LeaseLost(self.lost)


class Leases:
    """The slots of one resource.

    Args:
        name: the resource; a key-safe name.
        capacity: how many may hold it at once.
        ttl: seconds a holder may be silent before its slot is free for others.
    """

    def __init__(self, store: Store, *, name: str, capacity: int, ttl: float = TTL, poll: float = POLL) -> None:
        self.store, self.name, self.capacity, self.ttl, self.poll = store, name, capacity, ttl, poll
        self._seen: dict[tuple[int, int], float] = {}  # when each generation of a slot was first met

    @asynccontextmanager
    async def hold(self) -> AsyncIterator[Lease]:
        """Waits for a free slot and holds it, renewed, until the block ends.

        Raises:
            LeaseLost: at the end of the block, where the lease was taken or deleted meanwhile, even for a moment.
        """
        lease = await self._acquire()
        over = asyncio.Event()  # not a cancellation, which would leave a renewal running in its thread
        renewing = asyncio.create_task(self._renew(lease, until=over))
        try:
            yield lease
        finally:
            over.set()
            await renewing
            await self._release(lease)
        lease.check()

    async def _acquire(self) -> Lease:
        began = told = time.monotonic()
        while True:
            for slot in random.sample(range(self.capacity), self.capacity):
                lease = await asyncio.to_thread(self._take, slot)
                if lease:
                    return lease
            if time.monotonic() - told > PATIENCE:
                told = time.monotonic()
                where = f"leases/{self.name} in {self.store.url}"
                tell(f"others have held {self.name} for {duration(told - began)} ({where})")
            await asyncio.sleep(self.poll * random.uniform(0.5, 1.5))

    def _take(self, slot: int) -> Lease | None:
        generation, record = self._newest(slot)
        silent = time.monotonic() - self._seen.setdefault((slot, generation), time.monotonic())
        if record.expires > time.time() and silent <= self.ttl:
            return None
        lease = Lease(
            name=self.name,
            slot=slot,
            owner=uuid.uuid4().hex,
            generation=generation + 1,
            found=record.word,
            since=min(record.freed or record.expires, time.time()),
        )
        return lease if self._write(lease, expires=time.time() + self.ttl) == lease.generation else None

    async def _renew(self, lease: Lease, *, until: asyncio.Event) -> None:
        last = time.monotonic()
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(until.wait(), self.ttl / 3)
                return
            try:
                await asyncio.to_thread(self._go_on, lease, expires=time.time() + self.ttl)
            except InfraError as error:
                if time.monotonic() - last > self.ttl:
                    lease.lost = f"lease {lease.name}/{lease.slot} could not be renewed: {error}"
                    return
                continue
            if lease.lost:
                return
            last = time.monotonic()

    def _go_on(self, lease: Lease, **fields: Any) -> None:
        """Writes the next generation if the newest one is the holder's; else notes that the slot is lost."""
        generation, newest = self._newest(lease.slot)
        is_ours = newest.owner == lease.owner
        lease.generation = generation + 1  # the last one that was to be written may not be there
        if not is_ours or not self._write(lease, **fields):  # a newer one may follow at once
            lease.lost = f"lease {lease.name}/{lease.slot} was taken by another owner, or deleted"

    async def _release(self, lease: Lease) -> None:
        if lease.lost:
            return
        with suppress(InfraError):  # it then expires by itself
            await asyncio.to_thread(self.free, lease)

    def _write(self, lease: Lease, **fields: Any) -> int:
        """Writes the lease's generation and deletes older ones.

        Older ones are deleted, so a very late taker could write a number that existed before. It has then not won: the
        newest generation, which is returned, is another.

        Returns:
            The newest generation after writing; 0 if this one existed already.
        """
        record = {"owner": lease.owner, "attempt": os.environ.get(ATTEMPT, ""), **fields}
        if not self.store.put_new(self._key(lease.slot, lease.generation), json.dumps(record).encode()):
            return 0
        generations = self._generations(lease.slot)
        for generation in generations[:-1]:
            self.store.delete(self._key(lease.slot, generation))
        return max(generations, default=0)

    def _newest(self, slot: int) -> tuple[int, _Stored]:
        """Generation and content of the slot's newest object. A missing one counts as expired, and a torn one too."""
        generations = self._generations(slot)
        if not generations:
            return 0, _Stored(expires=0.0)
        try:
            record = read_record(self.store, self._key(slot, generations[-1]), _Stored, what="lease")
        except KeyError:  # deleted this moment by the holder of a newer one
            record = _Stored(expires=time.time() + self.ttl)
        except InputError:  # a holder that lives notices that it has lost the slot
            record = _Stored(expires=0.0)
        return generations[-1], record

    def _generations(self, slot: int) -> list[int]:
        keys = self.store.list(f"leases/{self.name}/{slot}/")
        return sorted(int(match[3]) for match in map(KEY.fullmatch, keys) if match)

    def _key(self, slot: int, generation: int) -> str:
        return f"leases/{self.name}/{slot}/{generation:012d}.json"

    @classmethod
    def of_attempt(cls, store: Store, attempt: str) -> Iterator[tuple[Leases, Lease]]:
        """The slots that processes of an attempt at a round hold."""
        matches = filter(None, map(KEY.fullmatch, store.list("leases/")))
        newest = {(match[1], int(match[2])): match for match in matches}  # in the order of generations
        for (name, slot), match in newest.items():
            with suppress(KeyError, InputError):  # deleted this moment by the holder of a newer one; or torn: nobody's
                record = read_record(store, match[0], _Stored, what="lease")
                if record.attempt == attempt and record.expires > time.time():
                    lease = Lease(name=name, slot=slot, owner=record.owner, generation=int(match[3]))
                    yield cls(store, name=name, capacity=1), lease

    def free(self, lease: Lease) -> None:
        """Gives a slot back with what its holder leaves; nothing happens where it was lost."""
        self._go_on(lease, expires=0.0, freed=time.time(), word=lease.word and asdict(lease.word))


def give_back(store: Store, *, attempt: str) -> int:
    """Frees all slots of an attempt at a round. Its processes must have ended.

    Returns:
        How many slots it held.
    """
    holds = list(Leases.of_attempt(store, attempt))
    for leases, lease in holds:
        leases.free(lease)
    return len(holds)
