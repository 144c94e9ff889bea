"""Private values of one episode, each with a placeholder such as `[email 1]`.

A value has the same placeholder in the whole episode, so that a model that never sees it can refer to it, and we can
put it back. Values are numbered in the order in which they are learnt; the same order gives the same placeholders.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise
from urllib.parse import quote, unquote_to_bytes

from components.privacy.hits import KINDS, Hit, Kind
from components.privacy.lexicon import Span
from components.privacy.views import flat, unescaped

TEXT = "text"
"""Class of a text that the local model wrote on a private page."""
PLACEHOLDER = re.compile(
    rf"\[(?P<kind>{'|'.join((*(kind.replace('_', ' ') for kind in KINDS), TEXT))})(?: \d{{1,5}})?\]"
)
"""A pattern of placeholders. They are never hits themselves."""
SHORT, LONG = 2, 6
"""Characters. Values shorter than `SHORT` are never redacted; up to `LONG` they are redacted only as whole words."""
WORD = 4
"""Letters of a word that is learnt alone, where a value has several."""
_PIECE = re.compile(rf'[^\s"|]{{{WORD},}}')
_AROUND = ' \t\n\\"|'
"""What closes a value's cell or line."""
_SENTENCE = re.compile(r"[^.!?;]+(?=[.!?;]\s)")
_PUNCTUATION = {
    code: None
    for code in (
        *(*range(0x30), *range(0x3A, 0x61), *range(0x7B, 0xC0), *range(0x300, 0x370), *range(0x2000, 0x2070)),
        *(*range(0xFE00, 0xFE10), 0xFEFF, *range(0xE0000, 0xE1000)),
    )
}
_CODES = re.compile(
    r"(?:%[0-9A-Fa-f]{2})+|\\u(?:\{[0-9A-Fa-f]{2,6}\}|[0-9A-Fa-f]{4})|\\x[0-9A-Fa-f]{2}|\\[nrt]|&#?\w{2,8};"
)
APART = 12
"""Characters that are no letters between two letters of a value, at most."""
_SPELT = {"ä": "ae", "ö": "oe", "ü": "ue"}
_DOTS = re.compile(r"[•●∙*]+")


class Vault:
    """Values and their placeholders ("names").

    Args:
        numbered: whether placeholders have numbers; false (`[email]`) where values are never put back.
    """

    def __init__(self, *, numbered: bool = True) -> None:
        self._numbered = numbered
        self._names: dict[str, str] = {}
        self._values: dict[str, str] = {}
        self._counts: dict[str, int] = {}
        self._forms: list[tuple[Form, str]] = []

    def learn(self, text: str, hits: Iterable[Hit]) -> None:
        """Learns the values of hits in a text. A hit without a place (of a model) has no value.

        A hit may be everything behind a label. Its first sentence may occur alone elsewhere, so it is learnt too. Of a
        value in several cells or lines every word is.
        """
        for hit in hits:
            value = text[hit.start : hit.end].strip(_AROUND)
            if not hit.has_place or _DOTS.fullmatch(value):
                continue
            pieces = _PIECE.findall(flat(value)) if "\n" in value or '"' in value else [value]
            for piece in pieces:
                self.name(piece, hit.kind)
                if (first := _SENTENCE.match(piece)) and len(first[0]) >= WORD:
                    self.name(first[0], hit.kind)

    def name(self, value: str, kind: Kind | str) -> str:
        """The value's placeholder, a new one where it has none."""
        value = value.strip()
        key = _key(value)
        if key in self._names:
            return self._names[key]
        count = self._counts[kind] = self._counts.get(kind, 0) + 1
        name = f"[{kind.replace('_', ' ')}{f' {count}' if self._numbered else ''}]"
        self._names[key] = name
        self._values.setdefault(name, value)
        if len(value) >= SHORT and not PLACEHOLDER.fullmatch(value):
            self._forms = sorted({*self._forms, *((form, name) for form in _forms(value))}, key=_long_first)
        return name

    def redact(self, text: str) -> str:
        """The text with a placeholder for every known value, in whatever form the value is written."""
        readings = _readings(text) if self._forms else ()
        known_forms = [
            (form, name) for form, name in self._forms if any(form.letters in letters for letters in readings)
        ]
        for form, name in known_forms:
            text = re.sub(form.exact, lambda _, name=name: name, text, flags=re.IGNORECASE)  # type: ignore[misc]
        readings = _readings(text) if known_forms else ()
        for form, name in known_forms:
            if form.is_loose and any(form.letters in letters for letters in readings):
                text = form.without(text, name, readings)
                readings = _readings(text)
        return text

    def knows(self, text: str) -> bool:
        """Whether the text contains a known value."""
        return self.redact(text) != text

    def restore(self, text: str) -> str:
        """The text with every placeholder replaced by its value, escaped as in a JSON string."""

        def value(match: re.Match[str]) -> str:
            original = self._values.get(match[0])
            return match[0] if original is None else json.dumps(original, ensure_ascii=False)[1:-1]

        return PLACEHOLDER.sub(value, text)


def _key(value: str) -> str:
    """A key that is the same for a number in any grouping, and for a text in small or capital letters."""
    bare = _bare(value)
    return bare if bare.isdigit() else value.casefold()


def _bare(value: str) -> str:
    """A number without what groups its digits."""
    return re.sub(r"[\s._/()-]", "", value)


