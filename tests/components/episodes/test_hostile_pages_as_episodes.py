"""Pages made to break their reader, played as tasks: every episode ends typed and is kept, good ones are solved."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import yaml

from components.agents.base import Turn
from components.benchmarks.pages import OwnPages
from components.browser.pool import BrowserPool
from components.browser.settings import BrowserSettings
from components.episodes.config import PlaySettings
from components.episodes.runner import Runner, RunResult, iter_errors
from components.trajectories.episodes import iter_episodes
from components.trajectories.open_store import open_store
from components.trajectories.schema import Outcome
from components.trajectories.store import Store
from tests.components.browser.test_hostile_pages import GOOD, PAGES, action_of, page_of
from tests.components.episodes.parts import IDENTITY, RuleAgent

NUMBERS = range(0, PAGES, 6)
GOOD_ONES = 5


def some_pages(folder: Path) -> Path:
    folder.mkdir()
    (folder / "good.html").write_text(GOOD)
    tasks = [{"id": f"good-{number}", "start": "good.html"} for number in range(GOOD_ONES)]
    for number in NUMBERS:
        (folder / f"{number}.html").write_bytes(page_of(random.Random(number)).encode("utf-8", "replace"))
        tasks.append({"id": f"hostile-{number}", "start": f"{number}.html"})
    about = {"family": "hostile", "intent": "Use the page.", "steps": 3, "check": {"answer": "All is well"}}
    (folder / "tasks.yaml").write_text(yaml.safe_dump({"tasks": [about | task for task in tasks]}))
    return folder


def acts(turn: Turn) -> str:
    if turn.task_id.startswith("good"):
        return 'stop "All is well"'
    return action_of(random.Random(f"{turn.task_id} {len(turn.history)}"), turn.observation)


async def played(folder: Path, store: Store) -> RunResult:
    browser = BrowserSettings(pages=3, width=800, height=600, hang_seconds=30, quiet_cap_ms=150)
    async with OwnPages(folder=folder) as benchmark, BrowserPool(settings=browser) as pool:
        runner = Runner(
            plan=[(task, 0) for task in benchmark.tasks.values()],
            benchmark=benchmark,
            pool=pool,
            agent=RuleAgent(acts),
            identity=IDENTITY,
            store=store,
            settings=PlaySettings(retries=0, backoff=0.01),
            label="explore",
        )
        return await runner.run()


def test_each_is_an_episode_that_ends_typed_and_is_kept_and_good_ones_are_solved(tmp_path: Path) -> None:
    store = open_store(tmp_path / "store")
    result = asyncio.run(asyncio.wait_for(played(some_pages(tmp_path / "pages"), store), 400))
    assert not result.stopped
    kept = {each.task_id: each.outcome for each in iter_episodes(store, "runs/test/round-001/episodes/")}
    lost = {each.task_id: each for each in iter_errors(store, run="test", round=1, phase="explore-teacher")}
    assert len(kept) + len(lost) == len(NUMBERS) + GOOD_ONES
    assert all(kept.get(f"good-{number}") is Outcome.SOLVED for number in range(GOOD_ONES))
    assert {each.extra["cause"].partition(" ")[0] for each in lost.values()} <= {
        "PageLost",
        "ScriptError",
        "TimeoutError",
    }
    assert len(lost) <= len(NUMBERS) // 10, {name: each.message for name, each in lost.items()}
