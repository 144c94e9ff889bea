"""What distinguishes a page from others of a knowledge base: not the header and menus that all pages share.

For every word and every line it is counted how many of at most `SAMPLE` pages hold it. The fewer, the more particular.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from components.text import without_references

SAMPLE = 1500  # pages
FEW = 20
"""Minimum number of pages for something to count as shared."""
SHARED = 0.25
"""A word or a line on at least this share of the pages says nothing about one of them."""
KNOWN, UNKNOWN = 48, 48
"""Most words of a query: words found on other pages, and words found on none of those counted."""
LONGEST = 600
"""Characters that are embedded: a vector of a much longer text is too unspecific."""
_WORD = re.compile(r"\w+")


class Commonness:
    """How common words and lines are on these pages."""

    def __init__(self, pages: Iterable[str]) -> None:
        self._words, self._lines, self._pages = Counter[str](), Counter[str](), 0
        for page in pages:
            text = without_references(page)
            self._pages += 1
            self._words.update(set(words_of(text)))
            self._lines.update({line.strip() for line in text.splitlines()})

    def words(self, page: str) -> list[str]:
        """The words to look a page up by, the rarest first, among equals in their order on the page."""
        distinct = list(dict.fromkeys(words_of(without_references(page))))
        common = self.telling(page) or [word for word in distinct if self._words[word]]
        return [*common[:KNOWN], *[word for word in distinct if not self._words[word]][:UNKNOWN]]

    def telling(self, text: str) -> list[str]:
        """The words of a text that are on some pages but not on many, the rarest first."""
        distinct = dict.fromkeys(words_of(without_references(text)))
        rare = [word for word in distinct if self._words[word] and not self._shared(self._words[word])]
        return sorted(rare, key=lambda word: self._words[word])

    def text(self, page: str) -> str:
        """What a page is about, in at most `LONGEST` characters: its lines that few others share, headings first."""
        lines = [line.strip() for line in without_references(page).splitlines()]
        particular = [line for line in lines if not self._shared(self._lines[line])] or lines
        return "\n".join(sorted(particular, key=lambda line: not line.startswith("heading")))[:LONGEST]

    def _shared(self, pages: int) -> bool:
        return self._pages >= FEW and pages >= SHARED * self._pages


def words_of(text: str) -> Sequence[str]:
    return _WORD.findall(text.casefold())
