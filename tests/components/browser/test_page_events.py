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


def test_a_window_s_address_is_told_whole_also_when_it_comes_later(visit: Callable[..., None], site: Any) -> None:
    report = f"{site.origin}/report?" + "&".join(f"filter{i}=value{i}" for i in range(60))
    site.pages["/report"] = "<p>report</p>"
    html = f"""<a href="{report}" target=_blank>Report</a><button onclick="const w = window.open('');
    setTimeout(() => w.location = '{report}', 200)">Later</button>
    <button onclick="window.open('').document.write('hi')">Own</button>"""

    async def scenario(page: Page) -> None:
        await page.observe()
        for ref in (1, 2):
            opened = await do(page, f"click [{ref}]")
            assert [(event.kind, event.detail) for event in opened.events] == [("popup", report)]
            assert report in opened.feedback
        opened = await do(page, "click [3]")
        assert [(event.kind, event.detail) for event in opened.events] == [("popup", "about:blank")]
        assert (await do(page, f'goto "{report}"')).feedback == ""
        assert page.url == report

    visit(html, scenario)


def test_a_form_that_is_posted_into_a_new_window_is_posted_here(visit: Callable[..., None], site: Any) -> None:
    site.pages["/sent"] = "<p>received</p>"
    html = """<form method=post action=/sent target=_blank><input name=q value=1><button>Send</button></form>
    <form method=post action=/sent target=kept><input name=q value=2><button>Into the frame</button></form>
    <iframe name=kept></iframe><form id=scripted method=post action=/sent target=result><input name=q value=3></form>
    <button onclick="scripted.submit()">By script</button>"""

    async def scenario(page: Page) -> None:
        for ref, where in ((4, f"{site.origin}/"), (2, f"{site.origin}/sent"), (6, f"{site.origin}/sent")):
            await page.goto(f"{site.origin}/")
            await page.observe()
            sent = await do(page, f"click [{ref}]")
            assert sent.events == ()
            assert page.url == where
            assert '"received"' in (await page.observe()).text
        assert [body for method, path, body in site.asked if path == "/sent"] == ["q=2", "q=1", "q=3"]

    visit(html, scenario)


def test_a_document_that_was_never_asked_for_is_left_when_it_is_committed(
    visit: Callable[..., None], site: Any, neighbour: Any
) -> None:
    neighbour.pages["/away"] = (
        "text/html", "<title>Bank</title><p>away</p><script>window.won = 1</script>",
        ("supports-loading-mode", "credentialed-prerender"),
    )  # fmt: skip
    site.pages["/own"] = """<button onclick="location.href = window.URL.createObjectURL(new Blob(['<p>own words</p>'],
        {type: 'text/html'}))">Own</button>"""
    rules = f'[{{"source": "list", "urls": ["{neighbour.origin}/away"], "eagerness": "immediate"}}]'
    html = f"""<script type=speculationrules>{{"prerender": {rules}, "prefetch": {rules}}}</script>
    <button onclick="location.href = '{neighbour.origin}/away'">Go</button>"""

    async def scenario(page: Page) -> None:
        await page.observe()
        await asyncio.sleep(0.5)  # for what is fetched beforehand
        left = await do(page, "click [1]")
        assert kinds(left) == ["blocked_navigation"]
        assert left.events[0].detail == f"{neighbour.origin}/away"
        assert (page.url, await page.evaluate("() => window.won ?? 0")) == (f"{site.origin}/", 0)
        assert "Go" in (await page.observe()).text
        await page.goto(f"{site.origin}/own")
        await page.observe()
        assert (await do(page, "click [1]")).feedback == ""
        assert '"own words"' in (await page.observe()).text

    visit(html, scenario)


def test_a_page_does_not_reach_the_browser_s_own_server(site: Any) -> None:
    site.pages["/"] = "<p>hello</p>"

    async def play() -> None:
        async with BrowserPool(settings=BrowserSettings(pages=1)) as pool, pool.page() as page:
            await page.goto(site.origin + "/")
            tell = "async (url) => fetch(url, {mode: 'no-cors'}).then((r) => r.type, () => 'refused')"
            assert await page.evaluate(tell, f"{site.origin}/") == "basic"
            assert await page.evaluate(tell, f"http://127.0.0.1:{pool._port}/json/version") == "refused"
            assert await page.evaluate(tell, f"http://localhost:{pool._port}/json/list") == "refused"

    asyncio.run(asyncio.wait_for(play(), 120))


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
