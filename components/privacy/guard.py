"""The guard of the gate: redacts every request to another machine, and logs it.

A hybrid teacher redacts before it asks its remote model; anything that the guard still finds there is our mistake, is
redacted here, and counted. For all other senders (a judge, a writer, an embedding, an audit's probe, a trace) the guard
alone redacts, with what an analyzer finds as well. A detector model does not say where in a text something private is.
So a question that it calls private is refused as a whole, because an answer to half a question would be taken as a real
one; of texts for embeddings only the private ones are replaced.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from components.endpoints.complaints import RequestRefused
from components.endpoints.gate import GATE
from components.loopback import bypass_proxies
from components.privacy.config import PrivacyConfig
from components.privacy.detectors import Detectors
from components.privacy.hits import Hit, Kind, merged
from components.privacy.log import EPISODE, Log, counted, is_long_number, texts_of
from components.privacy.vault import Vault

_CLEARED: ContextVar[bool] = ContextVar("cleared", default=False)
PASSES = 5
MOST_NUMBERS = 8
"""Whole numbers in one list that may leave; more may be a text in tokens, which no detector reads."""
FIX = "ask a model at home instead (its host in privacy.home where it is yours), or leave this model out"


class StaysAtHome(RequestRefused):
    """The guard lets this request leave in no form; a model at home may be asked instead.

    Attributes: `kinds`: the classes of private data because of which.
    """

    def __init__(self, address: str, why: str, *, kinds: Iterable[Kind]) -> None:
        self.kinds = tuple(sorted(set(kinds)))
        super().__init__(f"{address}: it stays at home: {why}", fix=FIX)


class PrivacyGuard:
    """See the module. Args: `log`: None where there is no store for one."""

    def __init__(self, config: PrivacyConfig, *, log: Log | None) -> None:
        self.detectors = Detectors(config)
        self.home: Collection[str] = config.home
        self._log = log

    async def outgoing(self, address: str, body: Any) -> Any:
        allowed, stopped = await asyncio.to_thread(self._redacted, address, body)
        private_texts = await self._called_private(allowed)
        hits = [hit for each in private_texts.values() for hit in each]
        refused = not (_are_vectors(body) or all(hit.has_place for hit in hits))
        if hits and not refused:
            allowed = _without_all(allowed, private_texts)
        stopped += counted(hits)
        await asyncio.to_thread(self._write, address, allowed, stopped, refused)
        if refused:
            kinds = {hit.kind for hit in hits}
            raise StaysAtHome(address, f"a detector finds it private ({', '.join(sorted(kinds))})", kinds=kinds)
        return allowed

    def outgoing_now(self, address: str, body: Any) -> Any:
        allowed, stopped = self._redacted(address, body)
        self._write(address, allowed, stopped, False)
        return allowed

    def _redacted(self, address: str, body: Any) -> tuple[Any, Counter[Kind]]:
        """(the body with placeholders for all hits of the rules, the number of hits by class).

        It is repeated until nothing is found: text behind a removed value may now be behind a label.

        Raises:
            StaysAtHome: something is found even after `PASSES` times, or the body contains a text as tokens.
        """
        if _holds_tokens(body):
            self._write(address, None, Counter(), True)
            raise StaysAtHome(address, "a text in tokens cannot be scanned", kinds=("other",))
        vault, stopped = Vault(numbered=False), Counter[Kind]()
        for _ in range(PASSES):
            counts = Counter[Kind]()
            for text in texts_of(body):
                hits = self.detectors.scan_now(text)
                vault.learn(text, hits)
                counts += counted(hits)
            if not counts:
                return body, stopped
            stopped += counts
            body = _mapped(body, lambda text: _without(text, self.detectors.scan_now(text), vault))
        self._write(address, None, stopped, True)
        raise StaysAtHome(address, f"something private is left in it ({', '.join(stopped)})", kinds=stopped)

    async def _called_private(self, body: Any) -> dict[str, tuple[Hit, ...]]:
        """The texts of the body in which analyzer or detector model find something; empty inside `cleared`.

        Single words (a role, a model's name) are left to the rules.
        """
        if not (self.detectors.analyzer or self.detectors.model) or _CLEARED.get():
            return {}
        texts = {text for text in texts_of(body) if " " in text}
        scanned = {text: await self.detectors.scan(text, anew=True) for text in texts}
        return {text: hits for text, hits in scanned.items() if hits}

    def _write(self, address: str, body: Any, stopped: Counter[Kind], refused: bool) -> None:
        if self._log is not None:
            self._log.write(
                endpoint=address, body=body, stopped=stopped, refused=refused, detectors=self.detectors.versions
            )


def _without(text: str, hits: Sequence[Hit], vault: Vault) -> str:
    """The text with placeholders for hits, and for the same values elsewhere in it."""
    for hit in reversed(hits):
        name = f"[{hit.kind.replace('_', ' ')}]"
        text = text[: hit.start] + name + text[hit.end :]
    return vault.redact(text)


def _without_all(body: Any, private_texts: Mapping[str, tuple[Hit, ...]]) -> Any:
    """The body with placeholders for hits, and for their values elsewhere in it."""
    vault = Vault(numbered=False)
    for text, hits in private_texts.items():
        vault.learn(text, hits)
    return _mapped(body, lambda text: _without(text, merged(private_texts.get(text, ())), vault))


def _are_vectors(body: Any) -> bool:
    """Whether the body asks for embeddings, in which each text is separate."""
    return isinstance(body, dict) and isinstance(body.get("input"), list)


def _holds_tokens(body: Any) -> bool:
    if isinstance(body, dict):
        return any(map(_holds_tokens, body.values()))
    if not isinstance(body, list | tuple):
        return False
    return sum(isinstance(item, int) for item in body) > MOST_NUMBERS or any(map(_holds_tokens, body))


def _mapped(body: Any, change: Any) -> Any:
    if isinstance(body, str):
        return change(body)
    if is_long_number(body):
        return body if (changed := change(str(body))) == str(body) else changed
    if isinstance(body, dict):
        return {key: _mapped(value, change) for key, value in body.items()}
    if isinstance(body, list | tuple):
        return [_mapped(value, change) for value in body]
    return body


@contextmanager
def cleared(episode: str) -> Iterator[None]:
    """While it is open, the detector model is not asked again: the episode's agent has scanned the texts already."""
    cleared_token, episode_token = _CLEARED.set(True), EPISODE.set(episode)
    try:
        yield
    finally:
        _CLEARED.reset(cleared_token)
        EPISODE.reset(episode_token)


def guard(config: PrivacyConfig, *, log: Log | None) -> None:
    """Sets the guard of this process's gate, unless it has one; hosts at home bypass proxies."""
    bypass_proxies(config.home)
    if not GATE.guarded:
        GATE.set(PrivacyGuard(config, log=log))


def standing() -> PrivacyGuard | None:
    """This process's guard; None where none was set."""
    return GATE.guard if isinstance(GATE.guard, PrivacyGuard) else None
