"""Pictures of the pages of stored episodes, taken while the recorded actions are done again.

Only benchmarks that say so (`replayable`) are replayed: there the same task and seed gives the same page. A picture is
kept of a page that reads exactly as the recorded one did; where it differs, the replay of that episode ends. Whatever
goes wrong leaves pictures out and is never an error. All replays together may take `seconds`.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from components.benchmarks.base import Benchmark
from components.benchmarks.config import TasksConfig
from components.browser.actions import ActionError, parse_action
from components.browser.page import Page
from components.browser.settings import BrowserSettings
from components.errors import InfraError, InputError
from components.report.model import Picture
from components.trajectories.schema import Episode

if TYPE_CHECKING:
    from components.browser.pool import BrowserPool
    from components.trajectories.store import Store

MOST_PAGES = 4

Pictures = dict[str, dict[int, Picture]]
"""By key of the episode, then by step."""


@dataclass(kw_only=True)
class Replay:
    """Takes pictures of stored episodes' pages.

    Attributes:
        seconds: the longest that all replays together may take.
        room: bytes that the pictures still to come may have.
        taken: the pictures so far.
    """

    tasks: TasksConfig
    browser: BrowserSettings
    seconds: float
    store: Store | None = None
    room: int = 0
    taken: Pictures = field(default_factory=dict)

    def pictures(self, episodes: Iterable[Episode], *, room: int) -> Pictures:
        """By key of the episode, then by step: as many as time and `room` (bytes) allow, in the order of the
        episodes."""
        self.room = room
        try:
            benchmark, _ = self.tasks.open(self.store)
            if benchmark.replayable and self.seconds > 0:
                fitting = [
                    episode
                    for episode in episodes
                    if episode.evaluator_checksum == benchmark.checksum and episode.steps
                ]
                asyncio.run(self._play(benchmark, fitting))
        except (InputError, InfraError) as error:
            _say(f"no more pictures: {error}")
        return self.taken

    async def _play(self, benchmark: Benchmark, episodes: list[Episode]) -> None:
        from components.browser.pool import BrowserPool

        pages = min(MOST_PAGES, self.browser.pages)
        settings = benchmark.view.over(self.browser).model_copy(update={"pages": pages, "record_network": False})
        with suppress(TimeoutError):
            async with asyncio.timeout(self.seconds), benchmark as open, BrowserPool(settings=settings) as pool:
                waiting = iter(episodes)
                await asyncio.gather(*(self._one_after_another(pool, open, waiting) for _ in range(pages)))

    async def _one_after_another(self, pool: BrowserPool, benchmark: Benchmark, waiting: Iterable[Episode]) -> None:
        """In one page where the benchmark starts anew in it: another task costs half of what a fresh page does."""
        async with AsyncExitStack() as resources:
            page: Page | None = None
            for episode in waiting:
                try:
                    task = benchmark.tasks[episode.task_id]
                    async with benchmark.visit(task, store=None) as visit:
                        if page is None:
                            page = await resources.enter_async_context(pool.page(owner="report", cookies=visit.cookies))
                        await benchmark.start(page, task, seed=episode.seed, visit=visit)
                        await self._replay(page, episode)
                        if benchmark.restarts_in_page and len(page.tabs.pages) == 1 and not page.lost:
                            continue
                except Exception as error:
                    _say(f"no more pictures of {episode.key}: {type(error).__name__}: {error}")
                page = None
                await resources.aclose()

    async def _replay(self, page: Page, episode: Episode) -> None:
        for step in episode.steps:
            if self.room <= 0 or (await page.observe()).text != step.observation:
                return
            point = await page.point(step.target.ref) if step.target else None
            picture = await _picture(page, point)
            self.room -= len(picture.png)
            self.taken.setdefault(episode.key, {})[step.index] = picture
            with suppress(ActionError):
                await page.act(parse_action(step.action))


async def _picture(page: Page, point: tuple[float, float] | None) -> Picture:
    png, scale = await page.camera.content(around=point)
    return Picture(png=png, point=(point[0] * scale, point[1] * scale) if point else None)


def _say(why: str) -> None:
    print(why, file=sys.stderr, flush=True)
