"""All detectors together: a text is private if any of them finds something."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, Self

from components.privacy.config import PrivacyConfig
from components.privacy.hits import Hit
from components.privacy.model import ModelDetector
from components.privacy.rules import Rules
from components.trajectories.manifest import find_manifest
from components.trajectories.rounds import Round

REMEMBERED = 4096
"""Texts whose hits are remembered, so that a page of an episode's history is scanned once."""


class Detectors:
    """Rules and, where one is configured, a model."""

    def __init__(self, config: PrivacyConfig) -> None:
        self.config = config
        self.rules = Rules(config)
        self.model = ModelDetector(config.model) if config.model else None
        self.versions = tuple(detector.version for detector in (self.rules, self.model) if detector is not None)
        self._by_rules = _Remembered()
        self._by_model = _Remembered()

    @classmethod
    def by_rules(cls, settings: Mapping[str, Any] | None) -> Self:
        """Detectors with rules only. Args: `settings`: a recipe's `privacy` section; its model is left out."""
        return cls(PrivacyConfig.model_validate(settings or {}).model_copy(update={"model": None}))

    @classmethod
    def of_round(cls, round: Round) -> Self:
        """Detectors with rules only, and the own words of the round's hybrid teacher, where it had one."""
        manifest = find_manifest(round)
        return cls.by_rules(manifest.settings.get("teacher", {}).get("privacy") if manifest else None)

    def scan_now(self, text: str) -> tuple[Hit, ...]:
        """Hits of the rules, in the order of the text."""
        hits = self._by_rules.get(text)
        return hits if hits is not None else self._by_rules.keep(text, tuple(self.rules.scan(text)))

    async def scan(self, text: str, *, anew: bool = False) -> tuple[Hit, ...]:
        """Hits of any detector; the model is asked only where the rules find nothing.

        Args:
            anew: ask the model again about a text on which it gave no verdict before.
        """
        hits = self.scan_now(text)
        if hits or self.model is None or not text.strip():
            return hits
        hits_before = self._by_model.get(text)
        if hits_before is not None and not (anew and any(hit.source == "no verdict" for hit in hits_before)):
            return hits_before
        hit = await self.model.scan(text)
        return self._by_model.keep(text, (hit,) if hit else ())


class _Remembered:
    """The hits of the texts that were read last."""

    def __init__(self) -> None:
        self._hits = OrderedDict[bytes, tuple[Hit, ...]]()

    def get(self, text: str) -> tuple[Hit, ...] | None:
        return self._hits.get(_digest(text))

    def keep(self, text: str, hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
        self._hits[_digest(text)] = hits
        if len(self._hits) > REMEMBERED:
            self._hits.popitem(last=False)
        return hits


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
