"""Values with their names beside them, in JSON, in settings and behind colons: `"iban": "DE…"`, `PASSWORD=…`."""

from __future__ import annotations

import re
from collections.abc import Iterator

_NAMED = re.compile(r"[\"']([\w .-]{2,40})\\?[\"']\s?:\s?(?:\\?[\"']([^\"'\\\n]{1,200})|(\d[\d.]{2,40}))")
_PAIRED = re.compile(r"[\"']\s?:")
"""What a text must contain for pairs of names and values."""
_IS_SET = re.compile(r"=\s?\\?[\"']?((?:[^\s\"',;&\\]|&(?!\w{1,40}=)){2,400})")
_SET = re.compile(r"(?<![\w-])(?:--)?([A-Za-z_][\w.-]{1,40})\s?\Z")
_LONGEST_SET = 44
_SETTING = re.compile(r"([A-Z](?<![\w-].)[A-Z0-9_]{3,40}): ?([^\s\"',;\\]{8,400})")
_SAID = re.compile(r": ((?:[^\"\\\n]|\\.){1,90})\"")
_SAYS = re.compile(r"\"([^\":\\|\n]{2,60}?)[ ]?\Z")
_LONGEST_SAID = 62


def said(text: str) -> Iterator[tuple[str, int, int]]:
    """Label, start and end of a value that is with its label and a colon the whole of a quoted text."""
    at, after = text.find(": "), 0
    while at >= 0:
        label = _SAYS.search(text, max(at - _LONGEST_SAID, after), at)
        value = _SAID.match(text, at) if label else None
        if label and value:
            yield label[1], value.start(1), value.end(1)
            after = value.end()
        at = text.find(": ", value.end() if value else at + 1)


def values(text: str) -> Iterator[tuple[str, int, int]]:
    """Name, start and end of every value."""
    for pair in _NAMED.finditer(text) if _PAIRED.search(text) else ():
        yield pair[1], pair.start(2 if pair[2] else 3), pair.end(2 if pair[2] else 3)
    for pair in _SETTING.finditer(text):
        yield pair[1], pair.start(2), pair.end(2)
    at = text.find("=")
    while at >= 0:
        value = _IS_SET.match(text, at)
        name = value and _SET.search(text, max(at - _LONGEST_SET, 0), at)
        if value and name:
            yield name[1], value.start(1), value.end(1)
        at = text.find("=", value.end() if value and name else at + 1)
