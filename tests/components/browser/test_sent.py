"""The record of a page's requests for checks: of very many the oldest reads are forgotten, never the last change."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from components.browser import sent
from components.browser.actions import parse_action
from components.browser.page import Page
from components.browser.session import until


def test_of_more_requests_than_are_kept_the_oldest_that_change_nothing_are_forgotten(
    visit: Callable[..., None], site: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sent, "MOST_REQUESTS", 6)
    site.pages |= {"/first": "", "/last": "", **{f"/{number}": "" for number in range(9)}}
    html = """<script>(async () => {
    await fetch('/first', {method: 'POST', body: 'a'})
    for (let number = 0; number < 9; number++) await fetch(`/${number}`)
    await fetch('/last', {method: 'POST', body: 'b'})
    document.title = 'sent'
    })()</script>"""

    async def scenario(page: Page) -> None:
        await page.observe()
        asked = [(each.method, each.url.removeprefix(site.origin), each.status) for each in page.sent.requests]
        readings = [("GET", f"/{number}", 200) for number in range(5, 9)]
        assert asked == [("POST", "/first", 200), *readings, ("POST", "/last", 200)]

    visit(html, scenario)


WAYS = {
    "a beacon": ("navigator.sendBeacon('/done', 'a')", True),
    "a window": ("window.open('/done')", True),
    "a frame of another site": ("document.body.innerHTML = '<iframe src=ELSEWHERE/frame></iframe>'", True),
    "a frame that reads": ("document.body.innerHTML = '<iframe src=/none></iframe>'", False),
    "reading": ("fetch('/done')", False),
}


@pytest.mark.parametrize(("script", "wrote"), WAYS.values(), ids=list(WAYS))
def test_whatever_may_have_been_written_counts_as_written(
    script: str, wrote: bool, visit: Callable[..., None], site: Any
) -> None:
    site.pages |= {"/done": "", "/frame": "<script>fetch('/done', {method: 'POST'})</script>", "/none": ""}
    elsewhere = site.other
    html = f'<button onclick="{script.replace("ELSEWHERE", elsewhere)}">Go</button>'

    async def scenario(page: Page) -> None:
        await page.observe()
        assert not page.sent.wrote
        await page.act(parse_action("click [1]"))
        await until(lambda: page.sent.wrote, seconds=5 if wrote else 0.3)
        assert page.sent.wrote is wrote
        assert all(abs(each.at - time.time()) < 60 for each in page.sent.requests)

    visit(html, scenario)
