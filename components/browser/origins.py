"""Which sites an episode may visit."""

from __future__ import annotations

from urllib.parse import urlsplit

PORTS = {"http": 80, "https": 443}
HARMLESS = ("about:blank", "about:srcdoc", "chrome-error://chromewebdata/")  # the last one tells why nothing loaded


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
    """True where the URL lies on one of the origins (as `origin_of` writes them).

    A `blob:` document is of the origin that made it; one of `data:` is of none.
    """
    return url.partition("#")[0] in HARMLESS or origin_of(url.removeprefix("blob:")) in origins


def same_site(origin: str, other_origin: str) -> bool:
    """True where two origins differ in port or subdomain at most.

    Without a list of public suffixes: a parent of two labels like co.uk or com.au does not make its children one site.
    """
    first, second = urlsplit(origin), urlsplit(other_origin)
    if first.scheme != second.scheme or not first.hostname or not second.hostname:
        return False
    return _site(first.hostname) == _site(second.hostname)


def _site(host: str) -> str:
    labels = host.split(".")
    if labels[-1].isdigit() or ":" in host:
        return host  # an address
    short = len(labels) > 2 and len(labels[-1]) == 2 and len(labels[-2]) <= 3
    return ".".join(labels[-3:] if short else labels[-2:])
