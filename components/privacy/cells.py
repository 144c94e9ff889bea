"""Values with their labels: a table's heading, a term of a list, a name in JSON, a setting, a column of CSV.

The label need not be beside its value, only where a reader looks for it. It gives the value's class, and the value must
have the shape of that class.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from components.privacy import (
    assignments,
    births,
    columns,
    conditions,
    entries,
    fields,
    public,
    questions,
    shapes,
    words,
)
from components.privacy.findings import asks_for_health
from components.privacy.forms import asks_for
from components.privacy.hits import Hit, Kind
from components.privacy.labelled import is_of_nobody, is_of_works, is_plain, is_shown, is_told, names_any
from components.privacy.lexicon import FULL_NAME, REMEMBERED, Span, phrase_pattern
from components.privacy.placeholders import is_placeholder
from components.privacy.unasked import is_a_birthplace

_QUOTED = r'"[^"\\\n]*(?:\\.[^"\\\n]*)*"'
_LINE = re.compile(rf"^[ ]*(?:\[\d+\] )?([\w-]+) ({_QUOTED})", re.MULTILINE)
_ROW = re.compile(r"^[ ]*\|.*\|[ ]*$", re.MULTILINE)
_CELL = re.compile(rf"\|((?:{_QUOTED}|[^|\"\n])*)(?=\|)")
_IN_QUOTES = re.compile(_QUOTED)
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])|[_.-]")
_DIGIT, _COUNT = re.compile(r"\d"), re.compile(r"\d[\d., ]{0,10}(?:%| %)?")
_COLUMN_NAMES = re.compile(rf"(?<!\w)(?:{'|'.join(map(phrase_pattern, fields.COLUMNS))})(?!\w)", re.IGNORECASE)
BELOW, ENTRY, SHORT = 8, 80, 40
"""Lines under a heading in which its values stand; characters of an entry in a list, and of what is told in a word
or two under a heading or behind a colon, at most."""
_ACTS = frozenset(("button", "link", "textbox", "combobox", "searchbox", "checkbox", "radio", "table"))
"""What ends the values under a heading."""
_LISTS = frozenset(("heading", "listitem", "list"))
"""Right before an entry of the list that a heading asks for."""
FREE: frozenset[Kind] = frozenset(("health", "sensitive", "address"))
"""Classes whose values are words: a colon in a sentence does not say that they are."""
LISTED: frozenset[Kind] = FREE | {"birth_date", "phone"}
"""Classes of which a list may follow a heading."""
_ORDER = re.compile(rf"(?<![^\W_])(?:{'|'.join(map(phrase_pattern, words.ORDER))})(?![^\W_])", re.IGNORECASE)
_NOTHING = re.compile(
    rf"(?:{'|'.join(map(phrase_pattern, (*fields.NO_VALUE, *fields.NO_CHOICE)))})[.!]?|[\W_]*", re.IGNORECASE
)
_REASON, _SICK, _LEAVE, _STATISTICS, _OFFICES, _ELECTED = (
    re.compile(rf"(?<!\w)(?:{'|'.join(map(phrase_pattern, words_))})(?!\w)", re.IGNORECASE)
    for words_ in (fields.REASONS, fields.SICK, fields.LEAVE, fields.STATISTICS, fields.OFFICES, fields.ELECTED)
)
_DIAGNOSIS, _ORDERED, _VOTES = "diagnosis", "order", "votes"
_EXAMPLE = re.compile(rf"(?<!\w)(?:{'|'.join(map(phrase_pattern, public.EXAMPLE))})[\W]*\Z", re.IGNORECASE)
"""Words for an example at the end of a label; its value is nobody's."""
_OF_GOODS = re.compile(
    r"(?:(?:almost |like |sehr |wie |muy |como |très |comme )?(?:new|used|good|fair|refurbished|neu|gebraucht|gut"
    r"|nuevo|usado"
    r"|bueno|bon|neuf|occasion|very good)(?:[,.] |\Z))+(?:\w+ ?){0,3}",
    re.IGNORECASE,
)
"""The condition of goods."""
_LEGEND = re.compile(r"[A-Z0-9]{1,2}[ ]?: ")
"""An entry that says what a sign stands for, as on menus."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """The value `text[start:end]` and its label.

    Attributes:
        loose: label and value may be two halves of a sentence.
        is_head: the cell is itself the label of others.
        of_patient: it stands in the row of somebody who is treated, taught, lodged or insured.
        of_one: it stands in the row of somebody who is named, or not far below his name.
        is_answer: it answers a question that only somebody himself can answer.
    """

    label: str
    start: int
    end: int
    loose: bool = False
    is_head: bool = False
    of_patient: bool = False
    of_one: bool = False
    is_answer: bool = False

    @property
    def kind(self) -> Kind | None:
        return asks_for(self.label) or asks_for(_HUMP.sub(" ", self.label)) or fields.ALONE.get(_bared(self.label))

    @property
    def is_order(self) -> bool:
        return _is_of_order(self.label) and self.kind is None


@lru_cache(REMEMBERED)
def _is_of_order(label: str) -> bool:
    return _ORDER.search(label) is not None


def hits(text: str, cells: list[Cell]) -> Iterator[Hit]:
    """Hits of cells whose value has the shape of its label's class."""
    for cell in cells:
        value = text[cell.start : cell.end].strip().rstrip(".,;")
        kind = cell.kind or _told(value, cell)
        if kind == "national_id" and is_told(value, cell.label):
            kind = "sensitive"
        if not value or _NOTHING.fullmatch(value):
            continue
        if cell.loose and kind in FREE and not _is_loosely_told(kind, value, cell.label):
            continue
        if (kind is not None and _is_none(kind, value, cell)) or (cell.loose and _EXAMPLE.search(cell.label)):
            continue
        if cell.label == _DIAGNOSIS and _LEAVE.search(value):
            continue
        if cell.is_answer or entries.lets_in(cell.label, value, kind):
            yield Hit(start=cell.start, end=cell.end, kind="password", source="form")
        if kind is None:
            continue
        shape, inside = shapes.SHAPES.get(kind), shapes.INSIDE.get(kind)
        if shape is not None and shape.fullmatch(value):
            yield Hit(start=cell.start, end=cell.end, kind=kind, source="form")
        elif inside is not None and len(value) <= ENTRY:
            for part in inside.finditer(text, cell.start, cell.end):
                yield Hit(start=part.start(), end=part.end(), kind=kind, source="form")


