"""The replicas of one site, each lent to one holder at a time.

Replicas that are started here belong to this process and end with it. Replicas that run already are shared by all
processes of all runs: a lease in the store names the holder, and says whether the last holder wrote anything there.
The lease of a killed holder expires (see `leases`).
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from components.errors import InputError
from components.progress import duration, tell
from components.sites.config import Site
from components.sites.leases import Lease, Leases, Word
from components.sites.replica import Replica, prepare
from components.sites.trouble import SiteError
from components.trajectories.store import Store

MOST_WAIT = 3600.0
"""Most seconds that an episode waits for a site that limits the rate of requests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A replica that is held, after its reset.

    Attributes:
        lease: None for a replica that this process started.
    """

    replica: Replica
    lease: Lease | None


class Fleet:
    """The replicas of one site; opened and closed by its owner.

    Args:
        folder: the folder of the file that describes the site.
        work: an empty folder that exists as long as the fleet.
        number: the site's position in its file, from 0. Site n is started on 127.0.0.(n + 1): browsers keep cookies by
            host, whatever the port.
    """

    def __init__(self, name: str, site: Site, *, folder: Path, work: Path, number: int = 0) -> None:
        self.name, self.site = name, site
        self._folder, self._work, self._host = folder, work, f"127.0.0.{number + 1}"
        self._free = asyncio.Semaphore(site.replicas if site.start else len(site.at))
        self._idle: list[Replica] = []
        self._count = 0
        self._shared = [Replica(name=name, site=site, folder=folder, address=address) for address in site.at]

    async def open(self) -> None:
        """Prepares the files that replicas begin with.

        Raises:
            InputError: that fails.
        """
        if self.site.start:
            data = self._work / "prepared"
            await asyncio.to_thread(prepare, self.name, self.site, folder=self._folder, data=data)

    async def close(self) -> None:
        await asyncio.gather(*(asyncio.to_thread(replica.stop) for replica in self._idle))
        self._idle.clear()

    @asynccontextmanager
    async def hold(self, *, store: Store | None) -> AsyncIterator[Hold]:
        """Waits for a replica, resets it and holds it alone.

        Raises:
            SiteError: it does not come up, or cannot be reset; the next holder gets another or a new one.
            LeaseLost: at the end of the block: another process took it meanwhile.
            InputError: the replicas are shared, and there is no store for leases.
        """
        async with self._free:
            if self.site.start:
                async with self._own_replica() as replica:
                    yield Hold(replica=replica, lease=None)
            else:
                async with self._leases(store).hold() as lease:
                    replica = self._shared[lease.slot]
                    before = lease.word = lease.found or self._worst(since=lease.since)
                    await self._turn(before)
                    lease.check()
                    replica.used, replica.wrote, replica.posted = True, not before.clean, list(before.posted)
                    try:
                        await asyncio.to_thread(replica.reset)
                        yield Hold(replica=replica, lease=lease)
                    finally:
                        posted = sorted(replica.posted)[-self._request_limit :]
                        lease.word = Word(clean=not replica.wrote, posted=tuple(posted))

    @property
    def _request_limit(self) -> int:
        return self.site.limit.requests if self.site.limit else 0

    def _worst(self, *, since: float) -> Word:
        """Assumed of a killed holder: it wrote something, and sent as many requests as the site allows."""
        return Word(clean=False, posted=(since,) * self._request_limit)

    async def _turn(self, before: Word) -> None:
        """Waits until the site's rate limit allows one more request.

        Raises:
            SiteError: that would take longer than `MOST_WAIT`.
        """
        limit = self.site.limit
        if limit is None or len(before.posted) < self._request_limit:
            return
        oldest = min(before.posted[-self._request_limit], time.time())  # another machine's clock may be ahead
        wait = oldest + limit.per - time.time()
        if wait > MOST_WAIT:
            problem = f"site {self.name} takes no more than {limit.requests} requests in {duration(limit.per)}"
            raise SiteError(f"{problem}: the next one is in {duration(wait)}")
        if wait > 0:
            tell(f"{self.name} takes the next request in {duration(wait)}")
            await asyncio.sleep(wait)

    @asynccontextmanager
    async def _own_replica(self) -> AsyncIterator[Replica]:
        replica = self._idle.pop() if self._idle else self._another()
        try:
            await asyncio.to_thread(replica.reset)
            yield replica
        finally:
            replica.used = True
            self._idle.append(replica)

    def _another(self) -> Replica:
        self._count += 1
        data = self._work / f"replica-{self._count}"
        data.mkdir()
        prepared = self._work / "prepared"
        return Replica(
            name=self.name, site=self.site, folder=self._folder, prepared=prepared, data=data, host=self._host
        )

    def _leases(self, store: Store | None) -> Leases:
        if store is None:
            raise InputError(
                f"site {self.name} is shared with other processes, and there is no store for its leases",
                where=f"sites.{self.name}.at",
                fix="play it in a run, or start the site here",
            )
        digest = hashlib.sha256(repr(self.site.at).encode()).hexdigest()[:12]
        return Leases(store, name=f"{re.sub(r'[^a-z0-9-]', '-', self.name)}-{digest}", capacity=len(self.site.at))


@asynccontextmanager
async def open_fleets(sites: Mapping[str, Site], *, folder: Path) -> AsyncIterator[dict[str, Fleet]]:
    """A fleet of each site, by name, for as long as the block lasts; `folder` is where their file lies.

    Raises:
        InputError: a site cannot be prepared.
    """
    async with AsyncExitStack() as stack:
        # What another user's process wrote there, or one that lives on, is no reason to end a run that is over.
        scratch = tempfile.TemporaryDirectory(prefix="symbiont-sites-", ignore_cleanup_errors=True)
        work = Path(stack.enter_context(scratch))
        fleets: dict[str, Fleet] = {}
        for number, (name, site) in enumerate(sites.items()):
            folder_of_site = work / name
            folder_of_site.mkdir()
            fleet = fleets[name] = Fleet(name, site, folder=folder, work=folder_of_site, number=number)
            stack.push_async_callback(fleet.close)
            await fleet.open()
        yield fleets
