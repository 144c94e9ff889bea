"""HTTP to one endpoint: one request, one reply, within bounds that hold whatever the server does.

Compressed replies are opened here and not by the client, whose decoders open any number of layers to any size.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urlsplit

from components.endpoints.gate import GATE, is_loopback
from components.errors import InfraError, InputError

if TYPE_CHECKING:
    import ssl

    from httpx2 import URL, AsyncClient, Response

LARGEST = 4_000_000
"""Bytes of a reply, after decompression; the longest completion is far below."""
REDIRECTS = 3
KEEPS_METHOD = (307, 308)
AUTO_ZLIB = 47
"""zlib's window bits for gzip and deflate, whichever it is."""


class Unanswered(InfraError):
    """No reply that could be read: not reachable, cut off, too slow, too large, or sent elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came back. `headers` have lower-case names."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8-sig", "replace")


class Wire:
    """An endpoint's address. Belongs to one event loop.

    Args:
        base_url: up to and including /v1; a query, which some gateways want, is kept.
        key: sent as bearer; empty sends none.
        timeout: seconds of a whole request.
        largest: bytes of the largest reply that is read.

    Raises:
        InputError: it is no address, or holds a key.
    """

    def __init__(self, base_url: str, *, key: str, timeout: float, largest: int = LARGEST) -> None:
        self.base_url, self.key, self.timeout, self.largest = base_url.rstrip("/"), key, timeout, largest
        self._address = _parts(base_url)

    @cached_property
    def _client(self) -> AsyncClient:
        import httpx2

        headers = {"accept-encoding": "identity"} | ({"authorization": f"Bearer {self.key}"} if self.key else {})
        try:
            return httpx2.AsyncClient(
                # A server on this machine is never behind a proxy, whatever the environment says.
                trust_env=not is_loopback(self._address.hostname or ""),
                verify=_tls(),
                headers=headers,
                timeout=self.timeout,
                limits=httpx2.Limits(max_connections=None),
                follow_redirects=False,
            )
        except (ValueError, ImportError, httpx2.InvalidURL) as error:
            raise _unusable_proxy(error) from error

    async def ask(self, path: str, body: Mapping[str, Any] | None = None) -> Reply:
        """One request, a POST where there is a body.

        Raises:
            Unanswered: there is no reply to read.
            RequestRefused: the gate lets nothing of it out.
            InputError: the address, or a proxy of the environment, cannot be used.
        """
        import httpx2

        allowed = await GATE.outgoing(self._url(path), body)
        content = None if allowed is None else json.dumps(allowed).encode()
        client = self._client  # made before the clock starts: loading certificates takes time
        try:
            async with asyncio.timeout(self.timeout):
                return await self._exchange(client, httpx2.URL(self._url(path)), content)
        except TimeoutError as error:
            raise Unanswered(f"no whole answer within {self.timeout:g} s") from error
        except httpx2.InvalidURL as error:
            raise _no_address(self.base_url, str(error)) from error
        except (InputError, Unanswered):
            raise
        except Exception as error:  # the client's own, a system's, or a group of them: there is no reply
            raise Unanswered(one_line(f"{type(error).__name__}: {error}")) from error

    def _url(self, path: str) -> str:
        return self._address._replace(path=f"{self._address.path.rstrip('/')}/{path}", fragment="").geturl()

    async def _exchange(self, client: AsyncClient, url: URL, content: bytes | None) -> Reply:
        headers = {} if content is None else {"content-type": "application/json"}
        for _ in range(REDIRECTS + 1):
            method = "GET" if content is None else "POST"
            async with client.stream(method, url, content=content, headers=headers) as response:
                if not response.is_redirect:
                    return Reply(
                        status=response.status_code,
                        headers=dict(response.headers),
                        body=await self._read_body(response),
                    )
                url = _followed(url, response)
        raise Unanswered(f"it redirects more than {REDIRECTS} times")

    async def _read_body(self, response: Response) -> bytes:
        raw = bytearray()
        async for part in response.aiter_raw():
            raw += part
            self._check_size(len(raw))
        encoding = response.headers.get("content-encoding", "identity").strip().lower()
        if encoding in ("", "identity"):
            return bytes(raw)
        if encoding not in ("gzip", "deflate", "x-gzip"):
            raise Unanswered(f"it answers in the encoding {encoding[:40]!r}, which nobody asked for")
        try:
            body = zlib.decompressobj(AUTO_ZLIB).decompress(bytes(raw), self.largest + 1)
        except zlib.error as error:
            raise Unanswered(f"its compressed answer cannot be read: {error}") from error
        self._check_size(len(body))
        return body

    def _check_size(self, size: int) -> None:
        if size > self.largest:
            raise Unanswered(f"its answer is larger than {self.largest / 1e6:g} MB")

    async def close(self) -> None:
        if "_client" in self.__dict__:
            await self._client.aclose()


def _parts(base_url: str) -> SplitResult:
    try:
        parts = urlsplit(base_url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError as error:
        raise _no_address(base_url, str(error)) from error
    if not usable:
        raise _no_address(base_url, "it names no host after http:// or https://")
    if parts.username is not None:
        raise InputError(
            "the address of an endpoint holds a name or a key, which would be written down with it",
            where=f"base_url, at {parts.hostname}",
            fix="take it out, and name the environment variable that holds the key in api_key_env",
        )
    return parts


def _no_address(base_url: str, reason: str) -> InputError:
    return InputError(
        f"not the address of an endpoint: {reason}",
        where=base_url,
        fix="give the address of an OpenAI-compatible server, such as http://127.0.0.1:8000/v1",
    )


def one_line(text: str, *, longest: int = 500) -> str:
    return " ".join(text[: 4 * longest].split())[:longest]


def _followed(url: URL, response: Response) -> URL:
    """Where a redirect leads, if a prompt may follow it: to the same server, by the same method."""
    target = url.join(response.headers.get("location", ""))
    target_server = (target.scheme, target.host, target.port)
    if response.status_code not in KEEPS_METHOD or target_server != (url.scheme, url.host, url.port):
        raise Unanswered(f"it redirects to {one_line(str(target), longest=200)}, where nothing was sent")
    return target


@cache
def _tls() -> ssl.SSLContext:
    """Certificates of the environment (SSL_CERT_FILE), also where its proxies are not used. Slow to load: once."""
    import httpx2

    try:
        return httpx2.create_ssl_context()
    except OSError as error:  # a file that is missing, or holds no certificate
        names = [name for name in CERTIFICATES if os.environ.get(name)]
        raise InputError(
            f"certificates cannot be read as the environment says: {one_line(str(error), longest=200)}",
            where=", ".join(f"{name}={os.environ[name]}" for name in names) or "the system's certificates",
            fix=f"correct or unset {' and '.join(names) or 'what SSL_CERT_FILE should name'}",
        ) from error


def _unusable_proxy(error: Exception) -> InputError:
    """Names the variable whose proxy the client cannot use; the client names only what it holds."""
    variables = [(name, os.environ.get(name, "")) for base in PROXIES for name in (base, base.lower())]
    usable = re.compile(r"(https?://)?[\w.@:-]+/?")
    variable = next((name for name, value in variables if value and not usable.fullmatch(value)), "ALL_PROXY")
    return InputError(
        f"the proxy in the environment variable {variable} cannot be used: {one_line(str(error), longest=200)}",
        where=variable,
        fix=f"unset {variable}, give an http:// proxy, or add the endpoint's host to NO_PROXY",
    )


CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE")
PROXIES = ("ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY")
