"""What was found private in one episode, each value behind a name by which it may be spoken of: `[email 1]`.

The same value has the same name for the whole episode, so that who never sees it can refer to it, and who knows it can
put it back. Values are numbered in the order in which they were met; meeting them again in that order names them alike.
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
from components.privacy.views import unescaped

TEXT = "text"
"""What a model of ours wrote on a page that stayed at home."""
PLACEHOLDER = re.compile(
    rf"\[(?P<kind>{'|'.join((*(kind.replace('_', ' ') for kind in KINDS), TEXT))})(?: \d{{1,5}})?\]"
)
"""What a redaction leaves. It is never itself a hit."""
SHORT, LONG = 2, 6
"""Characters: shorter values hide nothing and stand everywhere; up to `LONG` only whole words are meant."""
_PIECE = re.compile(r'[^\s"|]{4,}')
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
    """Values and their names.

    Args:
        numbered: false where nothing is ever put back: `[email]`.
    """

    def __init__(self, *, numbered: bool = True) -> None:
        self._numbered = numbered
        self._names: dict[str, str] = {}
        self._values: dict[str, str] = {}
        self._counts: dict[str, int] = {}
        self._forms: list[tuple[Form, str]] = []

    def learn(self, text: str, hits: Iterable[Hit]) -> None:
        """Takes in what was found in a text. A hit of the whole text names no value.

        A hit may be all that stands behind a label; its first sentence, which may stand alone elsewhere, is known too.
        """
        for hit in hits:
            value = text[hit.start : hit.end]
            if hit.source in ("model", "no verdict") or _DOTS.fullmatch(value):
                continue
            pieces = _PIECE.findall(value) if "\n" in value or '"' in value else [value]
            for piece in pieces:
                self.name(piece, hit.kind)
                if (first := _SENTENCE.match(piece)) and len(first[0]) > LONG:
                    self.name(first[0], hit.kind)

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
            self._forms = sorted({*self._forms, *((form, name) for form in _forms(value))}, key=_long_first)
        return name

    def redact(self, text: str) -> str:
        """The text with every known value, in whatever form it stands there, replaced by its name."""
        there = _readings(text) if self._forms else ()
        met = [(form, name) for form, name in self._forms if any(form.letters in letters for letters in there)]
        for form, name in met:
            text = re.sub(form.exact, lambda _, name=name: name, text, flags=re.IGNORECASE)  # type: ignore[misc]
        there = _readings(text) if met else ()
        for form, name in met:
            if form.is_loose and any(form.letters in letters for letters in there):
                text = form.without(text, name, there)
                there = _readings(text)
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
    """Letters and digits alone, small and bare: what a value and every way to write it have in common."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
    return text.casefold().translate(_PUNCTUATION)


def _readings(text: str) -> tuple[str, ...]:
    """Its letters, and those that its codes stand for."""
    if not _CODES.search(text):
        return (squashed(text),)
    return squashed(text), squashed(_CODES.sub(lambda code: _decoded(code[0]), text))


@lru_cache(4096)
def _decoded(code: str) -> str:
    """What a code stands for; percent signs are UTF-8, or Latin-1 where they are not."""
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
        letters: `squashed`.
        exact: a pattern of it, letter for letter.
        is_loose: whether its letters are enough to know it by, whatever stands between them and whatever codes them.
        is_number: no letter or digit may stand beside it.
    """

    letters: str
    exact: str
    is_loose: bool = True
    is_number: bool = False

    def without(self, text: str, name: str, there: tuple[str, ...]) -> str:
        """The text with a name wherever its letters stand; there: its `_readings`."""
        for codes, letters in enumerate(there):
            for start, end in reversed([*self._places(text, codes=bool(codes))]) if self.letters in letters else ():
                text = text[:start] + name + text[end:]
        return text

    def _places(self, text: str, *, codes: bool) -> Iterator[Span]:
        """Where its letters stand; codes: in what codes stand for."""
        pieces, spans = _pieces(text, codes=codes)
        letters, until = "".join(pieces), [*accumulate(map(len, pieces))]
        at = letters.find(self.letters)
        while at >= 0:
            end = at + len(self.letters)
            inside = range(bisect_right(until, at), bisect_right(until, end - 1) + 1)
            written = [spans[place] for place in inside if pieces[place]]
            near = all(after[0] - before[1] <= APART for before, after in pairwise(written))
            start, stop = written[0][0], written[-1][1]
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
        spans += [*_each(end, code.start()), code.span()]
        end = code.end()
    return [*pieces, *map(_bared, text[end:])], [*spans, *_each(end, len(text))]


def _each(start: int, end: int) -> Iterator[Span]:
    """The spans of the characters from one place to another."""
    return zip(range(start, end), range(start + 1, end + 1), strict=True)


_bared = lru_cache(4096)(squashed)


def _long_first(form: tuple[Form, str]) -> tuple[int, str, str]:
    return -len(form[0].letters), form[0].letters, form[1]


def _forms(value: str) -> Iterator[Form]:
    """The value as it is and backwards, in the letters of other keyboards, in hex and in base64."""
    bare = _bare(value)
    is_number = len(bare) > LONG and sum(map(str.isdigit, bare)) > len(bare) // 2
    is_loose = len(squashed(value)) > LONG
    beside = (r"(?<!\w)", r"(?!\w)") if is_number or len(value) <= LONG else ("", "")
    spelt = re.sub("[äöüÄÖÜ]", lambda each: _SPELT[each[0].lower()], value)
    digested = _digests({value, bare, bare.lstrip("+")} if is_number else {value})
    coded = (quote(value, safe=""), value.encode().hex(), *_base64(value), *digested)
    for each in {value} if len(value) <= LONG else {value, value[::-1], spelt}:
        yield Form(letters=squashed(each), exact=re.escape(each).join(beside), is_loose=is_loose, is_number=is_number)
    for each in {*coded} - {value} if len(value) > LONG else ():
        yield Form(letters=squashed(each), exact=re.escape(each), is_loose=is_loose)


def _digests(values: Iterable[str]) -> Iterator[str]:
    """What sites put in the place of an address or a number, and who guesses it can make again."""
    for each in {way for value in values for way in (value, value.lower())}:
        for made in (hashlib.md5, hashlib.sha1, hashlib.sha256):
            yield made(each.encode(), usedforsecurity=False).hexdigest()


def _base64(value: str) -> list[str]:
    """What of its base64 is the same wherever it begins: of three places, the letters that hang on nothing else."""
    data, found = value.encode(), []
    for before in range(3):
        coded = base64.b64encode(b"\0" * before + data).decode().rstrip("=")
        inner = coded[(0, 2, 3)[before] : len(coded) - (1 if (len(data) + before) % 3 else 0)]
        if len(inner) > LONG:
            found.append(inner)
    return found
