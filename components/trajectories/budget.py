"""What may be spent on a model in tokens and money, what its run has spent, and what a piece of work has."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from components.errors import InputError
from components.trajectories.ledger import Ledger
from components.trajectories.schema import Cost

LETTERS_PER_TOKEN = 4
"""What is counted where an endpoint reports nothing, so that a budget still holds."""
FRESH = 1.0
"""Seconds for which the sums of a run's other processes need not be read again, while the limits are far away."""


@dataclass(kw_only=True)
class Meter:
    """A sum of what was charged; see `metered`."""

    cost: Cost = field(default_factory=Cost)


_METER: ContextVar[Meter | None] = ContextVar("meter", default=None)


@contextmanager
def metered() -> Iterator[Meter]:
    """Sums what is charged in the block, also in tasks and threads that its calls hand their context (`to_thread`)."""
    meter = Meter()
    token = _METER.set(meter)
    try:
        yield meter
    finally:
        _METER.reset(token)


class BudgetError(InputError):
    """The budget is spent. The run stops cleanly; what is stored stays, and a larger budget goes on from there."""


@dataclass(kw_only=True)
class Budget:
    """Limits of one model in one run; None is no limit. Only answered requests count.

    Attributes:
        model: its name, for messages.
        usd_per_million_prompt, usd_per_million_completion: prices of the endpoint, in US dollars.
        ledger: sums of all processes of the run; None where there is no run.
    """

    model: str
    tokens: int | None = None
    usd: float | None = None
    usd_per_million_prompt: float = 0.0
    usd_per_million_completion: float = 0.0
    ledger: Ledger | None = None
    _spent: Cost = field(default_factory=Cost)
    _under_way: list[Cost] = field(default_factory=list)
    _turn: asyncio.Condition = field(default_factory=asyncio.Condition)
    _read_at: float = float("-inf")
    _others_known: bool = False

    @property
    def spent(self) -> Cost:
        """The cost of the whole run, as far as this process has read it."""
        return self.ledger.spent if self.ledger else self._spent

    def price(self, *, prompt_tokens: int, completion_tokens: int) -> Cost:
        usd = (
            prompt_tokens * self.usd_per_million_prompt + completion_tokens * self.usd_per_million_completion
        ) / 1_000_000
        return Cost(prompt_tokens=prompt_tokens, completion_tokens=completion_tokens, usd=usd)

    async def charge(self, *, prompt_tokens: int, completion_tokens: int) -> Cost:
        """Adds one answered request to the sum and returns its cost."""
        cost = self.price(prompt_tokens=prompt_tokens, completion_tokens=completion_tokens)
        if self.ledger:
            await self.ledger.add(cost)
        else:
            self._spent += cost
        if (meter := _METER.get()) is not None:
            meter.cost += cost
        if not self._others_known:  # by now the processes that started together with this one are in the ledger
            self._others_known, self._read_at = True, float("-inf")
        return cost

    @asynccontextmanager
    async def request(self, *, highest_cost: Cost) -> AsyncIterator[None]:
        """Waits until one request fits; `charge` it before leaving.

        A process's first request goes alone, because it is not yet known how many processes there are. Then requests
        overlap while all of them fit even at their highest cost. Near a limit they go one by one, and the sums of the
        other processes are read before each. So a budget is overspent by at most one request of each process.

        Args:
            highest_cost: the most that the request can cost.

        Raises:
            BudgetError: a limit is reached; the message says which.
        """
        if self.tokens is None and self.usd is None:
            yield
            return
        async with self._turn:
            while not await self._admits(highest_cost):
                await self._turn.wait()
            self._under_way.append(highest_cost)
        try:
            yield
        finally:
            async with self._turn:
                self._under_way.remove(highest_cost)
                self._turn.notify_all()

    async def _admits(self, highest_cost: Cost) -> bool:
        if self._under_way and self.ledger and not self._others_known:
            return False
        if self._roomy(highest_cost) and time.monotonic() - self._read_at < FRESH:
            return True
        if self.ledger:
            await self.ledger.read()
            self._read_at = time.monotonic()
        self.check()
        return not self._under_way or self._roomy(highest_cost)

    def _roomy(self, highest_cost: Cost) -> bool:
        """Whether this request fits beside those under way, if every process of the run had as many under way."""
        own_cost = sum(self._under_way, highest_cost)
        crowd = self.ledger.spenders if self.ledger else 1
        tokens, usd = _tokens(self.spent) + crowd * _tokens(own_cost), self.spent.usd + crowd * own_cost.usd
        return (self.tokens is None or tokens <= self.tokens) and (self.usd is None or usd <= self.usd)

    def check(self) -> None:
        """Raises BudgetError where a limit is reached; the message says which."""
        tokens = _tokens(self.spent)
        fix = "raise it and give the same command again: what is stored is kept"
        if self.tokens is not None and tokens >= self.tokens:
            raise BudgetError(
                f"the budget of {self.tokens} tokens is spent ({tokens} used by {self.model!r})",
                where="budget_tokens",
                fix=fix,
            )
        if self.usd is not None and self.spent.usd >= self.usd:
            raise BudgetError(
                f"the budget of {self.usd:g} US dollars is spent ({self.spent.usd:.4f} used by {self.model!r})",
                where="budget_usd",
                fix=fix,
            )

    async def close(self) -> None:
        if self.ledger:
            await self.ledger.close()


def _tokens(cost: Cost) -> int:
    return cost.prompt_tokens + cost.completion_tokens
