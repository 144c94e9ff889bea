"""Sites that run already, shared through leases: reset where the one before wrote, or said nothing; else not."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from components.sites.config import Site
from components.sites.fleet import Fleet
from components.sites.trouble import SiteError
from components.trajectories.open_store import open_store


class Counting(ThreadingHTTPServer):
    """Counts how often it was reset; `refuses` while it cannot be."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.resets, self.refuses = 0, False


class _Answers(BaseHTTPRequestHandler):
    server: Counting

    def do_POST(self) -> None:
        self.server.resets += 1
        self.send_response(500 if self.server.refuses else 200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@contextmanager
def counting() -> Iterator[Counting]:
    with Counting() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield server
        server.shutdown()


class Runs:
    """Two runs, each with a fleet of its own over the one site, agreeing in one store."""

    def __init__(self, server: Counting, folder: Path) -> None:
        self.store = open_store(folder / "store")
        site = Site.model_validate({"at": [f"http://127.0.0.1:{server.server_port}"], "reset": {"post": "/reset"}})
        self.fleets = [Fleet("shop", site, folder=folder, work=folder) for _ in range(2)]

    async def episode(self, run: int, *, writes: bool = False) -> None:
        async with self.fleets[run].hold(store=self.store) as held:
            held.replica.wrote |= writes


def test_an_episode_that_only_read_costs_the_next_run_no_reset(tmp_path: Path) -> None:
    with counting() as server:
        runs = Runs(server, tmp_path)

        async def play() -> list[int]:
            found = []
            for run, writes in ((0, False), (1, False), (0, False), (1, True), (0, False), (1, False)):
                await runs.episode(run, writes=writes)
                found.append(server.resets)
            return found

        assert asyncio.run(play()) == [1, 1, 1, 1, 2, 2], "the first of all, and after the one that wrote"


def test_whoever_says_nothing_has_the_next_one_reset(tmp_path: Path) -> None:
    with counting() as server:
        runs = Runs(server, tmp_path)

        async def play() -> list[int]:
            await runs.episode(0)
            found = [server.resets]
            killed = runs.fleets[0]._leases(runs.store)
            killed.ttl = 0.2
            assert killed._take(0), "and never renewed nor given back"
            await runs.episode(1, writes=True)
            found.append(server.resets)
            server.refuses = True
            with pytest.raises(SiteError, match="with 500"):
                await runs.episode(0)
            server.refuses = False
            await runs.episode(1)
            return [*found, server.resets]

        assert asyncio.run(play()) == [1, 2, 4], "killed; not reset when it was tried"
