"""Runs many episodes: skips stored ones, plays several at once, and tries again after infrastructure errors.

An episode is stored under its key as soon as it ends, by a conditional put. Killing the process loses at most the
episodes under way; the same command then plays exactly the missing ones. Two workers that play the same episode leave
one record. An episode that has no countable outcome after its retries is stored under `<round>/errors/` instead, so
that the next run tries it again.

An exception of a page, an agent or the store ends only its own episode. The run ends with wrong input, a spent budget
or an outage (see `breaker`).
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from components.agents.base import Agent
from components.agents.batching import Batcher
from components.benchmarks.base import Benchmark, Task
from components.browser.pool import BrowserPool
from components.episodes.breaker import Breaker
from components.episodes.config import PlaySettings
from components.episodes.faults import Fault, fault_of
from components.episodes.play import Attempt, Identity, record_of
from components.episodes.queue import Queue
from components.episodes.seat import Seat
from components.errors import InfraError, InputError
from components.progress import Progress
from components.trajectories.budget import BudgetError
from components.trajectories.episodes import decode_episode, encode_episode, save_episode
from components.trajectories.schema import Episode, Outcome, episode_key, round_prefix
from components.trajectories.store import Store

Assignment = tuple[Task, int]
"""A task and a seed."""


@dataclass(kw_only=True)
class RunResult:
    """What one call of `Runner.run` did; the episodes themselves are in the store.

    Attributes:
        played, errors: episodes with a countable outcome, and without.
        causes: errors by cause. `TypeError (page)` was unexpected; its traceback is in the episode's record. Pages that
            could not be given back count here too.
        retries: further attempts, of all episodes together.
        stopped: why some episodes were not tried (the budget); empty: all were.
        batches: turns in each call of the agent.
    """

    played: int = 0
    errors: int = 0
    causes: Counter[str] = field(default_factory=Counter)
    retries: int = 0
    stopped: str = ""
    seconds: float = 0.0
    batches: list[int] = field(default_factory=list)


def shard_of(plan: Sequence[Assignment], *, shard: int, shards: int) -> list[Assignment]:
    """Every `shards`-th assignment from number `shard` (from 0) on, so that each shard has a part of every task.

    Tasks that must be played after one another go to the same shard, for each seed: no shard waits for another.

    Raises:
        InputError: there is no such shard.
    """
    if not 0 <= shard < shards:
        raise InputError(f"there is no shard {shard} of {shards}", where="shard", fix=f"use 0 to {shards - 1}")
    chain = _chains([task for task, _ in plan])
    chained = dict[tuple[str, int], list[Assignment]]()
    for task, seed in plan:
        chained.setdefault((chain[task.task_id], seed), []).append((task, seed))
    return [assignment for together in list(chained.values())[shard::shards] for assignment in together]


def _chains(tasks: Sequence[Task]) -> dict[str, str]:
    """For every task the name of its chain: tasks that must be played after one another, directly or not, share one."""
    chain = {task.task_id: task.task_id for task in tasks}
    for task in tasks:
        for before in chain.keys() & set(task.after):
            old, new = chain[before], chain[task.task_id]
            chain.update({name: new for name, of in chain.items() if of == old})
    return chain


def _stored_keys(store: Store, identity: Identity) -> tuple[set[str], set[str]]:
    """Keys of the phase's stored episodes, and of its stored errors."""
    prefix = round_prefix(run=identity.run, round=identity.round)
    return (
        set(store.list(f"{prefix}/episodes/{identity.phase}/")),
        set(store.list(f"{prefix}/errors/{identity.phase}/")),
    )


def assignment_key(identity: Identity, assignment: Assignment) -> str:
    """The store's key for the assignment's episode."""
    task, seed = assignment
    return episode_key(run=identity.run, round=identity.round, phase=identity.phase, task_id=task.task_id, seed=seed)


@dataclass(frozen=True, slots=True)
class Ended:
    """An episode that ended, and the fault that ended it, if any."""

    episode: Episode
    fault: Fault | None


