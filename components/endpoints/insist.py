"""Tries requests again after errors that may pass."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

from components.endpoints.complaints import Passing
from components.endpoints.wire import Unanswered
from components.errors import InfraError

T = TypeVar("T")

LONGEST_WAIT = 60.0
"""Seconds; a server that asks for a longer pause is asked again after this one."""


async def insist(once: Callable[[], Awaitable[T]], *, where: str, retries: int, backoff: float) -> T:
    """The result of `once`, which is called again after `Passing` and `Unanswered`.

    Args:
        where: the endpoint, for the message.
        retries: further attempts at most.
        backoff: seconds before the first further attempt; doubled before each other one.

    Raises:
        InfraError: the retries are used up.
    """
    failure = ""
    for attempt in range(retries + 1):
        try:
            return await once()
        except (Passing, Unanswered) as error:
            failure = str(error)
            if attempt < retries:
                await asyncio.sleep(pause(error, backoff=backoff, attempt=attempt))
    raise InfraError(f"{where}: no answer after {retries + 1} attempts: {failure}")


def pause(error: Exception, *, backoff: float, attempt: int) -> float:
    """Seconds to wait before the next attempt: what the server asks for, else longer each time; never for ever."""
    server_wait = error.after if isinstance(error, Passing) else 0.0
    return min(max(server_wait, backoff * 2.0 ** min(attempt, 30) * random.uniform(0.5, 1.0)), LONGEST_WAIT)
