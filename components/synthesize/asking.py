"""Asks models about many things, up to 256 at once, in one event loop with one client for each model."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

Thing = TypeVar("Thing")
Answer = TypeVar("Answer")
Answering = Coroutine[Any, Any, Answer]
AT_ONCE = 256
"""Things in memory while they are asked about."""


def ask_all(
    things: Iterable[Thing], ask: Callable[[Thing], Answering[Answer]], *, close: Callable[[], Answering[None]]
) -> Iterator[Answer]:
    """The answers, in the order of the things. Raises what `ask` raises; `close` is called in any case."""
    iterator = iter(things)
    with asyncio.Runner() as runner:
        try:
            while batch := list(islice(iterator, AT_ONCE)):
                yield from runner.run(_ask_batch(batch, ask))
        finally:
            runner.run(close())


async def _ask_batch(things: Iterable[Thing], ask: Callable[[Thing], Answering[Answer]]) -> list[Answer]:
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(ask(thing)) for thing in things]
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from None
    return [task.result() for task in tasks]
