"""One episode's misfortune is one episode's: whatever a page, an answer or the store does, the others are played."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest
from pydantic_core import PydanticSerializationError

from components.agents.base import Agent, Decision, Turn
from components.benchmarks.base import Evaluation, Task
from components.benchmarks.miniwob.benchmark import MiniWob
from components.browser.actions import Action
from components.browser.observation import Observation
from components.browser.page import ActResult, Page
from components.browser.pool import BrowserPool, BrowserSettings
from components.browser.session import ScriptError
from components.episodes.config import PlaySettings
from components.episodes.play import MOST_REWARD
from components.episodes.runner import Runner, RunResult, iter_errors
from components.episodes.seat import Seat
from components.errors import InfraError
from components.trajectories.episodes import encode_episode, iter_episodes
from components.trajectories.open_store import open_store
from components.trajectories.schema import AgentInfo, Candidate, Cost, Episode, Outcome, Speculation
from components.trajectories.store import Store
from tests.browsers import in_loop
from tests.components.episodes.parts import IDENTITY, FaultyMiniWob, RuleAgent, play_one, press_button, run_plan
from tests.conftest import MakeEpisode

PREFIX = "runs/test/round-001/episodes/explore-teacher/"
ONCE = PlaySettings(retries=0, backoff=0.01)


def left(store: Store) -> dict[int, Episode]:
    return {episode.seed: episode for episode in iter_errors(store, run="test", round=1, phase="explore-teacher")}


@pytest.mark.parametrize(
    ("error", "doing"),
    [
        (ScriptError("TypeError: el.attributes is not iterable"), "observe"),
        (OverflowError("int too large to convert to float"), "act"),
        (RecursionError("maximum recursion depth exceeded"), "observe"),
    ],
)
def test_whatever_a_page_raises_ends_its_episode_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, doing: str
) -> None:
    real = getattr(Page, doing)
    calls = 0

    async def once(page: Page, *given: Any) -> ActResult | Observation:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise error
        return cast("ActResult | Observation", await real(page, *given))

    monkeypatch.setattr(Page, doing, once)
    store = open_store(tmp_path)
    result = in_loop(run_plan(RuleAgent(press_button), store, seeds=4, settings=ONCE, pages=1))
    assert (result.played, result.errors) == (3, 1)
    assert result.causes == {f"{type(error).__name__} (page)": 1}
    (kept,) = left(store).values()
    assert kept.outcome is Outcome.ENV_ERROR
    assert str(error) in kept.message
    assert "in once" in kept.extra["traceback"]


def test_a_page_that_cannot_be_given_back_takes_no_episode_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = Seat.after, 0

    async def once(seat: Seat, episode: Episode) -> None:
        nonlocal calls
        calls += 1
        await real(seat, episode)
        if calls == 1:
            raise RuntimeError("the context does not close")

    monkeypatch.setattr(Seat, "after", once)
    store = open_store(tmp_path)
    result = in_loop(run_plan(RuleAgent(press_button), store, seeds=3, settings=ONCE, pages=1))
    assert (result.played, result.errors) == (3, 0)
    assert result.causes == {"RuntimeError (page given back)": 1}


def test_a_last_page_that_cannot_be_given_back_ends_no_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = BrowserPool._take_back

    async def once(pool: BrowserPool, *given: Any) -> None:
        await real(pool, *given)
        raise RuntimeError("the context does not close")

    monkeypatch.setattr(BrowserPool, "_take_back", once)
    result = in_loop(run_plan(RuleAgent(press_button), open_store(tmp_path), seeds=3, settings=ONCE, pages=1))
    assert (result.played, result.errors) == (3, 0)


def test_what_is_known_of_an_error_may_be_gone_or_torn(tmp_path: Path, make_episode: MakeEpisode) -> None:
    store = open_store(tmp_path)
    keys = [f"runs/test/round-001/errors/explore-teacher/click-test/{seed}.json.zst" for seed in range(4)]
    for key in keys:
        store.put(key, encode_episode(make_episode(outcome=Outcome.ENV_ERROR, seed=int(key[-10]))))
    store.put(keys[1], b"torn")
    errors = iter_errors(store, run="test", round=1, phase="explore-teacher")
    assert next(errors).seed == 0
    store.delete(keys[2])  # by another shard, that has played it
    assert [error.seed for error in errors] == [3]


@pytest.mark.parametrize("reward", [None, "much", [1]])
def test_an_evaluation_that_is_none_is_the_judges_error(reward: Any) -> None:
    class Odd(MiniWob):
        async def finished(self, page: Page, task: Task) -> Evaluation:
            return Evaluation(outcome=Outcome.SOLVED, reward=reward, message=f"{page.url} {task.task_id}")

    episode = in_loop(play_one(RuleAgent(press_button), benchmark=Odd()))
    assert (episode.outcome, episode.reward, len(episode.steps)) == (Outcome.JUDGE_ERROR, 0.0, 1)


class Stubborn(Exception):
    def __str__(self) -> str:
        raise ValueError("no words for it")


@pytest.mark.parametrize("error", [TypeError("expected string, got 'list'"), AttributeError("content"), Stubborn()])
def test_whatever_an_answer_raises_ends_its_episode_alone(tmp_path: Path, error: Exception) -> None:
    store = open_store(tmp_path)
    agent = RuleAgent(lambda turn: error if turn.episode.endswith("/1") else press_button(turn))
    result = in_loop(run_plan(agent, store, seeds=3, settings=ONCE))
    assert (result.played, result.causes) == (2, {f"{type(error).__name__} (agent)": 1})
    kept = left(store)[1]
    assert (kept.outcome, "Traceback" in kept.extra["traceback"]) == (Outcome.INFRA_ERROR, True)


def test_what_is_cancelled_within_an_agent_ends_its_episode_and_its_page_and_no_worker(tmp_path: Path) -> None:
    class Dropped(RuleAgent):
        def _one(self, turn: Turn) -> Decision:
            if turn.episode.endswith("/1"):
                raise asyncio.CancelledError
            return super()._one(turn)

    store, benchmark = open_store(tmp_path), FaultyMiniWob()
    agent = Dropped(press_button)
    result = in_loop(run_plan(agent, store, seeds=3, benchmark=benchmark, settings=ONCE, pages=1))
    assert (result.played, result.errors) == (2, 1)
    assert left(store)[1].outcome is Outcome.INFRA_ERROR
    first, second, third = benchmark.pages
    assert first is second is not third, "nobody knows what its page was left as"


def test_a_mistake_of_ours_that_lets_nothing_be_played_is_raised_as_it_is(tmp_path: Path) -> None:
    mistake = TypeError("ours")
    with pytest.raises(TypeError) as raised:
        in_loop(run_plan(RuleAgent(lambda _: mistake), open_store(tmp_path), seeds=30, settings=ONCE))
    assert raised.value is mistake


class Torn:
    """A store that refuses to write some keys, `times` times each."""

    def __init__(self, store: Store, *, error: Exception, when: str, times: int) -> None:
        self.store, self.error, self.when, self.times = store, error, when, times

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)

    def put_new(self, key: str, data: bytes) -> bool:
        if self.when in key and self.times:
            self.times -= 1
            raise self.error
        return self.store.put_new(key, data)


@pytest.mark.parametrize(
    ("error", "times", "played"),
    [
        (InfraError("the store is away"), 1, 3),
        (InfraError("the store is away"), 9, 2),
        (PydanticSerializationError("surrogates not allowed"), 1, 2),
    ],
)
def test_an_episode_that_cannot_be_stored_is_tried_again_and_then_missing_alone(
    tmp_path: Path, error: Exception, times: int, played: int
) -> None:
    real = open_store(tmp_path)
    torn = cast("Store", Torn(real, error=error, when="/episodes/explore-teacher/click-test/1.", times=times))
    result = in_loop(run_plan(RuleAgent(press_button), torn, seeds=3))
    assert (result.played, result.errors) == (played, 3 - played)
    assert len(list(iter_episodes(real, PREFIX))) == played
    assert set(left(real)) == ({1} if played < 3 else set())
    assert in_loop(run_plan(RuleAgent(press_button), real, seeds=3)).played == 3 - played
    assert left(real) == {}


HALF, NUL = "sale \ud83c", "a\0b"


def test_texts_that_cannot_be_stored_are_mended_wherever_they_come_from(tmp_path: Path) -> None:
    async def title(page: Page, _: Task, __: int) -> None:
        await page.evaluate("() => { document.title = 'Big summer sale \\u{1F389}'.slice(0, 17) }")

    async def reason(page: Page) -> None:
        await page.evaluate("() => { document.title = 'x\\ud83d'; WOB_REWARD_REASON = 'why \\ud83d' }")

    class Halves(RuleAgent):
        def _one(self, turn: Turn) -> Decision:
            if turn.history:
                return super()._one(turn)
            return Decision(
                action=f'note "{HALF}"',
                reason=NUL,
                speculation=Speculation(
                    proposed=Candidate(action=HALF), candidates=(Candidate(action="x", reason=HALF),), accepted=False
                ),
                retrieved=(HALF,),
            )

    store = open_store(tmp_path)
    benchmark = FaultyMiniWob(on_start=title, on_judge=reason)
    result = in_loop(run_plan(Halves(press_button), store, seeds=2, benchmark=benchmark))
    assert (result.played, result.errors) == (2, 0)
    for episode in iter_episodes(store, PREFIX):
        first = episode.steps[0]
        assert first.action == 'note "sale \ufffd"'
        assert first.reason == "a\ufffdb"
        assert first.retrieved == ("sale \ufffd",)
        assert first.speculation is not None
        assert first.speculation.candidates[0].reason == "sale \ufffd"
        assert episode.message == "why \ufffd"


@pytest.mark.parametrize(("given", "kept"), [("1.7e308", MOST_REWARD), ("Infinity", 0.0), ("NaN", 0.0), ("1", 1.0)])
def test_numbers_and_texts_of_a_page_are_bounded(given: str, kept: float) -> None:
    async def reward(page: Page) -> None:
        await page.evaluate(
            f"() => {{ WOB_DONE_GLOBAL = true; WOB_RAW_REWARD_GLOBAL = {given}; WOB_REWARD_REASON = 'x'.repeat(3e6) }}"
        )

    episode = in_loop(play_one(RuleAgent(press_button), benchmark=FaultyMiniWob(on_judge=reward)))
    assert episode.reward == kept
    assert len(episode.message) <= 2_000


def test_a_task_that_crashes_its_pages_does_not_stop_the_others(tmp_path: Path) -> None:
    async def crash(page: Page, task: Task, _: int) -> None:
        if task.task_id == "click-button":
            await page.goto("chrome://crash")

    store = open_store(tmp_path)
    result = in_loop(
        run_plan(
            RuleAgent(press_button),
            store,
            tasks=("click-button", "click-test"),
            seeds=12,
            benchmark=FaultyMiniWob(on_start=crash),
            settings=ONCE,
            pages=2,
        )
    )
    assert (result.played, result.errors) == (12, 12)
    assert {episode.outcome for episode in left(store).values()} == {Outcome.ENV_ERROR}


TEXTS = [
    "", " ", "\n" * 5_000, "\0", HALF, "click [99999999999999999999]", "click [-1]", "click", "type [1]", 'type [1] "',
    'goto "javascript:alert(1)"', 'goto "file:///etc/passwd"', 'press "\ud83d"', "click [1] " * 3_000, "{}", "[1]",
    '{"action": "click [1]"}', "ACTION: click [1]", "<think>", "scroll sideways", 'note "\x1b[2J"', "\u202eclick [1]",
    'select [1] "' + "x" * 100_000 + '"', "stop", 'stop "' + HALF + '"', "click [1]; click [2]", "klick [1]",
]  # fmt: skip
NOT_TEXT: list[Any] = [None, 7, b"click [1]", ["click [1]"], {"action": "click [1]"}, object(), float("nan")]
ERRORS = [TypeError, AttributeError, KeyError, ValueError, OverflowError, RecursionError, Stubborn, AssertionError]


@dataclass
class Malformed:
    """Makes one malformed answer after another, the same ones for the same seed."""

    chance: random.Random

    def answers(self, turns: int) -> Any:
        kinds: list[Callable[[], Any]] = [
            lambda: [self.decision() for _ in range(turns)],
            lambda: [self.decision() for _ in range(turns)],
            lambda: self.chance.choice([None, 3, "click [1]", [], [self.decision()] * (turns + 1), [None] * turns]),
            self.fail,
        ]
        return self.chance.choice(kinds)()

    def decision(self) -> Decision:
        choice = self.chance.choice
        broken = {
            "action": choice(TEXTS + NOT_TEXT),
            "reason": choice([*TEXTS[:6], *NOT_TEXT]),
            "cost": choice([Cost(), Cost(usd=1e308), None, "free"]),
            "seconds": choice([0.0, float("nan"), -1e308, "soon"]),
            "retrieved": choice([(), (HALF,), None, 3]),
            "decided_by": choice([None, "teacher", "nobody"]),
        }
        kept = set(self.chance.sample(sorted(broken), k=self.chance.randint(0, 2))) | {"action"}
        return Decision(**{key: value for key, value in broken.items() if key in kept})

    def fail(self) -> Any:
        raise self.chance.choice(ERRORS)("from within")


class Broken(Agent):
    def __init__(self) -> None:
        self.info = AgentInfo(name="broken", kind="test", digest="broken")
        self.malformed = Malformed(random.Random(7))

    async def decide(self, turns: Any) -> list[Decision]:
        answers: list[Decision] = self.malformed.answers(len(turns))
        return answers


class OnePage:
    """A pool that lends one page again and again, also after an error: three hundred fresh ones would take minutes."""

    def __init__(self, page: Page) -> None:
        self._page, self.settings = page, BrowserSettings(pages=1)

    @asynccontextmanager
    async def page(self, **_: object) -> AsyncIterator[Page]:
        yield self._page


def test_three_hundred_malformed_answers_end_typed_and_stored(tmp_path: Path) -> None:
    store, count = open_store(tmp_path), 300

    async def run() -> RunResult:
        async with MiniWob() as benchmark, BrowserPool(settings=BrowserSettings(pages=1)) as pool, pool.page() as page:
            runner = Runner(
                plan=[(benchmark.tasks["click-test"], seed) for seed in range(count)],
                benchmark=benchmark,
                pool=cast("BrowserPool", OnePage(page)),
                agent=Broken(),
                identity=IDENTITY,
                store=store,
                settings=PlaySettings(retries=0, max_steps=1),
                label="malformed",
            )
            return await runner.run()

    result = asyncio.run(run())
    stored = {episode.seed: episode for episode in iter_episodes(store, PREFIX)} | left(store)
    assert set(stored) == set(range(count))
    assert result.played + result.errors == count
    assert result.played > count / 5, "text that is no action is the agent's failure"
    assert result.errors > count / 5
    for episode in stored.values():
        if not episode.outcome.counts:
            assert episode.outcome is Outcome.INFRA_ERROR
            assert "Traceback" in episode.extra["traceback"]


def test_an_action_that_is_no_text_is_not_carried_out(tmp_path: Path) -> None:
    class Odd(RuleAgent):
        def _one(self, turn: Turn) -> Decision:
            return Decision(action=cast("str", Action("click", 1)), reason=turn.intent)

    store = open_store(tmp_path)
    in_loop(run_plan(Odd(press_button), store, seeds=1, settings=ONCE))
    assert (left(store)[0].steps, left(store)[0].outcome) == ((), Outcome.INFRA_ERROR)
