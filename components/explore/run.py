"""Explores: plays a round's training tasks with the teacher, the student, or the student checked by the teacher.

Instead of the student an agent that acts at random can explore: the control for all that the student finds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from components.agents.base import Agent
from components.agents.build import build_agent
from components.agents.config import AgentConfig, LocalConfig, RandomConfig
from components.benchmarks.config import TasksConfig
from components.benchmarks.split import Split
from components.browser.settings import BrowserSettings
from components.episodes.config import PlaySettings
from components.episodes.phase import Phase, play_phases, seen_row
from components.episodes.play import DecidedBy
from components.episodes.runner import Assignment, shard_of
from components.errors import InputError
from components.explore.config import ExploreConfig
from components.explore.counting import count_outcomes, count_tasks, states_by_task
from components.results.explore import ExploreResult
from components.results.place import ResultPlace
from components.trajectories.episodes import list_episodes
from components.trajectories.manifest import find_manifest
from components.trajectories.phases import Mode, explore_phase
from components.trajectories.rounds import Round
from components.trajectories.seen import rows_at

if TYPE_CHECKING:
    from components.serving.config import ServingConfig
    from components.trajectories.knowledge import KnowledgeBase

SEEDS_OF_A_RUN = 10_000
RUNS = 100
"""The training seeds are divided among so many seeds of runs."""

ACTS_AS: dict[Mode, DecidedBy | None] = {"teacher": "teacher", "student": "student", "speculative": None}


def run(
    *,
    config: ExploreConfig,
    tasks: TasksConfig,
    play: PlaySettings,
    browser: BrowserSettings,
    round: Round,
    mode: Mode,
    shard: int = 0,
    shards: int = 1,
    teacher: AgentConfig | None = None,
    student: str = "",
    knowledge: KnowledgeBase | None = None,
    serving: ServingConfig | None = None,
) -> ExploreResult:
    """Plays one shard of one mode; returns at once where that was done before.

    Args:
        teacher: who decides in mode `teacher`, who checks in mode `speculative`, and who labels where
            `config.labels` says so.
        student: reference of the model that proposes or acts alone, as `components.models.files` reads it; who explores
            instead of it, `config.explorer` says.
        knowledge: what the teacher may retrieve from.
        serving: how the student thinks; None: in this process.

    Raises:
        InputError: an unknown task, a model that is not there, no browser; or this round was explored otherwise.
        InfraError: browsers or endpoints failed again and again; running again goes on from there.
    """
    benchmark, split = tasks.open(round.store)
    plan = make_plan(config, split, round=round, mode=mode)
    agent = _make_agent(
        config, round=round, mode=mode, teacher=teacher, student=student, knowledge=knowledge, serving=serving
    )
    phase = Phase(
        name=explore_phase(mode),
        round=round,
        plan=shard_of(plan, shard=shard, shards=shards),
        benchmark=benchmark,
        agent=agent,
        decided_by=None if is_control(config, mode) else ACTS_AS[mode],
        play=play,
        browser=browser,
        label=f"explore {mode}" + (f" {shard}/{shards}" if shards > 1 else ""),
        shards=shards,
    )
    work = _Exploration(phase=phase, mode=mode, shard=shard, shards=shards)
    return work.place.known() or work.explore()


def make_plan(config: ExploreConfig, split: Split, *, round: Round, mode: Mode) -> list[Assignment]:
    """Training tasks and seeds of this round, task by task.

    Raises:
        InputError: a round so late that its seeds would be another run's.
    """
    before = _seeds_before(config, round)
    apart = config.seeds_apart if mode == "speculative" else 0
    if before + config.seeds_of_a_round > SEEDS_OF_A_RUN:
        raise InputError(
            f"round {round.number} would need more than the {SEEDS_OF_A_RUN} training seeds of a run",
            where="explore: seeds of a round",
            fix="explore fewer seeds a round, or begin a run with another seed",
        )
    skip = round.seed % RUNS * SEEDS_OF_A_RUN + before + apart
    seeds = split.train_seeds(config.seeds(mode, round=round.number), skip=skip)
    return [(task, seed) for task in split.train.values() for seed in seeds]


def _seeds_before(config: ExploreConfig, round: Round) -> int:
    """Seeds of every task that the earlier rounds used, each by its own recipe; by this one if none was stored."""
    manifests = (find_manifest(round.at(number)) for number in range(1, round.number))
    sections = (manifest.settings.get("explore", {}) if manifest else {} for manifest in manifests)
    return sum(config.model_copy(update=section).seeds_of_a_round for section in sections)


def is_control(config: ExploreConfig, mode: Mode) -> bool:
    """Whether chance explores here in the student's place."""
    return mode == "student" and config.explorer == "random"


