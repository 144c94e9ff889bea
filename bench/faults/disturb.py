"""What is done to a run from outside while it explores: browsers and pages killed, leases deleted, a shard killed."""

from __future__ import annotations

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

import psutil

from components.sites.leases import TTL
from components.trajectories.store import Store

BROWSER, PAGE, LEASE, SHARD = "a browser killed", "a page's process killed", "a lease deleted", "a shard killed"
MOMENTS = {BROWSER: (0.15, 0.4, 0.65), SHARD: (0.2,), PAGE: (0.25, 0.55), LEASE: (0.35, 0.5, 0.7)}
"""When, as a share of the explored episodes; of a short run the first of each. Leases come last there: a killed shard
cannot report which lease it lost.
"""
SHORT = 100
FRESH = 0.25
"""Seconds after which a lease may be about to be given back."""
PAUSE = 0.02


class Shard(Protocol):
    """A process that explores; `pid` is 0 where none runs."""

    @property
    def pid(self) -> int: ...


@dataclass(kw_only=True)
class Disturber(threading.Thread):
    """Attributes:
    left_over: processes of a killed shard that outlived it.
    """

    store: Store
    prefix: str
    explored: int
    shards: Sequence[Shard]
    rng: random.Random
    done: Counter[str] = field(default_factory=Counter)
    left_over: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        super().__init__(daemon=True)

    __hash__ = threading.Thread.__hash__

    @property
    def planned(self) -> list[tuple[int, str]]:
        """After how many stored episodes each is done."""
        most = 1 if self.explored < SHORT else None
        return sorted((int(self.explored * share), kind) for kind, all in MOMENTS.items() for share in all[:most])

    def run(self) -> None:
        for count, kind in self.planned:
            while sum(1 for _ in self.store.list(self.prefix)) < count or not self._does(kind):
                if self.over.wait(PAUSE):
                    return
            self.done[kind] += 1

    def _does(self, kind: str) -> bool:
        """False if there was nothing to do it to."""
        if kind == LEASE:
            return self._delete_lease()
        pids = [shard.pid for shard in self.shards if shard.pid]
        with suppress(psutil.NoSuchProcess):
            victim = psutil.Process(self.rng.choice(pids)) if pids else None
            if victim is None:
                return False
            if kind == SHARD:
                return self._kill_shard(victim)
            children = [child for child in victim.children(recursive=True) if _kind(child) == kind]
            for child in children:
                child.kill()
            return bool(children)
        return False

    def _kill_shard(self, victim: psutil.Process) -> bool:
        family = victim.children(recursive=True)
        if not family:
            return False
        victim.kill()
        _, alive = psutil.wait_procs(family, timeout=30)
        self.left_over += [process.name() for process in alive]
        return True

    def _delete_lease(self) -> bool:
        """Deletes a lease that was taken just now; False if its holder gave it back meanwhile and so lost nothing."""
        newest = {key.rsplit("/", 1)[0]: key for key in self.store.list("leases/")}
        for slot, key in newest.items():
            with suppress(KeyError):
                expires = json.loads(self.store.get(key))["expires"]
                if expires - TTL > time.time() - FRESH:
                    self.store.delete(key)
                    return not any(self.store.list(f"{slot}/"))
        return False


def _kind(process: psutil.Process) -> str:
    words = " ".join(process.cmdline())
    if "--type=" in words:
        return PAGE if "--type=renderer" in words else ""
    return BROWSER if "--remote-debugging" in words else ""
