"""A request ends in time, in size and at the host it was meant for, whatever the server does."""

from __future__ import annotations

import asyncio
import gzip
import json
import time
import zlib
from typing import Any

import pytest

from components.endpoints.config import api_key
from components.endpoints.gate import is_loopback
from components.endpoints.wire import LARGEST, Reply, Unanswered, Wire, _tls
from components.errors import InfraError, InputError
from tests.components.agents.protocol_server import Answer, serve


def ask(url: str, body: dict[str, Any] | None = None, *, timeout: float = 20.0, key: str = "") -> Reply:
    async def main() -> Reply:
        wire = Wire(url, key=key, timeout=timeout)
        try:
            return await wire.ask("chat/completions", {"model": "m"} if body is None else body)
        finally:
            await wire.close()

    return asyncio.run(main())


@pytest.mark.parametrize("answer", [Answer(drip=0.2), Answer(hang=30.0)], ids=["slow-drip", "silence"])
def test_a_time_out_is_of_the_whole_request(answer: Answer) -> None:
    with serve(answer) as server:
        started = time.monotonic()
        with pytest.raises(Unanswered, match=r"no whole answer within 1 s"):
            ask(server.url, timeout=1.0)
        assert time.monotonic() - started < 15


def compressed(data: bytes, encoding: str, *, header: str = "") -> Answer:
    packed = {"gzip": gzip.compress, "deflate": zlib.compress}[encoding](data)
    return Answer(raw=packed, headers={"Content-Encoding": header or encoding})


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer(raw=b" " * (LARGEST + 1)), "larger than 4 MB"),
        (compressed(b" " * 30_000_000, "gzip"), "larger than 4 MB"),
        (compressed(gzip.compress(b" " * 30_000_000), "gzip", header="gzip, gzip"), "which nobody asked for"),
        (compressed(b"{}", "gzip", header="br"), "which nobody asked for"),
        (Answer(raw=b"not packed at all", headers={"Content-Encoding": "gzip"}), "cannot be read"),
    ],
    ids=["plain", "bomb", "bomb-in-bomb", "unknown", "broken"],
)
def test_a_reply_is_bounded_compressed_or_not(answer: Answer, words: str) -> None:
    with serve(answer) as server, pytest.raises(Unanswered, match=words):
        ask(server.url)


def test_a_reply_of_exactly_the_largest_size_is_read() -> None:
    with serve(Answer(raw=b" " * LARGEST)) as server:
        assert len(ask(server.url).body) == LARGEST


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_compressed_reply_is_read(encoding: str) -> None:
    with serve(compressed(b'{"a": 1}', encoding)) as server:
        assert ask(server.url).text == '{"a": 1}'


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_prompt_is_not_sent_to_another_host(status: int) -> None:
    with serve() as other, serve(Answer(status=status, headers={"Location": f"{other.url}/chat"})) as server:
        with pytest.raises(InfraError, match="where nothing was sent") as raised:
            ask(server.url, {"model": "m", "messages": "secret"})
        assert other.url in str(raised.value)
        assert not other.requests


