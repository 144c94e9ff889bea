"""Plays one episode: observe, let the agent decide, act, until the page, the agent or the step limit ends it.

Every failure is a typed outcome of the returned episode, with the steps until then:

- `failed`: the agent's fault. Text that is no action is a step too, with the parser's message as its feedback; the
  first `corrections` of these do not count towards the step limit.
- `env_error`: the site hung, crashed its page or did not start, its page could not be read or used, or it answered with
  an error and the task was not solved.
- `judge_error`: the evaluator raised anything but an infrastructure error.
- `infra_error`: everything else: browser, network, the agent and its endpoint, a model that takes too long
  (ModelTooSlow), or an episode that takes too long.

See `faults`. Two exceptions are raised: a spent budget, and an InputError that does not come from a decision.
"""

from __future__ import annotations

import asyncio
import math
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from components.agents.base import Agent, Decision, Turn, past_of
from components.agents.plan import plan_of
from components.benchmarks.base import FREE, Benchmark, Evaluation, Start, Task, Visit
from components.browser.actions import OF_PLANS, Action, ActionError, parse_action
from components.browser.observation import Observation
from components.browser.page import ActResult, Page
from components.episodes.config import PlaySettings
from components.episodes.faults import LONGEST, Doing, Fault, ModelTooSlow, fault_of
from components.errors import InputError
from components.sites.trouble import SiteError
from components.text import clean
from components.trajectories.budget import BudgetError
from components.trajectories.episodes import put_blob
from components.trajectories.schema import Episode, Outcome, Step, Target, Timing
from components.trajectories.store import Store

