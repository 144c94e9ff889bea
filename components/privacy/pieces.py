"""Classes of private data in a piece of an episode, found when the piece is made."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from components.privacy.config import PrivacyConfig
from components.privacy.detectors import Detectors
from components.privacy.hits import Kind


def classes_of(texts: Iterable[str]) -> set[Kind]:
    """Classes that the rules find in these texts; a page that is in many pieces is scanned once."""
    detectors = _rules()
    return {hit.kind for text in texts for hit in detectors.scan_now(text)}


@cache
def _rules() -> Detectors:
    return Detectors(PrivacyConfig())
