"""Whatever a page does becomes a typed event, and never a dead worker."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest

from components.browser.actions import parse_action
from components.browser.page import ActResult, Page, PageLost
from components.browser.pool import BrowserPool
from components.browser.settings import BrowserSettings
from components.errors import InfraError


async def do(page: Page, text: str) -> ActResult:
    return await page.act(parse_action(text))


def kinds(result: ActResult) -> list[str]:
    return [event.kind for event in result.events]


def test_dialogs_popups_downloads_and_errors_are_events_and_the_page_lives_on(
    visit: Callable[..., None], site: Any
) -> None:
    site.pages["/file"] = ("application/x-thing", "data", ("content-disposition", "attachment; filename=a.bin"))
    site.pages["/new"] = "<p>new window</p>"
    html = """<p id=out></p>
    <button onclick="alert('Hi'); out.textContent = confirm('Sure?') + ' ' + prompt('Name?', 'Ann')">Ask</button>
    <button onclick="window.open('/new')">Open</button><a href=/new target=_blank>New tab</a><a href=/file>File</a>
    <button onclick="setTimeout(() => { throw new Error('broken') })">Throw</button>"""

    async def scenario(page: Page) -> None:
        await page.observe()
        asked = await do(page, "click [1]")
        details = [event.detail for event in asked.events]
        assert details == ['alert "Hi" accepted', 'confirm "Sure?" accepted', 'prompt "Name?" accepted']
        assert 'The page showed a dialog: alert "Hi" accepted.' in asked.feedback
        assert 'text "true Ann"' in (await page.observe()).text
        for ref in (2, 3):
            opened = await do(page, f"click [{ref}]")
            assert kinds(opened) == ["popup"]
            assert opened.events[0].detail == f"{site.origin}/new"
        saved = await do(page, "click [4]")
        await asyncio.sleep(0.2)
        events = saved.events + page.drain_events()
        assert [(e.kind, e.detail) for e in events] == [("download", f"a.bin from {site.origin}/file")]
        thrown = await do(page, "click [5]")
        assert kinds(thrown) == ["console_error"]
        assert "broken" in thrown.events[0].detail
        assert thrown.feedback == ""
        assert "button" in (await page.observe()).text
        assert page.drain_events() == ()

    visit(html, scenario)


def test_a_page_that_opens_its_document_and_never_closes_it_does_not_delay(visit: Callable[..., None]) -> None:
    async def scenario(page: Page) -> None:
        await page.observe()
        began = time.monotonic()
        await do(page, "click [1]")
        assert time.monotonic() - began < 15
        assert 'text "wiped"' in (await page.observe()).text

    html = "<button onclick=\"document.open(); document.write('<p>wiped</p>')\">Wipe</button>"
    visit(html, scenario, navigation_seconds=60)


def test_dialogs_can_be_dismissed(visit: Callable[..., None]) -> None:
    async def scenario(page: Page) -> None:
        await page.observe()
        await do(page, "click [1]")
        assert 'text "false"' in (await page.observe()).text

    visit("<p id=o></p><button onclick='o.textContent = confirm(1)'>Ask</button>", scenario, dialogs="dismiss")


def test_leaving_the_allowed_sites_is_blocked_by_every_way_and_the_page_stays(
    visit: Callable[..., None], site: Any
) -> None:
    site.pages["/away"] = "<p>other site</p>"
    site.pages["/redirect"] = f"<script>location = '{site.other}/away'</script>redirecting"
    away = f"{site.other}/away"
    html = f"""<a href={away}>Link</a><form action={away} method=post><button>Send</button></form>
    <button onclick="location = '{away}'">Script</button><a href="{site.origin}/redirect">Indirect</a>"""

    async def scenario(page: Page) -> None:
        for action in ("click [1]", "click [2]", "click [3]", f'goto "{away}"', 'goto "file:///etc/passwd"'):
            await page.observe()
            blocked = await do(page, action)
            assert kinds(blocked) == ["blocked_navigation"], action
            assert "is not on an allowed site" in blocked.feedback
            assert page.url == f"{site.origin}/"
        blocked = await do(page, "click [4]")
        assert [e.kind for e in blocked.events] == ["blocked_navigation"]
        assert not any(path == "/away" for _, path, _ in site.asked)

    visit(html, scenario)


def test_a_page_that_hangs_is_given_up_in_time(visit: Callable[..., None]) -> None:
    async def scenario(page: Page) -> None:
        await page.observe()
        began = time.monotonic()
        with pytest.raises(PageLost) as caught:
            await do(page, "click [1]")
        assert caught.value.event.kind == "hang"
        assert time.monotonic() - began < 10
        with pytest.raises(PageLost):
            await page.observe()
        assert page.lost

    visit("<button onclick='while (true);'>Loop</button>", scenario, hang_seconds=4)


def test_a_page_that_crashes_or_closes_says_so_and_the_pool_gives_another(site: Any) -> None:
    site.pages["/"] = "<button onclick='close()'>Close</button>"

    async def lost(pool: BrowserPool, action: Callable[[Page], Any]) -> PageLost:
        async with pool.page() as page:
            await page.goto(site.origin + "/")
            await page.observe()
            with pytest.raises(PageLost) as caught:
                await action(page)
            assert caught.value.event in page.drain_events()
            return caught.value

    async def crash(page: Page) -> None:
        await page.goto("chrome://crash")

    async def close(page: Page) -> None:
        await page._playwright.close()
        await page.observe()

    async def play() -> None:
        settings = BrowserSettings(hang_seconds=30, navigation_seconds=40, pages=1)
        async with BrowserPool(settings=settings) as pool:
            assert (await lost(pool, crash)).event.kind == "crash"
            assert (await lost(pool, close)).event.kind == "closed"
            async with pool.page() as page:
                await page.goto(site.origin + "/")
                assert "button" in (await page.observe()).text
            assert pool.launches == 1

    asyncio.run(asyncio.wait_for(play(), 120))


def test_a_site_that_is_down_is_an_infrastructure_error(visit: Callable[..., None]) -> None:
    async def scenario(page: Page) -> None:
        with pytest.raises(InfraError) as caught:
            await page.goto("http://127.0.0.1:9/")
        assert "127.0.0.1:9" in str(caught.value)
        assert not isinstance(caught.value, PageLost)

    visit("<p>x</p>", scenario)
