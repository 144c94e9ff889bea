"""A worker's page: kept for the next episode where that is the same as a fresh one, else given back.

Opening a context and loading a page costs about four times what a MiniWoB++ episode does. A benchmark that restarts in
the page says so (`restarts_in_page`); even then a page is kept only for the same task, and only when the episode never
left the task's address, because what the browser remembers (history, an address with a fragment) is no longer that of
a fresh page.
"""

from __future__ import annotations

from contextlib import AsyncExitStack
from types import TracebackType
from typing import Self

from components.benchmarks.base import Benchmark, Task, Visit
from components.browser.page import Page
from components.browser.pool import BrowserPool
from components.trajectories.schema import Episode

MOST_EPISODES = 50
"""Then a fresh page, whatever the benchmark says: pages leak memory."""


class Seat:
    """An async context manager that lends one page of the pool at a time."""

    def __init__(self, pool: BrowserPool, benchmark: Benchmark) -> None:
        self.pool, self.benchmark = pool, benchmark
        self.task_id = ""
        """Task whose page is open; empty when none is."""
        self._page: Page | None = None
        self._held = AsyncExitStack()
        self._played = 0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._leave()

    async def page_for(self, task: Task, visit: Visit) -> Page:
        """The kept page where it is this task's, else a fresh one that begins with the visit's log-ins.

        Raises:
            InfraError: the browser gives no page.
        """
        if self._page is not None and self.task_id == task.task_id:
            return self._page
        await self._leave()
        self._page = await self._held.enter_async_context(self.pool.page(cookies=visit.cookies))
        self.task_id = task.task_id
        return self._page

    async def after(self, episode: Episode) -> None:
        """Keeps the page for another episode of this task, or gives it back."""
        self._played += 1
        if not self._fit_for_another(episode):
            await self._leave()

    def _fit_for_another(self, episode: Episode) -> bool:
        return (
            self.benchmark.restarts_in_page
            and episode.outcome.counts
            and self._page is not None
            and not self._page.lost
            and len(self._page.tabs.pages) == 1
            and not self._page.sent.troubles
            and self._page.url == episode.start_url
            and all(step.url == episode.start_url for step in episode.steps)
            and not self.pool.settings.record_network  # a record holds one episode
            and self._played < MOST_EPISODES
        )

    async def _leave(self) -> None:
        self._page, self.task_id, self._played = None, "", 0
        await self._held.aclose()
