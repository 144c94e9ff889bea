"""What a text says in digits told one by one, in the numbers of letters, or in letters with marks of a page between."""

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
_TOLD = re.compile(rf"{one_of(_NUMBER)}(?:[\s,.-]{{1,3}}(?:{_NUMBER})){{6,40}}(?!\w)")
_APART = re.compile(r"\d(?<![\w.].)(?:[^\w\n]{2,6}\d|[^\w\d]\d){12,18}(?!\w)")
_HEX = re.compile(r"[0-9A-Fa-f](?<!\w.)[0-9A-Fa-f](?:[ :,-]{1,2}[0-9A-Fa-f]{2}){7,400}(?!\w)")
_DECIMAL = re.compile(r"\d(?<!\w.)\d{1,2}(?:, ?\d{2,3}){7,400}(?!\w)")
_BINARY = re.compile(r"[01](?<!\w.)[01]{7}(?: ?[01]{8}){7,400}(?!\w)")
_MARKED = re.compile(r"[^\s<>`*~]{1,80}(?:(?:</?[a-z][^<>\n@]{0,40}>|[`*~]{1,3})[^\s<>`*~]{1,80}){1,8}")
_MARK = re.compile(r"</?[a-z][^<>\n@]{0,40}>|[`*~]{1,3}")
LABEL = 40
"""Characters before digits in words that are read with them."""


def spelt(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, what it says) of every such stretch."""
    for found in _TOLD.finditer(small(text)):
        digits = "".join(_NUMBERS[word] for word in re.findall(r"[^\W\d_]+", found[0]))
        said = text[max(found.start() - LABEL, 0) : found.start()]
        yield found.start(), found.end(), said + ("+" if said.lower().endswith("plus ") else "") + digits
    for found in _APART.finditer(text):
        yield found.start(), found.end(), "".join(filter(str.isdigit, found[0]))
    for pattern, base in ((_HEX, 16), (_DECIMAL, 10), (_BINARY, 2)):
        for found in pattern.finditer(text):
            yield found.start(), found.end(), _of_numbers(found[0], base)
    if "@" in text and _MARK.search(text):
        for found in _MARKED.finditer(text):
            yield found.start(), found.end(), _MARK.sub("", found[0])


def _of_numbers(text: str, base: int) -> str:
    """The letters of these numbers; of binary ones that have no space between them, eight digits each."""
    pieces = re.findall(r"[01]{8}" if base == 2 else r"\w+", text)
    codes = [int(piece, base) for piece in pieces]
    return bytes(codes).decode("utf-8", "replace") if max(codes) < 256 else ""
