"""A small site, and a walk over it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from components.browser.pool import BrowserPool
from components.browser.settings import BrowserSettings
from components.maps.crawl import Walk
from components.maps.look import Look
from components.maps.site_map import SiteMap
from components.sites.config import Reset, Site
from components.sites.replica import Replica

SHELF = '<a href="/thing/{n}/name-{n}/">thing {n}</a><a href="/thing/{n}/lend?x={n}">lend {n}</a>'
PAGES = {
    "/": '<h1>Desk</h1><a href="/shelf/1">one</a><a href="/shelf/2">two</a><a href="/secret/">secret</a>'
    '<a href="/user/logout/">Leave</a><a href="/thing/3/delete">Delete it</a><a href="/manual.pdf">Manual</a>'
    '<a href="http://elsewhere.example/">Elsewhere</a>',
    "/robots.txt": "User-agent: *\nDisallow: /secret/\n",
    "/shelf/1": "<h1>Shelf</h1>" + "".join(SHELF.format(n=n) for n in range(10)),
    "/shelf/2": "<h1>Shelf</h1>" + "".join(SHELF.format(n=n) for n in range(10, 20)),
}
FORM = "<h1>{path}</h1><form method=post action='/lend'><label>Who <input name=who></label><button>Lend</button></form>"


@contextmanager
def desk(pages: dict[str, str] = PAGES) -> Iterator[tuple[str, list[str]]]:
    """The address of a site, and what it was asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            body = pages.get(self.path, FORM.format(path=self.path)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def walked(
    address: str, *, pages: int, kept: SiteMap | None = None, settings: BrowserSettings | None = None, **more: object
) -> SiteMap:
    """A map after a walk; `resettable` and `keep` as told."""
    reset = Reset(post="/reset") if more.get("resettable") else None
    site = Site(at=(address,), reset=reset)
    replica = Replica(name="desk", site=site, folder=Path(), address=address)
    keep: Callable[[Look], None] = more.get("keep") or (lambda _: None)  # type: ignore[assignment]
    map = kept or SiteMap()

    async def run() -> None:
        async with BrowserPool(settings=settings or BrowserSettings(pages=1)) as pool:
            await Walk(replica=replica, cookies=(), pages=pages, pause=0, keep=keep).over(map, pool)

    asyncio.run(run())
    return map
