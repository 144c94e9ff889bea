"""An episode's replicas of its sites, and the log-ins with which its browser begins."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from components.benchmarks.base import Visit
from components.browser.origins import origin_of
from components.browser.sent import Request
from components.browser.settings import Cookie
from components.sites.fleet import Fleet, Hold
from components.sites.login import logs_out
from components.sites.replica import Replica
from components.sites.trouble import SiteError

if TYPE_CHECKING:
    from components.browser.page import Page
    from components.trajectories.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteVisit(Visit):
    """Attributes: `holds`: the held replicas by site; `users`: who is logged in, by site; `pages`: opened on them."""

    holds: Mapping[str, Hold]
    users: Mapping[str, str]
    pages: list[Page] = field(default_factory=list)

    @property
    def replicas(self) -> Mapping[str, Replica]:
        return {name: hold.replica for name, hold in self.holds.items()}

    def leave(self) -> None:
        """Tells the replicas which requests were sent, so that they know whether to reset."""
        for hold in self.holds.values():
            for page in self.pages:
                hold.replica.note(page.sent)

    async def check_logins(self, page: Page) -> None:
        """Checks that no log-in has expired. One that the agent ended is fine: a cookie of it was deleted, or an
        address that logs out was requested. Changed cookies prove nothing: sites change them at will.

        Raises:
            SiteError: a log-in has expired.
        """
        for site, user in self.users.items():
            replica = self.replicas[site]
            url = replica.address
            present = await page.cookies(url)
            deleted = any(cookie.name not in present for cookie in self.cookies if cookie.url == url)
            if deleted or _was_left(url, page.sent.requests):
                continue
            cookies = [Cookie(name=name, value=value, url=url) for name, value in present.items()]
            if not await asyncio.to_thread(replica.lets_in, user, cookies=cookies):
                raise SiteError(f"the log-in of {user} on {site} ran out during the episode")


def _was_left(address: str, requests: Iterable[Request]) -> bool:
    urls = (request.url for request in requests if origin_of(request.url) == origin_of(address))
    return any(logs_out(urlsplit(url).path) for url in urls)


@asynccontextmanager
async def visiting(
    fleets: Mapping[str, Fleet], sites: Iterable[str], *, users: Mapping[str, str], store: Store | None
) -> AsyncIterator[SiteVisit]:
    """Replicas of the sites, taken in the order of names, so that two visits never wait in a circle.

    Args:
        users: who is to be logged in, by site.

    Raises:
        SiteError: a site did not come up, could not be reset, or did not let the user in.
        LeaseLost: at the end, somebody else had one of them meanwhile.
    """
    async with AsyncExitStack() as stack:
        holds = {name: await stack.enter_async_context(fleets[name].hold(store=store)) for name in sorted(set(sites))}
        cookies = [
            cookie
            for name in holds
            if name in users
            for cookie in await asyncio.to_thread(holds[name].replica.signed_in, users[name])
        ]
        visit = SiteVisit(cookies=tuple(cookies), holds=holds, users=users)
        try:
            yield visit
        finally:
            visit.leave()
