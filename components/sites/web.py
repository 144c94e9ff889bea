"""A small HTTP client for sites: requests without a browser, for resets, log-ins and checks."""

from __future__ import annotations

import http.cookiejar
import socket
import string
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection, IncompleteRead
from typing import Any, BinaryIO
from urllib.parse import quote, unquote, urlencode, urljoin

from components.browser.origins import origin_of
from components.browser.settings import Cookie
from components.documents.html import Html
from components.sites.trouble import SiteError

MOST_BYTES = 5_000_000
"""How much of a response is read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int
    text: str


class _AtHome(urllib.request.HTTPRedirectHandler):
    """Follows no redirect to another origin: it would be sent the cookies and headers of this one."""

    def redirect_request(self, req: urllib.request.Request, *args: Any) -> urllib.request.Request | None:
        onward = super().redirect_request(req, *args)
        return onward if onward and origin_of(onward.full_url) == origin_of(req.full_url) else None


class _Lines:
    """The lines of a header as they are read."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self.last = stream, b""

    def readline(self, most: int = -1) -> bytes:
        self.last = self._stream.readline(most)
        return self.last


class _Whole(HTTPResponse):
    """A response whose header ends with an empty line; one that breaks off before it is none."""

    def begin(self) -> None:
        stream = self.fp
        self.fp = lines = _Lines(stream)  # type: ignore[assignment]  # no more is read of it here
        try:
            super().begin()
        finally:
            self.fp = stream
        if not lines.last:
            raise IncompleteRead(b"")


class _InTime(HTTPConnection):
    """A connection whose response begins within its time limit, however slowly its header comes."""

    response_class = _Whole

    def getresponse(self) -> HTTPResponse:
        late, link = threading.Event(), self.sock

        def cut() -> None:
            late.set()
            with suppress(OSError):  # it is closed already
                link.shutdown(socket.SHUT_RDWR)

        timer = threading.Timer(self.timeout or 0, cut)
        timer.start()
        try:
            response = super().getresponse()
        finally:
            timer.cancel()
        if late.is_set():  # what came of the header reads like a whole one
            response.close()
            raise TimeoutError("timed out")
        return response


class _SecureInTime(_InTime, HTTPSConnection):
    pass


class _Http(urllib.request.HTTPHandler):
    def http_open(self, req: urllib.request.Request) -> HTTPResponse:
        return self.do_open(_InTime, req)


class _Https(urllib.request.HTTPSHandler):
    def https_open(self, req: urllib.request.Request) -> HTTPResponse:
        return self.do_open(_SecureInTime, req)


class Web:
    """A session with a site, with cookies of its own. No proxy is used: sites are local, or in the cluster.

    Args:
        address: origin of the site.
        seconds: time limit of each request.
        cookies: those of an earlier session.
    """

    def __init__(self, address: str, *, seconds: float, cookies: Iterable[Cookie] = ()) -> None:
        self.address, self.seconds = address, seconds
        self._jar = http.cookiejar.CookieJar(http.cookiejar.DefaultCookiePolicy(rfc2965=False))
        self._header = "; ".join(f"{cookie.name}={cookie.value}" for cookie in cookies)
        kept = urllib.request.HTTPCookieProcessor(self._jar)
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), kept, _AtHome(), _Http(), _Https())

    def get(self, path: str, *, headers: Mapping[str, str] | None = None) -> Answer:
        return self._ask(urllib.request.Request(self._url(path), headers=dict(headers or {})))

    def post(self, path: str, fields: Mapping[str, str]) -> Answer:
        url = self._url(path)
        return self._ask(urllib.request.Request(url, data=urlencode(fields).encode(), headers={"Referer": url}))

    def _url(self, path: str) -> str:
        """The absolute address of a path, which may come from a page or a model.

        Raises:
            SiteError: it is of another origin.
        """
        try:
            url = urljoin(self.address, quote(path, safe=string.punctuation))
        except ValueError:
            url = ""
        if origin_of(url) != origin_of(self.address):
            raise SiteError(f"{path} is no address of {self.address}")
        return url

    def _ask(self, request: urllib.request.Request) -> Answer:
        """The response, of any status. Raises SiteError unless it is complete within the time limit."""
        if self._header:
            request.add_header("Cookie", self._header)
        end = time.monotonic() + self.seconds
        try:
            try:
                response = self._opener.open(request, timeout=self.seconds)
            except urllib.error.HTTPError as error:
                response = error  # a response of status 400 or above
            with response:
                return Answer(status=response.status, text=_body(response, end=end).decode("utf-8", "replace"))
        except ValueError:  # it quotes the header, and with it the password
            problem = "a header or the address has characters that HTTP does not allow"
            raise SiteError(f"{request.get_method()} {request.full_url} was not sent: {problem}") from None
        except (OSError, HTTPException) as error:
            raise SiteError(f"{request.get_method()} {request.full_url} was not answered: {error}") from None

    @property
    def cookies(self) -> tuple[Cookie, ...]:
        """The cookies that the site has set in this session."""
        return tuple(
            Cookie(
                name=cookie.name,
                value=cookie.value or "",
                url=self.address,
                http_only=cookie.has_nonstandard_attr("HttpOnly"),
            )
            for cookie in self._jar
        )


def fits(pattern: str, path: str) -> bool:
    """Whether a path equals a pattern, or begins with the part before its final `*`; percent-encoding is ignored."""
    path = unquote(path)
    if pattern.endswith("*"):
        return path.startswith(unquote(pattern[:-1])) and ".." not in path.split("/")
    return path == unquote(pattern)


def _body(response: Any, *, end: float) -> bytes:
    """The first `MOST_BYTES` of a response's body.

    Args:
        response: an `HTTPResponse` or `HTTPError`.
        end: deadline, in seconds of the monotonic clock.

    Raises:
        OSError: the body is not complete by then.
        HTTPException: the connection was closed within it.
    """
    announced = response.headers.get("Content-Length", "")
    length = min(int(announced), MOST_BYTES) if announced.isdecimal() else MOST_BYTES
    body = b""
    while len(body) < length and (piece := response.read1(length - len(body))):
        body += piece
        if time.monotonic() > end:
            raise TimeoutError("timed out")
    if announced.isdecimal() and len(body) < length:
        raise IncompleteRead(body, length - len(body))
    return body


class _Hidden(Html):
    """Collects the hidden fields of a page's forms; most frameworks require them (CSRF tokens)."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag == "input" and attributes.get("type") == "hidden" and attributes.get("name"):
            self.found[str(attributes["name"])] = attributes.get("value") or ""


def hidden_fields(page: str) -> dict[str, str]:
    """Names and values of the hidden fields in an HTML page."""
    parser = _Hidden()
    parser.feed(page)
    return parser.found
