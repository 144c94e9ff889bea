"""The guard before the gate: nothing private leaves, whoever sends it, and whatever leaves is written down.

A hybrid teacher has taken out what is private before it asks its remote model; what the guard still finds is a mistake
of ours, is taken out here, and counted. For all others that send (a judge, a writer, an embedding, an audit's probe, a
trace) it is what takes out. A model of one's own, which finds no places, holds back what it calls private.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from components.endpoints.complaints import RequestRefused
from components.endpoints.gate import GATE
from components.privacy.config import PrivacyConfig
from components.privacy.detectors import Detectors
from components.privacy.hits import Hit
from components.privacy.log import EPISODE, Log, counted, texts_of
from components.privacy.vault import Vault

_CLEARED: ContextVar[bool] = ContextVar("cleared", default=False)
HELD_BACK = "it stays at home: {finder} finds it private ({kinds})"
FIX = "ask a model at home instead (its host in privacy.home where it is yours), or leave this model out"


class PrivacyGuard:
    """See the module. `log` is None where there is no store to keep one in."""

    def __init__(self, config: PrivacyConfig, *, log: Log | None) -> None:
        self.detectors = Detectors(config)
        self.home: Collection[str] = config.home
        self._log = log

    async def outgoing(self, address: str, body: Any) -> Any:
        allowed, stopped = await asyncio.to_thread(self._redacted, body)
        held = await self._held_back(allowed)
        await asyncio.to_thread(self._write, address, allowed, stopped + counted(held), bool(held))
        if held:
            kinds = ", ".join(sorted({hit.kind for hit in held}))
            raise RequestRefused(f"{address}: {HELD_BACK.format(finder='the detector', kinds=kinds)}", fix=FIX)
        return allowed

    def outgoing_now(self, address: str, body: Any) -> Any:
        allowed, stopped = self._redacted(body)
        self._write(address, allowed, stopped, False)
        return allowed

    def _redacted(self, body: Any) -> tuple[Any, Counter[str]]:
        """The body without what the rules find in it, in every text of it, and how much that was."""
        vault, stopped = Vault(numbered=False), Counter[str]()
        for text in texts_of(body):
            hits = self.detectors.scan_now(text)
            vault.learn(text, hits)
            stopped += counted(hits)
        if not stopped:
            return body, stopped
        return _mapped(body, lambda text: _without(text, self.detectors.scan_now(text), vault)), stopped

    async def _held_back(self, body: Any) -> tuple[Hit, ...]:
        if self.detectors.model is None or _CLEARED.get():
            return ()
        return await self.detectors.scan("\n".join(texts_of(body)), anew=True)

    def _write(self, address: str, body: Any, stopped: Counter[str], refused: bool) -> None:
        if self._log is not None:
            self._log.write(
                endpoint=address, body=body, stopped=stopped, refused=refused, detectors=self.detectors.versions
            )


def _without(text: str, hits: tuple[Hit, ...], vault: Vault) -> str:
    """The text with names in the place of hits, and of the same values elsewhere."""
    for hit in reversed(hits):
        name = f"[{hit.kind.replace('_', ' ')}]"
        text = text[: hit.start] + name + text[hit.end :]
    return vault.redact(text)


def _mapped(body: Any, change: Any) -> Any:
    if isinstance(body, str):
        return change(body)
    if isinstance(body, dict):
        return {change(key): _mapped(value, change) for key, value in body.items()}
    if isinstance(body, list):
        return [_mapped(value, change) for value in body]
    return body


@contextmanager
def cleared(episode: str) -> Iterator[None]:
    """While it is open, what is sent was looked at by every detector before, for this episode."""
    clear, whose = _CLEARED.set(True), EPISODE.set(episode)
    try:
        yield
    finally:
        _CLEARED.reset(clear)
        EPISODE.reset(whose)


def guard(config: PrivacyConfig, *, log: Log | None) -> None:
    """Sets a guard before this process's gate, unless one stands there."""
    if not GATE.guarded:
        GATE.set(PrivacyGuard(config, log=log))
