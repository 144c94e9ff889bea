"""Turns what happens around a page into typed events, and keeps the page on its allowed sites."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, Literal

from playwright.async_api import Dialog, Download, Error
from playwright.async_api import Page as PlaywrightPage

from components.browser.events import BROWSER_ENDED, EventLog, PageLost, address, clip
from components.browser.frames import Frames
from components.browser.origins import allowed
from components.browser.page import Page
from components.browser.quoting import quote
from components.browser.wire import Wire, WireError
from components.trajectories.schema import PageEvent

BLANK = ("", "about:blank")
OPENING_SECONDS = 1.0  # for a window that was opened blank, until a script tells it where to go
CLOSING_SECONDS = 1.0  # for Playwright to close a window, until the browser is asked itself


class Watch:
    """Listens to one page for as long as its context lives.

    Events that must be known when an action's answer arrives come over the wire, in order with the answers. Events that
    Playwright has to handle (dialogs, downloads, windows, crashes) come from Playwright, at its own time.
    """

    def __init__(
        self,
        page: Page,
        tab: PlaywrightPage,
        wire: Wire,
        *,
        frames: Frames,
        log: EventLog,
        dialogs: Literal["accept", "dismiss"],
        adopt: Callable[[PlaywrightPage], Awaitable[Page]],
        first: Watch | None,
    ) -> None:
        self._page, self._tab, self._wire, self._log, self._dialogs = page, tab, wire, log, dialogs
        self._tasks: set[asyncio.Task[None]] = set()
        self._frames = frames
        self._main = ""
        self._targets: dict[Page, str] = {}  # of the first: by which name the browser knows each tab
        self._closing = asyncio.Lock()
        self._adopt, self._first = adopt, first or self
        self._announced: deque[tuple[str, bool]] = deque()  # windows to come: the address, and whether it is waited for

    async def start(self) -> None:
        """Begins to listen. Only requests for documents are paused to check their origin; all others pass freely."""
        tab, wire = self._tab, self._wire
        tab.on("dialog", lambda dialog: self._spawn(self._answer(dialog)))
        tab.on("download", lambda download: self._spawn(self._refuse(download)))
        tab.on("crash", lambda _: self._page.lose(PageEvent(kind="crash", detail=clip(tab.url))))
        tab.on("close", lambda _: self._spawn(self._closed()))
        if self._first is self:
            tab.context.on("page", lambda window: self._spawn(self._take(window)) if window is not tab else None)
        wire.on("Page.windowOpen", self._first._announce)
        wire.on("Page.frameStartedLoading", lambda event: self._load(event, True))
        wire.on("Page.frameStoppedLoading", lambda event: self._load(event, False))
        wire.on("Page.frameNavigated", lambda event: self._moved(**event["frame"]))
        wire.on("Page.navigatedWithinDocument", lambda event: self._moved(id=event["frameId"], url=event["url"]))
        wire.on("Runtime.exceptionThrown", self._thrown)
        wire.on("Fetch.requestPaused", lambda event: self._spawn(self._judge(event)))
        documents = {"patterns": [{"urlPattern": "*", "resourceType": "Document"}]}
        tree, *_ = await asyncio.gather(
            wire.call("Page.getFrameTree"),
            wire.call("Page.enable"),
            wire.call("Page.setPrerenderingAllowed", {"isAllowed": False}),
            wire.call("Runtime.enable"),
            wire.call("Fetch.enable", documents),
        )
        self._main = tree["frameTree"]["frame"]["id"]
        self._frames.start(self._main)
        self._first._targets[self._page] = self._main  # a target has the name of its top frame
        if self._first is not self:
            self._moved(**tree["frameTree"]["frame"])  # it had begun before anybody listened

    def _spawn(self, work: Any) -> None:
        task = asyncio.ensure_future(_quietly(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _judge(self, event: dict[str, Any]) -> None:
        """Lets a document load, or aborts it where the top page would leave its sites; then the old page stays."""
        url, origins = event["request"]["url"], self._page.origins
        if origins is None or event["frameId"] != self._main or allowed(url, origins):
            await self._wire.call("Fetch.continueRequest", {"requestId": event["requestId"]})
            return
        self._log.add(PageEvent(kind="blocked_navigation", detail=address(url)))
        await self._wire.call("Fetch.failRequest", {"requestId": event["requestId"], "errorReason": "Aborted"})
        await self._page.stay()

    async def _answer(self, dialog: Dialog) -> None:
        accept = self._dialogs == "accept" or dialog.type == "beforeunload"
        how = "accepted" if accept else "dismissed"
        self._log.add(PageEvent(kind="dialog", detail=f"{dialog.type} {quote(clip(dialog.message))} {how}"))
        await (dialog.accept(dialog.default_value) if accept else dialog.dismiss())

    async def _refuse(self, download: Download) -> None:
        self._log.add(
            PageEvent(kind="download", detail=f"{clip(download.suggested_filename)} from {address(download.url)}")
        )
        await download.cancel()
        await self._page.stay()

    async def _closed(self) -> None:
        await asyncio.sleep(0.05)  # where the browser ended, its end is told just after its pages'
        browser = self._tab.context.browser
        if browser is not None and browser.is_connected():
            self._page.lose(PageEvent(kind="closed", detail=clip(self._tab.url)))
        else:
            self._page.lose(PageEvent(kind="crash", detail=BROWSER_ENDED))

    def _announce(self, event: dict[str, Any]) -> None:
        url = event.get("url", "")
        waited = url in BLANK or self._allows(url)
        self._announced.append((url, waited))
        if waited:
            self._page.tabs.opening += 1  # see `_take`
        else:
            self._log.add(PageEvent(kind="popup", detail=address(url)))

    def _load(self, event: dict[str, Any], loading: bool) -> None:
        if event["frameId"] == self._main:
            self._page.loading = loading

    def _moved(self, *, id: str, url: str, urlFragment: str = "", loaderId: str = "", **_: Any) -> None:
        if id == self._main:
            self._page.moved(url + urlFragment, loader=loaderId)

    def _thrown(self, event: dict[str, Any]) -> None:
        details = event["exceptionDetails"]
        exception = details.get("exception", {})
        text = exception.get("description") or exception.get("value") or details.get("text", "")
        self._log.add(PageEvent(kind="console_error", detail=clip(str(text).partition("\n    at ")[0])))

    def _allows(self, url: str) -> bool:
        """Whether a window with this address may be one more tab."""
        origins = self._page.origins
        return self._page.tabs.room and (origins is None or allowed(url, origins))

    async def _take(self, window: PlaywrightPage) -> None:
        """Makes another window a tab, or closes it. A window that was opened blank gets a moment in which a script may
        give it an address.

        Windows are announced over the wire and arrive through Playwright, in the same order, but not at the same time.
        """
        async with self._closing:
            if not self._announced:
                await asyncio.sleep(0.1)
            announced, waited = self._announced[0] if self._announced else ("", False)
            blank = bool(self._announced) and announced in BLANK
            url = await _sent_to(window) if blank else announced or window.url
            tabs = self._page.tabs
            tabs.opening -= waited  # its own place is free for it
            may, followed = self._allows(url), False
            tabs.opening += waited
            try:
                followed = may and await self._followed(window)
                if not followed:
                    await self._close(window)
            finally:
                if self._announced:
                    self._announced.popleft()
                if waited and not followed:
                    self._log.add(PageEvent(kind="popup", detail=address(url)))
                tabs.opening -= waited

    async def _close(self, window: PlaywrightPage) -> None:
        """Closes a window. For one that goes to another site meanwhile Playwright waits for ever and leaves it open."""
        closing = asyncio.ensure_future(window.close())
        await asyncio.wait((closing,), timeout=CLOSING_SECONDS)
        if not closing.done():
            targets = (await self._wire.call("Target.getTargets"))["targetInfos"]
            windows = {target["targetId"]: target for target in targets if target["type"] == "page"}
            browser_context = windows[self._main].get("browserContextId")
            tabs = {self._targets[page] for page in self._page.tabs.pages}
            for target in windows.keys() - tabs:
                if windows[target]["url"] == window.url and windows[target].get("browserContextId") == browser_context:
                    await self._wire.call("Target.closeTarget", {"targetId": target})
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(closing, CLOSING_SECONDS)

    async def _followed(self, window: PlaywrightPage) -> bool:
        """Whether the window has become a tab: not if it was closed or left the allowed sites meanwhile."""
        try:
            page = await self._adopt(window)
        except (Error, WireError, PageLost):
            return False
        if page.outside or page.lost:
            return False
        self._page.tabs.add(page)
        return True


async def _sent_to(window: PlaywrightPage) -> str:
    try:
        request = await window.wait_for_event("request", timeout=OPENING_SECONDS * 1000)
    except Error:
        return window.url
    return request.url


async def _quietly(work: Any) -> None:
    with contextlib.suppress(Error, WireError, PageLost):  # the page or its dialog may go away before it is answered
        await work
