"""One episode on a real page: what is recorded, and how everything that goes wrong is typed."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from typing_extensions import override

from components.agents.base import Decision, Turn
from components.benchmarks.base import FREE, Start, Task, Visit
from components.browser.page import Page
from components.episodes.config import PlaySettings
from components.errors import InfraError, InputError
from components.trajectories.budget import BudgetError
from components.trajectories.episodes import get_blob
from components.trajectories.open_store import open_store
from components.trajectories.schema import Episode, Outcome, PageEvent
from tests.browsers import in_loop
from tests.components.browser.conftest import Site
from tests.components.episodes.parts import FaultyMiniWob, RuleAgent, play_one, press_button


def test_a_solved_episode_records_what_was_seen_done_and_spent() -> None:
    episode = in_loop(play_one(RuleAgent(press_button)))
    assert episode.outcome is Outcome.SOLVED
    assert episode.reward > 0
    (step,) = episode.steps
    assert "Click Me!" in step.observation
    assert step.target is not None
    assert step.action == f"click [{step.target.ref}]"
    assert (step.target.role, step.target.line) == ("button", 'button "Click Me!"')
    assert (step.reason, step.decided_by, step.cost.prompt_tokens) == ("the rule", "teacher", 7)
    assert step.timing.observe > 0
    assert step.timing.act > 0
    assert "button" in episode.intent
    assert episode.seconds > step.timing.act
    assert episode.key == "runs/test/round-001/episodes/explore-teacher/click-test/1.json.zst"


def test_what_a_model_was_asked_and_answered_is_kept_beside_the_step(tmp_path: Path) -> None:
    class Chatty(RuleAgent):
        async def decide(self, turns: Sequence[Turn]) -> list[Decision]:
            return [replace(each, exchange='{"answer": "Zoë \ud83c"}') for each in await super().decide(turns)]

    store = open_store(tmp_path)
    (step,) = in_loop(play_one(Chatty(press_button), store=store)).steps
    assert step.exchange is not None
    assert get_blob(store, step.exchange, "json").decode() == '{"answer": "Zoë ?"}'
    assert in_loop(play_one(RuleAgent(press_button), store=store)).steps[0].exchange is None


def test_text_that_is_no_action_is_told_to_the_agent_and_costs_a_step() -> None:
    agent = RuleAgent(lambda turn: "please click it" if not turn.history else press_button(turn))
    episode = in_loop(play_one(agent))
    first, second = episode.steps
    assert first.action == "please click it"
    assert '"please"' in first.feedback
    assert first.target is None
    assert agent.turns[1].history[0].feedback == first.feedback
    assert second.feedback == ""
    assert episode.outcome is Outcome.SOLVED


@pytest.mark.parametrize("words", [("scroll down",), ("what", "is", "this", "page")])
def test_steps_that_change_nothing_end_an_episode_early(words: tuple[str, ...]) -> None:
    agent = RuleAgent(lambda turn: words[len(turn.history) % len(words)])
    episode = in_loop(play_one(agent, settings=PlaySettings(useless_steps=3)))
    assert len(episode.steps) == 3
    assert episode.outcome is Outcome.FAILED
    assert "changed nothing" in episode.message


def test_a_key_pressed_again_is_not_useless() -> None:
    agent = RuleAgent(lambda turn: 'press "ArrowDown"' if len(turn.history) < 3 else press_button(turn))
    episode = in_loop(play_one(agent, settings=PlaySettings(useless_steps=2)))
    assert len({step.observation for step in episode.steps[:3]}) == 1
    assert episode.outcome is Outcome.SOLVED


def test_waiting_for_a_page_that_is_still_loading_is_not_useless() -> None:
    site = Site()
    site.pages["/slow"] = lambda: time.sleep(15) or "late"

    async def ask_at_every_key(page: Page) -> None:
        await page.evaluate("url => { onkeydown = () => { fetch(url, {mode: 'no-cors'}) } }", f"{site.origin}/slow")

    words = ["scroll up", 'press "a"']
    agent = RuleAgent(lambda turn: words[len(turn.history)] if len(turn.history) < 2 else 'note "not there yet"')
    benchmark = FaultyMiniWob(on_judge=ask_at_every_key)
    episode = in_loop(play_one(agent, benchmark=benchmark, settings=PlaySettings(useless_steps=2)))
    told = ["still loading" in step.feedback for step in episode.steps]
    assert told == [False, True, True, True]
    assert "no end after 4 steps" in episode.message  # and not two steps in a row that changed nothing


def test_the_step_limit_ends_an_episode_and_the_agent_is_told_of_its_last_step() -> None:
    agent = RuleAgent(lambda turn: f'note "{len(turn.history)}"')
    episode = in_loop(play_one(agent, settings=PlaySettings(max_steps=3)))
    assert [turn.last_step for turn in agent.turns] == [False, False, True]
    assert episode.outcome is Outcome.FAILED
    assert "no end after 3 steps" in episode.message


def test_an_answer_ends_an_episode_and_is_kept() -> None:
    episode = in_loop(play_one(RuleAgent(lambda _: 'stop "42"')))
    assert (episode.answer, episode.outcome, len(episode.steps)) == ("42", Outcome.FAILED, 1)


def test_an_evaluator_that_raises_is_a_judge_error() -> None:
    async def broken(_: Page) -> None:
        raise KeyError("reward")

    episode = in_loop(play_one(RuleAgent(press_button), benchmark=FaultyMiniWob(on_judge=broken)))
    assert episode.outcome is Outcome.JUDGE_ERROR
    assert "KeyError" in episode.message
    assert len(episode.steps) == 1


def test_a_site_whose_start_fails_is_an_environment_error() -> None:
    async def broken(*_: object) -> None:
        raise ValueError("no such site")

    episode = in_loop(play_one(RuleAgent(press_button), benchmark=FaultyMiniWob(on_start=broken)))
    assert episode.outcome is Outcome.ENV_ERROR
    assert episode.steps == ()


def test_a_crashed_page_and_an_endpoint_that_is_down_are_infrastructure_errors() -> None:
    async def lose(page: Page) -> None:
        page.lose(PageEvent(kind="closed", detail="given back"))

    lost = in_loop(play_one(RuleAgent(press_button), benchmark=FaultyMiniWob(on_judge=lose)))
    assert lost.outcome is Outcome.INFRA_ERROR
    down = RuleAgent(lambda turn: 'note "x"' if not turn.history else InfraError("endpoint down"))
    episode = in_loop(play_one(down))
    assert episode.outcome is Outcome.INFRA_ERROR
    assert "endpoint down" in episode.message
    assert len(episode.steps) == 1, "the steps until then are kept"


def test_an_episode_that_outlives_its_time_is_an_infrastructure_error() -> None:
    async def slow(*_: object) -> None:
        await asyncio.sleep(60)

    benchmark = FaultyMiniWob(on_start=slow)
    episode = in_loop(
        play_one(RuleAgent(press_button), benchmark=benchmark, settings=PlaySettings(episode_seconds=0.2))
    )
    assert episode.outcome is Outcome.INFRA_ERROR
    assert "0.2 s" in episode.message


class Thinking(RuleAgent):
    """Presses the button after so many seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__(press_button)
        self.seconds = seconds

    async def decide(self, turns: Sequence[Turn]) -> list[Decision]:
        await asyncio.sleep(self.seconds)
        return await super().decide(turns)


