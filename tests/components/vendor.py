"""A remote model for tests: an address that is not at home, answered by a server of this machine behind a proxy."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from components.endpoints.gate import GATE, Guard
from tests.conftest import OpenAIServer

URL = "http://vendor.example/v1"


@pytest.fixture
def vendor(openai_server: OpenAIServer, monkeypatch: pytest.MonkeyPatch) -> OpenAIServer:
    """Receives everything that is sent to a host that is not this machine's; no guard stands yet before the gate."""
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, openai_server.base_url.removesuffix("/v1"))
    monkeypatch.setattr(GATE, "_guard", None)
    return openai_server


def sent(server: OpenAIServer) -> str:
    """All that was sent, as text."""
    return "\n".join(json.dumps(request, ensure_ascii=False) for request in server.requests)


@contextmanager
def guarded_by(guard: Guard) -> Iterator[None]:
    """Sets the gate's guard for a block alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(GATE, "_guard", guard)
        yield
