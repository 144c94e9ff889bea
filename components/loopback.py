"""Servers on this machine: a free port for one, whether it answers, and that no proxy stands before it."""

from __future__ import annotations

import contextlib
import os
import random
import socket
import urllib.error
import urllib.request
from collections.abc import Iterable
from http.client import HTTPException

HOST = "127.0.0.1"
LOOPBACK = (HOST, "localhost", "::1")
NO_PROXY = ("no_proxy", "NO_PROXY")
QUIET_PORTS = range(20000, 30000)
"""Below those that systems give to outgoing connections: one of these would take a port that a server, ten seconds in
starting, has chosen and not bound yet."""
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def free_ports(count: int, *, host: str = HOST) -> list[int]:
    """`count` different free ports, of those that no outgoing connection takes.

    Raises:
        OSError: fewer are free.
    """
    ports: list[int] = []
    for port in random.SystemRandom().sample(QUIET_PORTS, len(QUIET_PORTS)):
        if len(ports) == count:
            break
        with contextlib.suppress(OSError):
            ports.append(free_port(port, host=host))
    if len(ports) < count:
        raise OSError(f"fewer than {count} ports from {QUIET_PORTS[0]} to {QUIET_PORTS[-1]} are free")
    return ports


def free_port(port: int, *, host: str = HOST) -> int:
    """The port itself. Raises OSError where something has it."""
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        tried.bind((host, port))
    return port


def answers(address: str) -> bool:
    """Whether a server says 200 there; asked without a proxy."""
    try:
        with _DIRECT.open(address, timeout=5) as answer:
            return bool(answer.status == 200)
    except (OSError, HTTPException):  # HTTPError is an OSError
        return False


def bypass_proxies(hosts: Iterable[str] = ()) -> None:
    """Excepts loopback from the environment's proxies: a proxy would look for it on its own machine.

    Args:
        hosts: others that are asked without one.
    """
    excepted = [host.strip() for name in NO_PROXY for host in os.environ.get(name, "").split(",") if host.strip()]
    value = "*" if "*" in excepted else ",".join(dict.fromkeys([*excepted, *LOOPBACK, *map(str.lower, hosts)]))
    os.environ.update(dict.fromkeys(NO_PROXY, value))  # programs differ in which of the two they read
