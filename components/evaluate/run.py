"""Plays an agent on held-out seeds and held-out tasks and summarises what it solved.

An agent other than the student that was judged on the same tasks, seeds and limits before (a champion that stayed, a
teacher without knowledge, chance), in an earlier round or by another run of the same code into this store, is not
played again: its result is taken over and says so.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal, get_args

from components.agents.base import Agent
from components.benchmarks.base import Benchmark
from components.benchmarks.config import TasksConfig
from components.benchmarks.split import Split
from components.browser.settings import BrowserSettings
from components.episodes.config import PlaySettings
from components.episodes.phase import Phase, commonest, play_phases
from components.episodes.runner import Assignment, shard_of
from components.errors import InfraError, InputError
from components.evaluate.config import EvaluateConfig
from components.evaluate.summary import COLUMNS, evaluation_row, summarise
from components.results.evaluate import EvaluateResult
from components.results.place import ResultPlace, result_key
from components.trajectories.digests import json_digest
from components.trajectories.manifest import Manifest, find_manifest
from components.trajectories.phases import Role, SplitName, evaluate_phase, evaluation_of
from components.trajectories.records import read_record
from components.trajectories.rounds import Round
from components.trajectories.rows import to_table
from components.trajectories.tables import MANIFEST_SUFFIX, TableInfo, is_whole, read_table, table_info, write_table

Plan = dict[SplitName, list[Assignment]]
DECIDED_BY: Mapping[Role, Literal["teacher", "student"]] = {
    "student": "student",
    "champion": "student",
    "teacher": "teacher",
    "teacher_without_knowledge": "teacher",
}


def run(phases: Mapping[SplitName, Phase], *, config: EvaluateConfig, role: Role) -> EvaluateResult:
    """Evaluates one agent in one round; returns at once where that was done before.

    Args:
        phases: of `phases_of`, with the same configuration and role.

    Raises:
        InputError: no browser; this round already has another evaluation of this role; or the budget is spent.
        InfraError: browsers or endpoints failed again and again, or episodes are missing after all retries; running
            again goes on.
    """
    evaluation = _Evaluation(phases=phases, config=config, role=role)
    return evaluation.stored() or evaluation.play_and_store()


def play_shard(
    phases: Mapping[SplitName, Phase], *, config: EvaluateConfig, role: Role, shard: int, shards: int
) -> str:
    """Plays one of the shards that `run` then gathers; none where the evaluation is there or taken over.

    Args:
        phases: of the whole evaluation, as for `run`.
        shard: which of them this is, from 0.

    Returns:
        Digest of what the whole evaluation depends on.

    Raises:
        InputError, InfraError: as `run`, of this shard's episodes.
    """
    evaluation = _Evaluation(phases=phases, config=config, role=role)
    if evaluation.stored() is None:
        parts = {split: _part(phase, shard=shard, shards=shards) for split, phase in phases.items()}
        replace(evaluation, phases=parts).play()
    return evaluation.inputs


def _part(phase: Phase, *, shard: int, shards: int) -> Phase:
    """A shard's part: some seeds of as many tasks as possible, so that an outage shows in every shard."""
    by_task = sorted(phase.plan, key=lambda assignment: assignment[0].task_id)
    plan = shard_of(by_task, shard=shard, shards=shards)
    return replace(phase, plan=plan, label=f"{phase.name} {shard}/{shards}", shards=shards)


def phases_of(
    *,
    config: EvaluateConfig,
    tasks: TasksConfig,
    play: PlaySettings,
    browser: BrowserSettings,
    round: Round,
    role: Role,
    agent: Agent,
) -> dict[SplitName, Phase]:
    """What is played for an evaluation, by split.

    Args:
        role: what the agent is in this round; part of the names of episodes and result.

    Raises:
        InputError: unknown task or benchmark.
    """
    benchmark, split = tasks.open(round.store)
    return {
        name: Phase(
            name=evaluate_phase(role, name),
            round=round,
            plan=plan,
            benchmark=benchmark,
            agent=agent,
            decided_by=DECIDED_BY.get(role),
            play=play,
            browser=browser,
        )
        for name, plan in make_plan(config, split, seeded=benchmark.seeded).items()
    }


