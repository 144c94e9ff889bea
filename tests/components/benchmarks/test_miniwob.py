"""Real pages in a real browser: seeded, restarted in the page, judged by the raw reward, and nothing given away."""

from __future__ import annotations

import re
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest

from components.agents.base import Turn
from components.benchmarks.base import Task
from components.benchmarks.miniwob.benchmark import MiniWob
from components.benchmarks.registry import choose_tasks, open_benchmark
from components.benchmarks.split import HELDOUT_SEEDS, make_split
from components.browser.actions import parse_action
from components.browser.page import Page
from components.browser.settings import BrowserSettings
from components.episodes.config import PlaySettings
from components.errors import InputError
from components.trajectories.schema import Outcome
from tests.browsers import in_loop, shared_pool
from tests.components.episodes.parts import Answer, Rule, RuleAgent, play_one

T = TypeVar("T")


def on_a_page(ask: Callable[[MiniWob, Page], Awaitable[T]]) -> T:
    async def run() -> T:
        async with MiniWob() as benchmark, shared_pool(BrowserSettings(pages=1)) as pool, pool.page() as page:
            return await ask(benchmark, page)

    return in_loop(run())


async def look(benchmark: MiniWob, page: Page, task: Task, seed: int) -> tuple[str, str]:
    begun = await benchmark.start(page, task, seed=seed)
    return begun.intent, (await page.observe()).text


async def do(page: Page, *actions: str) -> None:
    for action in actions:
        result = await page.act(parse_action(action))
        assert not result.feedback


def test_every_task_starts_with_an_intent_of_its_template_that_the_page_does_not_repeat() -> None:
    """And no intent of a training task is taken for one of a held-out task."""

    async def ask(benchmark: MiniWob, page: Page) -> list[str]:
        wrong, split = [], make_split(benchmark)
        for task in benchmark.tasks.values():
            wordings = [
                re.compile("".join(".+" if p.startswith("{") else re.escape(p) for p in re.split(r"(\{\w+\})", part)))
                for part in task.template.split(" | ")
            ]
            for seed in (0, 1, HELDOUT_SEEDS):
                intent, text = await look(benchmark, page, task, seed)
                fits = any(wording.fullmatch(intent) for wording in wordings)
                said = intent in text or "Last reward" in text or "START" in text or "Episodes done" in text
                if not fits or said or not text:
                    wrong.append(f"{task.task_id} {seed}: {intent!r}")
                if task.task_id in split.train:
                    own = {"task_id": task.task_id, "template": task.template, "intent": intent}
                    wrong += [why for why in [split.why_heldout(**own, seed=None)] if why]
        return wrong

    assert on_a_page(ask) == []


def test_a_restart_in_the_page_gives_the_episode_a_fresh_page_gives() -> None:
    """Over the training and held-out tasks of the default split: the order of episodes must not matter."""

    async def ask(benchmark: MiniWob, page: Page) -> list[str]:
        split = make_split(benchmark)
        different = []
        for task in (*split.train.values(), *split.heldout.values()):
            await page.goto("about:blank")
            first = await look(benchmark, page, task, 5)
            for seed in (6, 7):
                await look(benchmark, page, task, seed)
            if await look(benchmark, page, task, 5) != first:
                different.append(task.task_id)
        return different

    assert on_a_page(ask) == []


def test_other_seeds_give_other_episodes() -> None:
    async def ask(benchmark: MiniWob, page: Page) -> set[tuple[str, str]]:
        task = benchmark.tasks["login-user"]
        return {await look(benchmark, page, task, seed) for seed in range(6)}

    assert len(on_a_page(ask)) >= 5


