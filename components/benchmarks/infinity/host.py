"""Serves applications to many episodes at once, each with a state and an origin of its own.

`http://<episode>.<app>.localhost:PORT/` is for the episode's browser. It serves the application's pages, styles and
scripts, and takes its state after each change (`PUT /api/state`). Verifiers get that state from another address, which
no browser knows.

A state proves something only if the application's own scripts made it. So a policy forbids all other scripts (in pages,
attributes, addresses and frames), whatever the agent types into the application. The agent cannot open what the
application does not show: no state, no data file as a page, no task, no verifier.
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

from components.benchmarks.http_server import Answer, HttpServer, Request
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
        origin: address for the browser; it cannot be guessed.
        state_address: where a verifier finds the state; it cannot be guessed either.
        state: the newest one as it was sent, JSON; None before the first.
    """

    app: str
    origin: str
    state_address: str
    state: bytes | None = None
    _newest: int = 0

    def keep(self, state: bytes, *, number: int) -> None:
        """Keeps a state unless one with a higher `number` (requests are numbered as they begin) is kept already."""
        if number > self._newest:
            self.state, self._newest = state, number


async def open_tenant(page: Page, tenant: Tenant) -> None:
    """Opens a tenant's application and waits until it has sent its state.

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
        tenant = Tenant(app=app, origin=f"http://{host}", state_address=f"{self.origin}/{secret}")
        self._by_host[host] = self._by_secret[f"/{secret}{STATE}"] = tenant
        try:
            yield tenant
        finally:
            del self._by_host[host], self._by_secret[f"/{secret}{STATE}"]

    @override
    def answer(self, request: Request) -> Answer:
        host = request.headers.get("host", "")
        if host == f"{HOST}:{self.port}":
            return self._to_verifier(request)
        tenant = self._by_host.get(host)
        if tenant is None:
            return _REFUSED
        if request.path == STATE and request.method == "PUT":
            return _keep(tenant, request)
        if request.method not in READS:
            return _REFUSED
        if request.path == EVENTS and _is_own(request):
            return Answer(kind="text/event-stream", body=b"data: connected\n\n", open=True)
        return self._pages[tenant.app].answer(request)

    def _to_verifier(self, request: Request) -> Answer:
        tenant = self._by_secret.get(request.path)
        if tenant is None or tenant.state is None or request.method != "GET":
            return _REFUSED
        return Answer(kind="application/json", body=tenant.state)


def _is_own(request: Request) -> bool:
    """Whether a script of the page itself sent it: not an opened address, and not a page of another site."""
    return request.headers.get("sec-fetch-site") == "same-origin" and request.headers.get("sec-fetch-dest") == "empty"


def _keep(tenant: Tenant, request: Request) -> Answer:
    if not _is_own(request) or request.headers.get("origin") != tenant.origin:
        return _REFUSED
    if request.body is None:
        return Answer(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    tenant.keep(request.body, number=request.number)
    return Answer(kind="application/json", body=b'{"status":"ok"}')


class _Pages:
    """The files of one application's folder that a browser gets."""

    def __init__(self, folder: Path) -> None:
        self._files = Files(folder)
        texts = [path.read_text("utf-8", "replace") for path in folder.rglob("*") if path.suffix in (".js", ".html")]
        self._headers = (
            f"Content-Security-Policy: {_policy(texts)}",
            "X-Content-Type-Options: nosniff",
            "Cross-Origin-Resource-Policy: same-origin",
            "Cache-Control: no-store",  # what came as a script would be shown as a page from the browser's cache
        )

    def answer(self, request: Request) -> Answer:
        destination = request.headers.get("sec-fetch-dest", "")
        is_document = destination == "document"
        path = self._files.find("/index.html" if is_document else request.path)
        fits = request.path in PAGES if is_document else request.headers.get("sec-fetch-site") == "same-origin"
        if path is None or not fits or path.suffix not in DESTINATIONS.get(destination, ()):
            return _REFUSED
        return Answer(kind=content_type(path), body=self._files.content(path), headers=self._headers)


def _policy(texts: list[str]) -> str:
    """A content security policy that allows only the application's files and the handlers in its own attributes.

    A handler that is put together at run time looks like one that was typed in, and is forbidden too.
    """
    handlers = {html.unescape(match[2] or match[3] or "") for text in texts for match in _HANDLER.finditer(text)}
    hashes = (base64.b64encode(hashlib.sha256(words.encode()).digest()).decode() for words in sorted(handlers))
    allowed = "".join(f" 'sha256-{digest}'" for digest in hashes)
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'" + (f" 'unsafe-hashes'{allowed}" if allowed else ""),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "form-action 'none'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )
