"""A plan played by one agent in one round; exploring, judging and trying proposals all do this.

Every episode is stored as it ends, so a phase that was killed goes on where it was.
"""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
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
from components.errors import InfraError, InputError
from components.traces import send_traces
from components.trajectories.digests import json_digest
from components.trajectories.episodes import load_episodes
from components.trajectories.rounds import Round
from components.trajectories.rows import episode_row
from components.trajectories.schema import Episode, Outcome
from components.trajectories.seen import SEEN_COLUMNS, leave_rows, rows_at


def page_settings(settings: BrowserSettings) -> dict[str, Any]:
    """The browser's settings that change what an agent sees; tabs only where more than one is allowed."""
    always = {"width", "height", "budget_tokens", "locale", "dialogs"}
    record = settings.model_dump(mode="json", include=always)
    return record | settings.model_dump(mode="json", include={"tabs"}, exclude_defaults=True)


def _limits(play: PlaySettings) -> dict[str, Any]:
    """The settings that change how an episode goes; corrections only where there are any."""
    record = play.model_dump(mode="json", include={"max_steps", "useless_steps"})
    return record | play.model_dump(mode="json", include={"corrections"}, exclude_defaults=True)


@dataclass(frozen=True, kw_only=True)
class Phase:
    """Tasks and seeds, who plays them, and where the episodes are stored.

    Attributes:
        name: one of `trajectories.phases`.
        plan: (task, seed) in the order in which they are played.
        decided_by: the role that is stored with every step; None where the agent names it itself.
        label: of the progress line; empty: the name.
        shards: how many parts the whole plan has, of which `plan` is one.
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
    def browser_settings(self) -> BrowserSettings:
        """The place's browser settings with the benchmark's own view over them."""
        return self.benchmark.view.over(self.browser)

    @property
    def identity(self) -> Identity:
        return Identity(run=self.round.run, round=self.round.number, phase=self.name, decided_by=self.decided_by)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The store's key for each episode of the plan, in order."""
        return tuple(assignment_key(self.identity, assignment) for assignment in self.plan)

    @property
    def inputs(self) -> str:
        """Digest of everything on which the episodes depend, without the phase's name and round."""
        record = {
            "agent": self.agent.info.digest,
            "benchmark": [self.benchmark.name, self.benchmark.version, self.benchmark.checksum],
            "plan": [(task.task_id, seed) for task, seed in self.plan],
            "limits": _limits(self.play),
            "page": page_settings(self.browser_settings),
        }
        return json_digest(record)

    async def play_missing(self, pool: Any) -> RunResult:
        """Plays the episodes that are not stored yet.

        Args:
            pool: an open `BrowserPool` with this phase's settings; the benchmark must be open too.
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
        for episode in load_episodes(self.round.store, self._stored_keys()):
            self._check(key=episode.key, agent=episode.agent.name, digest=episode.agent.digest)
            yield episode

    def rows(self) -> list[dict[str, Any]]:
        """A row of `SEEN_COLUMNS` for each stored episode of the plan. New rows are added to the store's table.

        Raises:
            InputError: as `episodes`.
        """
        fresh: list[dict[str, Any]] = []

        def read(episode: Episode) -> dict[str, Any]:
            fresh.append(seen_row(episode))
            return fresh[-1]

        rows = list(rows_at(self.round.store, self._stored_keys(), columns=tuple(SEEN_COLUMNS), row=read))
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
        """The plan's episodes that have only failed attempts: the record of each last attempt."""
        missing = set(self.keys) - self._stored
        errors = iter_errors(self.round.store, run=self.round.run, round=self.round.number, phase=self.name)
        return (episode for episode in errors if episode.key in missing)

    def check_played(self, whose: str) -> None:
        """
        Args:
            whose: episodes, for the message.

        Raises:
            InfraError: none of the plan could be played; it says why.
        """
        if self.plan and next(self.episodes(), None) is None:
            why = commonest(error.message for error in self.errors())
            raise InfraError(f"no episode of {whose} could be played ({why})")

    def show(self) -> None:
        """Sends conversations with a chat model to MLflow's traces, `PlaySettings.traces` episodes at most."""
        limit = math.ceil(self.play.traces / self.shards)
        send_traces(self.round.store, chain(self.errors(), self.episodes()), most=limit, what=self.name)

    def missing(self) -> list[str]:
        """For each missing episode that another attempt might still play, the message of its error."""
        errors = {episode.key: episode for episode in self.errors()}
        return [
            errors[key].message if key in errors else "not stored"
            for key in self.keys
            if key not in self._stored and not (key in errors and _is_settled(errors[key]))
        ]

    def _stored_keys(self) -> list[str]:
        return [key for key in self.keys if key in self._stored]

    @cached_property
    def _stored(self) -> set[str]:
        """Keys of the phase's stored episodes, as of the last call of `play_missing` or the first use."""
        return set(self.round.store.list(f"{self.round.prefix}/episodes/{self.name}/"))


def commonest(reasons: Iterable[str]) -> str:
    """The three commonest, with how often each was given."""
    return ", ".join(f"{count} x {why}" for why, count in Counter(reasons).most_common(3))


def seen_row(episode: Episode) -> dict[str, Any]:
    """A row of `SEEN_COLUMNS`."""
    return {**episode_row(episode), "states": list(dict.fromkeys(map(state_of, episode.steps)))}


def _is_settled(error: Episode) -> bool:
    """Whether another attempt would end the same way, according to the error."""
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
    first.agent.spend_for(first.round)
    try:
        async with first.benchmark, BrowserPool(settings=first.browser_settings) as pool:
            for phase in phases:
                results.append(await phase.play_missing(pool))
                if results[-1].stopped:
                    break
    finally:
        await first.agent.close()
    return results
