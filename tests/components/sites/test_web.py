"""A site as a program asks it: what it answers is whole and in time, or no answer."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from components.loopback import HOST
from components.sites.trouble import SiteError
from components.sites.web import MOST_BYTES, Web

OK, BROKEN = b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 500 Oh\r\n"


@contextmanager
def saying(*parts: bytes, pause: float = 0.0, closes: bool = True) -> Iterator[str]:
    """The address of a site that answers one request with these parts, and then closes the connection or waits."""
    over = threading.Event()
    with socket.create_server((HOST, 0)) as server:

        def answer() -> None:
            visitor, _ = server.accept()
            with visitor:
                visitor.recv(65_536)
                try:
                    for part in parts:
                        visitor.sendall(part)
                        over.wait(pause)
                except OSError:  # the visitor left
                    return
                if not closes:
                    over.wait(60)

        thread = threading.Thread(target=answer)
        thread.start()
        yield f"http://{HOST}:{server.getsockname()[1]}"
        over.set()
        thread.join()


def chunked(*chunks: bytes) -> bytes:
    return b"".join(b"%x\r\n%b\r\n" % (len(each), each) for each in chunks)


@pytest.mark.parametrize("status", [OK, BROKEN])
@pytest.mark.parametrize(
    "rest",
    [
        b"Content-Length: 9\r\n\r\nhalf",
        b"Content-Length: 9\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n" + chunked(b"half"),
        b"Content-Type: text/html\r\n",
        b"Content-Type: te",
    ],
)
def test_an_answer_that_breaks_off_is_none(status: bytes, rest: bytes) -> None:
    """Words that are missing in it would be taken for the agent's failure."""
    with saying(status + rest) as address, pytest.raises(SiteError, match="was not answered"):
        Web(address, seconds=20).get("/")


@pytest.mark.parametrize("status", [OK, BROKEN])
def test_an_answer_that_drips_is_none(status: bytes) -> None:
    with (
        saying(status + b"Content-Length: 900\r\n\r\n", *[b"x"] * 900, pause=0.05) as address,
        pytest.raises(SiteError, match="timed out"),
    ):
        Web(address, seconds=0.3).get("/")


@pytest.mark.parametrize("status", [OK, BROKEN])
def test_an_answer_whose_header_drips_is_none(status: bytes) -> None:
    with (
        saying(status, b"X-Long: ", *[b"x"] * 900, pause=0.05) as address,
        pytest.raises(SiteError, match="was not answered"),
    ):
        Web(address, seconds=0.3).get("/")


@pytest.mark.parametrize(
    "rest",
    [
        b"Content-Length: 5\r\n\r\nwhole",
        b"Transfer-Encoding: chunked\r\n\r\n" + chunked(b"who", b"le", b""),
        b"Connection: close\r\n\r\nwhole",
    ],
)
def test_a_whole_answer_is_read_whatever_tells_its_length(rest: bytes) -> None:
    closes = b"close" in rest
    for status, number in ((OK, 200), (BROKEN, 500)):
        with saying(status + rest, closes=closes) as address:
            found = Web(address, seconds=20).get("/")
        assert (found.status, found.text) == (number, "whole")


def test_of_a_huge_answer_the_beginning_is_read() -> None:
    huge = [b"x" * 1_000_000] * 12
    with saying(OK + b"Content-Length: 12000000\r\n\r\n", *huge) as address:
        assert len(Web(address, seconds=20).get("/").text) == MOST_BYTES
