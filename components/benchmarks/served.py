"""A benchmark whose pages are served on loopback for as long as the benchmark is open."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from components.benchmarks.base import Benchmark
from components.benchmarks.http_server import HttpServer


class ServedBenchmark(Benchmark):
    """Opens its server with itself; a subclass makes the server."""

    _server: HttpServer

    async def __aenter__(self) -> Self:
        await self._server.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._server.__aexit__(kind, error, trace)
