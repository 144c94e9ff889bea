"""A browser with many pages, lent one at a time: each in a fresh context, with an owner and an expiry."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import re
import secrets
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from playwright.async_api import Browser, BrowserContext, Error, Playwright, async_playwright
from playwright.async_api import Page as PlaywrightPage

from components.browser.events import BROWSER_ENDED, EventLog
from components.browser.find import find_browser, no_screen
from components.browser.frames import Frames
from components.browser.household import Household
from components.browser.network import NetworkRecord, RecordRules
from components.browser.page import Page
from components.browser.sent import Sent
from components.browser.session import Session
from components.browser.settings import BrowserSettings, Cookie
from components.browser.tabs import Tabs
from components.browser.traffic import Traffic
from components.browser.watch import Watch
from components.browser.wire import Wire, WireError, connect
from components.errors import InfraError
from components.page_scripts.script import page_script
from components.trajectories.schema import PageEvent

__all__ = ["BrowserPool", "BrowserSettings", "Lease"]

# Chromium defers a page's tasks after a click until the next frame is drawn, which nobody here waits to see; half of a
# step's time went there. A sandboxed document of the page's own markup is kept in the page's process, where it can be
# read. Chromium obeys the last --disable-features alone, so what Playwright disables is repeated.
DISABLED_FEATURES = (
    "DeferRendererTasksAfterInput", "IsolateSandboxedIframes", "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose", "HttpsUpgrades", "HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter",
    "PaintHolding",
    "ThirdPartyStoragePartitioning", "AvoidCorsURLLoaderRestartOnRedirect", "TcpPortRandomizationWin",
    "OptimizationHints", "NetworkTimeServiceQuerying", "AimEnabled", "PreconnectToSearch",
    "msForceBrowserSignIn", "msEdgeUpdateLaunchServicesPreferredVersion",
)  # fmt: skip
# No component update, no first-run page, no QUIC: a container has no network for them, and waits.
ARGUMENTS = [
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--remote-debugging-port=0",
    "--disable-features=" + ",".join(DISABLED_FEATURES),
]  # fmt: skip
SHARED_MEMORY = Path("/dev/shm")
ENOUGH_SHARED = 512 * 2**20
"""Bytes. A container engine gives 64 MB unless told otherwise, on which pages crash."""
SHARED_IN_FILES = "--disable-dev-shm-usage"
SANDBOX_FAILED = re.compile("sandbox|new namespace")
"""Words of Chromium's error where a machine allows no sandbox, or root asks for one; our arguments contain none."""
_log = logging.getLogger(__name__)

CLOSING_SECONDS, REAPING_SECONDS = 5.0, 1.0


@dataclass(slots=True, eq=False)
class Lease:
    """Who holds a page and until when (`expires`, monotonic seconds). Every use of the page renews it."""

    owner: str
    task: asyncio.Task[object] | None
    seconds: float
    page: Page
    context: BrowserContext
    expires: float = field(default=0.0)

    def renew(self) -> None:
        self.expires = time.monotonic() + self.seconds

    def dead(self) -> str:
        """Why the page is to be taken back; empty while the lease holds."""
        if self.task is not None and self.task.done():
            return f"its owner {self.owner} has ended"
        if time.monotonic() > self.expires:
            return f"its owner {self.owner} has not used it for {self.seconds:g} s"
        return ""


