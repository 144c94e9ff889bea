"""Which scripts, style sheets and frames a page is loading: their arrival changes it, and the page itself cannot tell.

Fetches and XHRs are known better inside the page (see hooks.js): there an answer that streams for ever counts as come.
"""

from __future__ import annotations

import asyncio
from typing import Any

from components.browser.wire import Wire

WAITED_FOR = frozenset(("Script", "Stylesheet", "Document"))


class Traffic:
    """Listens to one page's requests."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._open: dict[str, str] = {}  # request -> its document's loader
        self._before: frozenset[str] = frozenset()
        self._changed = asyncio.Event()

    async def start(self) -> None:
        self._wire.on("Network.requestWillBeSent", self._begin)
        for end in ("Network.loadingFinished", "Network.loadingFailed"):
            self._wire.on(end, lambda event: self._end(event["requestId"]))
        await self._wire.call("Network.enable")

    def mark(self) -> None:
        """From now on only requests that begin later count."""
        self._before = frozenset(self._open)

    def clear(self, loader: str) -> None:
        """Forgets the requests of other documents: the page has moved, and some never end."""
        self._open = {request: of for request, of in self._open.items() if of == loader}
        self._changed.set()

    @property
    def busy(self) -> bool:
        return any(request not in self._before for request in self._open)

    async def wait(self, seconds: float) -> None:
        """Waits until nothing is under way, or so long."""
        try:
            async with asyncio.timeout(seconds):
                while self.busy:
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            self.mark()  # what does not come in time is not waited for again

    def _begin(self, event: dict[str, Any]) -> None:
        if event.get("type") in WAITED_FOR:
            self._open[event["requestId"]] = event.get("loaderId", "")

    def _end(self, request: str) -> None:
        if self._open.pop(request, None) is not None:
            self._changed.set()
