"""Addresses of a site's pages, and which of them are of one kind.

An address is path and query without the site's origin. Addresses of one kind differ only where numbers or names stand:
`/topic/3/boots/` and `/topic/7/tents/` are both `/topic/*/*/`, a section of the map.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from urllib.parse import parse_qsl, urldefrag, urlencode, urlsplit

from components.browser.origins import origin_of
from components.text import clean
from components.trajectories.schema import Episode

MANY = 6
"""More siblings than this that lead no further are names of things, not words of the site."""
LONGEST = 500
ANY = "*"
Path = tuple[str, ...]


def address_of(url: str, *, site: str) -> str:
    """Path and sorted query of a page of the site; empty for pages elsewhere and for malformed addresses.

    Parameters that hold an address (where to return to) are left out.
    """
    plain = urldefrag(clean(url))[0]
    if origin_of(plain) != origin_of(site) or len(plain) > LONGEST:
        return ""
    parts = urlsplit(plain)
    parameters = [(name, value) for name, value in parse_qsl(parts.query) if not value.startswith(("/", "http"))]
    return (parts.path or "/") + (f"?{urlencode(sorted(parameters))}" if parameters else "")


def addresses_of(episode: Episode) -> list[str]:
    """Where an episode was, page by page; empty for pages elsewhere."""
    urls = [*(step.url for step in episode.steps), *filter(None, [episode.end_url])]
    return [address_of(url, site=episode.start_url) for url in urls]


def sections_of(addresses: Collection[str]) -> Mapping[str, str]:
    """The section of every address. Which siblings are names of things is seen from all of them together."""
    paths: dict[Path, list[str]] = defaultdict(list)
    for address in addresses:
        paths[tuple(address.partition("?")[0].split("/")[1:])].append(address)
    patterns = _patterns(sorted(paths))
    return {address: _section(patterns[path], address) for path, addresses in paths.items() for address in addresses}


def _section(pattern: Sequence[str], address: str) -> str:
    names = [name for name, _ in parse_qsl(address.partition("?")[2], keep_blank_values=True)]
    query = "&".join(f"{name}={ANY}" for name in names)
    return "/" + "/".join(pattern) + (f"?{query}" if query else "")


def _patterns(paths: Sequence[Path], *, is_named: bool = False) -> dict[Path, Path]:
    """Each path with `*` for numbers and names, part by part from the left.

    Args:
        paths: some may be equal: what stood before them is of one kind, not the same.
        named: a number stands before them.
    """
    below: dict[str, list[Path]] = defaultdict(list)
    for path in paths:
        below[_number(path[0])].append(path)
    for name in _names(below, is_named=is_named):
        below[ANY] += below.pop(name)
    patterns: dict[Path, Path] = {}
    for part, paths_below in below.items():
        rest = _patterns([path[1:] for path in paths_below if len(path) > 1], is_named=part == ANY)
        patterns |= {path: (part, *(rest[path[1:]] if len(path) > 1 else ())) for path in paths_below}
    return patterns


def _names(below: Mapping[str, Sequence[Path]], *, is_named: bool) -> set[str]:
    """Which parts are names of things: many that are met once each; after a number, where most are."""
    words = below.keys() - {"", ANY}
    single = {word for word in words if len(below[word]) == 1}
    if is_named and len(single) > 1 and 2 * len(single) > len(words):
        seldom = max(2, sum(map(len, below.values())) // 10)
        return {word for word in words if len(below[word]) <= seldom}
    return single if len(single) > MANY else set()


def _number(part: str) -> str:
    """`*` for a part that is surely no word, such as a number or a digest; else the part."""
    digits = sum(map(str.isdigit, part))
    return ANY if digits and (digits == len(part) or digits >= len(part) / 3) else part
