"""The forum, started once: the rules solve its tasks as any agent would have to, and doing nothing solves none."""

from __future__ import annotations

import asyncio

import pytest

from components.agents.base import Agent
from components.agents.reference import StopAgent
from components.agents.scripted.teacher import ScriptedTeacher
from components.benchmarks.forum.benchmark import Forum
from components.benchmarks.split import HELDOUT_SEEDS, make_split
from components.browser.pool import BrowserPool
from components.browser.settings import BrowserSettings
from components.trajectories.schema import Episode, Outcome
from tests.components.episodes.parts import play_visit

pytestmark = pytest.mark.xdist_group("forum")
SIDES = (0, HELDOUT_SEEDS)


@pytest.fixture(scope="module")
def episodes() -> dict[tuple[str, str], Episode]:
    """Of every task: by the rules, on a training case or a held-out one in turn; and by who stops at once."""

    async def run() -> dict[tuple[str, str], Episode]:
        async with Forum() as forum, BrowserPool(settings=forum.view.over(BrowserSettings(pages=2))) as pool:

            async def one(agent: Agent, name: str, seed: int) -> Episode:
                return await play_visit(forum, pool, name, seed=seed, agent=lambda _: agent)

            names = list(forum.tasks)
            rules = [one(ScriptedTeacher(), name, SIDES[number % 2]) for number, name in enumerate(names)]
            nothing = [one(StopAgent(), name, SIDES[number % 2]) for number, name in enumerate(names)]
            found = await asyncio.gather(*rules, *nothing)
            keys = [(who, name) for who in ("rules", "nothing") for name in names]
            return dict(zip(keys, found, strict=True))

    return asyncio.run(run())


def test_the_rules_solve_every_task(episodes: dict[tuple[str, str], Episode]) -> None:
    unsolved = {name: each.message for (who, name), each in episodes.items() if who == "rules" and not solved(each)}
    assert not unsolved


def test_doing_nothing_solves_none_and_is_counted(episodes: dict[tuple[str, str], Episode]) -> None:
    outcomes = {name: each.outcome for (who, name), each in episodes.items() if who == "nothing"}
    assert set(outcomes.values()) == {Outcome.FAILED}, outcomes


def test_pages_look_the_same_to_everybody_who_comes(episodes: dict[tuple[str, str], Episode]) -> None:
    """Episodes that wrote came before and between: a reset leaves nothing of them."""
    first = {each.steps[0].observation for each in episodes.values() if each.start_url.count("/") == 3}
    assert len(first) == 1


def test_there_are_a_dozen_tasks_and_every_kind_of_check() -> None:
    forum = Forum()
    kinds = {kind for task in forum._file.tasks for kind in task.check.model_dump(exclude_defaults=True)}
    assert kinds == {"answer", "page", "text", "request", "sql", "http"}
    split = make_split(forum)
    assert len(split.train) >= 10
    assert len(split.heldout) >= 4


def solved(episode: Episode) -> bool:
    return episode.outcome is Outcome.SOLVED
