"""Brings the turns of many running episodes together into one call of the agent.

An agent with `batch_size` 1 (rules, a remote endpoint) gains nothing from waiting: every turn is its own call, and
calls overlap. For a larger batch the model is called `at_once` times at a time; while it works, turns collect. When it
is free and not every live episode is waiting, a short patience lets the others arrive; once all are waiting it starts
at once, and shares them out among the calls that are free.
Which turns share a batch depends on timing, so an agent's decisions must not depend on it (see `Turn.episode`).
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from components.agents.base import Agent, Decision, Turn

if TYPE_CHECKING:
    from components.trajectories.rounds import Round

PATIENCE = 0.02
"""Seconds an idle model waits for more turns; about one step of a page on a laptop (measured: 16 ms)."""


@dataclass(slots=True)
class _Waiting:
    turn: Turn
    result: asyncio.Future[Decision]


class Batcher(Agent):
    """Collects single turns of many episodes into batches for another agent. Belongs to one event loop.

    Args:
        patience: seconds that a free model waits for more turns.
    """

    def __init__(self, agent: Agent, *, patience: float = PATIENCE) -> None:
        self.agent, self.info, self.batch_size, self.patience = agent, agent.info, agent.batch_size, patience
        self.plans = agent.plans
        self.batches: list[int] = []
        """Size of every batch so far."""
        self._live = self._asked = 0
        self._free = agent.at_once
        self._queue: list[_Waiting] = []
        self._arrived, self._gathering = asyncio.Event(), asyncio.Lock()
        self._pumps: list[asyncio.Task[None]] = []

    def spend_for(self, round: Round) -> None:
        self.agent.spend_for(round)

    @contextmanager
    def episode(self) -> Iterator[None]:
        self._live += 1
        try:
            with self.agent.episode():
                yield
        finally:
            self._live -= 1
            self._arrived.set()

    async def decide(self, turns: Sequence[Turn]) -> list[Decision]:
        if self.batch_size <= 1:
            self.batches.append(len(turns))
            return await self.agent.decide(turns)
        waiting = [_Waiting(turn, asyncio.get_running_loop().create_future()) for turn in turns]
        self._queue.extend(waiting)
        self._arrived.set()
        self._pumps = [pump for pump in self._pumps if not pump.done()]
        if len(self._pumps) < self.agent.at_once:
            self._pumps.append(asyncio.create_task(self._work()))
        return list(await asyncio.gather(*(entry.result for entry in waiting)))

    async def propose(self, turns: Sequence[Turn]) -> list[Decision]:
        """Models that decide in batches list no alternatives: for them the decision is the only candidate."""
        return await (self.agent.propose(turns) if self.batch_size <= 1 else super().propose(turns))

    async def _work(self) -> None:
        """Gathers a batch, asks, hands out the decisions, until the queue is empty."""
        while self._queue:
            async with self._gathering:
                await self._gather()
                batch = self._take()
            if batch:
                self.batches.append(len(batch))
                self._free -= 1
                self._asked += len(batch)
                await self._ask(batch)
                self._free += 1
                self._asked -= len(batch)

    def _take(self) -> list[_Waiting]:
        """A free call's share of what is waiting."""
        size = min(self.batch_size, math.ceil(len(self._queue) / self._free))
        batch, self._queue = self._queue[:size], self._queue[size:]
        return [entry for entry in batch if not entry.result.done()]  # its episode may have been cancelled meanwhile

    async def _gather(self) -> None:
        deadline = asyncio.get_running_loop().time() + self.patience
        while len(self._queue) < min(self.batch_size, self._live - self._asked):
            self._arrived.clear()
            try:
                async with asyncio.timeout_at(deadline):
                    await self._arrived.wait()
            except TimeoutError:
                return

    async def _ask(self, batch: Sequence[_Waiting]) -> None:
        try:
            decided = zip(batch, await self.agent.decide([entry.turn for entry in batch]), strict=True)
            for entry, decision in decided:
                if not entry.result.done():
                    entry.result.set_result(decision)
        except Exception as error:
            # Every episode of the batch gets the error; the runner decides what to do.
            for entry in batch:
                if not entry.result.done():
                    entry.result.set_exception(error)

    async def close(self) -> None:
        await self.agent.close()
