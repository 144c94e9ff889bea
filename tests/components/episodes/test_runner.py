"""Many episodes: nothing is played twice, nothing is lost, and errors are nobody's failure."""

from __future__ import annotations

import asyncio
import itertools
import re
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typing_extensions import override

from components.agents.base import Turn
from components.benchmarks.base import Task, Visit
from components.browser.page import Page
from components.episodes.breaker import FEWEST, REFUSALS
from components.episodes.config import PlaySettings
from components.episodes.runner import iter_errors, shard_of
from components.errors import InfraError, InputError
from components.sites.leases import Leases
from components.trajectories.budget import BudgetError
from components.trajectories.episodes import iter_episodes, save_episode
from components.trajectories.open_store import open_store
from components.trajectories.schema import Outcome
from components.trajectories.store import Store
from tests.browsers import in_loop
from tests.components.episodes.parts import QUICK, FaultyMiniWob, RuleAgent, play_one, press_button, run_plan

PREFIX = "runs/test/round-001/episodes/explore-teacher/"


def test_what_is_stored_is_not_played_again(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    first = in_loop(run_plan(RuleAgent(press_button), store, seeds=2))
    before = list(iter_episodes(store, PREFIX))
    agent = RuleAgent(press_button)
    second = in_loop(run_plan(agent, store, seeds=3))
    assert (first.played, second.played) == (2, 1)
    assert {turn.episode for turn in agent.turns} == {"click-test/2"}
    assert [episode for episode in iter_episodes(store, PREFIX) if episode.seed < 2] == before


def test_two_workers_that_play_the_same_episode_leave_one_record(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    one = in_loop(play_one(RuleAgent(press_button)))
    assert save_episode(store, one)

    async def both() -> None:
        await asyncio.gather(*(run_plan(RuleAgent(press_button), store, seeds=2, pages=1) for _ in range(2)))

    asyncio.run(both())
    episodes = list(iter_episodes(store, PREFIX))
    assert [episode.seed for episode in episodes] == [0, 1]
    assert episodes[1] == one


def test_an_infrastructure_error_is_tried_again_and_not_counted(tmp_path: Path) -> None:
    starts = Counter[int]()

    async def first_start_fails(_: Page, __: Task, seed: int) -> None:
        starts[seed] += 1
        if seed == 1 and starts[seed] == 1:
            raise InfraError("the network is away")

    store = open_store(tmp_path)
    benchmark = FaultyMiniWob(on_start=first_start_fails)
    result = in_loop(run_plan(RuleAgent(press_button), store, seeds=3, benchmark=benchmark))
    assert (result.played, result.errors, result.retries) == (3, 0, 1)
    retries = {episode.seed: episode.retries for episode in iter_episodes(store, PREFIX)}
    assert retries[0] == retries[2] == ()
    assert "the network is away" in retries[1][0]


def test_an_error_that_stays_is_kept_beside_and_tried_by_the_next_run(tmp_path: Path) -> None:
    away = True

    async def maybe_away(_: Page, __: Task, seed: int) -> None:
        if away and seed == 1:
            raise InfraError("the network is away")

    store = open_store(tmp_path)
    result = in_loop(run_plan(RuleAgent(press_button), store, seeds=3, benchmark=FaultyMiniWob(on_start=maybe_away)))
    assert (result.played, result.errors) == (2, 1)
    assert [episode.seed for episode in iter_episodes(store, PREFIX)] == [0, 2]
    (kept,) = iter_errors(store, run="test", round=1, phase="explore-teacher")
    assert (kept.seed, kept.outcome) == (1, Outcome.INFRA_ERROR)
    away = False
    again = in_loop(run_plan(RuleAgent(press_button), store, seeds=3, benchmark=FaultyMiniWob(on_start=maybe_away)))
    assert (again.played, again.errors) == (1, 0)
    assert list(iter_errors(store, run="test", round=1, phase="explore-teacher")) == []


def test_a_world_in_which_nothing_works_is_not_tried_to_the_end(tmp_path: Path) -> None:
    agent = RuleAgent(lambda _: InfraError("endpoint down"))
    quick = PlaySettings(backoff=0, retries=0)
    with pytest.raises(InfraError, match="endpoint down"):
        in_loop(run_plan(agent, open_store(tmp_path), seeds=60, settings=quick))
    assert FEWEST <= len(agent.turns) <= FEWEST + 2


def test_a_spent_budget_stops_cleanly_and_a_larger_one_goes_on(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    answers = itertools.count()

    def poor(turn: Turn) -> str | Exception:
        return press_button(turn) if next(answers) < 2 else BudgetError("spent")

    result = in_loop(run_plan(RuleAgent(poor), store, seeds=4, pages=1))
    assert (result.played, result.errors, result.stopped) == (2, 0, "spent")
    assert in_loop(run_plan(RuleAgent(press_button), store, seeds=4)).played == 2


def test_wrong_input_ends_the_run_at_once_and_what_is_stored_stays(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    in_loop(run_plan(RuleAgent(press_button), store, seeds=1))
    agent = RuleAgent(lambda _: InputError("no such model"))
    with pytest.raises(InputError, match="no such model"):
        in_loop(run_plan(agent, store, seeds=30, pages=1))
    assert len(agent.turns) == REFUSALS
    assert [episode.seed for episode in iter_episodes(store, PREFIX)] == [0]


@pytest.mark.parametrize("first", [True, False])
def test_one_request_that_is_refused_is_one_episodes_misfortune(tmp_path: Path, first: bool) -> None:
    refused = "click-test/0" if first else "click-test/3"
    agent = RuleAgent(lambda turn: InputError("filtered") if turn.episode == refused else press_button(turn))
    store = open_store(tmp_path)
    result = in_loop(run_plan(agent, store, seeds=6, pages=1))
    assert (result.played, result.errors, result.causes) == (5, 1, {"InputError": 1})
    (kept,) = iter_errors(store, run="test", round=1, phase="explore-teacher")
    assert (f"{kept.task_id}/{kept.seed}", kept.outcome, kept.retries) == (refused, Outcome.INFRA_ERROR, ())


def test_a_plan_that_is_all_refused_ends_with_the_reason_however_short_it_is(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such model"):
        in_loop(run_plan(RuleAgent(lambda _: InputError("no such model")), open_store(tmp_path), seeds=1))


def test_a_killed_browser_costs_retries_and_no_episodes(tmp_path: Path) -> None:
    killed = []

    async def kill_browser(page: Page, _: Task, seed: int) -> None:
        if seed == 2 and not killed and page.browser is not None:
            killed.append(seed)
            await page.browser.close()

    store = open_store(tmp_path)
    result = in_loop(
        run_plan(
            RuleAgent(press_button),
            store,
            seeds=5,
            benchmark=FaultyMiniWob(on_start=kill_browser),
            settings=PlaySettings(backoff=0.05, retries=4),
        )
    )
    assert (result.played, result.errors) == (5, 0)
    assert result.retries >= 1
    assert all(episode.outcome is Outcome.SOLVED for episode in iter_episodes(store, PREFIX))


def test_a_page_serves_several_episodes_of_one_task_but_never_after_it_went_elsewhere(tmp_path: Path) -> None:
    def leave_once(turn: Turn) -> str:
        if turn.episode == "click-test/1" and not turn.history:
            return f'goto "{turn.observation.url}#elsewhere"'
        return press_button(turn)

    benchmark = FaultyMiniWob()
    result = in_loop(
        run_plan(
            RuleAgent(leave_once),
            open_store(tmp_path),
            tasks=("click-test", "click-button"),
            seeds=3,
            benchmark=benchmark,
            pages=1,
        )
    )
    assert result.played == 6
    one, two, three, *others = benchmark.pages
    assert one is two
    assert two is not three
    assert all(page is not three for page in others)


def test_workers_begin_with_different_tasks_so_that_each_page_serves_one(tmp_path: Path) -> None:
    begun: list[str] = []
    both = asyncio.Event()

    async def wait_for_the_other(_: Page, task: Task, __: int) -> None:
        begun.append(task.task_id)
        if len(begun) == 2:
            both.set()
        await both.wait()

    in_loop(
        run_plan(
            RuleAgent(press_button),
            open_store(tmp_path),
            tasks=("click-test", "click-button"),
            seeds=2,
            benchmark=FaultyMiniWob(on_start=wait_for_the_other),
            pages=2,
        )
    )
    assert sorted(begun[:2]) == ["click-button", "click-test"]


def test_an_episode_is_the_same_on_a_fresh_page_and_on_one_that_served_others(tmp_path: Path) -> None:
    def first_clickable(turn: Turn) -> str:
        found = re.findall(r"^ *\[(\d+)\]", turn.observation.text, re.MULTILINE)
        return f"click [{found[len(turn.history) % len(found)]}]" if found else 'stop ""'

    tasks = ("click-button", "click-checkboxes", "login-user", "click-dialog")
    benchmark = FaultyMiniWob()
    benchmark.restarts_in_page = False
    fresh, reused = open_store(tmp_path / "fresh"), open_store(tmp_path / "reused")
    short = PlaySettings(max_steps=4, backoff=0.01)
    agent = RuleAgent(first_clickable)
    in_loop(run_plan(agent, fresh, tasks=tasks, seeds=3, benchmark=benchmark, settings=short))
    in_loop(run_plan(agent, reused, tasks=tasks, seeds=3, settings=short))
    told = [
        {
            episode.key: (
                episode.outcome,
                episode.intent,
                [(s.observation, s.action, s.feedback) for s in episode.steps],
            )
            for episode in iter_episodes(store, PREFIX)
        }
        for store in (fresh, reused)
    ]
    assert len(told[0]) == 12
    assert told[0] == told[1]
    assert len({id(page) for page in benchmark.pages}) == 12


def test_a_site_of_one_state_is_used_by_one_episode_at_a_time(tmp_path: Path) -> None:
    playing = most = 0

    async def enter(*_: object) -> None:
        nonlocal playing, most
        playing += 1
        most = max(most, playing)
        await asyncio.sleep(0.05)

    async def leave(_: Page) -> None:
        nonlocal playing
        playing -= 1

    class OneSite(FaultyMiniWob):
        @override
        @asynccontextmanager
        async def visit(self, task: Task, *, store: Store | None) -> AsyncIterator[Visit]:
            assert store is not None
            async with Leases(store, name="site", capacity=1, poll=0.02).hold():
                yield Visit()

    benchmark = OneSite(on_start=enter, on_judge=leave)
    result = in_loop(
        run_plan(RuleAgent(press_button), open_store(tmp_path), seeds=4, benchmark=benchmark, pages=3, settings=QUICK)
    )
    assert result.played == 4
    assert most == 1


class InOrder(FaultyMiniWob):
    """Of which click-test comes after click-button."""

    @property
    @override
    def tasks(self) -> Mapping[str, Task]:
        found = super().tasks
        return {**found, "click-test": replace(found["click-test"], after=("click-button",))}


def test_a_task_that_comes_after_another_begins_once_that_one_is_stored_or_has_failed(tmp_path: Path) -> None:
    store, begun = open_store(tmp_path), list[str]()

    async def begin(_: Page, task: Task, seed: int) -> None:
        begun.append(f"{task.task_id}/{seed}")
        if task.task_id == "click-test":
            ended = [f"click-button/{each.seed}" for each in iter_episodes(store, PREFIX)]
            assert f"click-button/{seed}" in [*ended, "click-button/1"]
        elif seed == 1:
            raise InfraError("the network is away")
        else:
            await asyncio.sleep(0.3)

    tasks, once = ("click-test", "click-button"), QUICK.model_copy(update={"retries": 0})
    run = run_plan(
        RuleAgent(press_button), store, tasks=tasks, seeds=2, benchmark=InOrder(on_start=begin), pages=2, settings=once
    )
    result = asyncio.run(run)
    assert (result.played, result.errors) == (3, 1), result.causes
    for seed in (0, 1):
        assert begun.index(f"click-button/{seed}") < begun.index(f"click-test/{seed}")


@given(count=st.integers(0, 60), shards=st.integers(1, 7))
@settings(derandomize=True, max_examples=40)
def test_shards_are_a_partition_of_the_plan(count: int, shards: int) -> None:
    task = Task(benchmark="b", task_id="t", family="f", template="x", max_steps=1)
    plan = [(task, seed) for seed in range(count)]
    parts = [shard_of(plan, shard=shard, shards=shards) for shard in range(shards)]
    assert sorted(seed for part in parts for _, seed in part) == list(range(count))
    assert max(map(len, parts)) - min(map(len, parts)) <= 1


@pytest.mark.parametrize("shards", [2, 3, 8])
def test_tasks_that_come_after_one_another_are_in_one_shard_seed_by_seed(shards: int) -> None:
    about = {"benchmark": "b", "family": "f", "template": "x", "max_steps": 1}
    after = {"a": ("c",), "b": (), "c": ("d", "away"), "d": (), "e": ()}
    tasks = [Task(task_id=name, after=waits, **about) for name, waits in after.items()]
    plan = [(task, seed) for task in tasks for seed in range(3)]
    parts = [shard_of(plan, shard=shard, shards=shards) for shard in range(shards)]
    assert sorted((task.task_id, seed) for part in parts for task, seed in part) == [(t.task_id, s) for t, s in plan]
    where = {(task.task_id, seed): number for number, part in enumerate(parts) for task, seed in part}
    for seed in range(3):
        assert len({where[name, seed] for name in "acd"}) == 1


def test_a_shard_that_does_not_exist_is_named() -> None:
    with pytest.raises(InputError, match="no shard 2 of 2"):
        shard_of([], shard=2, shards=2)
