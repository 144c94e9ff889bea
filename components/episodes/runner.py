"""Runs many episodes: skips what is stored, plays several at once, tries again what was nobody's fault, loses nothing.

An episode is stored under its key the moment it ends, by a conditional put: killing the process loses at most the
episodes under way, running the same command again plays exactly the missing ones, and two workers that play the same
episode leave one record. An episode that still has no countable outcome after its retries is kept beside, under
`<round>/errors/`, not under its key, so the next run tries it again.

One episode's misfortune is that episode's: whatever its page, its agent or its storing raises ends it alone. What ends
the run is wrong input, a spent budget, and an outage (see `breaker`).
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
    """What one call did; the episodes themselves are in the store.

    Attributes:
        played, errors: episodes stored now, and left without a countable outcome.
        causes: how many of the errors had which cause; `TypeError (page)` is one that nobody expected, with its
            traceback in the episode's record. Pages that could not be given back are counted here too.
        stopped: why not everything was tried (the budget); empty when everything was.
    """

    played: int = 0
    errors: int = 0
    causes: Counter[str] = field(default_factory=Counter)
    retries: int = 0
    stopped: str = ""
    seconds: float = 0.0
    batches: list[int] = field(default_factory=list)


def shard_of(plan: Sequence[Assignment], *, shard: int, shards: int) -> list[Assignment]:
    """Every `shards`-th assignment from number `shard` on, so that each shard has a part of every task.

    Tasks that come after one another are played by one shard, seed by seed: no shard waits for another.

    Raises:
        InputError: there is no such shard.
    """
    if not 0 <= shard < shards:
        raise InputError(f"there is no shard {shard} of {shards}", where="shard", fix=f"use 0 to {shards - 1}")
    chain = _chains([task for task, _ in plan])
    chained = dict[tuple[str, int], list[Assignment]]()
    for task, seed in plan:
        chained.setdefault((chain[task.task_id], seed), []).append((task, seed))
    return [each for together in list(chained.values())[shard::shards] for each in together]


def _chains(tasks: Sequence[Task]) -> dict[str, str]:
    """The chain of every task: one name for all that come after one another, directly or not."""
    chain = {task.task_id: task.task_id for task in tasks}
    for task in tasks:
        for before in chain.keys() & set(task.after):
            old, new = chain[before], chain[task.task_id]
            chain.update({name: new for name, of in chain.items() if of == old})
    return chain


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


@dataclass(frozen=True, slots=True)
class Ended:
    """An episode, and what ended it where that was neither its agent nor its page."""

    episode: Episode
    fault: Fault | None


@dataclass(kw_only=True)
class Runner:
    """Plays every assignment of a plan that is not stored yet, as many at once as the pool has pages.

    Attributes:
        benchmark, pool: already entered.
        label: what the progress line is called.
        shards: among how many the phase is divided, the plan being one.
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
        """One call; what earlier ones stored is not played again.

        Raises:
            InputError: wrong input that showed only now; other episodes under way are dropped, stored ones stay.
            InfraError: nothing works any more; running again goes on from there.
            Exception: a mistake of ours that lets no episode be played.
        """
        started = time.monotonic()
        stored, self._errors = await asyncio.to_thread(_known, self.store, self.identity)
        done = [each for each in self.plan if assignment_key(self.identity, each) in stored]
        left = [each for each in self.plan if assignment_key(self.identity, each) not in stored]
        self._queue = Queue(left)
        self._one_ends = asyncio.Event()
        self._result = RunResult()
        tasks = (task.task_id for task, _ in self.plan)
        self._breaker = Breaker(tasks, working=(task.task_id for task, _ in done))
        with Progress(self.label, len(self.plan), done=len(done)) as self._progress:
            try:
                async with asyncio.TaskGroup() as group:
                    for worker in range(min(self.pool.settings.pages, len(left))):
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
                    await self._one_ends.wait()
                    continue
                try:
                    with self._batcher.episode():
                        ended = await self._insist(seat, assignment)
                    self._count(await self._kept(ended, assignment))
                except BudgetError as error:
                    self._result.stopped = error.what
                finally:
                    self._queue.end(assignment)
                    self._one_ends.set()
                    self._one_ends = asyncio.Event()

    async def _insist(self, seat: Seat, assignment: Assignment) -> Ended:
        """Attempts until the outcome counts, or trying again is no use."""
        retries: list[str] = []
        while True:
            ended = await self._attempt(seat, assignment)
            no_use = ended.fault is not None and ended.fault.lasting
            if ended.episode.outcome.counts or no_use or len(retries) == self.settings.retries:
                return replace(ended, episode=ended.episode.model_copy(update={"retries": tuple(retries)}))
            retries.append(f"{ended.episode.outcome}: {ended.episode.message}")
            await self._pause(len(retries))

    async def _pause(self, attempts: int) -> None:
        """Jitter, so that the episodes a crashed browser took down do not all come back at once."""
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
        except Exception as error:  # no site, no page, a lost site
            return self._unplayed(assignment, fault_of(error, "page to be had"))

    async def _after(self, seat: Seat, episode: Episode) -> None:
        """Keeps the page or gives it back; one that cannot be given back is no fault of the episode that is over."""
        try:
            await seat.after(episode)
        except Exception as error:
            self._result.causes[f"{type(error).__name__} (page given back)"] += 1

    def _unplayed(self, assignment: Assignment, fault: Fault) -> Ended:
        """An episode of which nothing is known but why."""
        task, seed = assignment
        known = record_of(self.benchmark, task, seed, agent=self.agent, identity=self.identity)
        episode = Episode(
            **known,
            intent="",
            start_url="",
            steps=(),
            outcome=fault.outcome,
            message=fault.message,
            started_at=datetime.now(UTC).isoformat(),
            seconds=0.0,
            extra=fault.kept,
        )
        return Ended(episode, fault)

    async def _kept(self, ended: Ended, assignment: Assignment) -> Ended:
        """What stands in the store now: the episode, or why it could not be kept."""
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
        yield decode_episode(store.get(key), where=f"{store.url}/{key}")
