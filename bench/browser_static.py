"""One look at static pages of several sizes: ours, aria snapshots, and Chromium's accessibility tree over CDP."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from playwright.async_api import CDPSession, async_playwright
from playwright.async_api import Page as PlaywrightPage

from bench.browser_rows import Row, row
from components.browser.page import Page
from components.browser.pool import ARGUMENTS, BrowserPool
from components.browser.settings import BrowserSettings

SIZES = (60, 400, 2000, 9000)  # elements
REPEATS = 15
SECONDS = 4.0  # per row, so that the slowest stay bounded


def static_page(elements: int) -> str:
    """A page of about `elements` elements: a shop's listing with headings, texts, links, buttons and fields."""
    parts = [
        "<title>Shop</title><nav><ul>",
        *(f"<li><a href=/s{i}>Section {i}</a>" for i in range(5)),
        "</ul></nav><main>",
    ]
    for i in range(max(1, (elements - 15) // 10)):
        parts.append(
            f"<section><h2>Item {i}</h2><p>Words about <b>item</b> {i} that fill a line of text.</p>"
            f"<ul><li><a href=/i/{i}>Open {i}</a><li><button>Buy {i}</button></ul>"
            f"<label>Count <input value={i}></label></section>"
        )
    return "".join(parts) + "</main>"


async def repeat(call: Callable[[], Awaitable[Any]]) -> list[float]:
    timings: list[float] = []
    await call()
    deadline = time.perf_counter() + SECONDS
    while len(timings) < REPEATS and (time.perf_counter() < deadline or len(timings) < 3):
        began = time.perf_counter()
        await call()
        timings.append(time.perf_counter() - began)
    return timings


async def static_rows(executable: Path) -> list[Row]:
    """One look at a static page, in four ways, alone and with a screenshot."""
    rows: list[Row] = []
    settings = BrowserSettings(pages=1, budget_tokens=1_000_000)
    async with BrowserPool(settings=settings) as pool, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        context = await browser.new_context(viewport={"width": settings.width, "height": settings.height})
        empty_page = await context.new_page()
        cdp = await context.new_cdp_session(empty_page)
        async with pool.page() as page:
            for size in SIZES:
                html = static_page(size)
                await page.evaluate("html => { document.open(); document.write(html); document.close() }", html)
                await page.settle()
                await empty_page.set_content(html)
                count = await empty_page.evaluate("() => document.querySelectorAll('*').length")
                rows += await looks(page, empty_page, cdp, elements=count)
        await browser.close()
    return rows


async def looks(page: Page, empty_page: PlaywrightPage, cdp: CDPSession, *, elements: int) -> list[Row]:
    async def aria() -> object:
        return await empty_page.aria_snapshot(mode="ai")

    async def tree() -> object:
        return await cdp.send("Accessibility.getFullAXTree")

    async def with_shot(look: Callable[[], Awaitable[Any]], shot: Callable[[], Awaitable[Any]]) -> None:
        await look()
        await shot()

    ways: list[tuple[str, Callable[[], Awaitable[Any]], Callable[[], Awaitable[Any]]]] = [
        ("symbiont", page.observe, page.camera.viewport),
        ("aria_snapshot(mode='ai')", aria, empty_page.screenshot),
        ("CDP getFullAXTree", tree, empty_page.screenshot),
    ]
    rows = []
    for who, look, shot in ways:
        rows.append(row("static look", who, await repeat(look), elements=elements, variant="text only"))
        timings = await repeat(lambda look=look, shot=shot: with_shot(look, shot))  # type: ignore[misc]
        rows.append(row("static look", who, timings, elements=elements, variant="screenshot"))
    return rows
