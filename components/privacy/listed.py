"""Public pages: where a team has listed those that may leave, every other page stays at home, whatever is on it (ours).

Detectors miss what is told in words that they do not know. An address is certain.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from urllib.parse import urlsplit

from components.browser.origins import PORTS, origin_of

HIDDEN = "[page]"
"""What is told of a page that stays at home."""
_PATTERN = re.compile(
    r"(?P<scheme>https?)://(?P<under>\*\.)?(?P<host>[^/?#@:*\s]+|\[[0-9a-f:]+\])(?::(?P<port>\d{1,5}|\*))?(?P<path>/[^#\s]*)",
    re.IGNORECASE,
)
_TAB = re.compile(r'tab \d+ "(?:[^"\\\n]|\\.)*", (?P<url>"(?:[^"\\\n]|\\.)*")(?: \(shown\))?(?:\n|\Z)')


def check(pattern: str) -> str:
    """The pattern. Raises ValueError where it is none: `http(s)://host:port/path`, `*` in the path, before the host
    (`*.example.com`) or for the port."""
    if not _PATTERN.fullmatch(pattern):
        raise ValueError(
            f"{pattern!r} is no address of pages: write scheme, host and path, such as https://shop.example/products/*"
        )
    return pattern


def all_fit(patterns: Sequence[str], url: str, text: str) -> bool:
    """Whether a page, and every open tab that its text names, has an address that fits one of the patterns."""
    return all(any(_fits(pattern, each) for pattern in patterns) for each in (url, *_tabs(text)))


def _tabs(text: str) -> Iterator[str]:
    """The addresses in the lines of tabs that a page's text begins with."""
    at = 0
    while match := _TAB.match(text, at):
        yield json.loads(match["url"])
        at = match.end()


def _fits(pattern: str, url: str) -> bool:
    if not origin_of(url):
        return False
    parts, wanted = urlsplit(url), _parts(pattern)
    scheme, host, port = wanted["scheme"].lower(), wanted["host"].lower().strip("[]"), wanted["port"]
    its_host = parts.hostname or ""
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return (
        "@" not in parts.netloc
        and parts.scheme == scheme
        and (its_host.endswith(f".{host}") if wanted["under"] else its_host == host)
        and (port == "*" or (parts.port or PORTS[parts.scheme]) == int(port or PORTS[scheme]))
        and re.fullmatch(".*".join(map(re.escape, wanted["path"].split("*"))), path) is not None
    )


@lru_cache(1024)
def _parts(pattern: str) -> dict[str, str]:
    match = _PATTERN.fullmatch(pattern)
    assert match is not None
    return match.groupdict()
