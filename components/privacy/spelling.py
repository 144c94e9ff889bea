"""Texts that are spelt out: digits as words or one by one, letters as numbers, words with marks inside."""

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
_IBAN_APART = re.compile(
    r"[ .,-](?<=[A-Za-z].)(?<!\w[A-Za-z].)[ .,-]{0,2}[A-Za-z\d](?:[ .,-]{1,3}[A-Za-z\d]){13,32}(?!\w)"
)
"""What follows the first letter."""
_HEX = re.compile(r"[0-9A-Fa-f](?<!\w.)[0-9A-Fa-f](?:[ :,-]{1,2}[0-9A-Fa-f]{2}){7,400}(?!\w)")
_DECIMAL = re.compile(r"\d(?<!\w.)\d{1,2}(?:, ?\d{2,3}){7,400}(?!\w)")
_IN_A_ROW = re.compile(r",(?<=\d,) ?\d{2,3}, ?\d{2}")
_BINARY = re.compile(r"[01](?<!\w.)[01]{7}(?: ?[01]{8}){7,400}(?!\w)")
_MARK = re.compile(r"[<`*~](?:(?<=<)/?[a-z][^<>\n@]{0,40}>|(?<!<)[`*~]{0,2})")
AROUND = 400
"""Characters beside a mark that are read with it."""
LABEL = 40
"""Characters before digits in words that are read with them."""


def spelt(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, the plain text) of every spelt-out stretch."""
    for match in _TOLD.finditer(small(text)):
        digits = "".join(_NUMBERS[word] for word in re.findall(r"[^\W\d_]+", match[0]))
        label = text[max(match.start() - LABEL, 0) : match.start()]
        yield match.start(), match.end(), label + ("+" if label.lower().endswith("plus ") else "") + digits
    for pattern, before in ((_APART, 0), (_IBAN_APART, 1)):
        for match in pattern.finditer(text):
            start = match.start() - before
            yield start, match.end(), "".join(filter(str.isalnum, text[start : match.end()]))
    for pattern, base in ((_HEX, 16), (_DECIMAL, 10), (_BINARY, 2)):
        for match in pattern.finditer(text) if base != 10 or _IN_A_ROW.search(text) else ():
            yield match.start(), match.end(), _of_numbers(match[0], base)
    yield from _unmarked(text)


def _unmarked(text: str) -> Iterator[tuple[int, int, str]]:
    """Text around marks such as `<b>` and `*`, up to a quote or the line's end, without the marks."""
    end = 0
    for mark in _MARK.finditer(text):
        if mark.start() >= end:
            before = max(end, mark.start() - AROUND)
            start = max(before, *(text.rfind(stop, before, mark.start()) + 1 for stop in '"\n'))
            stops = (text.find(stop, mark.end(), mark.end() + AROUND) for stop in '"\n')
            end = min((stop for stop in stops if stop >= 0), default=min(mark.end() + AROUND, len(text)))
            yield start, end, _MARK.sub("", text[start:end])


def _of_numbers(text: str, base: int) -> str:
    """The text of these character codes; binary codes without spaces have eight digits each."""
    pieces = re.findall(r"[01]{8}" if base == 2 else r"\w+", text)
    codes = [int(piece, base) for piece in pieces]
    return bytes(codes).decode("utf-8", "replace") if max(codes) < 256 else ""
