"""What may be spent on a model in tokens and money, and what its run has spent."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from components.errors import InputError
from components.trajectories.ledger import Ledger
from components.trajectories.schema import Cost

LETTERS_PER_TOKEN = 4
"""What is counted where an endpoint reports nothing, so that a budget still holds."""
FRESH = 1.0
"""Seconds for which what the others of a run have spent is taken as known, while there is room for everybody."""


class BudgetError(InputError):
    """The budget is spent. The run stops cleanly; what is stored stays, and a larger budget goes on from there."""


@dataclass(kw_only=True)
class Budget:
    """Limits of one model in one run; None is no limit. Not charged for by wall-clock or by retries that failed.

    Attributes:
        model: its name, for messages.
        usd_per_million_prompt, usd_per_million_completion: prices of the endpoint.
        ledger: what the run's other processes have spent; None where there is no run.
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
    _known: bool = False

    @property
    def spent(self) -> Cost:
        """By the whole run, as far as is known."""
        return self.ledger.spent if self.ledger else self._spent

    def price(self, *, prompt_tokens: int, completion_tokens: int) -> Cost:
        usd = (
            prompt_tokens * self.usd_per_million_prompt + completion_tokens * self.usd_per_million_completion
        ) / 1_000_000
        return Cost(prompt_tokens=prompt_tokens, completion_tokens=completion_tokens, usd=usd)

    async def charge(self, *, prompt_tokens: int, completion_tokens: int) -> Cost:
        """Adds one answered request and gives its cost."""
        cost = self.price(prompt_tokens=prompt_tokens, completion_tokens=completion_tokens)
        if self.ledger:
            await self.ledger.add(cost)
        else:
            self._spent += cost
        if not self._known:  # by now the others that began with this process stand in the ledger
            self._known, self._read_at = True, float("-inf")
        return cost

    @asynccontextmanager
    async def request(self, *, most: Cost) -> AsyncIterator[None]:
        """Room for one request, to be charged before it is left.

        A process's first request goes alone, since nobody knows yet how many processes there are. Then requests overlap
        while all of them fit, whatever they come to. Nearer to a limit they go one by one, and the others' sums are
        read before each: a budget is overspent by at most one request of each process.

        Args:
            most: what the request may come to.

        Raises:
            BudgetError: a limit is reached; the message says which.
        """
        if self.tokens is None and self.usd is None:
            yield
            return
        async with self._turn:
            while not await self._admits(most):
                await self._turn.wait()
            self._under_way.append(most)
        try:
            yield
        finally:
            async with self._turn:
                self._under_way.remove(most)
                self._turn.notify_all()

    async def _admits(self, most: Cost) -> bool:
        if self._under_way and self.ledger and not self._known:
            return False
        if self._roomy(most) and time.monotonic() - self._read_at < FRESH:
            return True
        if self.ledger:
            await self.ledger.read()
            self._read_at = time.monotonic()
        self.check()
        return not self._under_way or self._roomy(most)

    def _roomy(self, most: Cost) -> bool:
        """Whether this request fits beside those under way, were every process of the run to have as many."""
        mine = sum(self._under_way, most)
        crowd = self.ledger.spenders if self.ledger else 1
        tokens, usd = _tokens(self.spent) + crowd * _tokens(mine), self.spent.usd + crowd * mine.usd
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
