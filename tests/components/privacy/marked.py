"""Texts in which what is private stands between « and », and what the rules find of it."""

from __future__ import annotations

import re

from components.privacy.config import PrivacyConfig
from components.privacy.rules import Rules

RULES = Rules(PrivacyConfig())
_VALUE = re.compile("«([^»]*)»")


def marked(text: str) -> list[str]:
    return _VALUE.findall(text)


def covered(text: str) -> list[str]:
    """The marked values of a text that hits cover to the last letter."""
    plain, spans, end = "", list[tuple[int, int]](), 0
    for value in _VALUE.finditer(text):
        plain += text[end : value.start()]
        spans.append((len(plain), len(plain) + len(value[1])))
        plain, end = plain + value[1], value.end()
    plain += text[end:]
    hit = {place for each in RULES.scan(plain) for place in range(each.start, each.end)}
    letters = {at for at, each in enumerate(plain) if each.isalnum()}
    return [plain[start:stop] for start, stop in spans if letters & {*range(start, stop)} <= hit]
