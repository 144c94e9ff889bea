"""What a text says in signs told one by one, in the numbers of letters, or between marks of a page."""

from __future__ import annotations

import re
from collections.abc import Iterator

from components.privacy.lexicon import one_of, small

_NUMBERS = {
    word: str(digit)
    for digit, words in enumerate(
        (
            *("zero oh null zéro cero", "one eins ein un uno", "two zwei zwo deux dos", "three drei trois tres"),
            *("four vier quatre cuatro", "five fünf fuenf cinq cinco", "six sechs seis", "seven sieben sept siete"),
            *("eight acht huit ocho", "nine neun neuf nueve"),
        )
    )
    for word in words.split()
}
_NUMBER = "|".join(sorted(_NUMBERS, key=len, reverse=True))
_TOLD = re.compile(rf"{one_of(_NUMBER)}(?:[\s,.-]{{1,3}}(?:{_NUMBER})){{3,40}}(?!\w)")
_APART = re.compile(r"\d(?<![\w.].)(?:[^\w\n]{2,6}\d|[^\w\d]\d){12,18}(?!\w)")
_IBAN_APART = re.compile(r"[A-Za-z](?<!\w.)(?:[ .,-]{1,3}[A-Za-z\d]){14,33}(?!\w)")
_HEX = re.compile(r"[0-9A-Fa-f](?<!\w.)[0-9A-Fa-f](?:[ :,-]{1,2}[0-9A-Fa-f]{2}){7,400}(?!\w)")
_DECIMAL = re.compile(r"\d(?<!\w.)\d{1,2}(?:, ?\d{2,3}){7,400}(?!\w)")
_BINARY = re.compile(r"[01](?<!\w.)[01]{7}(?: ?[01]{8}){7,400}(?!\w)")
_MARK = re.compile(r"</?[a-z][^<>\n@]{0,40}>|[`*~]{1,3}")
AROUND = 400
"""Characters beside a mark that are read with it."""
LABEL = 40
"""Characters before digits in words that are read with them."""


def spelt(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, what it says) of every such stretch."""
    for found in _TOLD.finditer(small(text)):
        digits = "".join(_NUMBERS[word] for word in re.findall(r"[^\W\d_]+", found[0]))
        said = text[max(found.start() - LABEL, 0) : found.start()]
        yield found.start(), found.end(), said + ("+" if said.lower().endswith("plus ") else "") + digits
    for pattern in (_APART, _IBAN_APART):
        for found in pattern.finditer(text):
            yield found.start(), found.end(), "".join(filter(str.isalnum, found[0]))
    for pattern, base in ((_HEX, 16), (_DECIMAL, 10), (_BINARY, 2)):
        for found in pattern.finditer(text):
            yield found.start(), found.end(), _of_numbers(found[0], base)
    yield from _unmarked(text)


def _unmarked(text: str) -> Iterator[tuple[int, int, str]]:
    """What stands around marks, up to a quote or a line's end, without them."""
    end = 0
    for mark in _MARK.finditer(text):
        if mark.start() >= end:
            before = max(end, mark.start() - AROUND)
            start = max(before, *(text.rfind(stop, before, mark.start()) + 1 for stop in '"\n'))
            stops = (text.find(stop, mark.end(), mark.end() + AROUND) for stop in '"\n')
            end = min((stop for stop in stops if stop >= 0), default=min(mark.end() + AROUND, len(text)))
            yield start, end, _MARK.sub("", text[start:end])


def _of_numbers(text: str, base: int) -> str:
    """The letters of these numbers; of binary ones that have no space between them, eight digits each."""
    pieces = re.findall(r"[01]{8}" if base == 2 else r"\w+", text)
    codes = [int(piece, base) for piece in pieces]
    return bytes(codes).decode("utf-8", "replace") if max(codes) < 256 else ""