def squashed(text: str) -> str:
    """Only letters and digits, in small letters without accents: the same for all ways to write a value."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
    return text.casefold().translate(_PUNCTUATION)


def _readings(text: str) -> tuple[str, ...]:
    """The text `squashed`; and, where it has codes such as `%40`, also with these decoded."""
    if not _CODES.search(text):
        return (squashed(text),)
    return squashed(text), squashed(_CODES.sub(lambda code: _decoded(code[0]), text))


@lru_cache(4096)
def _decoded(code: str) -> str:
    """The text of a code; percent signs are read as UTF-8, or else as Latin-1."""
    if code in ("\\n", "\\r", "\\t"):
        return " "
    if code[0] != "%":
        return unescaped(code)
    data = unquote_to_bytes(code)
    try:
        return data.decode()
    except ValueError:
        return data.decode("latin-1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One way to write a value.

    Attributes:
        letters: the value `squashed`.
        exact: a pattern of it, letter for letter.
        is_loose: its letters alone identify it, whatever is between them and however they are encoded.
        is_number: it counts only without a letter or digit right beside it.
    """

    letters: str
    exact: str
    is_loose: bool = True
    is_number: bool = False

    def without(self, text: str, name: str, readings: tuple[str, ...]) -> str:
        """The text with the name in place of the form's letters. Args: `readings`: the text's `_readings`."""
        for codes, letters in enumerate(readings):
            for start, end in reversed([*self._places(text, codes=bool(codes))]) if self.letters in letters else ():
                text = text[:start] + name + text[end:]
        return text

    def _places(self, text: str, *, codes: bool) -> Iterator[Span]:
        """Spans of the form's letters. Args: `codes`: whether codes are decoded first."""
        pieces, spans = _pieces(text, codes=codes)
        letters, until = "".join(pieces), [*accumulate(map(len, pieces))]
        at = letters.find(self.letters)
        while at >= 0:
            end = at + len(self.letters)
            inside = range(bisect_right(until, at), bisect_right(until, end - 1) + 1)
            written_spans = [spans[place] for place in inside if pieces[place]]
            near = all(after[0] - before[1] <= APART for before, after in pairwise(written_spans))
            start, stop = written_spans[0][0], written_spans[-1][1]
            if near and not (self.is_number and (_is_letter(text, start - 1) or _is_letter(text, stop))):
                yield start, stop
                at = letters.find(self.letters, end)
            else:
                at = letters.find(self.letters, at + 1)


def _is_letter(text: str, at: int) -> bool:
    return 0 <= at < len(text) and text[at].isalnum()


def _pieces(text: str, *, codes: bool) -> tuple[list[str], list[Span]]:
    """The letters of `squashed` that each character or code stands for, and the span of it."""
    pieces, spans, end = list[str](), list[Span](), 0
    for code in _CODES.finditer(text) if codes else ():
        pieces += [*map(_bared, text[end : code.start()]), squashed(_decoded(code[0]))]
        spans += [*_character_spans(end, code.start()), code.span()]
        end = code.end()
    return [*pieces, *map(_bared, text[end:])], [*spans, *_character_spans(end, len(text))]


def _character_spans(start: int, end: int) -> Iterator[Span]:
    """The spans of the characters from one place to another."""
    return zip(range(start, end), range(start + 1, end + 1), strict=True)


_bared = lru_cache(4096)(squashed)


def _long_first(form: tuple[Form, str]) -> tuple[int, str, str]:
    return -len(form[0].letters), form[0].letters, form[1]


def _forms(value: str) -> Iterator[Form]:
    """The ways to write a value: as it is, backwards, without umlauts, and encoded in percent signs, hex, base64 and
    digests."""
    bare = _bare(value)
    is_number = len(bare) > LONG and sum(map(str.isdigit, bare)) > len(bare) // 2
    is_loose = len(squashed(value)) > LONG
    beside = (r"(?<!\w)", r"(?!\w)") if is_number or len(value) <= LONG else ("", "")
    transcribed = re.sub("[äöüÄÖÜ]", lambda umlaut: _SPELT[umlaut[0].lower()], value)
    digests = _digests({value, bare, bare.lstrip("+")} if is_number else {value})
    codes = (quote(value, safe=""), value.encode().hex(), *_base64(value), *digests)
    for text in {value} if len(value) <= LONG else {value, value[::-1], transcribed}:
        yield Form(letters=squashed(text), exact=re.escape(text).join(beside), is_loose=is_loose, is_number=is_number)
    for text in {*codes} - {value} if len(value) > LONG else ():
        yield Form(letters=squashed(text), exact=re.escape(text), is_loose=is_loose)


def _digests(values: Iterable[str]) -> Iterator[str]:
    """Hex digests (MD5, SHA-1, SHA-256) of the values, which sites use in their place and anybody can guess again."""
    for variant in {way for value in values for way in (value, value.lower())}:
        for algorithm in (hashlib.md5, hashlib.sha1, hashlib.sha256):
            yield algorithm(variant.encode(), usedforsecurity=False).hexdigest()


def _base64(value: str) -> list[str]:
    """The parts of a value's base64 that do not depend on the text around it, for each of its three alignments."""
    data, encodings = value.encode(), []
    for before in range(3):
        coded = base64.b64encode(b"\0" * before + data).decode().rstrip("=")
        inner = coded[(0, 2, 3)[before] : len(coded) - (1 if (len(data) + before) % 3 else 0)]
        if len(inner) > LONG:
            encodings.append(inner)
    return encodings
