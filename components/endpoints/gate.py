"""The one gate through which everything leaves that is sent to a machine which is not ours.

It is open until somebody sets a guard before it (a run whose teacher is hybrid does): from then on every text of every
request to a remote host is looked at, and what the guard takes out or refuses never leaves. A process's gate, not a
client's: a client that a later module opens cannot go around it by not knowing of it.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from typing import Any, Protocol
from urllib.parse import urlsplit


class Guard(Protocol):
    """Looks at what is to leave; `components.privacy.guard` is one."""

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
        """Whether a file may leave for it: nobody looks into files, so that none leaves a guarded process."""
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
    return is_loopback(host) or host.lower() in {each.lower() for each in home}


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine's own."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
