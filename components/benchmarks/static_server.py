"""Serves one folder of static pages on loopback.

Only GET and HEAD, only files below the folder, `charset=utf-8` on every text, no directory listings.
"""

from __future__ import annotations

import hashlib
import mimetypes
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path

from typing_extensions import override

from components.benchmarks.http_server import Answer, HttpServer, Request

READS = ("GET", "HEAD")
_TEXT = ("application/javascript", "application/json", "image/svg+xml")


class StaticServer(HttpServer):
    """`async with StaticServer(folder) as server` serves `folder` at `server.origin` until the block ends."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._files = Files(folder)

    @override
    def answer(self, request: Request) -> Answer:
        if request.method not in READS:
            return Answer(status=HTTPStatus.METHOD_NOT_ALLOWED, body=b"only GET and HEAD\n")
        path = self._files.find(request.path)
        if path is None:
            return Answer(status=HTTPStatus.NOT_FOUND, body=b"no such file\n")
        return Answer(kind=content_type(path), body=self._files.content(path), headers=("Cache-Control: max-age=3600",))


class Files:
    """The files below a folder, each read once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self._contents: dict[Path, bytes] = {}

    def find(self, path: str) -> Path | None:
        """The file that a path of an address names, or None where it is none below the folder (links are followed)."""
        if "\0" in path:
            return None
        file = (self._folder / path.lstrip("/")).resolve()
        return file if file.is_relative_to(self._folder) and file.is_file() else None

    def content(self, path: Path) -> bytes:
        # Each new browser context starts with an empty cache and asks for the same few megabytes again.
        if path not in self._contents:
            self._contents[path] = path.read_bytes()
        return self._contents[path]


def content_type(path: Path) -> str:
    """The media type by file name, with `charset=utf-8` where it is text."""
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith("text/") or kind in _TEXT else kind


@lru_cache(maxsize=32)
def folder_checksum(folder: Path, *, parts: tuple[str, ...] = ("",)) -> str:
    """SHA-256 over the names and contents of every file below the folder, or below these parts of it."""
    digest = hashlib.sha256()
    for part in parts:
        for path in sorted((folder / part).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                content = hashlib.sha256(path.read_bytes()).hexdigest()
                digest.update(f"{path.relative_to(folder).as_posix()} {content}\n".encode())
    return digest.hexdigest()