def inputs_of(phases: Mapping[SplitName, Phase], *, confidence: float) -> str:
    """Digest of everything the result of these phases depends on, whatever run and round they are of."""
    return json_digest({"phases": {split: phase.inputs for split, phase in phases.items()}, "confidence": confidence})


def make_plan(config: EvaluateConfig, split: Split, *, seeded: bool = True) -> Plan:
    """Every task and seed of both splits, seeds outermost so that a stopped run has seen something of every task.

    Args:
        seeded: of the benchmark. Without seeds, what is played of training tasks is no held-out seed of them but the
            very same again, and is named so.
    """
    trained: SplitName = "heldout_seeds" if seeded else "transductive"
    return {
        trained: [(task, seed) for seed in split.heldout_seeds(config.seeds) for task in split.train.values()],
        "heldout_tasks": [
            (task, seed) for seed in split.heldout_seeds(config.task_seeds) for task in split.heldout.values()
        ],
    }


def _plays(manifest: Manifest) -> list[Any]:
    """What else, besides the inputs, affects how an episode goes."""
    return [manifest.code, manifest.packages]


@dataclass(frozen=True, kw_only=True)
class _Evaluation:
    phases: Mapping[SplitName, Phase]
    config: EvaluateConfig
    role: Role

    @property
    def _phase(self) -> Phase:
        """Any one of the phases: they differ only in their plans."""
        return next(iter(self.phases.values()))

    @property
    def round(self) -> Round:
        return self._phase.round

    @property
    def benchmark(self) -> Benchmark:
        return self._phase.benchmark

    @cached_property
    def inputs(self) -> str:
        return inputs_of(self.phases, confidence=self.config.confidence)

    @property
    def place(self) -> ResultPlace[EvaluateResult]:
        return ResultPlace(
            kind=EvaluateResult,
            round=self.round,
            name=evaluation_of(self.role),
            inputs=self.inputs,
            other=f"this round already has an evaluation of another {self.role}, or on other tasks or seeds",
        )

    def stored(self) -> EvaluateResult | None:
        """A result that is there and whole, or taken over now; None where there is something to play or to gather."""
        if (result := self.place.known()) is None:
            return self._reuse()
        store, is_own = self.round.store, result.table.startswith(self.round.prefix)
        return result if not is_own or is_whole(store, result.table, digest=result.table_digest) else None

    def _reuse(self) -> EvaluateResult | None:
        """The same agent's complete result on the same plan, of this run or another of its code, under this role.

        The student is always played: its episodes are what the audit takes its probes from.
        """
        if not self.config.reuse or self.role == "student":
            return None
        for key in self._earlier_results():
            earlier = read_record(self.round.store, key, EvaluateResult, what="result of a stage")
            if earlier.inputs == self.inputs and earlier.complete:
                renamed = {"run": self.round.run, "round": self.round.number, "role": self.role, "seconds": 0.0}
                return self.place.keep(earlier.model_copy(update={**renamed, "reused": earlier.reused or key}))
        return None

    @property
    def _pointer(self) -> str:
        """Where runs of the same code find each other's results; empty where no manifest says which code plays."""
        manifest = find_manifest(self.round)
        return f"evaluations/{json_digest([self.inputs, *_plays(manifest)])}.json" if manifest else ""

    def _earlier_results(self) -> Iterator[str]:
        manifest = find_manifest(self.round)
        for number in range(self.round.number, 0, -1):
            earlier = find_manifest(self.round.at(number))
            if manifest and earlier and _plays(manifest) != _plays(earlier):
                continue
            keys = (result_key(self.round.at(number), evaluation_of(role)) for role in get_args(Role))
            yield from (key for key in keys if self.round.store.exists(key))
        yield from self._of_another_run()

    def _of_another_run(self) -> Iterator[str]:
        """The key of a result that another run left, where that run is still there and whole."""
        store, pointer = self.round.store, self._pointer
        with suppress(KeyError, InputError):
            if pointer:
                key = read_record(store, pointer, str, what="pointer to a result")
                result = read_record(store, key, EvaluateResult, what="result of a stage")
                if is_whole(store, result.table, digest=result.table_digest):
                    yield key

    def play_and_store(self) -> EvaluateResult:
        """Plays what is not stored yet, writes the table of episodes and then the result."""
        started = time.monotonic()
        self.play()
        for split, phase in self.phases.items():
            phase.check_played(f"{split} of the {self.role}'s evaluation")
        table = self._table()
        rows = read_table(self.round.store, table.key).to_pylist()
        confidence, seed = self.config.confidence, self.round.seed
        splits = {
            split: summarise(
                [row for row in rows if row["split"] == split],
                split=split,
                confidence=confidence,
                seed=seed,
                sites={task.task_id: task.site for task, _ in phase.plan if task.site},
            )
            for split, phase in self.phases.items()
            if phase.plan
        }
        result = self.place.keep(
            EvaluateResult(
                run=self.round.run,
                round=self.round.number,
                role=self.role,
                agent=self._phase.agent.info,
                inputs=self.inputs,
                splits=splits,
                doubtful=self._doubtful(),
                published={name: dict(rates) for name, rates in self.benchmark.published.items()},
                published_on=self.benchmark.published_on,
                table=table.key,
                table_digest=table.digest,
                seconds=time.monotonic() - started,
            )
        )
        if result.complete and (pointer := self._pointer):
            self.round.store.put(pointer, json.dumps(self.place.key).encode())
        return result

    def _doubtful(self) -> dict[str, str]:
        """What is known to be wrong with the tasks of the plan."""
        planned = {task.task_id for phase in self.phases.values() for task, _ in phase.plan}
        return {name: why for name, why in self.benchmark.doubtful.items() if name in planned}

    def play(self) -> None:
        """Plays until trying again could add nothing: an outage must not pass for a success rate.

        Episodes that no further attempt can change (a site that crashes its page, an endpoint that refuses it) do not
        hold it up: they are counted in `outcomes`.

        Raises:
            InputError: the budget is spent.
            InfraError: says how many episodes are missing, and why.
        """
        if not self._missing():
            return
        for report in play_phases(list(self.phases.values())):
            if report.stopped:
                raise InputError(
                    f"the evaluation of the {self.role} stopped early: {report.stopped}",
                    where=self.role,
                    fix="raise the budget of the model; what was played is kept",
                )
        missing = self._missing()
        if missing:
            planned = sum(len(phase.plan) for phase in self.phases.values())
            raise InfraError(
                f"{len(missing)} of {planned} episodes of the {self.role}'s evaluation could not be played "
                f"({commonest(missing)}); running again tries them again"
            )

    def _missing(self) -> list[str]:
        """Why each episode is missing that a further attempt might still add."""
        return [reason for phase in self.phases.values() for reason in phase.missing()]

    def _table(self) -> TableInfo:
        """The table of all episodes of the plan. One that a killed run has finished stands; a torn one does not."""
        store, key = self.round.store, f"{self.round.prefix}/tables/{evaluation_of(self.role)}.parquet"
        if store.exists(key + MANIFEST_SUFFIX):
            stored_table = table_info(store, key)
            if is_whole(store, key, digest=stored_table.digest):
                return stored_table
        rows = [
            evaluation_row(episode, split=split)
            for split, phase in self.phases.items()
            for episode in (*phase.episodes(), *phase.errors())
        ]
        sources = {row["episode_key"]: row["digest"] for row in rows}
        return write_table(store, key, to_table(rows, columns=COLUMNS), sources=sources)