def _is_none(kind: Kind, value: str, cell: Cell) -> bool:
    """Whether a value is none of its class: a placeholder, a birthplace, the condition of goods, a share."""
    match kind:
        case "password":
            words = value.lower().split() if not cell.is_answer else []
            plain = cell.loose and not entries.SIGNED.search(value)
            return plain or is_placeholder(value) or any(word in fields.NO_PASSWORD for word in words)
        case "key":
            return is_placeholder(value)
        case "birth_date":
            return is_a_birthplace(cell.label, value)
        case "address":
            is_weak = _bared(cell.label) in fields.ALONE
            return shapes.HOURS.search(value) is not None or (is_weak and not shapes.PLACE_LIKE.fullmatch(value))
        case "health":
            named = FULL_NAME.fullmatch(value) is not None and not conditions.names(value)
            return named or (_OF_GOODS.fullmatch(value) or conditions.ORDERS.match(value)) is not None
        case "sensitive":
            return is_of_nobody(value, cell.label)
        case _:
            return False


def _is_loosely_told(kind: Kind, value: str, label: str) -> bool:
    if kind == "health":
        return conditions.is_told(value, label, alone=False)
    return kind == "sensitive" and len(value) <= SHORT and names_any(value)


def _told(value: str, cell: Cell) -> Kind | None:
    """The class of a value under a label that says little: what somebody believes, is or did, or an illness."""
    if is_told(value, cell.label) or (cell.of_one and is_plain(value, cell.label)):
        return "sensitive"
    if cell.of_patient and not FULL_NAME.fullmatch(value) and conditions.is_told_of(value, cell.label):
        return "health"
    return "health" if conditions.is_told(value, cell.label, alone=not cell.loose) else None


