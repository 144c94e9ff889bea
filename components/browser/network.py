"""A record of a page's requests and responses, as HAR 1.2 with embedded content.

It can be read while the page is open, which Playwright's own HAR cannot; evaluators need both. Secrets are removed
before anything is recorded: headers that authenticate, cookies, credentials in URLs, and values named like a password
or a token in forms, JSON and queries of addresses.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlsplit, urlunsplit

from playwright.async_api import Error, Request, Response
from playwright.async_api import Page as PlaywrightPage

from components.browser.session import until

SECRET = re.compile(
    r"authori[sz]ation|cookie|token|secret|api[-_]?key|auto-login|password|passwd|x-auth", re.IGNORECASE
)
ADDRESSES = frozenset(("referer", "location", "content-location", "origin", ":path"))
"""Headers whose value is an address."""
REMOVED = "[removed]"
MOST_CONTENT = 5_000_000  # bytes of one body
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRules:
    """What is recorded.

    Attributes:
        bodies: media types whose content is recorded; empty: all.
        cookies: names of cookies whose values are recorded, because they are no secrets.
    """

    bodies: tuple[str, ...] = ()
    cookies: tuple[str, ...] = ()

    def header(self, name: str, value: str) -> dict[str, str]:
        """A header, without its value where that authenticates. Of `Cookie` the allowed cookies stay; of addresses all
        but secrets."""
        if name.lower() in ADDRESSES:
            return {"name": name, "value": public_url(value)}
        if not SECRET.search(name):
            return {"name": name, "value": value}
        plain = [part.strip() for part in value.split(";") if self._plain(part)] if name.lower() == "cookie" else []
        return {"name": name, "value": "; ".join(plain) or REMOVED}

    def set_cookies(self, headers: list[dict[str, str]]) -> list[dict[str, str]]:
        """The allowed cookies that a response sets."""
        values = [line for h in headers if h["name"].lower() == "set-cookie" for line in h["value"].splitlines()]
        pairs = [value.partition(";")[0].partition("=") for value in values if self._plain(value)]
        return [{"name": name.strip(), "value": value} for name, _, value in pairs]

    def _plain(self, cookie: str) -> bool:
        return cookie.partition("=")[0].strip() in self.cookies

    def body(self, mime: str) -> bool:
        return not self.bodies or mime.partition(";")[0].strip().lower() in self.bodies


def public_url(url: str) -> str:
    """The URL without user name, password, and values of secret parameters, also behind its #; `[removed]` for one that
    cannot be parsed."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return REMOVED
    query, fragment = map(_public_pairs, (parts.query, parts.fragment))
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], query=query, fragment=fragment))


def _public_pairs(text: str) -> str:
    return "&".join(map(_public_pair, text.split("&")))


def _public_pair(pair: str) -> str:
    name, equals, _ = pair.partition("=")
    return f"{name}={REMOVED}" if equals and SECRET.search(unquote_plus(name)) else pair


def post_data(body: str, mime: str) -> dict[str, Any]:
    """HAR's postData, with secrets in forms and JSON removed."""
    if mime.startswith(FORM):
        text = _public_pairs(body)
        pairs = parse_qsl(text, keep_blank_values=True)
        return {"mimeType": mime, "text": text, "params": [{"name": name, "value": value} for name, value in pairs]}
    if mime.startswith("multipart/form-data"):
        return {"mimeType": mime, "text": _PART.sub(_public_part, body)}
    return {"mimeType": mime, "text": public_json(body)}


_PART = re.compile(r'(name="(?P<name>[^"]*)"[^\r\n]*(?:\r?\n[^\r\n]+)*\r?\n\r?\n)(?P<value>.*?)(?=\r?\n--)', re.DOTALL)


def _public_part(part: re.Match[str]) -> str:
    return part[1] + REMOVED if SECRET.search(part["name"]) else part[0]


def public_json(text: str) -> str:
    """JSON without values that are named like secrets, whatever its media type; any other text unchanged."""
    if not text.lstrip().startswith(("{", "[")) or not SECRET.search(text):
        return text
    try:
        data = json.loads(text)
        public = _public(data)
        return text if public == data else json.dumps(public)
    except ValueError:
        return text
    except RecursionError:
        return REMOVED


def _public(value: Any) -> Any:
    if isinstance(value, list):
        return [_public(item) for item in value]
    if isinstance(value, dict):
        return {name: REMOVED if _is_secret(name, item) else _public(item) for name, item in value.items()}
    return value


def _is_secret(name: str, value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool) and bool(SECRET.search(name))


class NetworkRecord:
    """Records one page, or every tab of its context: one entry for each finished request, in the order they began."""

    def __init__(self, page: PlaywrightPage, rules: RecordRules, *, every_tab: bool = False) -> None:
        self._rules = rules
        self._entries: list[tuple[float, dict[str, Any]]] = []
        self._reading: set[asyncio.Task[None]] = set()
        self._page = page
        self._open: set[Request] = set()
        source: Any = page.context if every_tab else page
        source.on("request", lambda request: self._open.add(request))
        source.on("requestfinished", self._start)
        source.on("requestfailed", self._start)

    def _start(self, request: Request) -> None:
        self._open.discard(request)
        task = asyncio.ensure_future(self._add_entry(request))
        self._reading.add(task)
        task.add_done_callback(self._reading.discard)

    async def _add_entry(self, request: Request) -> None:
        try:
            response = await request.response()
            began = request.timing["startTime"]
            entry = {
                "startedDateTime": datetime.fromtimestamp(max(began, 0) / 1000, UTC).isoformat(),
                "time": max(request.timing["responseEnd"], 0),
                "request": await _request(request, self._rules),
                "response": await _response(request, response, self._rules),
                "cache": {},
                "timings": {"send": 0, "wait": max(request.timing["responseStart"], 0), "receive": 0},
            }
        except Error:
            return  # the page was closed while its last answer was read
        self._entries.append((began, entry))

    async def catch_up(self) -> None:
        """Waits until the bodies of all ended requests are read, 5 s at most: they are lost with their document.

        Playwright reports late that a request has ended. Requests that do not end within half a second are long polls.
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


async def _request(request: Request, rules: RecordRules) -> dict[str, Any]:
    headers = [{"name": h["name"], "value": h["value"]} for h in await request.headers_array()]
    url = public_url(request.url)
    record: dict[str, Any] = {
        "method": request.method,
        "url": url,
        "httpVersion": "HTTP/1.1",
        "headers": [rules.header(h["name"], h["value"]) for h in headers],
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


async def _response(request: Request, response: Response | None, rules: RecordRules) -> dict[str, Any]:
    if response is None:
        return {**_EMPTY, "status": -1, "statusText": request.failure or "", "headers": [], "content": {"size": 0}}
    headers = [{"name": h["name"], "value": h["value"]} for h in await response.headers_array()]
    by_name = {h["name"].lower(): h["value"] for h in headers}
    mime = by_name.get("content-type", "")
    return {
        **_EMPTY,
        "status": response.status,
        "statusText": response.status_text,
        "headers": [rules.header(h["name"], h["value"]) for h in headers],
        "cookies": rules.set_cookies(headers),
        "redirectURL": public_url(by_name.get("location", "")),
        "content": await _content(response, mime) if rules.body(mime) else {"size": -1, "mimeType": mime},
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
        text = body.decode("utf-8")
        return {**content, "text": public_json(text)}
    except UnicodeDecodeError:
        return {**content, "text": base64.b64encode(body).decode(), "encoding": "base64"}
