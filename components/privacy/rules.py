"""The rules: patterns, words, forms, encoded texts, and a team's own list. No model is asked."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import chain

from components.privacy import answers, captions, cells, conditions, forms, labels, passwords, patients, patterns
from components.privacy.config import PrivacyConfig
from components.privacy.hits import Hit, Kind, merged
from components.privacy.lexicon import Spans, small, words_of
from components.privacy.phones import is_free, is_helpline
from components.privacy.public import Public
from components.privacy.vault import PLACEHOLDER
from components.privacy.views import decoded, flat, folded, visible
from components.trajectories.digests import json_digest

RULES_VERSION = "23"
"""Part of every log entry: raise it whenever the rules find something else than before."""
ORDERED = frozenset(("phone", "card", "national_id", "bank", "code"))
"""Classes of numbers that do not count where their heading says that they belong to an order."""
REMEMBERED = 1000
"""Encoded texts whose hits are remembered."""
AROUND = 4
"""Characters beside such a number that are no words of their own."""
DEPTH = 2
"""How many layers of encoding are read."""
_HEADING = re.compile(r'\n[ ]*(?:\[\d+\] )?heading "([^"\\\n]*(?:\\.[^"\\\n]*)*)"')
_QUOTE = re.compile(r"\\{0,3}\"(?:[ ]*\|[ ]*\\{0,3}\")?")
"""A quote, or those between two cells."""
_FILLED = ' value "'
_STOP = re.compile(r"[.!?;](?:\s+|(?=\"))|\"|\\n")
MARKS = " \n\t[]\"'.,;:?!"
"""Characters that are not private beside a placeholder."""
LONGEST = 400_000
"""Characters of a text at most; a longer text counts as private, because its end is not scanned."""


class Rules:
    """Finds what is private in a text by rules; the same text always has the same hits."""

    def __init__(self, config: PrivacyConfig) -> None:
        self.version = f"rules {RULES_VERSION} {json_digest([config.terms, config.selectors])[:8]}"
        terms = [re.escape(term) for term in sorted(config.terms, key=len, reverse=True) if term.strip()]
        self._terms = re.compile(rf"(?<!\w)(?:{'|'.join(terms)})(?!\w)", re.IGNORECASE) if terms else None
        self._find_in_code = lru_cache(REMEMBERED)(lambda code: tuple(self._find(code)))
        """An episode's pages have the same code again and again."""
        lines = [
            "[^\n]*".join(map(re.escape, selector.split("*"))) for selector in config.selectors if selector.strip()
        ]
        self._lines = re.compile(rf"^[ ]*(?:\[\d+\] )?(?:{'|'.join(lines)})[^\n]*", re.MULTILINE) if lines else None

    def scan(self, text: str) -> list[Hit]:
        """Hits in the order of the text, none overlapping."""
        if not text:
            return []
        if len(text) > LONGEST:
            return [Hit(start=0, end=len(text), kind="other", source="no verdict")]
        hits = [*self._find(text)]
        if (plain := visible(text)) is not None and next(self._find(plain), None):
            hits.append(Hit(start=0, end=len(text), kind="other", source="encoded"))
        known_values = [text[hit.start : hit.end] for hit in hits]
        for start, end, content in decoded(text):
            if (kind := self._kind_in(content, known_values=known_values)) is not None:
                hits.append(Hit(start=start, end=end, kind=kind, source="encoded"))
        return merged([*_outside_placeholders(text, hits)])

    def _kind_in(self, content: str, *, known_values: list[str], depth: int = DEPTH) -> Kind | None:
        """The class of the first private value in a decoded text that was not found in plain text already."""
        for hit in self._find_in_code(content):
            if not any(content[hit.start : hit.end] in value for value in known_values):
                return hit.kind
        inner = (code for _, _, code in decoded(content)) if depth else ()
        return next(
            (kind for code in inner if (kind := self._kind_in(code, known_values=known_values, depth=depth - 1))), None
        )

    def _find(self, text: str) -> Iterator[Hit]:
        """Every hit, also of the same place twice; toll-free telephone numbers are left out, and what is public."""
        return (hit for hit in self._match(text) if not _is_toll_free(hit, text[hit.start : hit.end]))

    def _match(self, text: str) -> Iterator[Hit]:
        plain = folded(text)
        joined = flat(plain)
        lower = small(joined)
        places = words_of(lower)
        spans_of = labels.LEXICON.find(lower, places)
        spans_of["ill"] = patients.illnesses(joined, lower, spans_of, places)
        spans_of["heading"] = Spans(
            phrases=[(match.start(1) - 1, match.end(1) - 1) for match in _HEADING.finditer(f"\n{plain}")]
        )
        public = Public(plain, joined, lower, spans_of)
        hits = dict.fromkeys(self._match_all(text, plain, joined, lower, spans_of))
        return (hit for hit in hits if not public.holds(hit))

    def _match_all(self, text: str, plain: str, joined: str, lower: str, spans_of: dict[str, Spans]) -> Iterator[Hit]:
        """Every hit, public ones too.

        Args:
            text, plain, joined, lower: the text, from `views.folded`, from `views.flat`, and that in small letters.
            spans_of: by list, the phrases found in `lower`, its illnesses (`ill`), and the page's headings (`heading`).
        """
        labelled = cells.labelled_cells(plain)
        orders = [cell for cell in labelled if cell.is_order]
        columns = [cell for cell in orders if not cell.loose]
        for hit in patterns.hits(joined, spans_of):
            if hit.kind not in ORDERED or not any(_is_all_of(hit, cell) for cell in orders):
                yield hit
        yield from cells.hits(plain, labelled)
        heads = Spans(phrases=sorted((cell.start, cell.end) for cell in labelled if cell.is_head))
        for hit in labels.hits(joined, lower, spans_of):
            if hit.kind == "code" and any(_is_all_of(hit, cell) for cell in columns):
                continue
            if hit.source != "words":
                yield hit
            elif not _is_in(hit, heads):
                closed = _until_closed(plain, hit)
                yield _whole(plain, closed) if hit.kind == "health" else closed
        yield from passwords.hits(plain, joined, lower, spans_of)
        yield from answers.hits(plain, spans_of)
        for start, end in conditions.planned(plain):
            yield Hit(start=start, end=end, kind="health", source="form")
        yield from forms.hits(plain)
        yield from captions.hits(plain)
        yield from forms.of_actions(plain)
        yield from forms.of_groups(plain)
        yield from forms.of_single_signs(plain)
        yield from forms.of_parts(plain)
        for pattern in (self._terms, self._lines):
            for match in pattern.finditer(text) if pattern else ():
                yield Hit(start=match.start(), end=match.end(), kind="term", source="own list")


