"""A small HTTP server on loopback in the opener's event loop; a subclass says what it answers."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urlsplit

from components.errors import InfraError

_HEAD_SECONDS = 30.0  # how long a kept-alive connection may stay silent
PLAIN = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request.

    Attributes:
        number: of the request at this server, from 1, in the order in which requests begin.
        target: path and query as they were sent.
        headers: by lower-case name.
        body: None where it is longer than `HttpServer.most_body`.
    """

    number: int
    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes | None

    @property
    def path(self) -> str:
        return unquote(urlsplit(self.target).path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Attributes: `open`: the connection stays open after the body until the browser ends it (a stream of events)."""

    status: HTTPStatus = HTTPStatus.OK
    kind: str = PLAIN
    body: bytes = b""
    headers: tuple[str, ...] = ()
    open: bool = False


class HttpServer(ABC):
    """Serves at `origin` until the `async with` block ends.

    Raises:
        InfraError: no loopback port could be opened.
    """

    most_body = 0
    """Bytes of a request's body that are read."""

    def __init__(self) -> None:
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self._request_count = 0

    @abstractmethod
    def answer(self, request: Request) -> Answer: ...

    @property
    def port(self) -> int:
        """Only while the server is open."""
        if self._server is None:
            raise RuntimeError("the server is not open")
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    @property
    def origin(self) -> str:
        """`http://127.0.0.1:<port>`; only while the server is open."""
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        try:
            self._server = await asyncio.start_server(self._serve_connection, "127.0.0.1", 0)
        except OSError as error:
            raise InfraError(f"cannot serve on loopback: {error}") from error
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.close()
            for connection in self._connections:
                connection.cancel()
            await asyncio.gather(*self._connections, return_exceptions=True)
            await self._server.wait_closed()
            self._server = None

    async def _serve_connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            while await self._answer_one(reader, writer):
                pass
        except (OSError, ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError):
            pass  # the browser went away, stayed silent or sent no HTTP; there is nobody to tell
        finally:
            self._connections.discard(task)
            writer.close()

    async def _answer_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answers the next request of a connection; False when the connection is to be closed."""
        request = await self._next(reader)
        answer = self.answer(request)
        keep = request.body is not None and not answer.open
        lines = (
            f"HTTP/1.1 {answer.status.value} {answer.status.phrase}",
            f"Content-Type: {answer.kind}",
            *(() if answer.open else (f"Content-Length: {len(answer.body)}",)),
            *answer.headers,
            "Connection: keep-alive" if keep else "Connection: close",
        )
        body = b"" if request.method == "HEAD" else answer.body
        writer.write("\r\n".join((*lines, "", "")).encode("latin-1") + body)
        await writer.drain()
        if answer.open:
            await reader.read()
        return keep

    async def _next(self, reader: asyncio.StreamReader) -> Request:
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), _HEAD_SECONDS)
        self._request_count = number = self._request_count + 1
        first, *lines = head.decode("latin-1").split("\r\n")
        method, _, target = first.partition(" ")
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        length = int(headers.get("content-length", 0))
        body = await reader.readexactly(length) if length <= self.most_body else None
        target = target.rpartition(" ")[0]
        return Request(number=number, method=method, target=target, headers=headers, body=body)
