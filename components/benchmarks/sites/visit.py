"""What an episode on sites has for itself: a replica of each, and the log-ins its browser begins with."""

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
from components.sites.fleet import Fleet, Held
from components.sites.login import leaves
from components.sites.replica import Replica
from components.sites.trouble import SiteError

if TYPE_CHECKING:
    from components.browser.page import Page
    from components.trajectories.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteVisit(Visit):
    """Attributes: `held` are the task's replicas by site; `users` who is logged in, by site; `pages` those on them."""

    held: Mapping[str, Held]
    users: Mapping[str, str]
    pages: list[Page] = field(default_factory=list)

    @property
    def replicas(self) -> Mapping[str, Replica]:
        return {name: each.replica for name, each in self.held.items()}

    def leave(self) -> None:
        """Has the replicas know what was sent."""
        for each in self.held.values():
            for page in self.pages:
                each.replica.note(page.sent)

    async def see_to_log_ins(self, page: Page) -> None:
        """Tells log-ins that ran out from those that the agent ended: one of their cookies is gone, or it asked for an
        address that logs out. Cookies that only changed say nothing: sites give others as they like.

        Raises:
            SiteError: one ran out.
        """
        for site, user in self.users.items():
            replica = self.replicas[site]
            url = replica.address
            has = await page.cookies(url)
            gone = any(cookie.name not in has for cookie in self.cookies if cookie.url == url)
            if gone or _was_left(url, page.sent.requests):
                continue
            cookies = [Cookie(name=name, value=value, url=url) for name, value in has.items()]
            if not await asyncio.to_thread(replica.lets_in, user, cookies=cookies):
                raise SiteError(f"the log-in of {user} on {site} ran out during the episode")


def _was_left(address: str, requests: Iterable[Request]) -> bool:
    asked = (request.url for request in requests if origin_of(request.url) == origin_of(address))
    return any(leaves(urlsplit(url).path) for url in asked)


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
        held = {name: await stack.enter_async_context(fleets[name].hold(store=store)) for name in sorted(set(sites))}
        cookies = [
            cookie
            for name in held
            if name in users
            for cookie in await asyncio.to_thread(held[name].replica.signed_in, users[name])
        ]
        visit = SiteVisit(cookies=tuple(cookies), held=held, users=users)
        try:
            yield visit
        finally:
            visit.leave()
