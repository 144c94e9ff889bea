"""Serves applications to many episodes at once, each with a state and an origin of its own.

`http://<episode>.<app>.localhost:PORT/` is for the episode's browser: the application's pages, styles and scripts, and
the one thing its own scripts tell the server, the state after each change (`PUT /api/state`). Verifiers ask another
address for that state, which nobody in a browser knows.

A state is what the application's own scripts made of what the agent did, or it proves nothing. So only those scripts
run: a policy forbids every other (in pages, attributes, addresses and frames), whatever the application makes of what
is typed into it. And nothing tells the agent what it could not see in the application: no state, no data file opened
as a page, no task, no verifier.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import html
import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

from typing_extensions import override

from components.benchmarks.http_server import Answer, Asked, HttpServer
from components.benchmarks.static_server import READS, Files, content_type
from components.loopback import HOST
from components.sites.trouble import SiteError

if TYPE_CHECKING:
    from components.browser.page import Page

STATE, EVENTS = "/api/state", "/api/events"
DESTINATIONS = {
    "document": (".html",),
    "script": (".js", ".mjs"),
    "style": (".css",),
    "image": (".svg", ".png", ".jpg", ".jpeg", ".gif", ".webp", ".ico"),
    "font": (".woff", ".woff2", ".ttf", ".otf"),
}
"""What a browser may want a file for, by its own word (which no script can change), and the files it then gets."""
PAGES = ("/", "/index.html")
POLL, TOLD_SECONDS = 0.02, 15.0
_HANDLER = re.compile(r"""\bon[a-z]+=("([^"<>]*)"|'([^'<>]*)')""")
_REFUSED = Answer(status=HTTPStatus.NOT_FOUND, body=b"not found\n")


@dataclass(slots=True, kw_only=True)
class Tenant:
    """One episode's application.

    Attributes:
        origin: where the browser finds it; `told`: where a verifier finds its state. Both are past guessing.
        state: the newest one that was told, as it was told; None before the first.
    """

    app: str
    origin: str
    told: str
    state: bytes | None = None
    _newest: int = 0

    def keep(self, state: bytes, *, number: int) -> None:
        """Keeps a state unless a later one (by when its request began) came first."""
        if number > self._newest:
            self.state, self._newest = state, number


async def opened(page: Page, tenant: Tenant) -> None:
    """Opens a tenant's application and waits until it has told its state.

    Raises:
        SiteError: it does not.
    """
    page.allow((tenant.origin,))
    await page.goto(f"{tenant.origin}/")
    loop = asyncio.get_running_loop()
    end = loop.time() + TOLD_SECONDS
    while tenant.state is None:
        if loop.time() > end:
            raise SiteError(f"the application {tenant.app} did not tell its state within {TOLD_SECONDS:g} s")
        await asyncio.sleep(POLL)


class Host(HttpServer):
    """Args: `apps` are the folders of the applications, by name."""

    most_body = 64 * 2**20

    def __init__(self, apps: Mapping[str, Path]) -> None:
        super().__init__()
        self._apps, self._pages = dict(apps), dict[str, _Pages]()
        self._by_host: dict[str, Tenant] = {}
        self._by_secret: dict[str, Tenant] = {}

    @contextmanager
    def tenant(self, app: str) -> Iterator[Tenant]:
        """A fresh application, forgotten when the block ends; its files are read the first time."""
        if app not in self._pages:
            self._pages[app] = _Pages(self._apps[app])
        host, secret = f"{secrets.token_hex(8)}.{app}.localhost:{self.port}", secrets.token_hex(16)
        tenant = Tenant(app=app, origin=f"http://{host}", told=f"{self.origin}/{secret}")
        self._by_host[host] = self._by_secret[f"/{secret}{STATE}"] = tenant
        try:
            yield tenant
        finally:
            del self._by_host[host], self._by_secret[f"/{secret}{STATE}"]

    @override
    def answer(self, asked: Asked) -> Answer:
        host = asked.headers.get("host", "")
        if host == f"{HOST}:{self.port}":
            return self._to_verifier(asked)
        tenant = self._by_host.get(host)
        if tenant is None:
            return _REFUSED
        if asked.path == STATE and asked.method == "PUT":
            return _keep(tenant, asked)
        if asked.method not in READS:
            return _REFUSED
        if asked.path == EVENTS and _is_own(asked):
            return Answer(kind="text/event-stream", body=b"data: connected\n\n", open=True)
        return self._pages[tenant.app].answer(asked)

    def _to_verifier(self, asked: Asked) -> Answer:
        tenant = self._by_secret.get(asked.path)
        if tenant is None or tenant.state is None or asked.method != "GET":
            return _REFUSED
        return Answer(kind="application/json", body=tenant.state)


def _is_own(asked: Asked) -> bool:
    """Whether a script of the page itself asked: not an address that was opened, not another site's page."""
    return asked.headers.get("sec-fetch-site") == "same-origin" and asked.headers.get("sec-fetch-dest") == "empty"


def _keep(tenant: Tenant, asked: Asked) -> Answer:
    if not _is_own(asked) or asked.headers.get("origin") != tenant.origin:
        return _REFUSED
    if asked.body is None:
        return Answer(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    tenant.keep(asked.body, number=asked.number)
    return Answer(kind="application/json", body=b'{"status":"ok"}')


class _Pages:
    """What a browser gets of one application's folder."""

    def __init__(self, folder: Path) -> None:
        self._files = Files(folder)
        texts = [path.read_text("utf-8", "replace") for path in folder.rglob("*") if path.suffix in (".js", ".html")]
        self._headers = (
            f"Content-Security-Policy: {_policy(texts)}",
            "X-Content-Type-Options: nosniff",
            "Cross-Origin-Resource-Policy: same-origin",
            "Cache-Control: no-store",  # what came as a script would be shown as a page from the browser's cache
        )

    def answer(self, asked: Asked) -> Answer:
        wanted = asked.headers.get("sec-fetch-dest", "")
        opened = wanted == "document"
        path = self._files.find("/index.html" if opened else asked.path)
        fits = asked.path in PAGES if opened else asked.headers.get("sec-fetch-site") == "same-origin"
        if path is None or not fits or path.suffix not in DESTINATIONS.get(wanted, ()):
            return _REFUSED
        return Answer(kind=content_type(path), body=self._files.content(path), headers=self._headers)


def _policy(texts: list[str]) -> str:
    """Only files of the application are scripts, and the words that its authors wrote into attributes themselves.

    An attribute whose words are put together while it runs cannot be told from one that was typed in: it does nothing.
    """
    handlers = {html.unescape(found[2] or found[3] or "") for text in texts for found in _HANDLER.finditer(text)}
    hashes = (base64.b64encode(hashlib.sha256(words.encode()).digest()).decode() for words in sorted(handlers))
    known = "".join(f" 'sha256-{digest}'" for digest in hashes)
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'" + (f" 'unsafe-hashes'{known}" if known else ""),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "form-action 'none'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )
