"""Explores: plays a round's training tasks with the teacher, the student, or the student checked by the teacher.

Every episode is stored as it ends, so a killed shard goes on where it was. N_S, the states the student visits and the
teacher does not, is counted as AgentSymbiotic 3.1 defines it, over states alone: with actions, a student that only
acts badly on known pages would look inventive.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from components.agents.base import Agent
from components.agents.build import build_agent
from components.agents.config import AgentConfig, LocalConfig
from components.benchmarks.base import Benchmark
from components.benchmarks.registry import open_benchmark
from components.benchmarks.split import make_split
from components.episodes.play import Identity, Role
from components.episodes.runner import Assignment, RunResult, assignment_key, iter_errors, run_episodes, shard_of
from components.errors import InputError
from components.explore.config import ExploreConfig, Mode
from components.explore.counting import count_outcomes, count_tasks, states_by_task
from components.results.explore import ExploreResult
from components.results.place import ResultPlace
from components.trajectories.digests import json_digest
from components.trajectories.episodes import iter_episodes, load_episodes
from components.trajectories.rounds import Round
from components.trajectories.schema import Episode

if TYPE_CHECKING:
    from components.trajectories.knowledge import KnowledgeBase

SEEDS_OF_A_RUN = 10_000
RUNS = 100
"""The training seeds are divided among so many seeds of runs."""

ACTS_AS: dict[Mode, Role | None] = {"teacher": "teacher", "student": "student", "speculative": None}


def run(
    *,
    config: ExploreConfig,
    round: Round,
    mode: Mode,
    shard: int = 0,
    shards: int = 1,
    teacher: AgentConfig | None = None,
    student: str = "",
    knowledge: KnowledgeBase | None = None,
) -> ExploreResult:
    """Plays one shard of one mode; returns at once where that was done before.

    Args:
        teacher: who decides in mode `teacher`, and who checks in mode `speculative`.
        student: reference of the model that proposes or acts alone, as `components.models.files` reads it.
        knowledge: what the teacher may retrieve from.

    Raises:
        InputError: an unknown task, a model that is not there, no browser; or this round was explored otherwise.
        InfraError: browsers or endpoints failed again and again; running again goes on from there.
    """
    benchmark = open_benchmark(config.benchmark, **config.benchmark_options)
    plan = make_plan(config, benchmark, round=round, mode=mode)
    agent = _make_agent(config, round=round, mode=mode, teacher=teacher, student=student, knowledge=knowledge)
    work = _Exploration(
        config=config,
        round=round,
        mode=mode,
        shard=shard,
        shards=shards,
        benchmark=benchmark,
        plan=shard_of(plan, shard=shard, shards=shards),
        agent=agent,
    )
    return work.place.known() or work.explored()


def make_plan(config: ExploreConfig, benchmark: Benchmark, *, round: Round, mode: Mode) -> list[Assignment]:
    """Training tasks and seeds of this round, task by task.

    Raises:
        InputError: an unknown task, or a round so late that its seeds would be another run's.
    """
    split = make_split(benchmark, train=config.train_tasks, heldout=config.heldout_tasks)
    before = (round.number - 1) * config.seeds_of_a_round
    if before + config.seeds_of_a_round > SEEDS_OF_A_RUN:
        raise InputError(
            f"round {round.number} would need more than the {SEEDS_OF_A_RUN} training seeds of a run",
            where="explore: seeds of a round",
            fix="explore fewer seeds a round, or begin a run with another seed",
        )
    seeds = split.train_seeds(config.seeds(mode), skip=round.seed % RUNS * SEEDS_OF_A_RUN + before)
    return [(task, seed) for task in split.train.values() for seed in seeds]


def _make_agent(
    config: ExploreConfig,
    *,
    round: Round,
    mode: Mode,
    teacher: AgentConfig | None,
    student: str,
    knowledge: KnowledgeBase | None,
) -> Agent:
    from components.agents.speculate import SpeculativeAgent

    if mode != "student" and teacher is None:
        raise InputError(f"exploring in mode {mode} needs a teacher", where="teacher")
    if mode != "teacher" and not student:
        raise InputError(f"exploring in mode {mode} needs a student's model", where="student")
    learner = LocalConfig(model=student, temperature=config.temperature) if mode != "teacher" else None
    expert = build_agent(teacher, store=round.store, work=round.work, knowledge=knowledge) if teacher else None
    if learner is None:
        assert expert is not None
        return expert
    novice = build_agent(learner, store=round.store, work=round.work)
    if mode == "student" or expert is None:
        return novice
    return SpeculativeAgent(student=novice, teacher=expert)


@dataclass(frozen=True, kw_only=True)
class _Exploration:
    config: ExploreConfig
    round: Round
    mode: Mode
    shard: int
    shards: int
    benchmark: Benchmark
    plan: Sequence[Assignment]
    agent: Agent

    @property
    def identity(self) -> Identity:
        return Identity(
            run=self.round.run,
            round=self.round.number,
            phase=f"explore-{self.mode}",
            decided_by=ACTS_AS[self.mode],
        )

    @property
    def inputs(self) -> str:
        """Digest of everything the episodes depend on."""
        record = {
            "agent": self.agent.info.digest,
            "benchmark": [self.benchmark.name, self.benchmark.version, self.benchmark.checksum],
            "plan": [(task.task_id, seed) for task, seed in self.plan],
            "limits": self.config.play.model_dump(mode="json", include={"max_steps", "useless_steps"}),
        }
        return json_digest(record)

    @property
    def place(self) -> ResultPlace[ExploreResult]:
        return ResultPlace(
            kind=ExploreResult,
            round=self.round,
            name=f"explore-{self.mode}-{self.shard}-of-{self.shards}",
            inputs=self.inputs,
            other=f"this round was already explored by another {self.mode}, or on other tasks or seeds",
        )

    def explored(self) -> ExploreResult:
        """Plays what is not stored yet, and counts everything from the store, whoever played it."""
        done = asyncio.run(self._play())
        episodes = [*self._episodes(), *self._errors()]
        states = states_by_task(episodes)
        known = self._teachers_states() if self.mode != "teacher" else states
        result = ExploreResult(
            run=self.round.run,
            round=self.round.number,
            mode=self.mode,
            shard=self.shard,
            shards=self.shards,
            agent=self.agent.info,
            inputs=self.inputs,
            outcomes=count_outcomes(episodes),
            tasks=count_tasks(episodes),
            states=sum(map(len, states.values())),
            new_states=sum(len(seen - known.get(task, set())) for task, seen in states.items()),
            steps=sum(len(episode.steps) for episode in episodes),
            retries=sum(len(episode.retries) for episode in episodes),
            seconds=done.seconds,
            episodes_per_second=done.played / done.seconds if done.played else 0.0,
            stopped=done.stopped,
        )
        return self.place.keep(result) if result.complete else result

    async def _play(self) -> RunResult:
        from components.browser.pool import BrowserPool

        settings = self.config.browser
        if not self.plan:
            return RunResult()
        try:
            async with self.benchmark as benchmark, BrowserPool(settings=settings) as pool:
                return await run_episodes(
                    plan=self.plan,
                    benchmark=benchmark,
                    pool=pool,
                    agent=self.agent,
                    identity=self.identity,
                    store=self.round.store,
                    settings=self.config.play,
                    pages=settings.pages,
                    label=f"explore {self.mode}" + (f" {self.shard}/{self.shards}" if self.shards > 1 else ""),
                )
        finally:
            await self.agent.close()

    def _episodes(self) -> Iterator[Episode]:
        """The shard's stored episodes. One that another agent played must not be mixed in."""
        store, identity = self.round.store, self.identity
        stored = set(store.list(f"{self.round.prefix}/episodes/{identity.phase}/"))
        keys = [key for key in (assignment_key(identity, each) for each in self.plan) if key in stored]
        for episode in load_episodes(store, keys):
            if episode.agent.digest != self.agent.info.digest:
                raise InputError(
                    f"an episode of this round was explored by another agent ({episode.agent.name})",
                    where=f"{store.url}/{episode.key}",
                    fix="start another run, or delete the episodes of this phase",
                )
            yield episode

    def _errors(self) -> Iterator[Episode]:
        """The shard's episodes that have no countable outcome yet."""
        mine = {assignment_key(self.identity, each) for each in self.plan}
        errors = iter_errors(self.round.store, run=self.round.run, round=self.round.number, phase=self.identity.phase)
        return (episode for episode in errors if episode.key in mine)

    def _teachers_states(self) -> dict[str, set[str]]:
        return states_by_task(iter_episodes(self.round.store, f"{self.round.prefix}/episodes/explore-teacher/"))
