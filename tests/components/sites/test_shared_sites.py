"""Sites that run already, shared through leases: reset where the one before wrote, or said nothing; else not."""

from __future__ import annotations

import asyncio
import io
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from components.browser.sent import Request, Sent
from components.progress import Progress
from components.sites.config import Site
from components.sites.fleet import Fleet
from components.sites.leases import Word
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

    def __init__(self, server: Counting, folder: Path, **site: Any) -> None:
        self.store, self.address = open_store(folder / "store"), f"http://127.0.0.1:{server.server_port}"
        shop = Site.model_validate({"at": [self.address], "reset": {"post": "/reset"}, **site})
        self.fleets = [Fleet("shop", shop, folder=folder, work=folder) for _ in range(2)]

    async def episode(self, run: int, *sent: str) -> float:
        """Sends requests, such as `POST /submit`; how many seconds it waited before."""
        asked = time.monotonic()
        async with self.fleets[run].hold(store=self.store) as held:
            waited = time.monotonic() - asked
            for method, path in (each.split() for each in sent):
                request = Request(method=method, url=f"{self.address}{path}", at=time.time())
                held.replica.note(Sent(requests=[request]))
        return waited

    async def killed(self, run: int) -> None:
        """An episode that neither renews its lease nor gives it back; returns when it has run out."""
        leases = self.fleets[run]._leases(self.store)
        leases.ttl = 0.2
        assert leases._take(0)
        await asyncio.sleep(0.2)


def test_an_episode_that_only_read_costs_the_next_run_no_reset(tmp_path: Path) -> None:
    with counting() as server:
        runs = Runs(server, tmp_path)

        async def play() -> list[int]:
            found = []
            for run, sent in ((0, "GET /"), (1, "GET /"), (0, "GET /"), (1, "POST /"), (0, "GET /"), (1, "GET /")):
                await runs.episode(run, sent)
                found.append(server.resets)
            return found

        assert asyncio.run(play()) == [1, 1, 1, 1, 2, 2], "the first of all, and after the one that wrote"


def test_whoever_says_nothing_has_the_next_one_reset(tmp_path: Path) -> None:
    with counting() as server:
        runs = Runs(server, tmp_path)

        async def play() -> list[int]:
            await runs.episode(0)
            found = [server.resets]
            await runs.killed(0)
            await runs.episode(1, "POST /")
            found.append(server.resets)
            server.refuses = True
            with pytest.raises(SiteError, match="with 500"):
                await runs.episode(0)
            server.refuses = False
            await runs.episode(1)
            return [*found, server.resets]

        assert asyncio.run(play()) == [1, 2, 4], "killed; not reset when it was tried"


def test_who_comes_after_as_many_posts_as_a_site_takes_waits_and_says_so(tmp_path: Path) -> None:
    log = io.StringIO()
    with counting() as server:
        runs = Runs(server, tmp_path, limit={"requests": 2, "per": 4, "path": "/submit*"})

        async def play() -> list[bool]:
            with Progress("explore", 7, stream=log):
                plan = (
                    (0, "POST /submit/books"),
                    (1, "POST /vote", "GET /submit"),
                    (0, "POST /submit"),
                    (1, "GET /"),
                )
                waited = [await runs.episode(run, *sent) for run, *sent in plan]
            return [each > 1 for each in waited]

        assert asyncio.run(play()) == [False, False, False, True]
    assert re.search(r"^explore: 0/7, shop takes the next request in [2-4] s$", log.getvalue(), re.MULTILINE)


def test_of_whoever_was_killed_the_worst_is_thought_and_a_wait_without_end_is_the_sites_trouble(tmp_path: Path) -> None:
    with counting() as server:
        short = Runs(server, tmp_path / "short", limit={"requests": 3, "per": 4})
        daily = Runs(server, tmp_path / "daily", limit={"requests": 1, "per": 86_400})

        async def play() -> None:
            assert await short.episode(0) < 1
            await short.killed(1)
            assert await short.episode(0) > 1
            assert await short.episode(1) < 1, "it has posted nothing"
            await daily.episode(0, "POST /")
            for run in (1, 0):
                with pytest.raises(SiteError, match="takes no more than 1 requests in 24 h 0 min: the next one is in"):
                    await daily.episode(run)

        asyncio.run(play())


def test_nobody_waits_longer_than_the_limit_says_for_a_post_that_a_clock_ahead_has_stamped(tmp_path: Path) -> None:
    with counting() as server:
        fleet = Runs(server, tmp_path, limit={"requests": 1, "per": 0.05}).fleets[0]
        asyncio.run(fleet._turn(Word(clean=True, posted=(time.time() + 86_400,))))


def test_a_site_that_is_started_here_has_no_limit() -> None:
    with pytest.raises(ValidationError, match="limit is for a site under at"):
        Site.model_validate({"start": ["serve"], "limit": {"requests": 1, "per": 60}})
