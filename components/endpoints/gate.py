"""The gate of this process: every request to a machine that is not ours passes it.

It is open until a guard is set (a run whose teacher is hybrid sets one). Then the guard scans every text of every
request to a remote host, and redacts or refuses it. The gate belongs to the process and not to a client, so that no
client of a later module can avoid it.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from typing import Any, Protocol
from urllib.parse import urlsplit


class Guard(Protocol):
    """Scans requests before they are sent; `components.privacy.guard` is one. Attributes: `home`: hosts of our own."""

    home: Collection[str]

    async def outgoing(self, address: str, body: Any) -> Any:
        """The body as it may leave: a value of JSON, changed where it must be.

        Raises:
            RequestRefused: it may not leave at all.
        """

    def outgoing_now(self, address: str, body: Any) -> Any:
        """The same for callers that cannot wait, by rules alone."""


class Gate:
    """Open without a guard. There is one, `GATE`."""

    def __init__(self) -> None:
        self._guard: Guard | None = None

    @property
    def guard(self) -> Guard | None:
        return self._guard

    @property
    def guarded(self) -> bool:
        return self._guard is not None

    def set(self, guard: Guard) -> None:
        """Sets the guard, for as long as the process lives."""
        self._guard = guard

    async def outgoing(self, address: str, body: Any) -> Any:
        """A request's body, as it may leave for this address."""
        guard = self._before(address)
        return body if guard is None else await guard.outgoing(address, body)

    def outgoing_now(self, address: str, body: Any) -> Any:
        guard = self._before(address)
        return body if guard is None else guard.outgoing_now(address, body)

    def lets_files(self, address: str) -> bool:
        """Whether a file may be sent to an address: files are not scanned, so a guard lets none pass."""
        return not self.guards(address)

    def guards(self, address: str) -> bool:
        """Whether a guard stands before an address."""
        return self._before(address) is not None

    def _before(self, address: str) -> Guard | None:
        """The guard that stands before an address; None where nothing does."""
        if self._guard is None or is_home(urlsplit(address).hostname or "", self._guard.home):
            return None
        return self._guard


GATE = Gate()


def is_home(host: str, home: Collection[str]) -> bool:
    """Whether a host is this machine, or one that was declared ours."""
    return is_loopback(host) or host.lower() in {own_host.lower() for own_host in home}


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine's own."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