def test_the_right_clicks_solve_the_wrong_ones_fail_and_none_leaves_it_open() -> None:
    async def ask(benchmark: MiniWob, page: Page) -> list[object]:
        task = benchmark.tasks["click-dialog-2"]
        results: list[object] = []
        for buttons in (["Cancel"], ["OK"], []):
            begun = await benchmark.start(page, task, seed=0)
            assert '"Cancel"' in begun.intent
            observation = await page.observe()
            refs = {element.name: ref for ref, element in observation.elements.items()}
            await do(page, *(f"click [{refs[name]}]" for name in buttons))
            finished = await benchmark.finished(page, task)
            results.append(finished.outcome if finished else None)
            judged = await benchmark.evaluate(page, task, answer="", network=None)
            results.append((judged.outcome, judged.reward))
        return results

    assert on_a_page(ask) == [
        Outcome.SOLVED, (Outcome.SOLVED, 1.0),
        Outcome.FAILED, (Outcome.FAILED, -1.0),
        None, (Outcome.FAILED, 0.0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("task_id", "seed", "names", "outcome", "earned"),
    [
        ("find-greatest", 0, ["10", "Submit"], Outcome.SOLVED, 1.0),
        ("find-greatest", 0, ["5", "Submit"], Outcome.FAILED, 0.1),
        ("click-checkboxes", 2, ["fzzqo", "NYYyS82", "Submit"], Outcome.SOLVED, 1.0),
        ("click-checkboxes", 2, ["fzzqo", "Submit"], Outcome.FAILED, 1 / 3),
    ],
)
def test_a_part_of_the_reward_is_no_solution(
    task_id: str, seed: int, names: list[str], outcome: Outcome, earned: float
) -> None:
    async def ask(benchmark: MiniWob, page: Page) -> tuple[Outcome, float]:
        task = benchmark.tasks[task_id]
        await benchmark.start(page, task, seed=seed)
        for name in names:
            elements = (await page.observe()).elements
            await do(page, next(f"click [{ref}]" for ref, element in elements.items() if element.name == name))
        judged = await benchmark.evaluate(page, task, answer=None, network=None)
        return judged.outcome, judged.reward

    assert on_a_page(ask) == (outcome, pytest.approx(earned))


def test_no_clock_ends_or_discounts_an_episode() -> None:
    async def ask(benchmark: MiniWob, page: Page) -> tuple[object, float]:
        task = benchmark.tasks["click-test"]
        await benchmark.start(page, task, seed=0)
        await page.evaluate("() => { core.ept0 -= 60000 }")
        open_still = await benchmark.finished(page, task)
        (button,) = (await page.observe()).elements
        await do(page, f"click [{button}]")
        return open_still, (await benchmark.evaluate(page, task, answer=None, network=None)).reward

    assert on_a_page(ask) == (None, 1.0)


def test_a_page_the_agent_left_is_not_solved() -> None:
    async def ask(benchmark: MiniWob, page: Page) -> tuple[object, str]:
        task = benchmark.tasks["click-test"]
        await benchmark.start(page, task, seed=0)
        await page.goto("about:blank")
        finished = await benchmark.finished(page, task)
        return finished, (await benchmark.evaluate(page, task, answer="done", network=None)).message

    finished, message = on_a_page(ask)
    assert finished is None
    assert "left" in message


def press(name: str) -> Rule:
    """A rule that clicks what has this name, and gives up where there is nothing of the kind."""

    def rule(turn: Turn) -> str:
        refs = [ref for ref, element in turn.observation.elements.items() if element.name == name]
        return f"click [{refs[0]}]" if refs else 'stop ""'

    return rule


def trick(*moves: str | Rule) -> RuleAgent:
    """An agent that makes these moves, one after another; `HERE` in them is the address it began at."""
    here: list[str] = []

    def rule(turn: Turn) -> Answer:
        here.append(turn.observation.url)
        if len(turn.history) == len(moves):
            return 'stop "done"'
        move = moves[len(turn.history)]
        return move.replace("HERE", here[0]) if isinstance(move, str) else move(turn)

    return RuleAgent(rule)


OTHER_TASK = 'goto "HERE/../click-test.html"'
AGAIN = 'goto "HERE"'


@pytest.mark.parametrize(
    ("task", "moves"),
    [
        ("login-user", (OTHER_TASK, press("START"), press("Click Me!"))),
        ("login-user", (OTHER_TASK, press("START"), press("Click Me!"), "go_back")),
        ("terminal", (OTHER_TASK, press("START"), press("Click Me!"), AGAIN)),
        ("click-test", (AGAIN, press("START"), press("Click Me!"))),
        ("click-test", ('goto "HERE?again"', press("START"), press("Click Me!"))),
        (
            "click-test",
            (OTHER_TASK.replace("click-test", "click-test-2"), "go_back", press("START"), press("Click Me!")),
        ),
        ("click-test", (press("START"), press("Click Me!"))),
    ],
)
def test_a_verdict_of_another_page_or_of_another_start_is_not_this_episodes(
    task: str, moves: tuple[str | Rule, ...]
) -> None:
    episode = in_loop(play_one(trick(*moves), task=task, settings=PlaySettings(useless_steps=9)))
    assert episode.outcome is Outcome.FAILED, [step.action for step in episode.steps]
    assert episode.reward <= 0


def test_the_start_that_pages_offer_begins_nothing_in_the_episodes_own_document() -> None:
    async def ask(benchmark: MiniWob, page: Page) -> list[object]:
        task = benchmark.tasks["click-test"]
        begun = await look(benchmark, page, task, 3)
        await page.evaluate("() => core.endEpisode(-1)")
        await page.evaluate("() => { core.cover_div.click(); core.endEpisode(1) }")
        judged = await benchmark.evaluate(page, task, answer=None, network=None)
        return [judged.outcome, await look(benchmark, page, task, 3) == begun]

    assert on_a_page(ask) == [Outcome.FAILED, True]


def test_an_anchor_of_the_own_address_leaves_the_episode_where_it_is() -> None:
    episode = in_loop(play_one(trick('goto "HERE#there"', press("Click Me!"))))
    assert episode.outcome is Outcome.SOLVED


def test_tasks_and_exclusions_cover_the_whole_wheel() -> None:
    benchmark = MiniWob()
    pages = {path.stem for path in (benchmark.folder / "miniwob").glob("*.html")}
    assert set(benchmark.tasks) | set(benchmark.excluded) == pages
    assert not set(benchmark.tasks) & set(benchmark.excluded)
    assert len(benchmark.tasks) >= 85
    assert all(re.fullmatch(r"[a-z0-9-]+", task_id) for task_id in benchmark.tasks)
    owners: dict[str, set[str]] = {}
    for task in benchmark.tasks.values():
        owners.setdefault(task.template, set()).add(task.family)
    assert {t: families for t, families in owners.items() if len(families) > 1 and t != "{request}"} == {}


@pytest.mark.parametrize("broken", ["missing", "empty", "half"])
def test_a_folder_that_is_not_miniwob_is_refused_by_name(tmp_path: Path, broken: str) -> None:
    folder = tmp_path / "html"
    if broken == "empty":
        folder.mkdir()
    if broken == "half":
        shutil.copytree(MiniWob().folder, folder, ignore=shutil.ignore_patterns("flight", "click-test.html"))
    with pytest.raises(InputError) as caught:
        open_benchmark("miniwob", folder=str(folder))
    message = str(caught.value)
    assert str(folder) in message
    assert "fix:" in message
    assert {"missing": "does not exist", "empty": "core/core.js", "half": "miniwob/click-test.html"}[broken] in message


def test_a_users_own_copy_has_the_same_checksum_until_it_is_changed(tmp_path: Path) -> None:
    original = MiniWob()
    folder = Path(shutil.copytree(original.folder, tmp_path / "a", ignore=shutil.ignore_patterns("flight")))
    assert MiniWob(folder=folder).checksum == original.checksum
    other = Path(shutil.copytree(folder, tmp_path / "b"))
    with (other / "core" / "core.js").open("a") as file:
        file.write("\n// changed\n")
    assert MiniWob(folder=other).checksum != original.checksum


def test_wrong_names_say_what_was_probably_meant() -> None:
    with pytest.raises(InputError, match="use one of: miniwob"):
        open_benchmark("miniwb")
    with pytest.raises(InputError, match="no option 'folders'"):
        open_benchmark("miniwob", folders="x")
    benchmark = open_benchmark("miniwob")
    with pytest.raises(InputError, match="did you mean click-button"):
        choose_tasks(benchmark, ["click-buton"])
    with pytest.raises(InputError, match="needs dragging"):
        choose_tasks(benchmark, ["drag-box"])
    assert [t.task_id for t in choose_tasks(benchmark, ["focus-text", "click-test"])] == ["click-test", "focus-text"]
