"""Leases with owner and expiry, in the store, for resources that only a limited number of processes may use at once.

A site that holds one state is a resource with one slot; one that bears four episodes has four. A slot's lease is the
newest of its numbered objects, `leases/<name>/<slot>/<generation>.json`, each written once by a conditional put and
never changed: taking, renewing and giving back all mean writing the next generation, so of several takers one wins.
A holder renews at a third of its time to live; one that was killed stops renewing, and after the expiry the next taker
has the slot. A holder that was only slow, or whose object somebody deleted, finds as it renews or gives back that the
newest generation has another owner, and knows that it has lost the slot.

Expiry compares clocks of different machines: the time to live must be far longer than they differ.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass
from typing import Any

from components.errors import InfraError, InputError
from components.trajectories.attempts import ATTEMPT
from components.trajectories.records import read_record
from components.trajectories.store import Store

TTL = 60.0
POLL = 0.5


class LeaseLost(InfraError):
    """Somebody else took the slot, or may have: what was done there since cannot be trusted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A holder's message when it gives a slot back; a killed holder leaves none.

    Attributes:
        clean: it wrote nothing there.
        posted: times of requests whose number is limited, in Unix seconds, oldest first; also those of other holders.
    """

    clean: bool
    posted: tuple[float, ...] = ()


@dataclass(kw_only=True)
class Lease:
    """One held slot.

    Attributes:
        owner: unique to this holding.
        found: the word of the holder before; None: it left none.
        since: when that holder was last heard of, in Unix seconds; 0 where there was none.
        word: the word that is left when the slot is given back.
        lost: why the slot is no longer ours; empty while it is.
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
        """Raises LeaseLost where the slot went to somebody else."""
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

    @asynccontextmanager
    async def hold(self) -> AsyncIterator[Lease]:
        """Waits for a free slot and holds it, renewed, until the block ends.

        Raises:
            LeaseLost: at the end of the block, where the lease was taken or deleted meanwhile, however short that was.
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
        while True:
            for slot in random.sample(range(self.capacity), self.capacity):
                lease = await asyncio.to_thread(self._take, slot)
                if lease:
                    return lease
            await asyncio.sleep(self.poll * random.uniform(0.5, 1.5))

    def _take(self, slot: int) -> Lease | None:
        generation, record = self._newest(slot)
        if float(record["expires"]) > time.time():
            return None
        word = record.get("word")
        lease = Lease(
            name=self.name,
            slot=slot,
            owner=uuid.uuid4().hex,
            generation=generation + 1,
            found=word and Word(clean=word["clean"], posted=tuple(word["posted"])),
            since=float(record.get("freed") or record["expires"]),
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
        """Writes the holder's next generation, or that it has lost the slot: its last one must still be the newest."""
        generation, newest = self._newest(lease.slot)
        is_ours = newest.get("owner") == lease.owner
        lease.generation = generation + 1  # the last one that was to be written may not be there
        if not is_ours or not self._write(lease, **fields):  # a newer one may follow at once
            lease.lost = f"lease {lease.name}/{lease.slot} was taken by another owner, or deleted"

    async def _release(self, lease: Lease) -> None:
        if lease.lost:
            return
        with suppress(InfraError):  # it then expires by itself
            await asyncio.to_thread(self.free, lease)

    def _write(self, lease: Lease, **fields: Any) -> int:
        """Writes the lease's generation and deletes older ones. Returns the newest one then; 0 if it existed already.

        Because of the deletion a very late taker could write a generation that had existed before. So the newest one
        is read back: a taker that does not find its own has not won.
        """
        record = {"owner": lease.owner, "attempt": os.environ.get(ATTEMPT, ""), **fields}
        if not self.store.put_new(self._key(lease.slot, lease.generation), json.dumps(record).encode()):
            return 0
        generations = self._generations(lease.slot)
        for generation in generations[:-1]:
            self.store.delete(self._key(lease.slot, generation))
        return max(generations, default=0)

    def _newest(self, slot: int) -> tuple[int, dict[str, Any]]:
        """Generation and content of the slot's newest object; of none and of a torn one, one that ran out."""
        generations = self._generations(slot)
        if not generations:
            return 0, {"expires": 0.0}
        try:
            record = read_record(self.store, self._key(slot, generations[-1]), dict[str, Any], what="lease")
        except KeyError:  # a newer one has swept it just now: taken
            record = {"expires": float("inf")}
        except InputError:  # a holder that lives finds, before it leaves, that it has lost the slot
            record = {"expires": 0.0}
        return generations[-1], record

    def _generations(self, slot: int) -> list[int]:
        keys = self.store.list(f"leases/{self.name}/{slot}/")
        return sorted(int(key.rsplit("/", 1)[1].removesuffix(".json")) for key in keys)

    def _key(self, slot: int, generation: int) -> str:
        return f"leases/{self.name}/{slot}/{generation:012d}.json"

    @classmethod
    def of_attempt(cls, store: Store, attempt: str) -> Iterator[tuple[Leases, Lease]]:
        """Slots that processes of an attempt at a round hold."""
        newest = {key.rsplit("/", 1)[0]: key for key in store.list("leases/")}  # in the order of generations
        for slot, key in newest.items():
            with suppress(KeyError):  # a newer one has swept it just now: taken by somebody who lives
                record = read_record(store, key, dict[str, Any], what="lease")
                if record.get("attempt") == attempt and record["expires"] > time.time():
                    _, name, number = slot.split("/")
                    generation = int(key.rsplit("/", 1)[1].removesuffix(".json"))
                    lease = Lease(name=name, slot=int(number), owner=record["owner"], generation=generation)
                    yield cls(store, name=name, capacity=1), lease

    def free(self, lease: Lease) -> None:
        """Gives a slot back, with its holder's word, where it is still the holder's."""
        self._go_on(lease, expires=0.0, freed=time.time(), word=lease.word and asdict(lease.word))


def give_back(store: Store, *, attempt: str) -> int:
    """Frees every slot that an attempt's processes hold, none of which lives any more; how many they were."""
    holds = list(Leases.of_attempt(store, attempt))
    for leases, lease in holds:
        leases.free(lease)
    return len(holds)
