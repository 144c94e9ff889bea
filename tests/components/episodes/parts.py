"""Real pages with agents and benchmarks that misbehave as told, for tests of playing."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from typing_extensions import override

from components.agents.base import Agent, Decision, Turn
from components.benchmarks.base import FREE, Benchmark, Evaluation, Start, Task, Visit
from components.benchmarks.miniwob.benchmark import MiniWob
from components.browser.page import Page
from components.browser.pool import BrowserPool, BrowserSettings
from components.episodes.config import PlaySettings
from components.episodes.play import Attempt, Identity
from components.episodes.runner import Assignment, Runner, RunResult
from components.trajectories.schema import AgentInfo, Cost, Episode
from components.trajectories.store import Store
from tests.browsers import shared_pool

IDENTITY = Identity(run="test", round=1, phase="explore-teacher", decided_by="teacher")
QUICK = PlaySettings(backoff=0.01, retries=1)

Answer = str | Exception
Rule = Callable[[Turn], Answer]


class RuleAgent(Agent):
    """Decides by a function of the turn; raises what it returns where that is an error."""

    def __init__(self, rule: Rule, *, batch_size: int = 1) -> None:
        self.info = AgentInfo(name="rule", kind="test", digest="rule")
        self.rule, self.batch_size = rule, batch_size
        self.turns: list[Turn] = []

    async def decide(self, turns: Sequence[Turn]) -> list[Decision]:
        self.turns.extend(turns)
        return [self._one(turn) for turn in turns]

    def _one(self, turn: Turn) -> Decision:
        answer = self.rule(turn)
        if isinstance(answer, Exception):
            raise answer
        return Decision(action=answer, reason="the rule", cost=Cost(prompt_tokens=7))


def press_button(turn: Turn) -> str:
    """Clicks the first button, which solves click-test."""
    found = re.search(r"\[(\d+)\] button", turn.observation.text)
    return f"click [{found[1]}]" if found else 'stop ""'


async def play_visit(
    benchmark: Benchmark,
    pool: BrowserPool,
    name: str,
    *,
    seed: int,
    agent: Callable[[Visit], Agent],
    store: Store | None = None,
) -> Episode:
    """One episode of a task on what its benchmark gives it for itself; the agent may depend on that."""
    task = benchmark.tasks[name]
    async with benchmark.visit(task, store=store) as visit, pool.page(cookies=visit.cookies) as page:
        attempt = Attempt(
            page=page,
            benchmark=benchmark,
            task=task,
            seed=seed,
            store=store,
            record_network=pool.settings.record_network,
            agent=agent(visit),
            identity=IDENTITY,
            settings=PlaySettings(),
            visit=visit,
        )
        return await attempt.play()


class FaultyMiniWob(MiniWob):
    """MiniWoB++ with a hook before each start and before each judgement."""

    def __init__(
        self,
        *,
        on_start: Callable[[Page, Task, int], Awaitable[None]] | None = None,
        on_judge: Callable[[Page], Awaitable[None]] | None = None,
    ) -> None:
        super().__init__()
        self.on_start, self.on_judge = on_start, on_judge
        self.pages: list[Page] = []

    @override
    async def start(self, page: Page, task: Task, *, seed: int, visit: Visit = FREE) -> Start:
        self.pages.append(page)
        if self.on_start:
            await self.on_start(page, task, seed)
        return await super().start(page, task, seed=seed)

    async def finished(self, page: Page, task: Task) -> Evaluation | None:
        if self.on_judge:
            await self.on_judge(page)
        return await super().finished(page, task)

    async def evaluate(self, page: Page, task: Task, *, answer: str | None, network: Path | None) -> Evaluation:
        self.network = None if network is None else network.read_bytes()
        return await super().evaluate(page, task, answer=answer, network=network)


async def play_one(
    agent: Agent,
    *,
    task: str = "click-test",
    seed: int = 1,
    benchmark: MiniWob | None = None,
    settings: PlaySettings = QUICK,
    store: Store | None = None,
    screenshots: bool = False,
    network: bool = False,
) -> Episode:
    browser = BrowserSettings(pages=1, record_network=network)
    async with benchmark or MiniWob() as opened, shared_pool(browser) as pool, pool.page() as page:
        attempt = Attempt(
            page=page,
            benchmark=opened,
            task=opened.tasks[task],
            seed=seed,
            agent=agent,
            identity=IDENTITY,
            settings=settings,
            store=store,
            screenshots=screenshots,
            record_network=network,
        )
        return await attempt.play()


async def run_plan(
    agent: Agent,
    store: Store,
    *,
    tasks: Sequence[str] = ("click-test",),
    seeds: int = 2,
    benchmark: MiniWob | None = None,
    settings: PlaySettings = QUICK,
    pages: int = 2,
) -> RunResult:
    async with benchmark or MiniWob() as opened, shared_pool(BrowserSettings(pages=pages)) as pool:
        plan: list[Assignment] = [(opened.tasks[task], seed) for task in tasks for seed in range(seeds)]
        runner = Runner(
            plan=plan,
            benchmark=opened,
            pool=pool,
            agent=agent,
            identity=IDENTITY,
            store=store,
            settings=settings,
            label="explore",
        )
        return await runner.run()
