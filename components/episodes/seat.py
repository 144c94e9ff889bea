"""A worker's page: kept for the next episode if it is as good as a fresh one, else given back.

Opening a context and loading a page takes about four times as long as a MiniWoB++ episode. Benchmarks that can restart
in a page say so (`restarts_in_page`). Even then a page is kept only for the same task, and only if the episode never
left the task's address: otherwise the browser remembers more (history, a fragment) than in a fresh page.
"""

from __future__ import annotations

from contextlib import AsyncExitStack, suppress
from types import TracebackType
from typing import Self

from components.benchmarks.base import Benchmark, Task, Visit
from components.browser.page import Page
from components.browser.pool import BrowserPool
from components.trajectories.schema import Episode

MOST_EPISODES = 50
"""Episodes in one page at most: pages leak memory."""


class Seat:
    """An async context manager that lends one page of the pool at a time."""

    def __init__(self, pool: BrowserPool, benchmark: Benchmark) -> None:
        self.pool, self.benchmark = pool, benchmark
        self.task_id = ""
        """Task whose page is open; empty when none is."""
        self._page: Page | None = None
        self._stack = AsyncExitStack()
        self._episodes_played = 0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(Exception):  # the pool takes back what an owner that has ended still holds
            await self._leave()

    async def page_for(self, task: Task, visit: Visit) -> Page:
        """The kept page where it is this task's, else a fresh one that begins with the visit's log-ins.

        Raises:
            InfraError: the browser gives no page.
        """
        if self._page is not None and self.task_id == task.task_id:
            return self._page
        await self._leave()
        self._page = await self._stack.enter_async_context(self.pool.page(cookies=visit.cookies))
        self.task_id = task.task_id
        return self._page

    async def after(self, episode: Episode) -> None:
        """Keeps the page for another episode of this task, or gives it back."""
        self._episodes_played += 1
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
            and self._episodes_played < MOST_EPISODES
        )

    async def _leave(self) -> None:
        self._page, self.task_id, self._episodes_played = None, "", 0
        await self._stack.aclose()
