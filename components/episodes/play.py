"""Plays one episode: observe, let the agent decide, act, until the page, the agent or the step limit ends it.

Whatever goes wrong ends as a typed outcome of the returned episode, with the steps taken until then:

- `failed`: the agent's fault, text that is no action included (the parser's message is its feedback, and a step;
  the first `corrections` of them cost none of the steps that an episode may take).
- `env_error`: the site hung, crashed its page, did not start, answered with an error of its own where the agent did not
  get its task done all the same, or its page could not be read or used.
- `judge_error`: the evaluator raised something else than an infrastructure error.
- `infra_error`: everything else: browser, network, the agent and its endpoint, a model that takes too long
  (ModelTooSlow), or the episode outlived its time.

See `faults`. A spent budget, and wrong input of another origin than one decision, are no outcome: they pass through.
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
    """Which place in the store an episode fills, and in whose name its agent decides.

    Attributes:
        decided_by: the role written into every step where the agent itself does not say (two agents deciding
            together do); None where it has no role.
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
        visit: what the episode has for itself, as the benchmark gave it.
        store: where screenshots and network records are kept; needed only when they are asked for.
        screenshots: keep one of the page before every action.
        record_network: keep the network record and give it to the evaluator; the page must record it.
        corrected: numbers of the steps that cost none, because their text was no valid action.
        steps, begun, answer, network, ended_by, doing: what came of it so far, and what it is at.
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
    begun: Start = field(default_factory=lambda: Start(intent="", url=""))
    answer: str | None = None
    network: str | None = None
    ended_by: str = ""
    doing: Doing = "start"
    fault: Fault | None = None
    clock: asyncio.Timeout = field(default_factory=lambda: asyncio.timeout(None))

    async def play(self) -> Episode:
        """Plays until the page, the agent or a limit ends the episode; `fault` says what else did.

        Raises:
            BudgetError: the agent's budget is spent.
            InputError: what anything but one decision of the agent raised: no other episode can be played either.
        """
        started_at, clock = datetime.now(UTC), time.monotonic()
        try:
            async with asyncio.timeout(self.settings.episode_seconds) as self.clock:
                evaluation = await self._played()
        except BudgetError:
            raise
        except InputError as error:
            if self.doing != "agent":
                raise
            evaluation = self._ended_in(error)
        except TimeoutError as error:
            limit = (
                f"nothing may take longer than {self.settings.episode_seconds:g} s in an episode, its agent left out"
            )
            evaluation = self._ended_in(error if str(error) else TimeoutError(limit))
        except Exception as error:
            evaluation = self._ended_in(error)
        return self._episode(evaluation, started_at=started_at.isoformat(), seconds=time.monotonic() - clock)

    def _ended_in(self, error: Exception) -> Evaluation:
        self.fault = fault_of(error, self.doing)
        return Evaluation(outcome=self.fault.outcome, reward=0.0, message=self.fault.message)

    async def _played(self) -> Evaluation:
        self.begun = await self.benchmark.start(self.page, self.task, seed=self.seed, visit=self.visit)
        evaluation = await self._steps()
        self.doing = "judge"
        evaluation = bounded(evaluation or await self._evaluate())
        if evaluation.outcome is Outcome.FAILED and self.page.sent.troubles:
            raise SiteError("; ".join(dict.fromkeys(self.page.sent.troubles)))
        return evaluation

    async def _steps(self) -> Evaluation | None:
        """Takes steps until the episode ends; the page's own evaluation where the page ended it."""
        limit = min(self.settings.max_steps or self.task.max_steps, self.task.max_steps)
        while (taken := len(self.steps) - len(self.corrected)) < limit:
            step = await self._step(len(self.steps), last=taken + 1 == limit)
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
        began, self.doing = time.monotonic(), "page"
        observation = await self.page.observe()
        seen = time.monotonic()
        screenshot = await self._keep(await self.page.camera.viewport(), "png") if self.screenshots else None
        asked, self.doing = time.monotonic(), "agent"
        decision = await self._decide(self._turn(observation, last=last))
        decided = time.monotonic()
        action, feedback = self._parse(decision.action, observation)
        self.doing = "page"
        result = await self._act(action) if action else None
        acted, self.doing = time.monotonic(), "record"
        said = decision.exchange
        exchange = await self._keep(said.encode(errors="replace"), "json") if said and self.store else None
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
            timing=Timing(observe=seen - began, decide=decision.seconds or decided - asked, act=acted - decided),
            cost=decision.cost,
            screenshot=screenshot,
            exchange=exchange,
        )

    async def _decide(self, turn: Turn) -> Decision:
        """Asks the agent, while the episode's own clock stands still: a slow model is no slow page.

        Raises:
            ModelTooSlow: it takes longer than a decision may.
        """
        loop, deadline = asyncio.get_running_loop(), self.clock.when()
        asked, limit = loop.time(), asyncio.timeout(self.settings.decision_seconds)
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
                self.clock.reschedule(deadline + loop.time() - asked)

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
        """What a plan's action does to the page: `prune` goes back to where the part began that is worked on again."""
        part = plan_of(self.steps).parts[action.number or 0]
        if action.kind == "branch" or part.url in ("", self.page.url):
            return None
        return await self.page.act(Action("return", text=part.url))  # an address that nobody typed

    def _turn(self, observation: Observation, *, last: bool) -> Turn:
        return Turn(
            episode=f"{self.task.task_id}/{self.seed}",
            task_id=self.task.task_id,
            template=self.task.template,
            intent=self.begun.intent,
            notice=self.begun.notice,
            observation=observation,
            history=tuple(past_of(step) for step in self.steps),
            last_step=last,
        )

    def _parse(self, text: str, observation: Observation) -> tuple[Action | None, str]:
        """The action, or what is wrong with the text, which costs no step while corrections last."""
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
        """Whether the last steps left the page as it was: one action repeated, or none that could be carried out."""
        count = self.settings.useless_steps
        recent = [step for step in self.steps if step.index not in self.corrected][-count:]
        if any(step.index in self.loading for step in recent):
            return False
        if len(recent) < count or len({(step.url, step.observation) for step in recent}) > 1:
            return False
        if not all(step.feedback for step in recent) and not _again(recent):
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
            intent=self.begun.intent,
            start_url=self.begun.url,
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
        return (self.fault.kept if self.fault else {}) | judged


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
    """The evaluation with a reward that sums and averages can bear, and words that a reader can."""
    reward = float(evaluation.reward)
    reward = max(-MOST_REWARD, min(MOST_REWARD, reward)) if math.isfinite(reward) else 0.0
    return replace(evaluation, reward=reward, message=evaluation.message[:LONGEST])


def _again(steps: Sequence[Step]) -> bool:
    """Whether one action was taken again and again; a key's second press may move a focus that no text shows."""
    return len({step.action for step in steps}) == 1 and not steps[0].action.startswith("press ")


def _target(action: Action | None, observation: Observation) -> Target | None:
    element = observation.elements.get(action.ref) if action and action.ref is not None else None
    if element is None:
        return None
    return Target(ref=element.ref, role=element.role, name=element.name, line=element.line)