def test_a_redirect_within_the_server_is_followed_and_a_circle_of_them_is_not() -> None:
    moved = Answer(status=308, headers={"Location": "/v1/elsewhere"})
    with serve(moved, Answer(raw=b"there")) as server:
        assert ask(server.url).text == "there"
        assert server.requests[0] == server.requests[1]
    with serve(moved) as server, pytest.raises(Unanswered, match="more than 3 times"):
        ask(server.url)


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"])
def test_a_server_on_this_machine_is_never_behind_a_proxy(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    with serve() as proxy, serve(Answer(raw=b"mine")) as server:
        monkeypatch.setenv(variable, proxy.url)
        assert ask(server.url).text == "mine"
        assert ask(server.url.replace("127.0.0.1", "localhost")).text == "mine"
        assert not proxy.requests


@pytest.mark.parametrize("proxy", ["socks://127.0.0.1:9", "socks5h://127.0.0.1:9", "ftp://proxy:1", "http://[::1:9"])
def test_a_proxy_that_cannot_be_used_is_named_by_its_variable(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ALL_PROXY", proxy)
    with pytest.raises(InputError, match="ALL_PROXY") as raised:
        ask("http://endpoint.invalid/v1")
    assert "unset ALL_PROXY" in raised.value.fix
    with serve(Answer(raw=b"mine")) as server:
        assert ask(server.url).text == "mine"


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "SSLKEYLOGFILE"])
def test_certificates_that_cannot_be_read_are_named_by_their_variable(
    monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    _tls.cache_clear()  # what an earlier test has read
    monkeypatch.setenv(variable, "/missing/there.pem")
    with pytest.raises(InputError, match=f"{variable}=/missing/there.pem") as raised:
        ask("https://127.0.0.1:9/v1")
    assert variable in raised.value.fix


@pytest.mark.parametrize(
    ("host", "own"),
    [
        *[(host, True) for host in ("localhost", "a.localhost", "127.0.0.1", "127.8.9.1", "::1")],
        *[
            (host, False)
            for host in ("", "localhost.example", "10.0.0.1", "0.0.0.0", "example.com", "127.0.0.1.nip.io")
        ],
    ],
)
def test_this_machines_own_addresses_are_known(host: str, own: bool) -> None:
    assert is_loopback(host) is own


@pytest.mark.parametrize(
    "address",
    [
        *("example.com/v1", "ftp://127.0.0.1/v1", "x", "", "//host/v1"),
        *("http://", "http:///v1", "http://127.0.0.1:port/v1", "http://127.0.0.1:99999/v1", "http://127.0.0.1:-1/v1"),
        *("http://127.0.0.1:0/v1", "http://[::1/v1", "http://\u2026/v1", "http://\x00/v1"),
    ],
)
def test_what_is_no_address_is_the_users_to_mend(address: str) -> None:
    with pytest.raises(InputError, match="not the address") as raised:
        ask(address)
    assert raised.value.fix


@pytest.mark.parametrize("address", ["http://user:sk-9@127.0.0.1:9/v1", "https://sk-9@example.com/v1"])
def test_a_key_in_an_address_is_refused_and_not_repeated(address: str) -> None:
    with pytest.raises(InputError, match="holds a name or a key") as raised:
        ask(address)
    assert "sk-9" not in str(raised.value)


def test_the_query_of_an_address_is_kept() -> None:
    with serve(Answer(raw=b"{}")) as server:
        ask(f"{server.url}/?api-version=3#part")
        assert server.paths == ["/v1/chat/completions?api-version=3"]


@pytest.mark.parametrize("host", ["a..b", "xn--", "%zz", "no such host", "a" * 300])
def test_a_host_that_nobody_knows_is_no_answer(host: str) -> None:
    with pytest.raises((Unanswered, InputError)):
        ask(f"http://{host}/v1")


def test_a_server_that_is_gone_is_no_answer() -> None:
    with serve() as server:
        url = server.url
    with pytest.raises(Unanswered):
        ask(url)


@pytest.mark.parametrize("held", ["secret-7", " secret-7 ", "secret-7\n", "\tsecret-7\r\n"])
def test_a_key_loses_what_files_bring_along(monkeypatch: pytest.MonkeyPatch, held: str) -> None:
    monkeypatch.setenv("SYMBIONT_TEST_KEY", held)
    with serve() as server:
        ask(server.url, key=api_key("SYMBIONT_TEST_KEY", whose="it"))
        ask(server.url)
        assert server.keys == ["Bearer secret-7", ""]


@pytest.mark.parametrize("held", ["two\nlines", "schlüssel", "“quoted”", "a\x7fb"])
def test_what_no_header_carries_is_no_key(monkeypatch: pytest.MonkeyPatch, held: str) -> None:
    monkeypatch.setenv("SYMBIONT_TEST_KEY", held)
    with pytest.raises(InputError, match="no key has") as raised:
        api_key("SYMBIONT_TEST_KEY", whose="it")
    assert held not in str(raised.value)


def test_a_request_is_sent_as_it_is_whatever_it_holds() -> None:
    body = {"model": "m", "text": "é \U0001f389 \ud83d \x00", "nested": [1, None]}
    with serve() as server:
        ask(server.url, body)
        assert server.requests[0] == json.loads(json.dumps(body))
