"""A record of what a page asked and got, as HAR 1.2 with embedded content.

It can be read while the page is open (evaluators need both), which Playwright's own HAR cannot. Secrets are removed
before anything is kept: headers that authenticate, cookies, credentials in URLs, passwords in forms.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from playwright.async_api import Error, Request, Response
from playwright.async_api import Page as PlaywrightPage

from components.browser.session import until

SECRET = re.compile(r"authori[sz]ation|cookie|token|secret|api-?key|auto-login|password|passwd|x-auth", re.IGNORECASE)
REMOVED = "[removed]"
MOST_CONTENT = 5_000_000  # bytes of one body
FORM = "application/x-www-form-urlencoded"


def without_secrets(headers: list[dict[str, str]]) -> list[dict[str, str]]:
    """Headers with the values of those that authenticate removed."""
    return [{"name": h["name"], "value": REMOVED if SECRET.search(h["name"]) else h["value"]} for h in headers]


def public_url(url: str) -> str:
    """The URL without user name and password."""
    parts = urlsplit(url)
    if "@" not in parts.netloc:
        return url
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def post_data(body: str, mime: str) -> dict[str, Any]:
    """HAR's postData, with passwords in forms removed."""
    if not mime.startswith(FORM):
        return {"mimeType": mime, "text": body}
    pairs = [(k, REMOVED if SECRET.search(k) else v) for k, v in parse_qsl(body, keep_blank_values=True)]
    if not any(value is REMOVED for _, value in pairs):
        text = body
    else:
        text = "&".join(f"{name}={value}" for name, value in pairs)
    return {"mimeType": mime, "text": text, "params": [{"name": k, "value": v} for k, v in pairs]}


class NetworkRecord:
    """Listens to one page and keeps an entry per finished request, in the order they began."""

    def __init__(self, page: PlaywrightPage) -> None:
        self._entries: list[tuple[float, dict[str, Any]]] = []
        self._reading: set[asyncio.Task[None]] = set()
        self._page = page
        self._open: set[Request] = set()
        page.on("request", lambda request: self._open.add(request))
        page.on("requestfinished", self._start)
        page.on("requestfailed", self._start)

    def _start(self, request: Request) -> None:
        self._open.discard(request)
        task = asyncio.ensure_future(self._read(request))
        self._reading.add(task)
        task.add_done_callback(self._reading.discard)

    async def _read(self, request: Request) -> None:
        try:
            response = await request.response()
            began = request.timing["startTime"]
            entry = {
                "startedDateTime": datetime.fromtimestamp(max(began, 0) / 1000, UTC).isoformat(),
                "time": max(request.timing["responseEnd"], 0),
                "request": await _request(request),
                "response": await _response(request, response),
                "cache": {},
                "timings": {"send": 0, "wait": max(request.timing["responseStart"], 0), "receive": 0},
            }
        except Error:
            return  # the page was closed while its last answer was read
        self._entries.append((began, entry))

    async def catch_up(self) -> None:
        """Waits until every body of the requests that ended is read (at most 5 s): it goes with its document.

        Playwright tells late that a request has ended; those that do not within half a second are long polls.
        """
        with contextlib.suppress(Error, TimeoutError):
            await asyncio.wait_for(self._page.evaluate("0"), 5)  # it tells in order: what began is known then
        await until(lambda: not self._open, seconds=0.5)
        if self._reading:
            await asyncio.wait(set(self._reading), timeout=5)

    async def har(self) -> bytes:
        """The record so far."""
        await self.catch_up()
        entries = [entry for _, entry in sorted(self._entries, key=lambda item: item[0])]
        creator = {"name": "symbiont", "version": "1"}
        return json.dumps({"log": {"version": "1.2", "creator": creator, "pages": [], "entries": entries}}).encode()


async def _request(request: Request) -> dict[str, Any]:
    headers = [{"name": h["name"], "value": h["value"]} for h in await request.headers_array()]
    url = public_url(request.url)
    record: dict[str, Any] = {
        "method": request.method,
        "url": url,
        "httpVersion": "HTTP/1.1",
        "headers": without_secrets(headers),
        "queryString": [{"name": k, "value": v} for k, v in parse_qsl(urlsplit(url).query, keep_blank_values=True)],
        "cookies": [],
        "headersSize": -1,
        "bodySize": -1,
    }
    body = request.post_data_buffer
    if body is not None:
        mime = next((h["value"] for h in headers if h["name"].lower() == "content-type"), "")
        record["postData"] = post_data(body.decode("utf-8", "replace"), mime)
    return record


async def _response(request: Request, response: Response | None) -> dict[str, Any]:
    if response is None:
        return {**_EMPTY, "status": 0, "statusText": request.failure or "", "headers": [], "content": {"size": 0}}
    headers = [{"name": h["name"], "value": h["value"]} for h in await response.headers_array()]
    found = {h["name"].lower(): h["value"] for h in headers}
    mime = found.get("content-type", "")
    return {
        **_EMPTY,
        "status": response.status,
        "statusText": response.status_text,
        "headers": without_secrets(headers),
        "redirectURL": public_url(found.get("location", "")),
        "content": await _content(response, mime),
    }


_EMPTY: dict[str, Any] = {
    "httpVersion": "HTTP/1.1",
    "cookies": [],
    "redirectURL": "",
    "headersSize": -1,
    "bodySize": -1,
}


async def _content(response: Response, mime: str) -> dict[str, Any]:
    try:
        body = await response.body()
    except Error:
        return {"size": 0, "mimeType": mime}  # redirects have none; a replaced document's may be gone
    content: dict[str, Any] = {"size": len(body), "mimeType": mime}
    if len(body) > MOST_CONTENT:
        return {**content, "comment": "too large to keep"}
    try:
        return {**content, "text": body.decode("utf-8")}
    except UnicodeDecodeError:
        return {**content, "text": base64.b64encode(body).decode(), "encoding": "base64"}
