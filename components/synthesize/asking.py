"""Models asked about one thing after another, many at once, in one event loop with one client for each model."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

Thing = TypeVar("Thing")
Answer = TypeVar("Answer")
Asked = Coroutine[Any, Any, Answer]
AT_ONCE = 256
"""Things in memory while they are asked about."""


def ask_all(
    things: Iterable[Thing], ask: Callable[[Thing], Asked[Answer]], *, close: Callable[[], Asked[None]]
) -> Iterator[Answer]:
    """What is answered of each, in their order. Raises what `ask` does; the clients are closed however it ends."""
    iterator = iter(things)
    with asyncio.Runner() as runner:
        try:
            while some := list(islice(iterator, AT_ONCE)):
                yield from runner.run(_all(some, ask))
        finally:
            runner.run(close())


async def _all(things: Iterable[Thing], ask: Callable[[Thing], Asked[Answer]]) -> list[Answer]:
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(ask(thing)) for thing in things]
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from None
    return [task.result() for task in tasks]
