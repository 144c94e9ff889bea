"""Plays an agent on held-out seeds and held-out tasks and summarises what it solved.

Episodes are kept one by one as they end (`components.episodes.runner`), so a killed evaluation goes on where it was. An
agent that an earlier round of the run has judged on the same tasks, seeds and limits (a champion that stayed, a teacher
without knowledge) is not played again: its result is taken over and says so.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

from components.agents.base import Agent
from components.agents.build import build_agent
from components.benchmarks.base import Benchmark
from components.benchmarks.registry import open_benchmark
from components.benchmarks.split import make_split
from components.episodes.play import Identity
from components.episodes.runner import Assignment, iter_errors, run_episodes
from components.errors import InfraError, InputError
from components.evaluate.config import EvaluateConfig
from components.evaluate.summary import COLUMNS, evaluation_row, summarise
from components.results.evaluate import EvaluateResult, Role, SplitName
from components.results.place import ResultPlace, result_key
from components.trajectories.digests import json_digest
from components.trajectories.episodes import load_episodes
from components.trajectories.rounds import Round
from components.trajectories.rows import to_table
from components.trajectories.schema import Episode, episode_key
from components.trajectories.tables import MANIFEST_SUFFIX, TableInfo, read_table, table_info, write_table

if TYPE_CHECKING:
    from components.trajectories.knowledge import KnowledgeBase

Plan = dict[SplitName, list[Assignment]]


def run(
    *, config: EvaluateConfig, round: Round, knowledge: KnowledgeBase | None = None, agent: Agent | None = None
) -> EvaluateResult:
    """Evaluates one agent in one round; returns at once where that was done before.

    Args:
        knowledge: what the agent may retrieve from; None for a role without it.
        agent: the agent itself, where the caller has it already; built from the configuration when left out.

    Raises:
        InputError: unknown task or benchmark, no browser, a model that is not there; or this round already has another
            evaluation of this role.
        InfraError: browsers or endpoints failed again and again, or the agent's budget is spent; running again goes on.
    """
    benchmark = open_benchmark(config.benchmark, **config.benchmark_options)
    plan = make_plan(config, benchmark)
    agent = agent or build_agent(config.agent, store=round.store, work=round.work, knowledge=knowledge)
    work = _Evaluation(config=config, round=round, benchmark=benchmark, plan=plan, agent=agent)
    return work.place.known() or work.reused() or work.played()


def make_plan(config: EvaluateConfig, benchmark: Benchmark) -> Plan:
    """Every task and seed of both splits, seeds outermost so that a stopped run has seen something of every task."""
    split = make_split(benchmark, train=config.train_tasks, heldout=config.heldout_tasks)
    return {
        "heldout_seeds": [(task, seed) for seed in split.heldout_seeds(config.seeds) for task in split.train.values()],
        "heldout_tasks": [
            (task, seed) for seed in split.heldout_seeds(config.task_seeds) for task in split.heldout.values()
        ],
    }


@dataclass(frozen=True, kw_only=True)
class _Evaluation:
    config: EvaluateConfig
    round: Round
    benchmark: Benchmark
    plan: Plan
    agent: Agent

    @property
    def inputs(self) -> str:
        """Digest of everything the episodes depend on."""
        limits = self.config.play.model_dump(mode="json", include={"max_steps", "useless_steps"})
        page = self.config.browser.model_dump(mode="json", include={"width", "height", "budget_tokens", "dialogs"})
        record = {
            "agent": self.agent.info.digest,
            "benchmark": [self.benchmark.name, self.benchmark.version, self.benchmark.checksum],
            "plan": {split: [(task.task_id, seed) for task, seed in plan] for split, plan in self.plan.items()},
            "limits": limits,
            "page": page,
            "confidence": self.config.confidence,
        }
        return json_digest(record)

    @property
    def place(self) -> ResultPlace[EvaluateResult]:
        return ResultPlace(
            kind=EvaluateResult,
            round=self.round,
            name=f"evaluate-{self.config.role}",
            inputs=self.inputs,
            other=f"this round already has an evaluation of another {self.config.role}, or on other tasks or seeds",
        )

    def reused(self) -> EvaluateResult | None:
        """The same agent's result on the same plan from any round up to this one, under this role."""
        if not self.config.reuse:
            return None
        for key in self._earlier_results():
            found = EvaluateResult.model_validate_json(self.round.store.get(key))
            if found.inputs == self.inputs:
                update = {"round": self.round.number, "role": self.config.role, "reused": found.reused or key}
                return self.place.keep(found.model_copy(update={**update, "seconds": 0.0}))
        return None

    def _earlier_results(self) -> Iterator[str]:
        for number in range(self.round.number, 0, -1):
            keys = (result_key(self.round.at(number), f"evaluate-{role}") for role in get_args(Role))
            yield from (key for key in keys if self.round.store.exists(key))

    def played(self) -> EvaluateResult:
        """Plays what is not stored yet, writes the table of episodes and then the result."""
        started = time.monotonic()
        asyncio.run(self._play())
        table = self._table()
        rows = read_table(self.round.store, table.key).to_pylist()
        confidence, seed = self.config.confidence, self.round.seed
        splits = {
            split: summarise(
                [row for row in rows if row["split"] == split], split=split, confidence=confidence, seed=seed
            )
            for split, plan in self.plan.items()
            if plan
        }
        return self.place.keep(
            EvaluateResult(
                run=self.round.run,
                round=self.round.number,
                role=self.config.role,
                agent=self.agent.info,
                inputs=self.inputs,
                splits=splits,
                table=table.key,
                table_digest=table.digest,
                seconds=time.monotonic() - started,
            )
        )

    async def _play(self) -> None:
        from components.browser.pool import BrowserPool

        settings = self.config.browser
        try:
            async with self.benchmark as benchmark, BrowserPool(settings=settings) as pool:
                for split, plan in self.plan.items():
                    done = await run_episodes(
                        plan=plan,
                        benchmark=benchmark,
                        pool=pool,
                        agent=self.agent,
                        identity=self._identity(split),
                        store=self.round.store,
                        settings=self.config.play,
                        pages=settings.pages,
                    )
                    if done.stopped:
                        raise InfraError(f"the evaluation of the {self.config.role} stopped early: {done.stopped}")
        finally:
            await self.agent.close()

    def _identity(self, split: SplitName) -> Identity:
        return Identity(
            run=self.round.run,
            round=self.round.number,
            phase=f"evaluate-{self.config.role}-{split}",
            decided_by="teacher" if self.config.role.startswith("teacher") else "student",
        )

    def _table(self) -> TableInfo:
        """The table of all episodes of the plan. One that a killed run has finished stands."""
        store, key = self.round.store, f"{self.round.prefix}/tables/evaluate-{self.config.role}.parquet"
        if store.exists(key + MANIFEST_SUFFIX):
            return table_info(store, key)
        rows = [evaluation_row(episode, split=split) for split in self.plan for episode in self._episodes(split)]
        sources = {row["episode_key"]: row["digest"] for row in rows}
        return write_table(store, key, to_table(rows, columns=COLUMNS), sources=sources)

    def _episodes(self, split: SplitName) -> Iterator[Episode]:
        """Stored episodes of the plan, then those that ended in an error after all retries."""
        identity = self._identity(split)
        keys = [
            episode_key(run=identity.run, round=identity.round, phase=identity.phase, task_id=task.task_id, seed=seed)
            for task, seed in self.plan[split]
        ]
        stored = set(self.round.store.list(f"{self.round.prefix}/episodes/{identity.phase}/"))
        yield from self._checked(load_episodes(self.round.store, [key for key in keys if key in stored]))
        missing = set(keys) - stored
        errors = iter_errors(self.round.store, run=identity.run, round=identity.round, phase=identity.phase)
        yield from (episode for episode in errors if episode.key in missing)

    def _checked(self, episodes: Iterator[Episode]) -> Iterator[Episode]:
        """Passes on episodes of this very agent; a killed run of another one must not be mixed in."""
        for episode in episodes:
            if episode.agent.digest != self.agent.info.digest:
                raise InputError(
                    f"an episode of this evaluation was played by another agent ({episode.agent.name})",
                    where=f"{self.round.store.url}/{episode.key}",
                    fix="start another run, or delete the episodes of this phase",
                )
            yield episode
