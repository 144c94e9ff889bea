"""All detectors together: a text is private if any of them finds something."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, Self

from components.privacy.analyzer import AnalyzerDetector
from components.privacy.config import PrivacyConfig
from components.privacy.hits import Hit
from components.privacy.model import ModelDetector
from components.privacy.rules import Rules
from components.trajectories.manifest import find_manifest
from components.trajectories.rounds import Round

REMEMBERED = 4096
"""Texts whose hits are remembered, so that a page of an episode's history is scanned once."""


class Detectors:
    """Rules and, where they are configured, an analyzer and a model."""

    def __init__(self, config: PrivacyConfig) -> None:
        self.config = config
        self.rules = Rules(config)
        self.analyzer = AnalyzerDetector(config.analyzer) if config.analyzer else None
        self.model = ModelDetector(config.model) if config.model else None
        detectors = (self.rules, self.analyzer, self.model)
        self.versions = tuple(detector.version for detector in detectors if detector is not None)
        self._by_rules = _Remembered()
        self._by_analyzer = _Remembered()
        self._by_model = _Remembered()

    @classmethod
    def by_rules(cls, settings: Mapping[str, Any] | None) -> Self:
        """Detectors with rules only. Args: `settings`: a recipe's `privacy` section; its models are left out."""
        return cls(PrivacyConfig.model_validate(settings or {}).model_copy(update={"analyzer": None, "model": None}))

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
        """Hits of any detector; the model is asked only where the others find nothing.

        Args:
            anew: ask again about a text on which there was no verdict before.
        """
        hits = await self.places(text, anew=anew)
        return hits if any(hit.decides for hit in hits) else (*hits, *await self.verdict(text, anew=anew))

    async def places(self, text: str, *, anew: bool = False) -> tuple[Hit, ...]:
        """Hits of rules and analyzer, which may overlap. One of the whole text where the analyzer is silent."""
        hits = self.scan_now(text)
        if self.analyzer is None or not text.strip():
            return hits
        found = self._by_analyzer.get(text, anew=anew)
        if found is None:
            found = self._by_analyzer.keep(text, await self.analyzer.scan(text, known=hits))
        return found

    async def verdict(self, text: str, *, anew: bool = False) -> tuple[Hit, ...]:
        """The model's hit of the whole text, or none."""
        if self.model is None or not text.strip():
            return ()
        found = self._by_model.get(text, anew=anew)
        if found is None:
            hit = await self.model.scan(text)
            found = self._by_model.keep(text, (hit,) if hit else ())
        return found


class _Remembered:
    """The hits of the texts that were read last."""

    def __init__(self) -> None:
        self._hits = OrderedDict[bytes, tuple[Hit, ...]]()

    def get(self, text: str, *, anew: bool = False) -> tuple[Hit, ...] | None:
        """None where nothing is remembered, or, `anew`, no verdict."""
        hits = self._hits.get(_digest(text))
        return None if anew and hits and any(hit.source == "no verdict" for hit in hits) else hits

    def keep(self, text: str, hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
        self._hits[_digest(text)] = hits
        if len(self._hits) > REMEMBERED:
            self._hits.popitem(last=False)
        return hits


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
