"""What was found private in one episode, each value behind a name by which it may be spoken of: `[email 1]`.

The same value has the same name for the whole episode, so that who never sees it can refer to it, and who knows it can
put it back. Values are numbered in the order in which they were met; meeting them again in that order names them alike.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable
from urllib.parse import quote

from components.privacy.hits import KINDS, Hit, Kind

TEXT = "text"
"""What a model of ours wrote on a page that stayed at home."""
PLACEHOLDER = re.compile(
    rf"\[(?P<kind>{'|'.join((*(kind.replace('_', ' ') for kind in KINDS), TEXT))})(?: \d{{1,5}})?\]"
)
"""What a redaction leaves. It is never itself a hit."""
SHORT, LONG = 2, 6
"""Characters: shorter values hide nothing and stand everywhere; up to `LONG` only whole words are meant."""
_PIECE = re.compile(r'[^\s"|]{4,}')
_PUNCTUATION = {code: None for code in [*range(0x30), *range(0x3A, 0x61), *range(0x7B, 0xC0), 0x2007, 0x202F]}
_DOTS = re.compile(r"[•●∙*]+")


class Vault:
    """Values and their names.

    Args:
        numbered: false where nothing is ever put back: `[email]`.
    """

    def __init__(self, *, numbered: bool = True) -> None:
        self._numbered = numbered
        self._names: dict[str, str] = {}
        self._values: dict[str, str] = {}
        self._counts: dict[str, int] = {}
        self._forms: list[tuple[str, str, str]] = []

    def learn(self, text: str, hits: Iterable[Hit]) -> None:
        """Takes in what was found in a text. A hit of the whole text names no value."""
        for hit in hits:
            value = text[hit.start : hit.end]
            if hit.source in ("model", "no verdict") or _DOTS.fullmatch(value):
                continue
            pieces = _PIECE.findall(value) if "\n" in value or '"' in value else [value]
            for piece in pieces:
                self.name(piece, hit.kind)

    def name(self, value: str, kind: Kind | str) -> str:
        """The value's name, a new one where it has none."""
        value = value.strip()
        key = _key(value)
        if key in self._names:
            return self._names[key]
        count = self._counts[kind] = self._counts.get(kind, 0) + 1
        name = f"[{kind.replace('_', ' ')}{f' {count}' if self._numbered else ''}]"
        self._names[key] = name
        self._values.setdefault(name, value)
        if len(value) >= SHORT and not PLACEHOLDER.fullmatch(value):
            forms = ((squashed(form), pattern, name) for form, pattern in _forms(value))
            self._forms = sorted([*self._forms, *forms], key=lambda form: -len(form[0]))
        return name

    def redact(self, text: str) -> str:
        """The text with every known value, in whatever form it stands there, replaced by its name."""
        if self._forms:
            there = squashed(text)
            for form, pattern, name in self._forms:
                if form in there:
                    text = re.sub(pattern, lambda _, name=name: name, text, flags=re.IGNORECASE)  # type: ignore[misc]
        return text

    def knows(self, text: str) -> bool:
        """Whether a known value stands in the text."""
        return self.redact(text) != text

    def restore(self, text: str) -> str:
        """The text with every name in it replaced by its value, as it stands in a JSON string."""

        def value(found: re.Match[str]) -> str:
            known = self._values.get(found[0])
            return found[0] if known is None else json.dumps(known, ensure_ascii=False)[1:-1]

        return PLACEHOLDER.sub(value, text)


def _key(value: str) -> str:
    """The same for a number however it is grouped, and for an address in small or large letters."""
    bare = _bare(value)
    return bare if bare.isdigit() else value.casefold()


def _bare(value: str) -> str:
    """A number without what groups its digits."""
    return re.sub(r"[\s._/()-]", "", value)


def squashed(text: str) -> str:
    """Letters and digits alone, small: what a value and every grouping of it have in common."""
    return text.casefold().translate(_PUNCTUATION)


def _forms(value: str) -> list[tuple[str, str]]:
    """(form, pattern) of the value as it is, grouped otherwise, in percent signs, in base64 and backwards."""
    bare = _bare(value)
    if len(bare) > LONG and sum(map(str.isdigit, bare)) > len(bare) // 2:
        grouped = [(each, r"[\W_]{0,3}".join(map(re.escape, each))) for each in (bare, bare[::-1])]
        forms = [(each, rf"(?<!\w){pattern}(?!\w)") for each, pattern in grouped]
    elif len(value) <= LONG:
        return [(value, rf"(?<!\w){re.escape(value)}(?!\w)")]
    else:
        forms = [(each, re.escape(each)) for each in (value, value[::-1])]
    coded = {quote(value, safe=""), json.dumps(value)[1:-1], *_base64(value)} - {value}
    return forms + [(each, re.escape(each)) for each in sorted(coded)]


def _base64(value: str) -> list[str]:
    """What of its base64 is the same wherever it begins: of three places, the letters that hang on nothing else."""
    data, found = value.encode(), []
    for before in range(3):
        coded = base64.b64encode(b"\0" * before + data).decode().rstrip("=")
        inner = coded[(0, 2, 3)[before] : len(coded) - (1 if (len(data) + before) % 3 else 0)]
        if len(inner) > LONG:
            found.append(inner)
    return found