MOST_REWARD = 1e6
DecidedBy = Literal["teacher", "student"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Where an episode is stored, and in which role its agent decides.

    Attributes:
        decided_by: the role that is stored with every step for which the agent names none (two agents that decide
            together name it); None where it has no role.
    """

    run: str
    round: int
    phase: str
    decided_by: DecidedBy | None = None


@dataclass(kw_only=True)
class Attempt:
    """One attempt at one task.

    Attributes:
        page: a fresh page; nothing else may use it meanwhile.
        visit: what `Benchmark.visit` opened for this episode.
        store: for screenshots, conversations and network records; None: none of these are stored.
        screenshots: store one of the page before every action.
        record_network: store the network record and give it to the evaluator; the page must record it.
        corrected: indices of the steps that do not count, because their text was no valid action.
        steps, beginning, answer, network, ended_by, doing: the result so far, and the present phase.
        clock: ends the episode when its time is up.
    """

    page: Page
    benchmark: Benchmark
    task: Task
    seed: int
    agent: Agent
    identity: Identity
    settings: PlaySettings
    visit: Visit = FREE
    store: Store | None = None
    screenshots: bool = False
    record_network: bool = False
    steps: list[Step] = field(default_factory=list)
    corrected: set[int] = field(default_factory=set)
    loading: set[int] = field(default_factory=set)  # steps after which the page was still loading
    beginning: Start = field(default_factory=lambda: Start(intent="", url=""))
    answer: str | None = None
    network: str | None = None
    ended_by: str = ""
    doing: Doing = "start"
    fault: Fault | None = None
    clock: asyncio.Timeout = field(default_factory=lambda: asyncio.timeout(None))

    async def play(self) -> Episode:
        """Plays until the page, the agent or a limit ends the episode; any other cause is then in `fault`.

        Raises:
            BudgetError: the agent's budget is spent.
            InputError: raised outside a decision: no other episode could be played either.
        """
        started_at, clock = datetime.now(UTC), time.monotonic()
        try:
            async with asyncio.timeout(self.settings.episode_seconds) as self.clock:
                evaluation = await self._play()
        except BudgetError:
            raise
        except InputError as error:
            if self.doing != "agent":
                raise
            evaluation = self._evaluation_of(error)
        except TimeoutError as error:
            limit = (
                f"nothing may take longer than {self.settings.episode_seconds:g} s in an episode, its agent left out"
            )
            evaluation = self._evaluation_of(error if str(error) else TimeoutError(limit))
        except Exception as error:
            evaluation = self._evaluation_of(error)
        return self._episode(evaluation, started_at=started_at.isoformat(), seconds=time.monotonic() - clock)

    def _evaluation_of(self, error: Exception) -> Evaluation:
        self.fault = fault_of(error, self.doing)
        return Evaluation(outcome=self.fault.outcome, reward=0.0, message=self.fault.message)

    async def _play(self) -> Evaluation:
        self.beginning = await self.benchmark.start(self.page, self.task, seed=self.seed, visit=self.visit)
        evaluation = await self._steps()
        self.doing = "judge"
        evaluation = bounded(evaluation or await self._evaluate())
        if evaluation.outcome is Outcome.FAILED and self.page.sent.troubles:
            raise SiteError("; ".join(dict.fromkeys(self.page.sent.troubles)))
        return evaluation

    async def _steps(self) -> Evaluation | None:
        """Plays steps until the episode ends. Returns the benchmark's evaluation where the page ended it, else None."""
        limit = min(self.settings.max_steps or self.task.max_steps, self.task.max_steps)
        while (counted := len(self.steps) - len(self.corrected)) < limit:
            step = await self._step(len(self.steps), last=counted + 1 == limit)
            self.steps.append(step)
            if self.answer is not None:
                return None
            self.doing = "judge"
            finished = await self.benchmark.finished(self.page, self.task)
            if finished or self._useless():
                return finished
        self.ended_by = f"no end after {limit} steps"
        return None

    async def _step(self, index: int, *, last: bool) -> Step:
        began_at, self.doing = time.monotonic(), "page"
        observation = await self.page.observe()
        observed_at = time.monotonic()
        screenshot = await self._keep(await self.page.camera.viewport(), "png") if self.screenshots else None
        asked_at, self.doing = time.monotonic(), "agent"
        decision = await self._decide(self._turn(observation, last=last))
        decided_at = time.monotonic()
        action, feedback = self._parse(decision.action, observation)
        self.doing = "page"
        result = await self._act(action) if action else None
        acted_at, self.doing = time.monotonic(), "record"
        exchange_text = decision.exchange
        exchange = (
            await self._keep(exchange_text.encode(errors="replace"), "json") if exchange_text and self.store else None
        )
        return Step(
            index=index,
            url=observation.url,
            title=observation.title,
            observation=observation.text,
            action=str(action) if action else decision.action,
            reason=decision.reason,
            description=decision.description,
            highlight=decision.highlight,
            target=_target(action, observation),
            purposes=observation.purposes,
            feedback=result.feedback if result else feedback,
            decided_by=decision.decided_by or self.identity.decided_by,
            speculation=decision.speculation,
            private=decision.private,
            retrieved=decision.retrieved,
            events=result.events if result else (),
            timing=Timing(
                observe=observed_at - began_at,
                decide=decision.seconds or decided_at - asked_at,
                act=acted_at - decided_at,
            ),
            cost=decision.cost,
            screenshot=screenshot,
            exchange=exchange,
        )

    async def _decide(self, turn: Turn) -> Decision:
        """Asks the agent. The episode's clock is stopped meanwhile: a slow model is not a slow page.

        Raises:
            ModelTooSlow: after `decision_seconds`.
        """
        loop, deadline = asyncio.get_running_loop(), self.clock.when()
        asked_at, limit = loop.time(), asyncio.timeout(self.settings.decision_seconds)
        self.clock.reschedule(None)
        try:
            async with limit:
                (decision,) = await self.agent.decide([turn])
                return decision
        except TimeoutError as error:
            if not limit.expired():
                raise
            raise ModelTooSlow(f"no decision within {self.settings.decision_seconds:g} s (decision_seconds)") from error
        finally:
            if deadline is not None:
                self.clock.reschedule(deadline + loop.time() - asked_at)

    async def _act(self, action: Action) -> ActResult | None:
        """Carries an action out; None for the one that ends the episode."""
        if action.kind == "stop":
            self.answer = action.text or ""
            return None
        if action.kind in OF_PLANS:
            return await self._replan(action)
        result = await self.page.tabs.act(action)
        self.page = self.page.tabs.front
        if result.loading:
            self.loading.add(len(self.steps))
        return result

    async def _replan(self, action: Action) -> ActResult | None:
        """The effect of a plan's action on the page: `prune` goes back to the page on which the part began."""
        part = plan_of(self.steps).parts[action.number or 0]
        if action.kind == "branch" or part.url in ("", self.page.url):
            return None
        return await self.page.act(Action("return", text=part.url))  # an address that nobody typed

    def _turn(self, observation: Observation, *, last: bool) -> Turn:
        return Turn(
            episode=f"{self.task.task_id}/{self.seed}",
            task_id=self.task.task_id,
            template=self.task.template,
            intent=self.beginning.intent,
            notice=self.beginning.notice,
            observation=observation,
            history=tuple(past_of(step) for step in self.steps),
            last_step=last,
        )

    def _parse(self, text: str, observation: Observation) -> tuple[Action | None, str]:
        """(action, ""), or (None, the parser's message); the latter does not count while corrections are left."""
        action, feedback = None, ""
        try:
            action = parse_action(text, observation, plans=self.agent.plans)
            if action.kind in OF_PLANS:
                plan_of(self.steps).check(action)
        except ActionError as error:
            action, feedback = None, str(error)
        unknown = action is not None and action.ref is not None and action.ref not in observation.elements
        if (action is None or unknown) and len(self.corrected) < self.settings.corrections:
            self.corrected.add(len(self.steps))
        return action, feedback

    def _useless(self) -> bool:
        """Whether the last steps changed nothing: one action again and again, or only actions that failed."""
        count = self.settings.useless_steps
        recent = [step for step in self.steps if step.index not in self.corrected][-count:]
        if any(step.index in self.loading for step in recent):
            return False
        if len(recent) < count or len({(step.url, step.observation) for step in recent}) > 1:
            return False
        if not all(step.feedback for step in recent) and not _repeats(recent):
            return False
        self.ended_by = f"{count} steps in a row that changed nothing"
        return True

    async def _evaluate(self) -> Evaluation:
        if not self.record_network:
            return await self.benchmark.evaluate(self.page, self.task, answer=self.answer, network=None)
        record = await self.page.network()
        self.network = await self._keep(record, "har")
        with tempfile.TemporaryDirectory(prefix="symbiont-") as folder:
            path = Path(folder, "network.har")
            path.write_bytes(record)
            return await self.benchmark.evaluate(self.page, self.task, answer=self.answer, network=path)

    async def _keep(self, data: bytes, suffix: str) -> str:
        if self.store is None:
            raise InputError("screenshots and network records need a store to be kept in", where="browser settings")
        return await asyncio.to_thread(put_blob, self.store, data, suffix)

    def _episode(self, evaluation: Evaluation, *, started_at: str, seconds: float) -> Episode:
        return Episode(
            **record_of(self.benchmark, self.task, self.seed, agent=self.agent, identity=self.identity),
            intent=self.beginning.intent,
            notice=clean(self.beginning.notice),
            start_url=self.beginning.url,
            end_url=clean(self.page.url),
            steps=tuple(self.steps),
            outcome=evaluation.outcome,
            reward=evaluation.reward,
            answer=self.answer,
            message="; ".join(part for part in (self.ended_by, evaluation.message) if part),
            network=self.network,
            started_at=started_at,
            seconds=seconds,
            extra=self._extra(evaluation),
        )

    def _extra(self, evaluation: Evaluation) -> dict[str, Any]:
        judged = {"judged": dict(evaluation.judged)} if evaluation.judged else {}
        return (self.fault.record if self.fault else {}) | judged


def record_of(benchmark: Benchmark, task: Task, seed: int, *, agent: Agent, identity: Identity) -> dict[str, Any]:
    """The part of an episode's record that is known before it begins."""
    return {
        "run": identity.run,
        "round": identity.round,
        "phase": identity.phase,
        "benchmark": benchmark.name,
        "benchmark_version": benchmark.version,
        "evaluator_checksum": benchmark.checksum,
        "task_id": task.task_id,
        "family": task.family,
        "template": task.template,
        "seed": seed,
        "agent": agent.info,
    }


def bounded(evaluation: Evaluation) -> Evaluation:
    """The evaluation with a finite reward of at most `MOST_REWARD`, and a message of at most `LONGEST` characters."""
    reward = float(evaluation.reward)
    reward = max(-MOST_REWARD, min(MOST_REWARD, reward)) if math.isfinite(reward) else 0.0
    return replace(evaluation, reward=reward, message=evaluation.message[:LONGEST])


def _repeats(steps: Sequence[Step]) -> bool:
    """Whether all steps have the same action. Keys do not count: they may move a focus that the text does not show."""
    return len({step.action for step in steps}) == 1 and not steps[0].action.startswith("press ")


def _target(action: Action | None, observation: Observation) -> Target | None:
    element = observation.elements.get(action.ref) if action and action.ref is not None else None
    if element is None:
        return None
    return Target(ref=element.ref, role=element.role, name=element.name, line=element.line)
