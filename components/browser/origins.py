"""Which sites an episode may visit."""

from __future__ import annotations

from urllib.parse import urlsplit

PORTS = {"http": 80, "https": 443}
HARMLESS = ("about:blank", "about:srcdoc")


def origin_of(url: str) -> str:
    """`scheme://host:port` in lower case with the port always written; empty for anything that is not http(s)."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return ""
    scheme = parts.scheme.lower()
    if scheme not in PORTS or not parts.hostname:
        return ""
    return f"{scheme}://{parts.hostname.lower()}:{port or PORTS[scheme]}"


def allowed(url: str, origins: frozenset[str]) -> bool:
    """True where the URL lies on one of the origins (as `origin_of` writes them)."""
    return url in HARMLESS or origin_of(url) in origins