def labelled_cells(text: str) -> list[Cell]:
    """Every value with a label, in a page's text and in JSON, settings and CSV in it."""
    named = (*assignments.values(text), *columns.values(text))
    pairs = (Cell(label=label, start=start, end=end) for label, start, end in named)
    return [*_of_tables(text), *_of_lines(text), *pairs]


def _of_tables(text: str) -> Iterator[Cell]:
    head: list[str] = []
    above: list[Span | None] = []
    last, nameless, of_one, of_offers = -2, False, False, False
    for row in _ROW.finditer(text):
        cells = [
            (quoted.start() + 1, quoted.end() - 1) if (quoted := _IN_QUOTES.search(text, *cell.span(1))) else None
            for cell in _CELL.finditer(text, *row.span())
        ]
        texts = [text[slice(*cell)] if cell else "" for cell in cells]
        if row.start() != last + 1:
            of_offers = conditions.is_of_offers(texts)
        if of_offers:
            last = row.end()
            yield from (Cell(label="", start=cell[0], end=cell[1], is_head=True) for cell in cells if cell)
            continue
        if row.start() == last + 1 and len(texts) == 1 < len(head) and FULL_NAME.search(texts[0]):
            last, of_one = row.end(), True
            continue
        if row.start() != last + 1 or len(texts) != len(head) or _begins_a_table(texts):
            head, above = texts, cells
            nameless, of_one = any(map(_DIGIT.search, head)), of_one and row.start() == last + 1
            of_one = of_one or conditions.examined(head)
        if nameless and any(map(FULL_NAME.fullmatch, texts)):
            yield from (
                Cell(label="born", start=cell[0], end=cell[1])
                for cell, value in zip(cells, texts, strict=True)
                if cell and births.LIVED.search(value)
            )
        if texts is not head:
            if cells[0] and len(texts) == 2 and _COUNT.fullmatch(texts[1]) and asks_for(head[0]) == "sensitive":
                yield Cell(label="", start=cells[0][0], end=cells[0][1], is_head=True)
                last = row.end()
                continue
            yield from _of_row(texts, cells, head)
            of_patient = of_one or (_names_somebody(texts) and any(map(conditions.is_of_patients, head)))
            terms = len(texts) == 2 and asks_for(head[1]) is None and not _names_a_column(head[1])
            if not terms:
                yield from (Cell(label="", start=cell[0], end=cell[1], is_head=True) for cell in above if cell)
            above = []
            works = (cell for at, cell in enumerate(cells) if is_of_works(head[at]) and asks_for(head[at]) is None)
            yield from (Cell(label="", start=cell[0], end=cell[1], is_head=True) for cell in works if cell)
            yield from (
                Cell(
                    label=label,
                    start=cell[0],
                    end=cell[1],
                    loose=terms and label != _DIAGNOSIS and not of_patient,
                    of_patient=of_patient,
                    of_one=(of_one or _names_somebody(texts)) and not is_shown(head),
                )
                for label, cell in zip(map(_why, head, [head] * len(head)), cells, strict=False)
                if cell and not (terms and _DIGIT.search(head[1]))
            )
        if len(cells) == 2 and cells[1]:
            is_head = texts is head and (_names_a_column(texts[1]) or _ELECTED.fullmatch(texts[1]) is not None)
            yield Cell(label="" if is_head else texts[0], start=cells[1][0], end=cells[1][1], is_head=is_head)
        last = row.end()


def _of_row(texts: list[str], cells: list[Span | None], head: list[str]) -> Iterator[Cell]:
    """What stands beside a cell that asks for it, in the row of somebody who is named."""
    if len(texts) > 2 and _names_somebody(texts):
        for label, asked, cell in zip(texts[:-1], head, cells[1:], strict=False):
            if cell and asks_for(asked) is None and len(label) <= SHORT and asks_for(label) in FREE:
                yield Cell(label=label, start=cell[0], end=cell[1])


def _names_somebody(texts: list[str]) -> bool:
    return any(map(FULL_NAME.fullmatch, texts))


def _bared(label: str) -> str:
    return label.strip(" :.").lower()


