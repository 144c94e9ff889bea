"""Serves one folder of static pages on loopback, from the event loop of whoever opened it.

Only GET and HEAD, only files below the folder, `charset=utf-8` on every text, no directory listings.
"""

from __future__ import annotations

import asyncio
import hashlib
import mimetypes
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urlsplit

from components.errors import InfraError

_HEAD_SECONDS = 30.0  # how long a kept-alive connection may stay silent
_TEXT = ("application/javascript", "application/json", "image/svg+xml")


class StaticServer:
    """`async with StaticServer(folder) as server` serves `folder` at `server.origin` until the block ends.

    Raises:
        InfraError: no loopback port could be opened.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self._files: dict[str, bytes] = {}

    @property
    def origin(self) -> str:
        """`http://127.0.0.1:<port>`; only while the server is open."""
        if self._server is None:
            raise RuntimeError("the static server is not open")
        port: int = self._server.sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}"

    async def __aenter__(self) -> Self:
        try:
            self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        except OSError as error:
            raise InfraError(f"cannot serve {self._folder} on loopback: {error}") from error
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

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            while await self._answer_one(reader, writer):
                pass
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError, asyncio.CancelledError):
            pass  # the browser went away, stayed silent or sent no HTTP; there is nobody to tell
        finally:
            self._connections.discard(task)
            writer.close()

    async def _answer_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answers the next request of a connection; False when the connection is to be closed."""
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), _HEAD_SECONDS)
        method, _, rest = head.decode("latin-1").split("\r\n", 1)[0].partition(" ")
        path = self._path(rest.rpartition(" ")[0])
        if method not in ("GET", "HEAD"):
            status, kind, body = HTTPStatus.METHOD_NOT_ALLOWED, "text/plain; charset=utf-8", b"only GET and HEAD\n"
        elif path is None:
            status, kind, body = HTTPStatus.NOT_FOUND, "text/plain; charset=utf-8", b"no such file\n"
        else:
            status, kind, body = HTTPStatus.OK, content_type(path), self._content(path)
        keep = method in ("GET", "HEAD")
        lines = (
            f"HTTP/1.1 {status.value} {status.phrase}",
            f"Content-Type: {kind}",
            f"Content-Length: {len(body)}",
            "Cache-Control: max-age=3600",
            "Connection: keep-alive" if keep else "Connection: close",
        )
        writer.write("\r\n".join((*lines, "", "")).encode("latin-1") + (b"" if method == "HEAD" else body))
        await writer.drain()
        return keep

    def _path(self, target: str) -> Path | None:
        """The file a request names, or None where it is no file below the folder (links are followed first)."""
        relative = unquote(urlsplit(target).path).lstrip("/")
        if "\0" in relative:
            return None
        path = (self._folder / relative).resolve()
        return path if path.is_relative_to(self._folder) and path.is_file() else None

    def _content(self, path: Path) -> bytes:
        # Each new browser context starts with an empty cache and asks for the same few megabytes again.
        key = str(path)
        if key not in self._files:
            self._files[key] = path.read_bytes()
        return self._files[key]


def content_type(path: Path) -> str:
    """The media type by file name, with `charset=utf-8` where it is text."""
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith("text/") or kind in _TEXT else kind


@lru_cache(maxsize=8)
def folder_checksum(folder: Path, *, parts: tuple[str, ...] = ("",)) -> str:
    """SHA-256 over the names and contents of every file below the folder, or below these parts of it."""
    digest = hashlib.sha256()
    for part in parts:
        for path in sorted((folder / part).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                content = hashlib.sha256(path.read_bytes()).hexdigest()
                digest.update(f"{path.relative_to(folder).as_posix()} {content}\n".encode())
    return digest.hexdigest()
