"""A real site and a real browser for this room's tests."""

from __future__ import annotations

import asyncio
import http.server
import threading
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest

from components.browser.page import Page
from components.browser.pool import BrowserPool
from components.browser.settings import BrowserSettings
from tests.browsers import in_loop, shared_pool

QUICK = {"hang_seconds": 30, "navigation_seconds": 40, "pages": 3, "width": 800, "height": 600}


class Site:
    """Serves the pages it is given, by path: a body or (content type, body, headers); callables are called."""

    def __init__(self) -> None:
        self.pages: dict[str, Any] = {}
        self.asked: list[tuple[str, str, str]] = []
        site = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                length = int(self.headers.get("content-length") or 0)
                site.asked.append((self.command, self.path, self.rfile.read(length).decode()))
                page = site.pages.get(self.path.split("?")[0])
                page = page() if callable(page) else page
                if page is None:
                    self.send_error(404)
                    return
                kind, body, *more = page if isinstance(page, tuple) else ("text/html; charset=utf-8", page)
                self.send_response(200)
                self.send_header("content-type", kind)
                self.send_header("set-cookie", "session=top-secret-cookie")
                for name, value in more:
                    self.send_header(name, value)
                self.end_headers()
                body = body() if callable(body) else body
                self.wfile.write(body if isinstance(body, bytes) else body.encode())

            do_POST = do_GET

            def log_message(self, *_: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        self.origin = f"http://127.0.0.1:{self.server.server_port}"
        self.other = f"http://localhost:{self.server.server_port}"  # the same server is another origin by this name


@pytest.fixture
def site() -> Iterator[Site]:
    served = Site()
    yield served
    served.server.shutdown()
    served.server.server_close()


@pytest.fixture
def neighbour() -> Iterator[Site]:
    """The same host at another port: another origin, but the same site."""
    served = Site()
    yield served
    served.server.shutdown()
    served.server.server_close()


Scenario = Callable[[Page], Awaitable[None]]


@pytest.fixture
def visit(site: Site) -> Callable[..., None]:
    """`visit(html, scenario, **settings)`: opens the page and runs the scenario on it, in a browser of its own where
    settings are given."""

    async def play(pool: BrowserPool, scenario: Scenario) -> None:
        async with pool.page() as page:
            page.allow((site.origin,))
            await page.goto(site.origin + "/")
            await scenario(page)

    async def play_together(scenario: Scenario) -> None:
        async with shared_pool(BrowserSettings(**QUICK)) as pool:
            await play(pool, scenario)

    async def play_alone(scenario: Scenario, settings: dict[str, Any]) -> None:
        async with BrowserPool(settings=BrowserSettings(**{**QUICK, **settings})) as pool:
            await play(pool, scenario)

    def run(html: str, scenario: Scenario, **settings: Any) -> None:
        site.pages["/"] = html
        if settings:
            asyncio.run(asyncio.wait_for(play_alone(scenario, settings), 120))
        else:
            in_loop(asyncio.wait_for(play_together(scenario), 120))

    return run
