"""A bounded crawl of a site by links only: what robots.txt allows, no faster than it allows.

The next page is one of a section that was not visited yet; then one with a form of which few were seen (tasks name what
differs between forms); then one of the section whose pages showed the most new addresses. So a few pages show nearly
all of a site: that a forum has a hundred and fifty forms for reporting a comment is learnt from its topics. Every page
is stored at once; a killed crawl continues from there.

A link may have side effects, although it should not. A link whose name says that it deletes, pays, sends or buys is
followed only if the site can be reset; one that logs out never is.
"""

from __future__ import annotations

import asyncio
import re
import urllib.robotparser
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from components.browser.events import PageLost
from components.browser.origins import origin_of
from components.errors import InfraError, InputError
from components.maps.look import Link, Look, look_at
from components.maps.site_map import SiteMap
from components.sites.login import logs_out
from components.sites.replica import Replica
from components.sites.trouble import SiteError
from components.sites.web import Web

if TYPE_CHECKING:
    from components.browser.page import Page
    from components.browser.pool import BrowserPool
    from components.browser.settings import Cookie

NAME = "symbiont"
"""Our names in robots.txt."""
FILES = re.compile(
    r"\.(?:pdf|zip|gz|png|jpe?g|gif|svg|webp|ico|css|js|mp[34]|csv|xlsx?|docx?|exe|dmg)(?:\?|$)", re.IGNORECASE
)
HARMS = re.compile(
    r"\b(?:delet|remov|destroy|eras|cancel|clos|deactivat|unsubscrib|pay|checkout|order|buy|purchas|send|transfer)\w*",
    re.IGNORECASE,
)
RECENT = 3
"""The last pages of a section, from which the gain of its next one is estimated; of one with a form, pages to visit."""
MOST_LOST = 5
"""Pages in a row at which the browser's page crashed or hung: then it is the browser, or the whole site."""
MOST_PAUSE = 300.0  # seconds


def harms(*words: str) -> bool:
    """Whether a word names an action that may not be undone."""
    return any(HARMS.search(re.sub(r"[/_-]", " ", word)) for word in words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """A walk of one visitor.

    Attributes:
        pages: number of pages in all, including those the map begins with.
        pause: seconds between two pages; robots.txt may ask for more.
        keep: is given every page as soon as it was looked at.
    """

    replica: Replica
    cookies: Sequence[Cookie]
    pages: int
    pause: float
    keep: Callable[[Look], None]

    async def over(self, map: SiteMap, pool: BrowserPool) -> None:
        """Looks at pages that are not on the map yet.

        Raises:
            InfraError: the browser gives no page, or loses every one.
            InputError: robots.txt asks for too long pauses.
            SiteError: the site does not answer.
        """
        robots, pause = await asyncio.to_thread(self._robots)
        refused: set[str] = set()
        looked, lost = len(map.gains), 0
        while True:
            try:
                async with pool.page(cookies=self.cookies) as page:
                    page.allow((self.replica.address,))
                    try:
                        return await self._on(page, map, robots=robots, pause=pause, refused=refused)
                    finally:
                        self.replica.note(page.sent)
            except PageLost:  # a problem of this page, unless every page has it
                looked, lost = len(map.gains), lost + 1 if looked == len(map.gains) else 1
                if not map.looks or lost == MOST_LOST:
                    raise

    async def _on(
        self,
        page: Page,
        map: SiteMap,
        *,
        robots: urllib.robotparser.RobotFileParser,
        pause: float,
        refused: set[str],
    ) -> None:
        """Continues in this page of the browser.

        Args:
            refused: addresses that gave no page; new ones are added.
        """
        while len(map.gains) < self.pages:
            address = _next(map, refused=refused, harmless=self.replica.site.reset is None)
            if address is None:
                break
            refused.add(address)
            url = f"{origin_of(self.replica.address)}{address}"
            if not robots.can_fetch(NAME, url):
                continue
            try:
                await page.goto(url)
                look = await look_at(page, asked=address, site=self.replica.address)
            except PageLost:
                raise
            except InfraError:
                await page.evaluate("0")  # a download leaves the page as it was; a script without end does not
                continue
            if look is not None:
                map.add(look)
                await asyncio.to_thread(self.keep, look)
                await asyncio.sleep(pause)
        if page.sent.troubles and not map.looks:
            raise SiteError(page.sent.troubles[0])

    def _robots(self) -> tuple[urllib.robotparser.RobotFileParser, float]:
        """The rules of the site's robots.txt, which allow everything where there is none; and seconds between two
        pages.

        Raises:
            InputError: it asks for pauses so long that no crawl would end.
        """
        robots = urllib.robotparser.RobotFileParser()
        answer = Web(self.replica.address, seconds=self.replica.site.seconds).get("/robots.txt")
        robots.parse(filter(_is_rule, answer.text.splitlines() if answer.status == 200 else ()))
        delay = float(robots.crawl_delay(NAME) or 0)
        if delay > MOST_PAUSE:
            problem = f"robots.txt asks for {delay:.0f} seconds between two pages"
            fix = "ask whoever keeps the site, or write its tasks yourself and let nobody propose any"
            raise InputError(problem, where=self.replica.address, fix=fix)
        return robots, max(self.pause, delay)


def _is_rule(line: str) -> bool:
    """Whether a line of a robots.txt can be read at all."""
    try:
        urllib.robotparser.RobotFileParser().parse([f"User-agent: {NAME}", line])
    except ValueError:
        return False
    return True


def _next(map: SiteMap, *, refused: Collection[str], harmless: bool) -> str | None:
    if not map.looks:
        return None if "/" in refused else "/"
    links = {link.address: link for look in map.looks.values() for link in look.links if link.address}
    open_ = [link for link in links.values() if link.address not in map.asked and link.address not in refused]
    allowed = [link for link in open_ if _may_follow(link, harmless=harmless)]
    if not allowed:
        return None
    gains: dict[str, list[int]] = defaultdict(list)
    for gain in map.gains:
        gains[map.sections[gain.asked]].append(gain.addresses)

    sending = {
        map.sections[look.address]
        for look in map.looks.values()
        if any(form.method == "POST" and form.visible for form in look.forms)
    }

    def rank(link: Link) -> tuple[bool, bool, float, int, str]:
        section = map.sections[link.address]
        recent = gains.get(section, [])[-RECENT:]
        few = section in sending and len(recent) < RECENT
        return bool(recent), not few, -sum(recent) / max(len(recent), 1), len(link.address), link.address

    return min(allowed, key=rank).address


def _may_follow(link: Link, *, harmless: bool) -> bool:
    if FILES.search(link.address) or logs_out(link.name, link.address):
        return False
    return not (harmless and harms(link.name, link.address))
