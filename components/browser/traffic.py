"""Scripts, style sheets and frames that a page is loading: their arrival changes it, and its scripts cannot see them.

Fetches and XHRs are watched inside the page (see hooks.js), where an answer that streams for ever counts as arrived.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

from components.browser.sent import MOST_BODY
from components.browser.wire import Wire

PATIENCE = 10.0  # seconds; what loads for longer is not waited for by every action
WAITED_FOR = frozenset(("Script", "Stylesheet", "Document"))


class Traffic:
    """Listens to one page's requests."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._loop = asyncio.get_running_loop()
        self._open: dict[str, tuple[str, float]] = {}  # request -> its document's loader, and when it began
        self._before: frozenset[str] = frozenset()
        self._acted = False
        self._changed = asyncio.Event()

    async def start(self) -> None:
        self._wire.on("Network.requestWillBeSent", self._begin)
        for end in ("Network.loadingFinished", "Network.loadingFailed"):
            self._wire.on(end, lambda event: self._end(event["requestId"]))
        await self._wire.call("Network.enable", {"maxPostDataSize": MOST_BODY})

    def mark(self) -> None:
        """Marks the beginning of an action. From now on, requests from before the first action, and those that were
        loading for very long, are not waited for."""
        old = self._loop.time() - PATIENCE
        late = (request for request, (_, began) in self._open.items() if not self._acted or began < old)
        self._before = self._before.intersection(self._open) | frozenset(late)
        self._acted = True

    def clear(self, loader: str) -> None:
        """Forgets the requests of other documents: the page has moved, and some never end."""
        self._open = {request: about for request, about in self._open.items() if about[0] == loader}
        self._acted = False
        self._changed.set()

    @property
    def busy(self) -> bool:
        return any(request not in self._before for request in self._open)

    async def wait(self, seconds: float) -> None:
        """Waits until nothing is under way, or so long."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self.busy:
                    self._changed.clear()
                    await self._changed.wait()

    def _begin(self, event: dict[str, Any]) -> None:
        if event.get("type") in WAITED_FOR:
            self._open[event["requestId"]] = (event.get("loaderId", ""), self._loop.time())

    def _end(self, request: str) -> None:
        if self._open.pop(request, None) is not None:
            self._changed.set()
