"""A bounded exploration of the states of a site that no address leads to, by trying what its pages offer.

The effect of a click is not known before, so only a site that can be reset is explored like this. It is reset before
each path, which starts in a fresh browser context: that undoes the last deed and what the page's own storage kept of
it. Nothing that logs out is clicked. Every deed is stored at once; a killed walk continues.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from components.browser.events import PageLost
from components.maps.crawl import MOST_LOST
from components.maps.deeds import Act, Reading
from components.maps.look import look_at
from components.maps.state_map import StateMap, Try, Way
from components.sites.replica import Replica

if TYPE_CHECKING:
    from components.browser.page import Page
    from components.browser.pool import BrowserPool
    from components.browser.settings import Cookie

GONE = "it is not there when the way is gone again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clicking:
    """A walk of one visitor.

    Attributes:
        start: address of the page that every way begins on.
        deeds: number of deeds in all, including those the map begins with.
        pause: seconds between two of them.
        keep: is given every deed as soon as it was done.
    """

    replica: Replica
    cookies: Sequence[Cookie]
    start: str
    deeds: int
    pause: float
    keep: Callable[[Try], None]

    async def over(self, map: StateMap, pool: BrowserPool) -> None:
        """Tries deeds that were not tried yet.

        Raises:
            InfraError: the browser gives no page, or loses every one.
            SiteError: the site cannot be reset.
        """
        lost = 0
        while self.replica.site.reset is not None and len(map.tries) < self.deeds:
            if map.tries and map.next() is None:
                break
            try:
                async with pool.page(cookies=self.cookies) as page:
                    page.allow((self.replica.address,))
                    try:
                        await page.goto(urljoin(self.replica.address, self.start))
                        tried = await self._on(page, map)
                    finally:
                        self.replica.note(page.sent)
                lost = 0
            except PageLost:
                lost, self.replica.wrote = lost + 1, True
                tried = await self._lost(map)
                if lost == MOST_LOST:
                    raise
            if tried is None:
                break
            self.replica.used = True
            await asyncio.to_thread(self.replica.reset)

    async def _on(self, page: Page, map: StateMap) -> Try | None:
        """Continues in this page, which is at the beginning, as long as it shows where the next path continues."""
        tried = await self._kept(page, map, way=(), last=0) if not map.tries else None
        while len(map.tries) < self.deeds and (chosen := map.next()) is not None:
            state, deed = chosen
            if tried is not None and tried.way != state.seen.way:
                break
            way = (*state.seen.way, *deed)
            why = await self._do(page, state.seen.way) if tried is None else ""
            why = why or await self._do(page, deed)
            tried = await self._kept(page, map, way=way, last=len(deed), feedback=why)
            await asyncio.sleep(self.pause)
        return tried

    async def _do(self, page: Page, acts: Sequence[Act]) -> str:
        """Does the acts; returns why they could not be done, empty if they could."""
        for act in acts:
            action = Reading((await page.observe()).text).find(act)
            if action is None:
                return GONE
            if feedback := (await page.act(action)).feedback:
                return feedback
        return ""

    async def _kept(self, page: Page, map: StateMap, *, way: Way, last: int, feedback: str = "") -> Try | None:
        tried = Try(way=way, last=last, feedback=feedback)
        look = None if feedback else await look_at(page, asked="", site=self.replica.address)
        if look is not None:
            anchor = urlsplit(page.url).fragment
            place = {"address": look.address + (f"#{anchor}" if anchor else ""), "structure": look.structure}
            tried = Try(way=way, last=last, heading=look.name, text=look.text, **place)
        elif not feedback:
            if not way:
                return None
            tried = tried.model_copy(update={"feedback": "it leads away from the site"})
        return await self._put(map, tried)

    async def _lost(self, map: StateMap) -> Try | None:
        """Records the deed at which the browser's page was lost, so that it is not tried again."""
        chosen = map.next() if map.tries else None
        if chosen is None:
            return None
        state, deed = chosen
        tried = Try(way=(*state.seen.way, *deed), last=len(deed), feedback="the page was lost")
        return await self._put(map, tried)

    async def _put(self, map: StateMap, tried: Try) -> Try:
        map.add(tried)
        await asyncio.to_thread(self.keep, tried)
        return tried
