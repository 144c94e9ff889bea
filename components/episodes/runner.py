"""Runs many episodes: skips what is stored, plays several at once, tries again what was nobody's fault, loses nothing.

An episode is stored under its key the moment it ends, by a conditional put: killing the process loses at most the
episodes under way, running the same command again plays exactly the missing ones, and two workers that play the same
episode leave one record. An episode that still has no countable outcome after its retries is kept beside, under
`<round>/errors/`, not under its key, so the next run tries it again.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import deque
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from components.agents.base import Agent
from components.agents.batching import Batcher
from components.agents.budget import BudgetError
from components.benchmarks.base import Benchmark, Task
from components.browser.pool import BrowserPool
from components.episodes.config import PlaySettings
from components.episodes.leases import Lease, Leases
from components.episodes.play import Attempt, Identity
from components.episodes.seat import Seat
from components.errors import InfraError, InputError
from components.progress import Progress
from components.trajectories.episodes import decode_episode, encode_episode, save_episode
from components.trajectories.schema import Episode, Outcome, episode_key, round_prefix
from components.trajectories.store import Store

Assignment = tuple[Task, int]
"""A task and a seed."""

HOPELESS = 10
"""So many episodes in a row that end in infrastructure errors, retries included, and the rest is not tried."""


@dataclass(kw_only=True)
class RunResult:
    """What one call did; the episodes themselves are in the store.

    Attributes:
        played, skipped, errors: episodes stored now, already stored, and left without a countable outcome.
        stopped: why not everything was tried (the budget); empty when everything was.
    """

    played: int = 0
    skipped: int = 0
    errors: int = 0
    retries: int = 0
    stopped: str = ""
    seconds: float = 0.0
    batches: list[int] = field(default_factory=list)


def shard_of(plan: Sequence[Assignment], *, shard: int, shards: int) -> list[Assignment]:
    """Every `shards`-th assignment from number `shard` on, so that each shard has a part of every task.

    Raises:
        InputError: there is no such shard.
    """
    if not 0 <= shard < shards:
        raise InputError(f"there is no shard {shard} of {shards}", where="shard", fix=f"use 0 to {shards - 1}")
    return list(plan[shard::shards])


def _known(store: Store, identity: Identity) -> tuple[set[str], set[str]]:
    """Keys of the phase's stored episodes, and of the errors that earlier calls kept beside."""
    prefix = round_prefix(run=identity.run, round=identity.round)
    return (
        set(store.list(f"{prefix}/episodes/{identity.phase}/")),
        set(store.list(f"{prefix}/errors/{identity.phase}/")),
    )


def assignment_key(identity: Identity, assignment: Assignment) -> str:
    """Where the assignment's episode is stored."""
    task, seed = assignment
    return episode_key(run=identity.run, round=identity.round, phase=identity.phase, task_id=task.task_id, seed=seed)


def _site_leases(store: Store, benchmark: Benchmark) -> Leases | None:
    if benchmark.site_capacity is None:
        return None
    return Leases(store, name=benchmark.name, capacity=benchmark.site_capacity)


