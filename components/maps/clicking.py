"""A bounded walk over the states of a site that no address leads to, by doing what its pages offer.

What a click does nobody knows before, so only a site that can be reset is walked over so, and it is reset before every
way is gone anew, in a fresh context of the browser: what the last deed did, and what the page's own store keeps of it,
is undone. What logs out is never clicked. Every deed is kept the moment it was done; a walk that was killed goes on.
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
        deeds: so many are done in all, those the map begins with among them.
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
        """Does what was not done yet.

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
                    await page.goto(urljoin(self.replica.address, self.start))
                    tried = await self._on(page, map)
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
        """Goes on in this page, which is at the beginning, for as long as it shows what the next way goes on from."""
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
        """Why the acts could not be done; empty where they were."""
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
        """The deed at which the browser's page was lost is not done again."""
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
