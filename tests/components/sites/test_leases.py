"""Leases between processes: one holder a slot, the next one after an expiry, and nobody trusts a lost slot."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from components.errors import InfraError
from components.sites.leases import LeaseLost, Leases, give_back
from components.trajectories.open_store import open_store

HOLDER = """
import asyncio, sys
from components.sites.leases import Leases
from components.trajectories.open_store import open_store

async def main():
    async with Leases(open_store(sys.argv[1]), name="site", capacity=1, ttl=3600).hold():
        print("held", flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


def make(folder: Path, *, capacity: int = 1, ttl: float = 30.0) -> Leases:
    return Leases(open_store(folder), name="site", capacity=capacity, ttl=ttl, poll=0.02)


@pytest.mark.parametrize("capacity", [1, 3])
def test_never_more_holders_than_slots_and_everybody_gets_a_turn(tmp_path: Path, capacity: int) -> None:
    holding = most = 0
    turns: list[int] = []

    async def hold(number: int) -> None:
        nonlocal holding, most
        async with make(tmp_path, capacity=capacity).hold():
            holding += 1
            most = max(most, holding)
            await asyncio.sleep(0.03)
            while most < capacity:  # who came first waits for those that fit beside him
                await asyncio.sleep(0.01)
            holding -= 1
            turns.append(number)

    async def main() -> None:
        await asyncio.gather(*(hold(number) for number in range(7)))

    asyncio.run(main())
    assert most == capacity
    assert sorted(turns) == list(range(7))


def test_a_slot_given_back_is_free_at_once_and_leaves_no_pile_of_objects(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def main() -> None:
        for _ in range(5):
            async with make(tmp_path).hold():
                pass

    async def sleep(seconds: float) -> None:
        raise AssertionError(f"nobody holds it, and it is waited for {seconds} s")

    monkeypatch.setattr(asyncio, "sleep", sleep)
    asyncio.run(main())
    assert len(list(open_store(tmp_path).list("leases/"))) == 1


def test_who_waits_asks_again_at_about_the_poll_he_was_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    real = asyncio.sleep

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        await real(0.001)

    async def main() -> None:
        holder = make(tmp_path)
        async with holder.hold():
            monkeypatch.setattr(asyncio, "sleep", sleep)
            waiter = asyncio.create_task(Leases(open_store(tmp_path), name="site", capacity=1, poll=8.0)._acquire())
            while len(waits) < 60:
                await real(0.01)
            waiter.cancel()

    asyncio.run(main())
    assert 4.0 <= min(waits) < 5.3, "half the poll at least"
    assert 8.0 < max(waits) <= 12.0


def test_a_living_owner_renews_its_lease(tmp_path: Path) -> None:
    def expiry() -> float:
        _, record = make(tmp_path)._newest(0)
        return record.expires

    async def main() -> None:
        async with make(tmp_path, ttl=0.3).hold() as lease:
            generation, expires = lease.generation, expiry()
            while lease.generation < generation + 2:
                await asyncio.sleep(0.01)
            assert expiry() > expires

    asyncio.run(main())


def test_the_slot_of_a_killed_owner_is_taken_after_its_expiry_and_not_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == "held\n"
        owner.kill()
    _, record = make(tmp_path)._newest(0)
    now = record.expires - 1
    monkeypatch.setattr(time, "time", lambda: now)
    assert make(tmp_path)._take(0) is None
    now = record.expires
    taken = make(tmp_path)._take(0)
    assert taken is not None
    assert (taken.found, taken.since) == (None, now), "nothing is known of what a killed owner did"


def test_an_owner_that_was_too_slow_knows_that_it_lost_the_slot(tmp_path: Path) -> None:
    async def main() -> None:
        with pytest.raises(LeaseLost):
            await stand_still()
        assert make(tmp_path)._take(0) is None, "leaving a lost slot does not free it"

    async def stand_still() -> None:
        async with make(tmp_path, ttl=0.3).hold() as slow:
            slow.check()
            time.sleep(0.5)  # the whole process stands still, renewals included
            other = make(tmp_path)
            taken = other._take(0)
            assert taken is not None
            assert taken.generation > slow.generation
            deadline = time.monotonic() + 10
            while not slow.lost and time.monotonic() < deadline:
                await asyncio.sleep(0.02)
            with pytest.raises(LeaseLost, match="another owner"):
                slow.check()

    asyncio.run(main())


@pytest.mark.parametrize("earlier", [0, 3])
@pytest.mark.parametrize("taken", [True, False])
def test_an_owner_whose_lease_was_deleted_learns_it_at_its_end_and_frees_nobody_elses(
    tmp_path: Path, taken: bool, earlier: int
) -> None:
    """Without an `earlier` holder the slot's next one has the number of the deleted one again."""
    store = open_store(tmp_path)

    async def main() -> None:
        for _ in range(earlier):
            async with make(tmp_path).hold():
                pass
        with pytest.raises(LeaseLost, match="or deleted"):
            await lose()
        assert (make(tmp_path)._take(0) is None) is taken

    async def lose() -> None:
        async with make(tmp_path).hold():
            for key in list(store.list("leases/")):
                store.delete(key)
            assert not taken or make(tmp_path)._take(0)

    asyncio.run(main())


@pytest.mark.parametrize("written", [True, False])
def test_a_renewal_that_the_store_fails_once_loses_no_slot(
    tmp_path: Path, written: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    leases = make(tmp_path)
    lease = leases._take(0)
    assert lease is not None
    real = leases.store.put_new

    def fails(key: str, data: bytes) -> bool:
        if written:
            real(key, data)
        raise InfraError("the store is away")

    monkeypatch.setattr(leases.store, "put_new", fails)
    with pytest.raises(InfraError, match="away"):
        leases._go_on(lease, expires=time.time() + 30)
    monkeypatch.setattr(leases.store, "put_new", real)
    leases._go_on(lease, expires=time.time() + 30)
    lease.check()
    leases.free(lease)
    lease.check()
    assert make(tmp_path)._take(0) is not None


FIRST = "leases/site/0/000000000001.json"


@pytest.mark.parametrize(
    "stored",
    [b"{}", b"[]", b'{"expires": "late"}', b'{"expires": Infinity}', b'{"expires": 9e99, "word": {"posted": 1}}'],
)
def test_what_is_no_lease_is_nobodys_wherever_it_lies(tmp_path: Path, stored: bytes) -> None:
    store = open_store(tmp_path)
    for key in (FIRST, "leases/site/0/notes.txt", "leases/site/0/7.json", "leases/readme"):
        store.put(key, stored)
    taken = make(tmp_path)._take(0)
    assert taken is not None
    assert taken.found is None
    assert give_back(store, attempt="a") == 0


def test_what_a_later_release_says_besides_is_passed_over(tmp_path: Path) -> None:
    stored = {"owner": "x", "expires": time.time() + 3600, "colour": "red"}
    open_store(tmp_path).put(FIRST, json.dumps(stored).encode())
    assert make(tmp_path)._take(0) is None


def test_an_owner_whose_clock_is_ahead_is_waited_for_as_long_as_it_renews(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting, now, tomorrow = make(tmp_path, ttl=30), 0.0, time.time() + 86_400
    monkeypatch.setattr(time, "monotonic", lambda: now)

    def renewed(generation: int) -> None:
        record = json.dumps({"owner": "x", "expires": tomorrow}).encode()
        waiting.store.put(FIRST.replace("1.json", f"{generation}.json"), record)

    for generation in range(1, 4):
        renewed(generation)
        assert waiting._take(0) is None
        now += 29
        assert waiting._take(0) is None
    now += 2
    taken = waiting._take(0)
    assert taken is not None, "it has been silent for 31 s"
    assert taken.since <= time.time()


def test_who_waits_long_says_for_what(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr("components.sites.leases.PATIENCE", -1.0)
    monkeypatch.setattr("components.sites.leases.tell", told.append)

    async def main() -> None:
        async with make(tmp_path).hold():
            waiter = asyncio.create_task(make(tmp_path)._acquire())
            while not told:
                await asyncio.sleep(0.01)
            waiter.cancel()

    asyncio.run(main())
    assert told[0] == f"others have held site for 0 s (leases/site in {tmp_path})"


def test_a_torn_lease_is_nobodys_and_its_holder_learns_it(tmp_path: Path) -> None:
    store = open_store(tmp_path)

    async def main() -> None:
        with pytest.raises(LeaseLost):
            await lose()
        assert give_back(store, attempt="a") == 0, "which keeps no attempt from ending"
        async with make(tmp_path).hold() as lease:
            assert lease.found is None, "nothing is known of the one before"

    async def lose() -> None:
        async with make(tmp_path).hold():
            store.put(next(iter(store.list("leases/"))), b"{")

    asyncio.run(main())


def test_what_went_wrong_while_a_slot_was_held_is_told_before_its_loss(tmp_path: Path) -> None:
    store = open_store(tmp_path)

    async def main() -> None:
        async with make(tmp_path).hold():
            store.delete(next(iter(store.list("leases/"))))
            raise ValueError("the page is gone")

    with pytest.raises(ValueError, match="gone"):
        asyncio.run(main())


def test_of_many_takers_of_an_expired_slot_one_wins(tmp_path: Path) -> None:
    async def main() -> int:
        leases = [make(tmp_path) for _ in range(12)]
        found = await asyncio.gather(*(asyncio.to_thread(each._take, 0) for each in leases))
        return sum(lease is not None for lease in found)

    assert asyncio.run(main()) == 1