class BrowserPool:
    """Lends pages of one browser, at most `settings.pages` at once; starts it anew when it crashed.

    Use as an async context manager, within one event loop.
    """

    def __init__(self, *, settings: BrowserSettings | None = None, headed: bool = False) -> None:
        self.settings, self.headed = settings or BrowserSettings(), headed
        self.leases: set[Lease] = set()
        self.launches = 0
        self._free = asyncio.Semaphore(self.settings.pages)
        self._launching = asyncio.Lock()
        self._key = "_" + secrets.token_hex(6)
        self._browser: Browser | None = None
        self._playwright: Playwright | None = None
        self._reaper: asyncio.Task[None] | None = None
        self._sandbox = os.geteuid() != 0  # Chromium refuses it to root

    async def __aenter__(self) -> Self:
        """Starts the browser.

        Raises:
            InputError: no browser is installed where the settings look, there is no screen for its window, or nothing
                may be run from the folder of temporary files.
            InfraError: it does not start.
        """
        self._executable = find_browser(self.settings.executable, headed=self.headed)
        self._household = Household(headed=self.headed)
        try:
            await self._ready()
        except BaseException:
            await self.__aexit__(None, None, None)
            raise
        self._reaper = asyncio.create_task(self._reap())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._reaper is not None:
            self._reaper.cancel()
        await self._end()
        self._household.close()

    async def _end(self) -> None:
        """Ends the browser and its driver."""
        browser, playwright, self._browser, self._playwright = self._browser, self._playwright, None, None
        if browser is not None:
            await _within(CLOSING_SECONDS, browser.close())
        if playwright is not None:
            await _within(CLOSING_SECONDS, playwright.stop())

    async def _ready(self) -> Browser:
        """The running browser, started or started again where it is not."""
        async with self._launching:
            if self._browser is not None and self._browser.is_connected():
                return self._browser
            if self._playwright is None:
                with self._household.driver():
                    self._playwright = await async_playwright().start()
            self._browser = await self._launch()
            self._port = await _debugging_port(self._browser)
            self.launches += 1
            self._browser.on("disconnected", self._browser_gone)
            return self._browser

    async def _launch(self) -> Browser:
        """Starts the browser in its sandbox, or without one where the machine allows none."""
        assert self._playwright is not None, "the pool is used as an async context manager"
        try:
            return await self._playwright.chromium.launch(
                executable_path=self._executable,
                headless=not self.headed,
                args=ARGUMENTS,
                ignore_default_args=[SHARED_IN_FILES] if _shares_in_memory() else None,
                env={**self._household.environment},
                chromium_sandbox=self._sandbox,
            )
        except Error as error:
            if "Missing X server" in error.message:
                raise no_screen() from None
            if self._sandbox and SANDBOX_FAILED.search(error.message):
                self._sandbox = False
                _log.warning("the browser starts without its sandbox: the machine allows none (user namespaces)")
                return await self._launch()
            raise InfraError(f"{self._executable} does not start: {error.message[:500]}") from None

    def _browser_gone(self, browser: Browser) -> None:
        for lease in self.leases:
            for page in lease.page.tabs.pages if lease.page.browser is browser else ():
                page.lose(PageEvent(kind="crash", detail=BROWSER_ENDED))

    @contextlib.asynccontextmanager
    async def page(
        self, *, owner: str = "", seconds: float | None = None, cookies: Sequence[Cookie] = ()
    ) -> AsyncIterator[Page]:
        """Lends a page in a fresh context; waits while all are lent.

        Args:
            owner: who holds it, for messages; the current task's name when empty.
            seconds: the lease ends when the page is not used for so long.
            cookies: what the context begins with, such as a log-in.

        Raises:
            InfraError: the browser gives no page.
        """
        await self._free.acquire()
        try:
            context, page = await self._open(cookies)
        except BaseException:
            self._free.release()
            raise
        task = asyncio.current_task()
        name = owner or (task.get_name() if task else "nobody")
        lease = Lease(name, task, seconds or self.settings.lease_seconds, page, context)
        lease.renew()
        page.on_use(lease.renew)
        self.leases.add(lease)
        try:
            yield page
        finally:
            await self._take_back(lease, "given back")

    async def _take_back(self, lease: Lease, reason: str) -> None:
        """Ends a lease: once, whether its owner gives the page back or the reaper takes it."""
        if lease not in self.leases:
            return
        self.leases.discard(lease)
        for page in lease.page.tabs.pages:
            page.lose(PageEvent(kind="closed", detail=reason))
        try:
            await _within(CLOSING_SECONDS, lease.context.close())
        finally:
            self._free.release()

    async def _open(self, cookies: Sequence[Cookie]) -> tuple[BrowserContext, Page]:
        for attempt in (1, 2):
            browser = await self._ready()
            try:
                return await asyncio.wait_for(self._new_page(browser, cookies), self.settings.navigation_seconds)
            except (Error, WireError, TimeoutError) as error:
                if attempt == 2:
                    raise InfraError(f"the browser gave no page: {str(error)[:300]}") from None
                async with self._launching:  # one that gives nobody a page is replaced; one that others use is not
                    if not self.leases and self._browser is browser:
                        await self._end()  # the driver too: once that is gone, it says of no browser that it ended
        raise AssertionError("unreachable")

    async def _new_page(self, browser: Browser, cookies: Sequence[Cookie]) -> tuple[BrowserContext, Page]:
        settings = self.settings
        context = await browser.new_context(
            viewport={"width": settings.width, "height": settings.height},
            locale=settings.locale,
            accept_downloads=False,
        )
        try:
            if cookies:
                given = [{"name": c.name, "value": c.value, "url": c.url, "httpOnly": c.http_only} for c in cookies]
                await context.add_cookies(given)  # type: ignore[arg-type]
            await context.add_init_script(page_script(self._key))
            page = await self._tab(await context.new_page(), first=None)
        except BaseException:
            await _within(CLOSING_SECONDS, context.close())
            raise
        return context, page

    async def _tab(self, tab: PlaywrightPage, *, first: tuple[Page, Watch, EventLog] | None) -> Page:
        """The page of a tab. Further tabs share evidence, events and record with the `first` of their context."""
        settings = self.settings
        wire = await self._connect(tab.context, tab)
        log = first[2] if first else EventLog()
        session = Session(wire, key=self._key, log=log, hang_seconds=settings.hang_seconds)
        traffic, frames, sent = Traffic(wire), Frames(wire, session), first[0].sent if first else Sent()
        sent.start(wire)
        page = Page(
            tab,
            session,
            log=log,
            settings=settings,
            traffic=traffic,
            frames=frames,
            sent=sent,
            network=first[0].record if first else self._record(tab),
            tabs=first[0].tabs if first else Tabs(limit=settings.tabs),
        )
        if first:
            page.follow(first[0])
        else:
            page.tabs.add(page)
        # What the browser's own server knows about tabs is nothing for pages.
        await wire.call("Network.setBlockedURLs", {"urls": [f"*:{self._port}/*"]})

        async def adopt(window: PlaywrightPage) -> Page:
            return await self._tab(window, first=(page, watch, log))

        watch = Watch(
            page,
            tab,
            wire,
            frames=frames,
            log=log,
            dialogs=settings.dialogs,
            adopt=adopt,
            first=first[1] if first else None,
        )
        await asyncio.gather(watch.start(), traffic.start())
        return page

    def _record(self, tab: PlaywrightPage) -> NetworkRecord | None:
        if not self.settings.record_network:
            return None
        rules = RecordRules(bodies=self.settings.record_bodies, cookies=self.settings.record_cookies)
        return NetworkRecord(tab, rules, every_tab=self.settings.tabs > 1)

    async def _connect(self, context: BrowserContext, tab: PlaywrightPage) -> Wire:
        asking = await context.new_cdp_session(tab)
        target = (await asking.send("Target.getTargetInfo"))["targetInfo"]["targetId"]
        wire, _ = await asyncio.gather(connect(port=self._port, path=f"/devtools/page/{target}"), asking.detach())
        return wire

    async def _reap(self) -> None:
        """Takes back the pages of owners that ended or do not use them."""
        while True:
            await asyncio.sleep(REAPING_SECONDS)
            for lease in list(self.leases):
                if reason := lease.dead():
                    await self._take_back(lease, f"the lease ended: {reason}")