@dataclass(kw_only=True)
class Runner:
    """Plays every assignment of a plan that is not stored yet, as many at once as the pool has pages.

    Attributes:
        benchmark, pool: already entered.
        label: what the progress line is called.
    """

    plan: Sequence[Assignment]
    benchmark: Benchmark
    pool: BrowserPool
    agent: Agent
    identity: Identity
    store: Store
    settings: PlaySettings
    label: str

    async def run(self) -> RunResult:
        """One call; what earlier ones stored is not played again.

        Raises:
            InputError: wrong input that showed only now; other episodes under way are dropped, stored ones stay.
            InfraError: `HOPELESS` episodes in a row could not be played; running again goes on from there.
        """
        started = time.monotonic()
        stored, self._errors = await asyncio.to_thread(_known, self.store, self.identity)
        self._queue = deque(each for each in self.plan if assignment_key(self.identity, each) not in stored)
        self._result = RunResult(skipped=len(self.plan) - len(self._queue))
        self._batcher = Batcher(self.agent)
        self._leases = _site_leases(self.store, self.benchmark)
        self._in_a_row = 0
        with Progress(self.label, len(self.plan), done=self._result.skipped) as self._progress:
            try:
                async with asyncio.TaskGroup() as group:
                    for _ in range(min(self.pool.settings.pages, len(self._queue))):
                        group.create_task(self._work())
            except ExceptionGroup as errors:
                raise _foremost(errors) from None
        self._result.batches = self._batcher.batches
        self._result.seconds = time.monotonic() - started
        return self._result

    async def _work(self) -> None:
        async with Seat(self.pool, self.benchmark) as seat:
            while self._queue and not self._result.stopped:
                task, seed = self._take(seat.task_id)
                try:
                    with self._batcher.episode():
                        episode = await self._insist(seat, task, seed)
                except BudgetError as error:
                    self._result.stopped = str(error)
                    return
                await asyncio.to_thread(self._keep, episode)
                self._count(episode)

    def _take(self, task_id: str) -> Assignment:
        """The next assignment of the task whose page is open, else the next of all."""
        for index, (task, _) in enumerate(self._queue):
            if task.task_id == task_id:
                assignment = self._queue[index]
                del self._queue[index]
                return assignment
        return self._queue.popleft()

    async def _insist(self, seat: Seat, task: Task, seed: int) -> Episode:
        """Attempts until the outcome counts or the retries are used up."""
        retries: list[str] = []
        while True:
            last = len(retries) == self.settings.retries
            try:
                episode = await self._attempt(seat, task, seed)
            except InfraError as error:
                if last:
                    raise
                retries.append(f"{type(error).__name__}: {error}")
            else:
                if episode.outcome.counts or last:
                    return episode.model_copy(update={"retries": tuple(retries)})
                retries.append(f"{episode.outcome}: {episode.message}")
            self._result.retries += 1
            # Jitter, so that the episodes a crashed browser took down do not all come back at once.
            await asyncio.sleep(self.settings.backoff * 2 ** (len(retries) - 1) * random.uniform(0.5, 1.0))

    async def _attempt(self, seat: Seat, task: Task, seed: int) -> Episode:
        async with self._site() as lease:
            attempt = Attempt(
                page=await seat.page_for(task),
                benchmark=self.benchmark,
                task=task,
                seed=seed,
                agent=self._batcher,
                identity=self.identity,
                settings=self.settings,
                store=self.store,
                screenshots=self.pool.settings.screenshots,
                record_network=self.pool.settings.record_network,
            )
            episode = await attempt.play()
            await seat.after(episode)
            if lease:
                lease.check()
            return episode

    @asynccontextmanager
    async def _site(self) -> AsyncIterator[Lease | None]:
        async with AsyncExitStack() as stack:
            yield await stack.enter_async_context(self._leases.hold()) if self._leases else None

    def _keep(self, episode: Episode) -> None:
        if episode.outcome.counts:
            save_episode(self.store, episode)
            if _error_key(episode) in self._errors:
                self.store.delete(_error_key(episode))
        else:
            self.store.put(_error_key(episode), encode_episode(episode))

    def _count(self, episode: Episode) -> None:
        counts = episode.outcome.counts
        self._result.played += counts
        self._result.errors += not counts
        self._progress.advance(episode.outcome is Outcome.SOLVED if counts else None)
        self._in_a_row = self._in_a_row + 1 if episode.outcome is Outcome.INFRA_ERROR else 0
        if self._in_a_row >= HOPELESS:
            raise InfraError(f"{HOPELESS} episodes in a row could not be played; the last: {episode.message}")


def _foremost(group: ExceptionGroup[Exception]) -> Exception:
    """The error to report of several workers': one that the user can mend, else the first."""
    errors = list(_leaves(group))
    return next((error for error in errors if isinstance(error, InputError)), errors[0])


def _leaves(error: Exception) -> Iterator[Exception]:
    if isinstance(error, ExceptionGroup):
        for inner in error.exceptions:
            yield from _leaves(inner)
    else:
        yield error


def _error_key(episode: Episode) -> str:
    return episode.key.replace("/episodes/", "/errors/", 1)


def iter_errors(store: Store, *, run: str, round: int, phase: str) -> Iterator[Episode]:
    """Episodes of a phase that have no countable outcome yet, as their last attempt ended."""
    for key in store.list(f"{round_prefix(run=run, round=round)}/errors/{phase}/"):
        yield decode_episode(store.get(key), key=key)
