"""Files below the folder and nothing else, as UTF-8, over kept-alive connections."""

from __future__ import annotations

import asyncio
import http.client
from collections.abc import Callable
from pathlib import Path

import pytest

from components.benchmarks.static_server import StaticServer


def served(folder: Path, ask: Callable[[http.client.HTTPConnection], object]) -> object:
    async def run() -> object:
        async with StaticServer(folder) as server:
            connection = http.client.HTTPConnection(server.origin.removeprefix("http://"), timeout=10)
            try:
                return await asyncio.to_thread(ask, connection)
            finally:
                connection.close()

    return asyncio.run(run())


def get(path: str, method: str = "GET") -> Callable[[http.client.HTTPConnection], object]:
    def ask(connection: http.client.HTTPConnection) -> object:
        connection.request(method, path)
        response = connection.getresponse()
        return response.status, response.headers["Content-Type"], response.read()

    return ask


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "secret.txt").write_text("secret")
    folder = tmp_path / "site"
    (folder / "sub").mkdir(parents=True)
    (folder / "page.html").write_text("<p>Cancél</p>", encoding="utf-8")
    (folder / "sub" / "a b.js").write_text("1")
    (folder / "out.txt").symlink_to(tmp_path / "secret.txt")
    return folder


def test_a_page_comes_as_utf8(site: Path) -> None:
    status, kind, body = served(site, get("/page.html?x=1"))  # type: ignore[misc]
    assert (status, kind) == (200, "text/html; charset=utf-8")
    assert body.decode() == "<p>Cancél</p>"
    assert served(site, get("/sub/a%20b.js"))[:2] == (200, "text/javascript; charset=utf-8")  # type: ignore[index]


@pytest.mark.parametrize(
    "path", ["/../secret.txt", "/%2e%2e/secret.txt", "/sub/..%2f..%2fsecret.txt", "/out.txt", "/sub", "/none", "/%00"]
)
def test_nothing_outside_the_folder_is_served(site: Path, path: str) -> None:
    status, _, body = served(site, get(path))  # type: ignore[misc]
    assert status == 404
    assert b"secret" not in body


def test_other_methods_are_refused(site: Path) -> None:
    assert served(site, get("/page.html", method="POST"))[0] == 405  # type: ignore[index]


def test_one_connection_serves_many_requests(site: Path) -> None:
    def ask(connection: http.client.HTTPConnection) -> list[bytes]:
        bodies = []
        for _ in range(5):
            connection.request("GET", "/page.html")
            bodies.append(connection.getresponse().read())
        return bodies

    assert len(set(served(site, ask))) == 1  # type: ignore[call-overload]


def test_closing_ends_connections_that_wait(site: Path) -> None:
    async def run() -> None:
        async with StaticServer(site) as server:
            host, port = server.origin.removeprefix("http://").split(":")
            reader, writer = await asyncio.open_connection(host, int(port))
            await asyncio.sleep(0.05)
        assert await asyncio.wait_for(reader.read(), 5) == b""
        writer.close()

    asyncio.run(asyncio.wait_for(run(), 10))
