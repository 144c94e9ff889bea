"""A window of an allowed site is one more tab: told, shown, gone back to, closed; others are closed as ever."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from components.benchmarks.pages import OwnPages
from components.browser.actions import ActionError, parse_action
from components.browser.page import ActResult, Page
from components.browser.pool import BrowserPool
from components.browser.settings import BrowserSettings
from components.episodes.config import PlaySettings
from components.episodes.play import Attempt
from components.trajectories.schema import Episode, Outcome
from tests.browsers import in_loop
from tests.components.browser.conftest import QUICK
from tests.components.episodes.parts import IDENTITY, RuleAgent, play_one


async def do(page: Page, action: str) -> ActResult:
    """An action in the tab in front, as the player does it."""
    seen = await page.tabs.front.observe()
    return await page.tabs.act(parse_action(action, seen))


async def tabs_once_all_came(page: Page) -> int:
    """How many tabs are open when no window is on its way any more, which takes a moment on a busy machine."""
    for _ in range(200):
        if not page.tabs.opening:
            break
        await asyncio.sleep(0.05)
    return len(page.tabs.pages)


async def seen(page: Page) -> str:
    return (await page.tabs.front.observe()).text


def test_a_new_tab_is_shown_and_the_others_can_be_gone_to_and_closed(visit: Callable[..., None], site: Any) -> None:
    read = "<button onclick=\"t.textContent = 'read'\">Read</button><p id=t></p>"
    site.pages["/help"] = f"<title>Help</title><p>How it works</p>{read}"
    html = '<title>Start</title><a target=_blank href="/help">Help</a><a href="/">Home</a>'

    async def scenario(page: Page) -> None:
        assert (await page.observe()).tabs == ()
        with pytest.raises(ActionError, match="there is no action"):
            parse_action("tab 1", await page.observe())
        opened = await do(page, "click [1]")
        assert opened.feedback == "A new tab was opened and is shown."
        assert [event.kind for event in opened.events] == []
        first, second, *rest = (await seen(page)).split("\n")
        assert first == f'tab 1 "Start", "{site.origin}/"'
        assert second == f'tab 2 "Help", "{site.origin}/help" (shown)'
        assert 'text "How it works"' in "\n".join(rest)
        assert (await do(page, "click [1]")).feedback == ""
        assert 'text "read"' in await seen(page)
        assert (await do(page, "tab 1")).feedback == ""
        assert '(shown)\ntab 2 "Help"' in await seen(page)
        assert '[1] link "Help"' in await seen(page)
        assert "no tab 3" in (await do(page, "tab 3")).feedback
        await do(page, "tab 2")
        assert 'text "read"' in await seen(page), "it stayed as it was"
        assert (await do(page, "close_tab")).feedback == ""
        assert '[1] link "Help"' in await seen(page)
        assert (await page.tabs.front.observe()).tabs == ()

    visit(html, scenario, tabs=3)


def test_a_tab_that_closes_itself_leaves_the_one_before(visit: Callable[..., None], site: Any) -> None:
    site.pages["/done"] = "<button onclick='window.close()'>Done</button>"
    html = "<button onclick=\"window.open('/done')\">Open</button>"

    async def scenario(page: Page) -> None:
        await do(page, "click [1]")
        assert 'button "Done"' in await seen(page)
        await do(page, "click [1]")
        for _ in range(100):
            if 'button "Open"' in await seen(page):
                return
            with_one = await do(page, "wait")
            assert with_one.feedback in ("", "The tab closed itself.")
        raise AssertionError(await seen(page))

    visit(html, scenario, tabs=2)


def test_windows_of_other_sites_and_beyond_the_most_are_closed(visit: Callable[..., None], site: Any) -> None:
    site.pages["/more"] = "<p>more</p>"
    site.pages["/away"] = f"<script>location = '{site.other}/secret'</script>"
    html = f"""<a target=_blank href="{site.other}/more">Other</a><a target=_blank href="/more">More</a>
    <a target=_blank href="/away">Led away</a>"""

    async def scenario(page: Page) -> None:
        other = await do(page, "click [1]")
        assert [(event.kind, event.detail) for event in other.events] == [("popup", f"{site.other}/more")]
        await do(page, "click [3]")
        if await tabs_once_all_came(page) == 2:  # it came as a tab, and stayed on its site
            await do(page, "close_tab")
        assert "secret" not in " ".join(tab.url for tab in page.tabs.pages)
        assert await tabs_once_all_came(page) == 1
        await do(page, "click [2]")
        assert await tabs_once_all_came(page) == 2
        await do(page, "tab 1")
        full = await do(page, "click [2]")
        assert [event.kind for event in full.events] == ["popup"]
        assert "which was closed" in full.feedback
        assert len(page.tabs.pages) == 2

    visit(html, scenario, tabs=2)


def test_a_new_tab_cannot_leave_the_allowed_sites(visit: Callable[..., None], site: Any) -> None:
    site.pages["/tab"] = f"<a href='{site.other}/away'>Away</a>"

    async def scenario(page: Page) -> None:
        await do(page, "click [1]")
        blocked = await do(page, "click [1]")
        assert [event.kind for event in blocked.events] == ["blocked_navigation"]
        assert page.tabs.front.url == f"{site.origin}/tab"
        assert not any(path == "/away" for _, path, _ in site.asked)

    visit('<a target=_blank href="/tab">Tab</a>', scenario, tabs=2)


def test_a_page_of_many_tabs_is_taken_back_whole(site: Any) -> None:
    site.pages["/"] = '<a target=_blank href="/">Again</a>'

    async def play() -> None:
        async with BrowserPool(settings=BrowserSettings(**{**QUICK, "pages": 1, "tabs": 3})) as pool:
            for _ in range(2):
                async with pool.page() as page:
                    await page.goto(site.origin + "/")
                    await do(page, "click [1]")
                    assert len(page.tabs.pages) == 2
                assert all(tab.lost for tab in page.tabs.pages)

    asyncio.run(asyncio.wait_for(play(), 120))


def test_where_one_tab_is_open_a_student_may_write_what_it_always_could() -> None:
    agent = RuleAgent(lambda turn: "tab 1" if not turn.history else 'stop ""')
    episode = in_loop(play_one(agent, settings=PlaySettings(max_steps=3)))
    assert "there is no action" in episode.steps[0].feedback
    assert "tab" not in episode.steps[0].feedback.partition("use one of")[2]


def test_an_episode_goes_on_in_the_tab_that_was_opened_and_is_judged_there(tmp_path: Path) -> None:
    (tmp_path / "start.html").write_text('<title>Start</title><a target=_blank href="other.html">Other</a>')
    (tmp_path / "other.html").write_text("<title>Other</title><p>here</p>")
    (tmp_path / "tasks.yaml").write_text(
        "tasks:\n- {id: open, family: open, intent: Open it, start: start.html, check: {page: other.html}}\n"
    )
    moves = ("click [1]", "tab 1", "tab 2", 'stop ""')
    agent = RuleAgent(lambda turn: moves[len(turn.history)])

    async def play() -> Episode:
        settings = BrowserSettings(**{**QUICK, "tabs": 2})
        async with OwnPages(folder=tmp_path) as benchmark, BrowserPool(settings=settings) as pool, pool.page() as page:
            return await Attempt(
                page=page,
                benchmark=benchmark,
                task=benchmark.tasks["open"],
                seed=0,
                agent=agent,
                identity=IDENTITY,
                settings=PlaySettings(),
            ).play()

    episode = asyncio.run(asyncio.wait_for(play(), 120))
    assert episode.steps[0].action == "click [1]"
    assert episode.outcome is Outcome.SOLVED, episode.message
    assert "A new tab was opened" in episode.steps[0].feedback