def _shares_in_memory() -> bool:
    """Whether /dev/shm is large enough for the browser; otherwise it uses files in /tmp, as Playwright's default is."""
    try:
        space = os.statvfs(SHARED_MEMORY)
    except OSError:
        return False
    return space.f_bavail * space.f_frsize >= ENOUGH_SHARED


async def _debugging_port(browser: Browser) -> int:
    """The port on loopback that the browser chose; it writes it into the folder of its profile.

    Raises:
        InfraError: it opened none.
    """
    session = await browser.new_browser_cdp_session()
    command = (await session.send("SystemInfo.getInfo"))["commandLine"]
    await session.detach()
    folder = re.search(r" --user-data-dir=(.+?)(?: --|$)", command)
    for _ in range(100):
        with contextlib.suppress(OSError, ValueError):
            if folder is not None:
                return int(Path(folder[1], "DevToolsActivePort").read_text().split()[0])
        await asyncio.sleep(0.02)
    raise InfraError(f"the browser opened no port for its debugging protocol: {command[-300:]}")


async def _within(seconds: float, closing: object) -> None:
    """Waits for something to close, but not for ever and not for its errors: what is closed is no longer needed."""
    with contextlib.suppress(Error, TimeoutError):
        await asyncio.wait_for(closing, seconds)  # type: ignore[arg-type]
