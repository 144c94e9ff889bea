"""The open tabs of one context. A window that a page opens on an allowed site becomes a tab in front, as in a browser.
An agent sees the front tab and a line for each tab; it can go to another tab or close the front one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from components.browser.actions import OF_TABS, Action
from components.browser.events import PageLost, clip
from components.browser.feedback import ActResult
from components.browser.observation import Observation
from components.browser.quoting import quote, tidy

if TYPE_CHECKING:
    from components.browser.page import Page


class Tabs:
    """Attributes:
    pages: in the order they were opened.
    limit: how many may be open; further windows are closed.
    opening: windows that were announced and are not there yet.
    """

    def __init__(self, *, limit: int) -> None:
        self.pages: list[Page] = []
        self.limit, self.opening = limit, 0
        self._front = 0

    @property
    def front(self) -> Page:
        return self.pages[self._front]

    @property
    def room(self) -> bool:
        return len(self.pages) + self.opening < self.limit

    def add(self, page: Page) -> None:
        """One more, in front."""
        self.pages.append(page)
        self._front = len(self.pages) - 1

    async def act(self, action: Action) -> ActResult:
        """Does one action in the tab in front.

        Raises:
            PageLost: that tab is gone, and it was the only one, or it did not close itself.
        """
        if action.kind in OF_TABS:
            return await self._change(action)
        page = self.front
        try:
            result = await page.act(action)
        except PageLost as lost:
            if lost.event.kind != "closed" or len(self.pages) == 1:
                raise
            return await self._closed(page, "The tab closed itself.")
        if self.front is page:
            return result
        await self.front.settle()
        return replace(result, feedback=tidy(f"{result.feedback} A new tab was opened and is shown.".strip()))

    async def _change(self, action: Action) -> ActResult:
        if action.kind == "close_tab":
            page = self.front
            result = await self._closed(page, "")
            await page.close()
            return result
        number = action.number or 0
        if not 1 <= number <= len(self.pages):
            return await self._show_front(f"there is no tab {number}")
        self._front = number - 1
        return await self._show_front("")

    async def _closed(self, page: Page, feedback: str) -> ActResult:
        """Removes a closed tab and shows the one before it, else the first."""
        at = self.pages.index(page)
        self.pages.remove(page)
        self._front = max(at - 1, 0)
        return await self._show_front(feedback)

    async def _show_front(self, feedback: str) -> ActResult:
        await self.front.show()
        return ActResult(feedback, self.front.drain_events())

    def with_tabs(self, observation: Observation) -> Observation:
        """The observation with a line for each open tab before its text, where there are several."""
        front = self.front
        self.pages = [page for page in self.pages if page is front or not page.lost]
        self._front = self.pages.index(front)
        if len(self.pages) == 1:
            return observation
        lines = tuple(
            f"tab {number} {quote(clip(page.title))}, {quote(clip(page.url))}{' (shown)' if page is front else ''}"
            for number, page in enumerate(self.pages, 1)
        )
        return replace(observation, text="\n".join((*lines, observation.text)), tabs=lines)
