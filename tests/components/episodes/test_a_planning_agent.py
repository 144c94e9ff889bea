"""An agent that plans, on a real forum behind a real endpoint: its plan moves the page, its slips cost it nothing."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

from components.agents.chat import ChatAgent
from components.agents.config import ChatConfig
from components.benchmarks.forum.benchmark import Forum
from components.browser.pool import BrowserPool
from components.browser.settings import BrowserSettings
from components.episodes.config import PlaySettings
from components.episodes.play import Attempt
from components.trajectories.open_store import open_store
from components.trajectories.schema import Episode, Outcome
from tests.browsers import in_loop
from tests.components.episodes.parts import IDENTITY, RuleAgent, play_one
from tests.conftest import OpenAIServer

MOVES = (
    'branch 0 "look into the first category"',
    "click [CATEGORY]",
    'branch 7 "no such part"',
    "please press the button",
    'note "nothing here"',
    'prune 0 "the first category says nothing"',
    'stop "N/A"',
)


CATEGORIES = ("Garden", "Kitchen", "Bicycles", "Birds", "Repairs", "Walks")


def moving(text: str, _seed: int, *, said: list[str]) -> str:
    """The next of `MOVES`, with a word on the page."""
    move = MOVES[len(said)]
    said.append(text)
    links = re.findall(r'\[(\d+)\] link "([^"]+)"', text.rpartition("PAGE (")[2])
    first = next((ref for ref, name in links if name in CATEGORIES), "0")
    action = move.replace("CATEGORY", first)
    return f"PAGE: Page {len(said)} of the forum.\nHIGHLIGHT: none\nREASON: so\nACTION: {action}"


@pytest.mark.xdist_group("forum")
def test_a_plan_goes_back_to_where_its_part_began_and_slips_cost_no_step(
    openai_server: OpenAIServer, tmp_path: Path
) -> None:
    said: list[str] = []
    openai_server.answer = lambda text, seed: moving(text, seed, said=said)
    config = ChatConfig(model="m", base_url=openai_server.base_url, plan=True, recall=True, window=3)

    async def play() -> Episode:
        async with Forum() as forum, BrowserPool(settings=forum.view.over(BrowserSettings(pages=1))) as pool:
            task = forum.tasks["who-started"]
            async with forum.visit(task, store=None) as visit, pool.page(cookies=visit.cookies) as page:
                attempt = Attempt(
                    page=page,
                    benchmark=forum,
                    task=task,
                    seed=0,
                    agent=ChatAgent(config),
                    identity=IDENTITY,
                    settings=PlaySettings(max_steps=5, corrections=2),
                    visit=visit,
                    store=open_store(tmp_path),
                )
                return await attempt.play()

    episode = asyncio.run(play())
    assert [step.action.split(" [")[0] for step in episode.steps] == [move.split(" [")[0] for move in MOVES], (
        f"seven steps of five, two were slips; {episode.outcome}: {episode.message}"
    )
    assert (episode.answer, episode.outcome, episode.agent.prompt) == ("N/A", Outcome.FAILED, "chat-3")
    begun, opened, slip, other, noted, pruned, stopped = episode.steps
    assert begun.url == opened.url == stopped.url == episode.start_url
    assert slip.url == noted.url == pruned.url != episode.start_url
    assert "no part 7 that stands; its parts are 0, 1" in slip.feedback
    assert "there is no action" in other.feedback
    assert "branch, prune" in other.feedback
    assert not pruned.feedback
    assert opened.description == "Page 2 of the forum."
    assert "1. look into the first category <- you are here" in said[1]
    assert "on the page: Page 2 of the forum." in said[2]
    assert "given up: the first category says nothing" in said[-1]
    assert 'note "nothing here"' in said[-1]
    assert "This is the last step" in said[-1]
    assert "This is the last step" not in said[-2]


def test_slips_beyond_those_that_are_free_cost_a_step_each() -> None:
    words = ["what", "click [999999]", "is", "this", "page"]
    agent = RuleAgent(lambda turn: words[len(turn.history) % len(words)])
    settings = PlaySettings(max_steps=3, corrections=2, useless_steps=10)
    episode = in_loop(play_one(agent, settings=settings))
    assert [step.action for step in episode.steps] == words
    assert all(step.feedback for step in episode.steps)
    assert "no end after 3 steps" in episode.message
    assert [turn.last_step for turn in agent.turns] == [False] * 4 + [True]
