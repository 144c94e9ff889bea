"""The rules: patterns, words, forms, what is written in code, and a team's own list. No model, no waiting."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache

from components.privacy import cells, forms, labels, passwords, patterns
from components.privacy.config import PrivacyConfig
from components.privacy.hits import Hit, Kind, merged
from components.privacy.lexicon import Spans, small, words_of
from components.privacy.phones import is_free
from components.privacy.vault import PLACEHOLDER
from components.privacy.views import decoded, flat, folded, visible
from components.trajectories.digests import json_digest

RULES_VERSION = "15"
"""Stands in every log entry: change it whenever a rule finds something else."""
ORDERED = frozenset(("phone", "card", "national_id", "bank", "code"))
"""Classes of numbers that are none of these where their heading says that they are an order's."""
REMEMBERED = 1000
"""Pieces of code of which is kept what was found in them."""
AROUND = 4
"""Characters beside such a number that are no words of their own."""
DEPTH = 2
"""How often code stands in code."""
LONGEST = 400_000
"""Characters that are read; a longer text is private, because nobody has read its end."""


class Rules:
    """Finds what is private in a text by rules; the same text always has the same hits."""

    def __init__(self, config: PrivacyConfig) -> None:
        self.version = f"rules {RULES_VERSION} {json_digest([config.terms, config.selectors])[:8]}"
        terms = [re.escape(term) for term in sorted(config.terms, key=len, reverse=True) if term.strip()]
        self._terms = re.compile(rf"(?<!\w)(?:{'|'.join(terms)})(?!\w)", re.IGNORECASE) if terms else None
        self._found_in_code = lru_cache(REMEMBERED)(lambda said: tuple(self._found(said)))
        """An episode's pages have the same code again and again."""
        lines = ["[^\n]*".join(map(re.escape, each.split("*"))) for each in config.selectors if each.strip()]
        self._lines = re.compile(rf"^[ ]*(?:\[\d+\] )?(?:{'|'.join(lines)})[^\n]*", re.MULTILINE) if lines else None

    def scan(self, text: str) -> list[Hit]:
        """Hits in the order of the text, none overlapping."""
        if not text:
            return []
        if len(text) > LONGEST:
            return [Hit(start=0, end=len(text), kind="other", source="no verdict")]
        hits = [*self._found(text)]
        if (plain := visible(text)) is not None and next(self._found(plain), None):
            hits.append(Hit(start=0, end=len(text), kind="other", source="encoded"))
        known = [text[hit.start : hit.end] for hit in hits]
        for start, end, said in decoded(text):
            if (kind := self._kind_in(said, known=known)) is not None:
                hits.append(Hit(start=start, end=end, kind=kind, source="encoded"))
        return merged([hit for hit in hits if not _is_redacted(text, hit)])

    def _kind_in(self, said: str, *, known: list[str], depth: int = DEPTH) -> Kind | None:
        """The class of something private in what is said in code, unless it was found without reading code."""
        for hit in self._found_in_code(said):
            if not any(said[hit.start : hit.end] in each for each in known):
                return hit.kind
        inner = (each for _, _, each in decoded(said)) if depth else ()
        return next((kind for each in inner if (kind := self._kind_in(each, known=known, depth=depth - 1))), None)

    def _found(self, text: str) -> Iterator[Hit]:
        """Every hit, also of the same place; a number that is nobody's at home is none, whatever calls it a phone's."""
        return (hit for hit in self._read(text) if hit.kind != "phone" or not is_free(text[hit.start : hit.end]))

    def _read(self, text: str) -> Iterator[Hit]:
        plain = folded(text)
        joined = flat(plain)
        lower = small(joined)
        places = words_of(lower)
        read = labels.LEXICON.find(lower, places)
        labelled = cells.read(plain)
        orders = [cell for cell in labelled if cell.is_order]
        for hit in patterns.found(joined, read):
            if hit.kind not in ORDERED or not any(_is_all_of(hit, cell) for cell in orders):
                yield hit
        yield from cells.found(plain, labelled)
        heads = Spans(phrases=sorted((cell.start, cell.end) for cell in labelled if cell.is_head))
        for hit in labels.found(joined, lower, read, places):
            if not (hit.source == "words" and _is_in(hit, heads)):
                yield hit
        yield from passwords.found(plain, joined, lower, read["password"])
        yield from forms.found(plain)
        yield from forms.of_actions(plain)
        yield from forms.of_groups(plain)
        yield from forms.of_single_signs(plain)
        yield from forms.of_parts(plain)
        for pattern in (self._terms, self._lines):
            for match in pattern.finditer(text) if pattern else ():
                yield Hit(start=match.start(), end=match.end(), kind="term", source="own list")


def _is_all_of(hit: Hit, cell: cells.Cell) -> bool:
    """Whether a cell holds this and nothing more: a sentence there says itself what its number is."""
    return cell.start <= hit.start and hit.end <= cell.end and cell.end - cell.start <= hit.end - hit.start + AROUND


def _is_in(hit: Hit, cells: Spans) -> bool:
    """Whether it stands in one of these cells."""
    at = bisect_right(cells.phrases, (hit.start, LONGEST)) - 1
    return at >= 0 and cells.phrases[at][0] <= hit.start and hit.end <= cells.phrases[at][1]


def _is_redacted(text: str, hit: Hit) -> bool:
    """Whether what was found is a redaction, or the beginning of one."""
    placeholder = PLACEHOLDER.match(text, hit.start)
    return placeholder is not None and hit.end <= placeholder.end()