def _why(label: str, head: list[str]) -> str:
    """The label of a column. A column of reasons beside one of ill people counts as one of diagnoses.

    A column about many people or about offices counts as one of orders.
    """
    kind = asks_for(label)
    if (kind is None or kind in FREE - {"address"}) and any(map(_STATISTICS.fullmatch, head)):
        return _ORDERED
    if kind in (None, "sensitive") and any(map(_ELECTED.fullmatch, head)):
        return _VOTES
    if kind in (None, "phone", "address", "email") and _OFFICES.fullmatch(head[0]):
        return _ORDERED
    is_why = _REASON.fullmatch(label.strip()) and any(_SICK.search(each) for each in head)
    return _DIAGNOSIS if is_why else label


def _names_a_column(text: str) -> bool:
    """Whether the right one of two cells is the heading of a column, not a value."""
    named = _COLUMN_NAMES.search(text) or _STATISTICS.fullmatch(text)
    return named is not None and not _DIGIT.search(text)


def _begins_a_table(texts: list[str]) -> bool:
    """Whether a row is the heading of another table than that of the row above."""
    if _names_somebody(texts):
        return False
    return _is_head(texts) or all(text.strip().lower() in fields.HEADS for text in texts)


def _is_head(texts: list[str]) -> bool:
    """Whether a row is a heading: no digits, and at least one text that asks for something private."""
    return all(not _DIGIT.search(text) for text in texts) and any(map(asks_for, texts))


def _of_lines(text: str) -> Iterator[Cell]:
    """A term and its definition; a heading and the short lines below it; a label, a colon and a value."""
    term = heading = ""
    below, last = 0, 0
    lines = [*_LINE.finditer(text)]
    terms = [text[line.start(2) + 1 : line.end(2) - 1] for line in lines if line[1] == "term"]
    named = -BELOW
    for at, line in enumerate(lines):
        start, end = line.start(2) + 1, line.end(2) - 1
        named = at if FULL_NAME.fullmatch(text, start, end) else named
        if _LEGEND.match(text, start, end):
            continue
        if line[1] in _ACTS or text.count("\n", last, line.start()) > 1:
            below = 0
        last = line.end()
        if line[1] == "term":
            term = text[start:end]
            continue
        if line[1] == "heading":
            heading, below = text[start:end], BELOW
            continue
        if term:
            beside = (text[each.start(2) + 1 : each.end(2) - 1] for each in lines[max(at - BELOW, 0) : at + BELOW])
            leaflet = asks_for(term) == "health" and conditions.is_of_leaflet(beside)
            answer = "secret answer" if questions.is_an_answer(term, terms) else None
            yield Cell(
                label=_ORDERED if leaflet else answer or _why(term, terms),
                start=start,
                end=end,
                is_answer=answer is not None,
                of_one=at - named <= BELOW and not is_shown(terms),
            )
            term = ""
        elif (
            below
            and " " not in text[start:end].strip().replace(" ", "", 1)
            and not (line[1] == "listitem" and asks_for(heading) in FREE and not _asks_for_list(heading))
        ):
            yield Cell(label=heading, start=start, end=end, loose=line[1] != "listitem")
        elif (
            below
            and line[1] == "listitem"
            and end - start <= ENTRY
            and _asks_for_list(heading)
            and (asks_for(heading) != "address" or shapes.PLACE_LIKE.fullmatch(text, start, end))
            and (lines[at - 1][1] in _LISTS or conditions.is_told_of(text[start:end], ""))
        ):
            yield Cell(label=heading, start=start, end=end, loose=asks_for(heading) == "sensitive")
        elif below and end - start <= SHORT and asks_for(heading) == "sensitive":
            yield Cell(label=heading, start=start, end=end, loose=True)
        below -= below > 0
    for label, start, end in assignments.said(text):
        yield Cell(label=label, start=start, end=end, loose=True)


def _asks_for_list(heading: str) -> bool:
    """Whether a heading has a list of something private below it."""
    kind = asks_for(heading)
    return kind in LISTED and (kind != "health" or (asks_for_health(heading) and "," not in heading))