def _make_agent(
    config: ExploreConfig,
    *,
    round: Round,
    mode: Mode,
    teacher: AgentConfig | None,
    student: str,
    knowledge: KnowledgeBase | None,
    serving: ServingConfig | None,
) -> Agent:
    from components.agents.label import LabelledAgent
    from components.agents.speculate import SpeculativeAgent

    def expert() -> Agent:
        if teacher is None:
            raise InputError(f"exploring in mode {mode} needs a teacher", where="teacher")
        return build_agent(teacher, store=round.store, work=round.work, knowledge=knowledge)

    def novice() -> Agent:
        if is_control(config, mode):
            return build_agent(RandomConfig(), store=None, work=round.work)
        if not student:
            raise InputError(f"exploring in mode {mode} needs a student's model", where="student")
        learner = LocalConfig(model=student, temperature=config.temperature)
        return build_agent(learner, store=round.store, work=round.work, serving=serving)

    if mode == "teacher":
        return expert()
    if mode == "speculative":
        return SpeculativeAgent(student=novice(), teacher=expert())
    return LabelledAgent(student=novice(), teacher=expert()) if config.labels else novice()


@dataclass(frozen=True, kw_only=True)
class _Exploration:
    phase: Phase
    mode: Mode
    shard: int
    shards: int

    @property
    def place(self) -> ResultPlace[ExploreResult]:
        return ResultPlace(
            kind=ExploreResult,
            round=self.phase.round,
            name=f"{self.phase.name}-{self.shard}-of-{self.shards}",
            inputs=self.phase.inputs,
            other=f"this round was already explored by another {self.mode}, or on other tasks or seeds",
        )

    def explore(self) -> ExploreResult:
        """Plays what is not stored yet, and counts everything from the store, whoever played it.

        Raises:
            InfraError: there is nothing to count.
        """
        (report,) = play_phases([self.phase])
        errors = list(self.phase.errors())
        if errors and self.shards == 1:  # a shard may hold all that an endpoint refuses
            self.phase.check_played(self.phase.name)
        rows = [*self.phase.rows(), *map(seen_row, errors)]
        states = states_by_task(rows)
        known_states = self._teachers_states() if self.mode != "teacher" else states
        result = ExploreResult(
            run=self.phase.round.run,
            round=self.phase.round.number,
            mode=self.mode,
            shard=self.shard,
            shards=self.shards,
            agent=self.phase.agent.info,
            inputs=self.phase.inputs,
            outcomes=count_outcomes(rows),
            causes=dict(sorted(report.causes.items())),
            tasks=count_tasks(rows),
            states=sum(map(len, states.values())),
            new_states=sum(len(visited - known_states.get(task, set())) for task, visited in states.items()),
            steps=sum(row["steps"] for row in rows),
            retries=sum(row["retries"] for row in rows),
            seconds=report.seconds,
            episodes_per_second=report.played / report.seconds if report.played else 0.0,
            stopped=report.stopped,
        )
        final = not result.stopped and not self.phase.missing()
        return self.place.keep(result) if final else result

    def _teachers_states(self) -> dict[str, set[str]]:
        """Read are its shards' tables; of a shard that left none, its episodes."""
        store = self.phase.round.store
        keys = list_episodes(store, f"{self.phase.round.prefix}/episodes/{explore_phase('teacher')}/")
        return states_by_task(rows_at(store, keys, columns=("task_id", "states"), row=seen_row))
