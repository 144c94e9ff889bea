"""A plan played by one agent in one round: what exploring and judging have in common.

Every episode is stored as it ends, so a phase that was killed goes on where it was.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any

from components.agents.base import Agent
from components.benchmarks.base import Benchmark
from components.browser.settings import BrowserSettings
from components.browser.steps import state_of
from components.episodes.config import PlaySettings
from components.episodes.play import DecidedBy, Identity
from components.episodes.runner import Assignment, Runner, RunResult, assignment_key, iter_errors
from components.errors import InputError
from components.traces import send_traces
from components.trajectories.digests import json_digest
from components.trajectories.episodes import load_episodes
from components.trajectories.rounds import Round
from components.trajectories.rows import episode_row
from components.trajectories.schema import Episode, Outcome
from components.trajectories.seen import SEEN_COLUMNS, leave_rows, rows_at


def looks(settings: BrowserSettings) -> dict[str, Any]:
    """What of a browser's settings changes what an agent sees; tabs are named where there may be several."""
    always = {"width", "height", "budget_tokens", "locale", "dialogs"}
    told = settings.model_dump(mode="json", include=always)
    return told | settings.model_dump(mode="json", include={"tabs"}, exclude_defaults=True)


def _limits(play: PlaySettings) -> dict[str, Any]:
    """What of the settings changes how an episode goes; corrections are named where there are any."""
    told = play.model_dump(mode="json", include={"max_steps", "useless_steps"})
    return told | play.model_dump(mode="json", include={"corrections"}, exclude_defaults=True)


@dataclass(frozen=True, kw_only=True)
class Phase:
    """Tasks and seeds, who plays them, and where the episodes are kept.

    Attributes:
        name: of `trajectories.phases`.
        plan: in the order they are played.
        decided_by: the role written into every step; None where the agent says it itself.
        label: what the progress line is called; the name when left out.
        shards: among how many the whole plan is divided, this one being a part.
    """

    name: str
    round: Round
    plan: Sequence[Assignment]
    benchmark: Benchmark
    agent: Agent
    decided_by: DecidedBy | None
    play: PlaySettings
    browser: BrowserSettings
    label: str = ""
    shards: int = 1

    @property
    def seen_with(self) -> BrowserSettings:
        """The place's browser, looking as the benchmark wants it."""
        return self.benchmark.view.over(self.browser)

    @property
    def identity(self) -> Identity:
        return Identity(run=self.round.run, round=self.round.number, phase=self.name, decided_by=self.decided_by)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Where the plan's episodes are stored, in its order."""
        return tuple(assignment_key(self.identity, assignment) for assignment in self.plan)

    @property
    def inputs(self) -> str:
        """Digest of everything the episodes depend on; the phase's name and round are not among it."""
        record = {
            "agent": self.agent.info.digest,
            "benchmark": [self.benchmark.name, self.benchmark.version, self.benchmark.checksum],
            "plan": [(task.task_id, seed) for task, seed in self.plan],
            "limits": _limits(self.play),
            "page": looks(self.seen_with),
        }
        return json_digest(record)

    async def played(self, pool: Any) -> RunResult:
        """Plays what is not stored yet.

        Args:
            pool: a `BrowserPool` of this phase's settings, entered, as the benchmark must be.
        """
        runner = Runner(
            plan=self.plan,
            benchmark=self.benchmark,
            pool=pool,
            agent=self.agent,
            identity=self.identity,
            store=self.round.store,
            settings=self.play,
            label=self.label or self.name,
            shards=self.shards,
        )
        result = await runner.run()
        self.__dict__.pop("_stored", None)
        return result

    def episodes(self) -> Iterator[Episode]:
        """The plan's stored episodes.

        Raises:
            InputError: another agent played one of them; it must not be mixed in.
        """
        for episode in load_episodes(self.round.store, self._own()):
            self._check(key=episode.key, agent=episode.agent.name, digest=episode.agent.digest)
            yield episode

    def rows(self) -> list[dict[str, Any]]:
        """A row of `SEEN_COLUMNS` of each of the plan's stored episodes; those that had none are left in a table.

        Raises:
            InputError: as `episodes`.
        """
        fresh: list[dict[str, Any]] = []

        def read(episode: Episode) -> dict[str, Any]:
            fresh.append(seen_row(episode))
            return fresh[-1]

        rows = list(rows_at(self.round.store, self._own(), columns=tuple(SEEN_COLUMNS), row=read))
        for row in rows:
            self._check(key=row["episode_key"], agent=row["agent"], digest=row["agent_digest"])
        leave_rows(self.round.store, fresh)
        return rows

    def _check(self, *, key: str, agent: str, digest: str) -> None:
        if digest != self.agent.info.digest:
            raise InputError(
                f"an episode of {self.name} was played by another agent ({agent})",
                where=f"{self.round.store.url}/{key}",
                fix="start another run, or delete the episodes of this phase",
            )

    def errors(self) -> Iterator[Episode]:
        """The plan's episodes without a countable outcome, as their last attempt ended."""
        missing = set(self.keys) - self._stored
        errors = iter_errors(self.round.store, run=self.round.run, round=self.round.number, phase=self.name)
        return (episode for episode in errors if episode.key in missing)

    def show(self) -> None:
        """Shows in MLflow what a chat model was asked and answered."""
        most = math.ceil(self.play.traces / self.shards)
        send_traces(self.round.store, chain(self.errors(), self.episodes()), most=most, what=self.name)

    def missing(self) -> list[str]:
        """Why each episode is missing that a further attempt might still add: its error's words."""
        why = {each.key: each for each in self.errors()}
        return [
            why[key].message if key in why else "not stored"
            for key in self.keys
            if key not in self._stored and not (key in why and _is_settled(why[key]))
        ]

    def _own(self) -> list[str]:
        return [key for key in self.keys if key in self._stored]

    @cached_property
    def _stored(self) -> set[str]:
        """What of the phase was stored when it was last played, or first asked for."""
        return set(self.round.store.list(f"{self.round.prefix}/episodes/{self.name}/"))


def seen_row(episode: Episode) -> dict[str, Any]:
    """A row of `SEEN_COLUMNS`."""
    return {**episode_row(episode), "states": list(dict.fromkeys(map(state_of, episode.steps)))}


def _is_settled(error: Episode) -> bool:
    """Whether another attempt would end the same way, as far as the error says."""
    return error.outcome is not Outcome.INFRA_ERROR or bool(error.extra.get("lasting"))


def play_phases(phases: Sequence[Phase]) -> list[RunResult]:
    """Plays phases of one agent, benchmark and browser one after another; ends at the first that stopped early.

    Raises:
        InputError, InfraError: as `Runner.run`; or there is no browser.
    """
    if not any(phase.plan for phase in phases):
        return [RunResult() for _ in phases]
    results = asyncio.run(_play(phases))
    for phase in phases:
        phase.show()
    return results


async def _play(phases: Sequence[Phase]) -> list[RunResult]:
    from components.browser.pool import BrowserPool

    first, results = phases[0], list[RunResult]()
    try:
        async with first.benchmark, BrowserPool(settings=first.seen_with) as pool:
            for phase in phases:
                results.append(await phase.played(pool))
                if results[-1].stopped:
                    break
    finally:
        await first.agent.close()
    return results
