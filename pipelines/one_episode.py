"""`symbiont play`: plays one episode and prints each step. It stores only the log of what a hybrid teacher sends."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from components.agents.base import Agent, Decision, Turn
from components.agents.build import build_agent
from components.agents.checks import check_endpoint
from components.agents.config import AgentConfig, HybridConfig, LocalConfig, endpoints, with_student
from components.benchmarks.registry import choose_tasks
from components.browser.find import no_screen
from components.episodes.play import Attempt, Identity
from components.place import Place, announce, announce_benchmarks, read_place
from components.preflight.config import Recipe
from components.privacy.guard import guard
from components.privacy.log import ALONE, Log
from components.trajectories.open_store import open_store
from components.trajectories.schema import Episode
from components.trajectories.store import Store
from pipelines.model_folders import model_folder
from pipelines.outfolder import reading

TEACHER = "teacher"


@dataclass(frozen=True, kw_only=True)
class Show:
    """An episode to play, and how it is shown.

    Attributes:
        headed: show the browser's window.
        pause: seconds between a decision and its action, and before the window closes, so that one can watch.
        say: called with each line of text.
    """

    recipe: Recipe
    task: str
    seed: int
    headed: bool
    pause: float
    say: Callable[[str], None]

    async def play(self, agent: Agent, *, place: Place) -> Episode:
        from components.browser.pool import BrowserPool

        announce_benchmarks(place)
        benchmark, _ = self.recipe.tasks.open()
        (task,) = choose_tasks(benchmark, [self.task])
        settings = {"pages": 1, "screenshots": False}
        browser = benchmark.view.over(place.browser).model_copy(update=settings)
        async with (
            benchmark,
            benchmark.visit(task, store=None) as visit,
            BrowserPool(settings=browser, headed=self.headed) as pool,
            pool.page(cookies=visit.cookies) as page,
        ):
            attempt = Attempt(
                page=page,
                benchmark=benchmark,
                task=task,
                seed=self.seed,
                agent=Aloud(agent, show=self),
                identity=Identity(run="play", round=0, phase="play"),
                settings=self.recipe.play,
                visit=visit,
            )
            episode = await attempt.play()
            await asyncio.sleep(self.pause)
            return episode


class Aloud(Agent):
    """An agent around another, which prints the page, the reason and the action of each step."""

    def __init__(self, agent: Agent, *, show: Show) -> None:
        self.agent, self.show, self.info = agent, show, agent.info

    async def decide(self, turns: Sequence[Turn]) -> list[Decision]:
        (turn,) = turns
        say = self.show.say
        if not turn.history:
            say(f"goal: {turn.intent}" + (f"\nbeside it: {turn.notice}" if turn.notice else ""))
        elif turn.history[-1].feedback:
            say(f"feedback: {turn.history[-1].feedback}")
        say(f"\n--- step {len(turn.history)}: {turn.observation.title} {turn.observation.url}\n{turn.observation.text}")
        (decision,) = await self.agent.decide(turns)
        if decision.reason:
            say(f"reason: {decision.reason}")
        say(f"action: {decision.action}")
        await asyncio.sleep(self.show.pause)
        return [decision]


def play_command(show: Show, *, model: str, run: str, place: str, out: Path) -> Episode:
    """Plays one episode by the recipe's teacher (without a knowledge base) or by a model.

    What leaves for a hybrid teacher's remote model is logged in the place's store under `runs/alone/privacy/`.

    Raises:
        InputError: no such task, model, endpoint or browser; or no screen to show a window on.
    """
    if show.headed and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        raise no_screen()
    parsed_place = read_place(place)
    if model == TEACHER:
        teacher = with_student(show.recipe.teacher, show.recipe.distill.student)
        with _guarded(teacher, parsed_place, out=out) as store:
            agent = build_agent(teacher, store=store, work=out / "work")
            for part, chat in endpoints(teacher).items():
                check_endpoint(chat, where=f"teacher{part}")
            return asyncio.run(show.play(agent, place=parsed_place))
    with model_folder(model, run=run, place=place, out=out) as folder:
        agent = build_agent(LocalConfig(model=str(folder)), store=None, work=out / "work")
        return asyncio.run(show.play(agent, place=parsed_place))


@contextmanager
def _guarded(teacher: AgentConfig, place: Place, *, out: Path) -> Iterator[Store | None]:
    """The place's store, with its S3 server where it has one, in which what a hybrid teacher sends is logged; None for
    other teachers."""
    if not isinstance(teacher, HybridConfig):
        yield None
        return
    with reading(out, place=place) as filled:
        announce(filled)
        store = open_store(filled.store)
        guard(teacher.privacy, log=Log(store, run=ALONE))
        yield store
