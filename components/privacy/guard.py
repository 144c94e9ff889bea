"""The guard before the gate: nothing private leaves, whoever sends it, and whatever leaves is written down.

A hybrid teacher has taken out what is private before it asks its remote model; what the guard still finds is a mistake
of ours, is taken out here, and counted. For all others that send (a judge, a writer, an embedding, an audit's probe, a
trace) it is what takes out. A model of one's own finds no places: a question that it calls private is refused whole,
since an answer to half of it would be believed, and of texts that are to become vectors the private ones are left out.
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
from components.loopback import bypass_proxies
from components.privacy.config import PrivacyConfig
from components.privacy.detectors import Detectors
from components.privacy.hits import Hit
from components.privacy.log import EPISODE, Log, counted, is_long_number, texts_of
from components.privacy.vault import Vault

_CLEARED: ContextVar[bool] = ContextVar("cleared", default=False)
PASSES = 5
MOST_NUMBERS = 8
"""Whole numbers in one list that may leave; more may be a text in tokens, which no detector reads."""
FIX = "ask a model at home instead (its host in privacy.home where it is yours), or leave this model out"


class PrivacyGuard:
    """See the module. `log` is None where there is no store to keep one in."""

    def __init__(self, config: PrivacyConfig, *, log: Log | None) -> None:
        self.detectors = Detectors(config)
        self.home: Collection[str] = config.home
        self._log = log

    async def outgoing(self, address: str, body: Any) -> Any:
        allowed, stopped = await asyncio.to_thread(self._redacted, address, body)
        held = await self._called_private(allowed)
        refused = bool(held) and not _are_vectors(body)
        if held and not refused:
            allowed = _mapped(allowed, lambda text: f"[{held[text].kind}]" if text in held else text)
        stopped += counted(held.values())
        await asyncio.to_thread(self._write, address, allowed, stopped, refused)
        if refused:
            kinds = ", ".join(sorted({hit.kind for hit in held.values()}))
            raise RequestRefused(f"{address}: it stays at home: a detector finds it private ({kinds})", fix=FIX)
        return allowed

    def outgoing_now(self, address: str, body: Any) -> Any:
        allowed, stopped = self._redacted(address, body)
        self._write(address, allowed, stopped, False)
        return allowed

    def _redacted(self, address: str, body: Any) -> tuple[Any, Counter[str]]:
        """The body without what the rules find in it, in every text of it, and how much that was.

        Once more where something was found: what stood behind a value may now stand behind its label.

        Raises:
            RequestRefused: they find something however often it is taken out, or a text is told in numbers.
        """
        if _tells_in_numbers(body):
            self._write(address, None, Counter(), True)
            raise RequestRefused(f"{address}: it stays at home: a text in tokens cannot be looked at", fix=FIX)
        vault, stopped = Vault(numbered=False), Counter[str]()
        for _ in range(PASSES):
            found = Counter[str]()
            for text in texts_of(body):
                hits = self.detectors.scan_now(text)
                vault.learn(text, hits)
                found += counted(hits)
            if not found:
                return body, stopped
            stopped += found
            body = _mapped(body, lambda text: _without(text, self.detectors.scan_now(text), vault))
        self._write(address, None, stopped, True)
        raise RequestRefused(
            f"{address}: something private is left in it ({', '.join(stopped)}): it stays at home", fix=FIX
        )

    async def _called_private(self, body: Any) -> dict[str, Hit]:
        """The texts of the body that a model of one's own calls private; none where it was asked about all before.

        A single word (a role, a model's name) is the rules' business.
        """
        if self.detectors.model is None or _CLEARED.get():
            return {}
        texts = {text for text in texts_of(body) if " " in text}
        scanned = {text: await self.detectors.scan(text, anew=True) for text in texts}
        return {text: hits[0] for text, hits in scanned.items() if hits}

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


def _are_vectors(body: Any) -> bool:
    """Whether it asks for vectors: then every text stands for itself."""
    return isinstance(body, dict) and isinstance(body.get("input"), list)


def _tells_in_numbers(body: Any) -> bool:
    if isinstance(body, dict):
        return any(map(_tells_in_numbers, body.values()))
    if not isinstance(body, list | tuple):
        return False
    return sum(isinstance(each, int) for each in body) > MOST_NUMBERS or any(map(_tells_in_numbers, body))


def _mapped(body: Any, change: Any) -> Any:
    if isinstance(body, str):
        return change(body)
    if is_long_number(body):
        return body if (said := change(str(body))) == str(body) else said
    if isinstance(body, dict):
        return {key: _mapped(value, change) for key, value in body.items()}
    if isinstance(body, list | tuple):
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
    """Sets a guard before this process's gate, unless one stands there; hosts at home go by no proxy."""
    bypass_proxies(config.home)
    if not GATE.guarded:
        GATE.set(PrivacyGuard(config, log=log))


def standing() -> PrivacyGuard | None:
    """The guard that was set."""
    return GATE.guard if isinstance(GATE.guard, PrivacyGuard) else None