def _is_all_of(hit: Hit, cell: cells.Cell) -> bool:
    """Whether a hit is the whole content of a cell; in a longer cell the words around it count instead."""
    return cell.start <= hit.start and hit.end <= cell.end and cell.end - cell.start <= hit.end - hit.start + AROUND


def _is_toll_free(hit: Hit, number: str) -> bool:
    """Whether a telephone number is toll-free, or what looks like a national id is a helpline."""
    return is_helpline(number) if hit.kind == "national_id" else hit.kind == "phone" and is_free(number)


def _until_closed(text: str, hit: Hit) -> Hit:
    """The hit up to the quote that closes its cell or line; quotes that open within it are its own."""
    is_open = False
    for quote in _QUOTE.finditer(text, hit.start, hit.end):
        if "|" in quote[0]:
            continue
        if not is_open and quote.start() > hit.start and not text[quote.start() - 1].isspace():
            return replace(hit, end=quote.start())
        is_open = not is_open
    return hit


def _whole(text: str, hit: Hit) -> Hit:
    """The hit with the rest of its sentence, where it stands in a field."""
    field = text.find(_FILLED, text.rfind("\n", 0, hit.start) + 1, hit.start)
    if field < 0:
        return hit
    start = max((stop.end() for stop in _STOP.finditer(text, field, hit.start)), default=hit.start)
    end = _STOP.search(text, hit.end)
    return replace(hit, start=start, end=end.start() if end else hit.end)


def _is_in(hit: Hit, cells: Spans) -> bool:
    """Whether it stands in one of these cells."""
    at = bisect_right(cells.phrases, (hit.start, LONGEST)) - 1
    return at >= 0 and cells.phrases[at][0] <= hit.start and hit.end <= cells.phrases[at][1]


def _outside_placeholders(text: str, hits: Iterable[Hit]) -> Iterator[Hit]:
    """The hits without what is a placeholder already: of such a hit the parts around it that are more than marks."""
    placeholders = [match.span() for match in PLACEHOLDER.finditer(text)]
    if not placeholders:
        yield from hits
        return
    for hit in hits:
        inside = [(begin, end) for begin, end in placeholders if begin < hit.end and hit.start < end]
        edges = [hit.start, *chain.from_iterable(inside), hit.end]
        for start, end in zip(edges[::2], edges[1::2], strict=True):
            if not inside or text[start:end].strip(MARKS):
                yield replace(hit, start=start, end=end)