def test_the_time_a_model_takes_is_not_the_episodes() -> None:
    async def hangs(_: Page) -> None:
        await asyncio.sleep(60)

    async def go() -> tuple[Episode, Episode, float]:
        limit = 1 + 3 * (await play_one(RuleAgent(press_button))).seconds
        settings, slow = PlaySettings(episode_seconds=limit), Thinking(1.2 * limit)
        hung = FaultyMiniWob(on_judge=hangs)
        return await play_one(slow, settings=settings), await play_one(slow, settings=settings, benchmark=hung), limit

    solved, late, limit = asyncio.run(go())
    assert solved.outcome is Outcome.SOLVED
    assert solved.seconds > limit
    assert (late.outcome, late.extra["cause"]) == (Outcome.INFRA_ERROR, "TimeoutError"), "the page's time goes on after"


def test_a_model_that_takes_too_long_has_a_name_of_its_own() -> None:
    episode = in_loop(play_one(Thinking(60), settings=PlaySettings(decision_seconds=0.1)))
    assert (episode.outcome, episode.extra["cause"]) == (Outcome.INFRA_ERROR, "ModelTooSlow")
    assert "decision_seconds" in episode.message
    own = RuleAgent(lambda _: TimeoutError("a socket's"))
    assert in_loop(play_one(own)).extra["cause"] == "TimeoutError", "what an agent raises stays what it is"


class Noticing(FaultyMiniWob):
    """Says something beside the goal."""

    @override
    async def start(self, page: Page, task: Task, *, seed: int, visit: Visit = FREE) -> Start:
        return replace(await super().start(page, task, seed=seed), notice='end with stop "DONE"')


def test_what_stands_beside_the_goal_is_told_and_kept() -> None:
    agent = RuleAgent(press_button)
    episode = in_loop(play_one(agent, benchmark=Noticing()))
    assert {turn.notice for turn in agent.turns} == {episode.notice} == {'end with stop "DONE"'}


def test_a_spent_budget_is_no_outcome() -> None:
    with pytest.raises(BudgetError):
        in_loop(play_one(RuleAgent(lambda _: BudgetError("spent"))))


def test_wrong_input_is_an_outcome_only_where_one_decision_raised_it() -> None:
    refused = in_loop(play_one(RuleAgent(lambda _: InputError("filtered"))))
    assert (refused.outcome, refused.extra["lasting"]) == (Outcome.INFRA_ERROR, True)

    async def not_there(*_: object) -> None:
        raise InputError("the site is not installed")

    with pytest.raises(InputError, match="not installed"):
        in_loop(play_one(RuleAgent(press_button), benchmark=FaultyMiniWob(on_start=not_there)))


def test_screenshots_and_the_network_record_are_kept_by_their_content(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    benchmark = FaultyMiniWob()
    agent = RuleAgent(lambda _: 'stop ""')
    episode = in_loop(play_one(agent, benchmark=benchmark, store=store, screenshots=True, network=True))
    assert episode.steps[0].screenshot is not None
    assert get_blob(store, episode.steps[0].screenshot, "png").startswith(b"\x89PNG")
    assert episode.network is not None
    record = get_blob(store, episode.network, "har")
    assert record == benchmark.network
    urls = [entry["request"]["url"] for entry in json.loads(record)["log"]["entries"]]
    assert any(url.endswith("/miniwob/click-test.html") for url in urls)
