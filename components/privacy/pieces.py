"""Which classes of private data a piece of an episode holds, before anybody is to be shown it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from components.privacy.config import PrivacyConfig
from components.privacy.detectors import Detectors
from components.privacy.hits import Kind


def classes_of(texts: Iterable[str]) -> set[Kind]:
    """What the rules find in them; a page that stands in many pieces is read once."""
    detectors = _rules()
    return {hit.kind for text in texts for hit in detectors.scan_now(text)}


@cache
def _rules() -> Detectors:
    return Detectors(PrivacyConfig())