@dataclass(kw_only=True)
class Runner:
    """Plays every assignment of a plan that is not stored yet, as many at once as the pool has pages.

    Attributes:
        benchmark, pool: already open.
        label: of the progress line.
        shards: how many parts the phase has, of which `plan` is one.
    """

    plan: Sequence[Assignment]
    benchmark: Benchmark
    pool: BrowserPool
    agent: Agent
    identity: Identity
    store: Store
    settings: PlaySettings
    label: str
    shards: int = 1

    def __post_init__(self) -> None:
        self._batcher = Batcher(self.agent)

    async def run(self) -> RunResult:
        """Plays all missing episodes once, with retries.

        Raises:
            InputError: wrong input that showed only now. Other episodes under way are dropped, stored ones stay.
            InfraError: nothing works any more; running again goes on from there.
            Exception: a bug of ours because of which no episode can be played.
        """
        started = time.monotonic()
        stored, self._errors = await asyncio.to_thread(_stored_keys, self.store, self.identity)
        stored_part = [assignment for assignment in self.plan if assignment_key(self.identity, assignment) in stored]
        missing = [assignment for assignment in self.plan if assignment_key(self.identity, assignment) not in stored]
        self._queue = Queue(missing)
        self._episode_ended = asyncio.Event()
        self._result = RunResult()
        tasks = (task.task_id for task, _ in self.plan)
        self._breaker = Breaker(tasks, working=(task.task_id for task, _ in stored_part))
        with Progress(self.label, len(self.plan), done=len(stored_part)) as self._progress:
            try:
                async with asyncio.TaskGroup() as group:
                    for worker in range(min(self.pool.settings.pages, len(missing))):
                        group.create_task(self._work(worker))
            except ExceptionGroup as errors:
                raise _foremost(errors) from None
        if self.shards == 1:  # a shard may hold all that an endpoint refuses
            self._breaker.end()
        self._result.batches = self._batcher.batches
        self._result.seconds = time.monotonic() - started
        return self._result

    async def _work(self, worker: int) -> None:
        async with Seat(self.pool, self.benchmark) as seat:
            while self._queue and not self._result.stopped:
                assignment = self._queue.take(worker, open_task=seat.task_id, failures=self._breaker.failures)
                if assignment is None:
                    await self._episode_ended.wait()
                    continue
                try:
                    with self._batcher.episode():
                        ended = await self._insist(seat, assignment)
                    self._count(await self._store_episode(ended, assignment))
                except BudgetError as error:
                    self._result.stopped = error.what
                finally:
                    self._queue.end(assignment)
                    self._episode_ended.set()
                    self._episode_ended = asyncio.Event()

    async def _insist(self, seat: Seat, assignment: Assignment) -> Ended:
        """Tries an episode until its outcome counts, its fault is lasting, or the retries are used up."""
        retries: list[str] = []
        while True:
            ended = await self._attempt(seat, assignment)
            no_use = ended.fault is not None and ended.fault.lasting
            if ended.episode.outcome.counts or no_use or len(retries) == self.settings.retries:
                return replace(ended, episode=ended.episode.model_copy(update={"retries": tuple(retries)}))
            retries.append(f"{ended.episode.outcome}: {ended.episode.message}")
            await self._pause(len(retries))

    async def _pause(self, attempts: int) -> None:
        """Waits with jitter, so that episodes of one crashed browser do not all begin again at once."""
        self._result.retries += 1
        await asyncio.sleep(self.settings.backoff * 2 ** (attempts - 1) * random.uniform(0.5, 1.0))

    async def _attempt(self, seat: Seat, assignment: Assignment) -> Ended:
        task, seed = assignment
        try:
            async with self.benchmark.visit(task, store=self.store) as visit:
                attempt = Attempt(
                    page=await seat.page_for(task, visit),
                    visit=visit,
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
                await self._after(seat, episode)
            return Ended(episode, attempt.fault)
        except (InputError, BudgetError):
            raise
        except asyncio.CancelledError:
            if (own := asyncio.current_task()) is not None and own.cancelling():  # the run ends
                raise
            stray = InfraError("what the episode waited for was cancelled, and not by us")
            fault = fault_of(stray, "page to be had")
        except Exception as error:  # no site, no page, a lost site
            fault = fault_of(error, "page to be had")
        ended = self._unplayed(assignment, fault)
        await self._after(seat, ended.episode)  # its page may be anywhere
        return ended

    async def _after(self, seat: Seat, episode: Episode) -> None:
        """Keeps the page or gives it back. A failure here is counted; it is no fault of the episode, which is over."""
        try:
            await seat.after(episode)
        except Exception as error:
            self._result.causes[f"{type(error).__name__} (page given back)"] += 1

    def _unplayed(self, assignment: Assignment, fault: Fault) -> Ended:
        """The record of an episode that could not be played: only its fault is known."""
        task, seed = assignment
        record = record_of(self.benchmark, task, seed, agent=self.agent, identity=self.identity)
        episode = Episode(
            **record,
            intent="",
            start_url="",
            steps=(),
            outcome=fault.outcome,
            message=fault.message,
            started_at=datetime.now(UTC).isoformat(),
            seconds=0.0,
            extra=fault.record,
        )
        return Ended(episode, fault)

    async def _store_episode(self, ended: Ended, assignment: Assignment) -> Ended:
        """Stores an episode, with retries. Returns the stored one: it, or a record of why it could not be stored."""
        attempts = 0
        while True:
            try:
                await asyncio.to_thread(self._keep, ended.episode)
                return ended
            except InputError:
                raise
            except Exception as error:
                fault = fault_of(error, "record")
            attempts += 1
            if fault.trace or attempts > self.settings.retries:
                break
            await self._pause(attempts)
        unplayed = self._unplayed(assignment, fault)
        with suppress(InfraError):  # the store itself is away: the next run finds the episode missing
            await asyncio.to_thread(self._keep, unplayed.episode)
        return unplayed

    def _keep(self, episode: Episode) -> None:
        if episode.outcome.counts:
            save_episode(self.store, episode)
            if _error_key(episode) in self._errors:
                self.store.delete(_error_key(episode))
        else:
            self.store.put(_error_key(episode), encode_episode(episode))

    def _count(self, ended: Ended) -> None:
        episode, counts = ended.episode, ended.episode.outcome.counts
        self._result.played += counts
        self._result.errors += not counts
        self._progress.advance(episode.outcome is Outcome.SOLVED if counts else None)
        if counts:
            self._breaker.worked(episode.task_id)
            return
        fault = ended.fault or fault_of(InfraError(episode.message), "judge")
        self._result.causes[fault.cause] += 1
        self._breaker.failed(episode.task_id, fault)


def _foremost(group: ExceptionGroup[Exception]) -> Exception:
    """The error of several workers to report: one that the user can fix, else the first."""
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
    """Episodes of a phase that have only failed attempts: the record of each last attempt."""
    for key in store.list(f"{round_prefix(run=run, round=round)}/errors/{phase}/"):
        with suppress(KeyError):  # another shard has played it this moment
            data = store.get(key)
            with suppress(InputError):  # torn: it is played again
                yield decode_episode(data, where=f"{store.url}/{key}")
