"""Real browsers that a worker's tests share: one for each kind of settings; every page has a context of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from components.browser.pool import BrowserPool
from components.browser.settings import BrowserSettings

T = TypeVar("T")
_RUNNER = asyncio.Runner()
_POOLS: dict[BrowserSettings, BrowserPool] = {}


def in_loop(work: Coroutine[Any, Any, T]) -> T:
    """What the coroutine gives, in the event loop to which the shared browsers belong."""
    return _RUNNER.run(work)


@asynccontextmanager
async def shared_pool(settings: BrowserSettings) -> AsyncIterator[BrowserPool]:
    """A pool that stays open for the next test. In another loop than that of `in_loop` it is one of its own."""
    if asyncio.get_running_loop() is not _RUNNER.get_loop():
        async with BrowserPool(settings=settings) as pool:
            yield pool
        return
    if settings not in _POOLS:
        _POOLS[settings] = await BrowserPool(settings=settings).__aenter__()
    yield _POOLS[settings]


def close() -> None:
    """At a worker's end."""
    for pool in _POOLS.values():
        _RUNNER.run(pool.__aexit__(None, None, None))
    _RUNNER.close()
