"""What shows around an address or a number that it is a shop's: a list of branches, stars, opening hours, a route."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from components.privacy.hits import Hit
from components.privacy.hours import UNTIL
from components.privacy.lexicon import FULL_NAME, Span, Spans, end_of_line
from components.privacy.words import any_of

ROWS, NEAR, HEAD = 60, 2, 24
"""Rows above a row up to a table's name, at most; lines around a line that belong to it; characters at the start of a
line in which branches are named if the line lists them."""
COLUMNS = 4
"""Bars of a row with three cells; rows of two are names and values."""
NUMBER = re.compile(r"(?<!\d)(?:\d[ .()/-]?){9,}")
"""A telephone number, roughly."""
_SHOP = re.compile(
    r"[^\n:?!@]{3,60}? \d{1,4}[a-d]?,[^\n:?!@]{0,40}?\s(?:tel|tél|telefon|teléfono|téléphone|phone)\.?:? {0,2}\Z"
)
"""A street, and the telephone of what is there."""
_ROW = re.compile(r"[ ]*\|")
_TABLE = re.compile(r"[ ]*(?:\[\d+\] )?(?:table|grid|heading|caption|text) ")
_CELL = re.compile(r'[ ]*\|[ ]*"([^"\\\n]*(?:\\.[^"\\\n]*)*)"')
_DIGIT = re.compile(r"\d")
_BLOCK = re.compile(r"[ ]*(?:\[\d+\] )?(?:text|paragraph|listitem|term|definition|strong|link|button|img|heading) \"")
_RATED = re.compile(
    r"[★⭐]|(?<!\w)\d[.,]\d (?:\(\d|stars?|sterne|étoiles|estrellas|out of 5|von 5|sur 5|de 5)"
    r"|\d (?:google |verified )?(?:reviews|ratings|bewertungen|rezensionen|avis|opiniones|reseñas|valoraciones)(?!\w)"
    r"|(?<!\w)(?:€€|\$\$|££)(?!\d)|(?<!\d)\d{1,2}[.,]\d ?(?:km|mi|miles) (?:away|entfernt)"
)
"""Stars, reviews and price levels, as a search for places shows them."""
_STAYED = re.compile(r"hosted by|your stay|check-?in|check-?out|gastgeber|anfitri|hôte|booked|gebucht|reservad|réservé")
"""What makes a place with stars somebody's: he stays there, or lets it."""
_TURN = re.compile(
    r"(?<!\w)"
    + any_of("turn")
    + r" ?(?:onto|on|to|toward|towards|auf|in|en|por|hacia|sur|dans|vers|la|le)?(?: (?:die|den|the|la|el|le))? \Z"
)
"""A step of a route, up to the street's name."""
_ON_A_ROUND = re.compile(
    r"(?<!\w)" + any_of("round") + r" (?:n[º°.] ?|nr\.? |no\.? )?\d{1,3}(?!\w)|" + any_of("brought")
)
"""Where something is brought to one home after the other."""
WAY = 60
"""Characters of a step of a route before a street, at most."""
_HOURS = re.compile(
    r"(?<!\w)(?:mon|monday|mo|montag|lun|lunes|lundi|weekdays|werktags|täglich|daily|tous les jours|todos los días)"
    r"(?!\w)[^\n]{0,30}?\d{1,2}(?:[:.h]\d\d)? ?(?:[ap]m|uhr|h)? ?(?:-|–|to|bis|a|à) ?\d{1,2}"
)
_TELEPHONE = re.compile(
    r'[ ]*(?:\w{4,12} )?"?[ ]*(?:tel|tél|phone|telephone|telefon|teléfono|téléphone|fax)?[.:]{0,2}[ :]{0,3}'
)
"""A line up to its telephone number, where nothing else stands before it."""
_FAX = re.compile(r'[ "](?:tele)?fax(?:nummer| number)?[.:]? ?[+(\d]')
_DEPARTMENT = re.compile(r"(?<!\w)" + any_of("department") + r"(?!\w)")
"""Parts of a firm to which things and letters are sent."""
_STRETCH = re.compile(
    r"(?: ?[-–] ?| (?:a|al|to|bis|à|au|hasta el|through) )\d{1,4}(?![\w%€£$:.]| ?(?:km|m|min|h|uhr|€|£)(?!\w)"
    r"| [A-ZÀ-Þ])"
)
"""Behind a house's number: up to which other a street is meant."""
_INSTITUTE = re.compile(
    r"(?<!\w)(?:[A-ZÄÖÜ][a-zäöüß-]{2,20}(?:zentrum|büro|halle|schule|museum|kirche|apotheke|praxis|klinik|krankenhaus|bibliothek"
    r"|bücherei|theater|galerie|markt|laden|geschäft|werkstatt|gericht|amt|station|stadion|kanzlei|verlag|verein|gasthof|kita"
    r"|denkmal|thek|haus)|Galerie|Mahnmal|Denkmal|Gedenkstätte|Geburtshaus|Zentrum|Kita)(?!\w)"
)
"""German words for a place that everybody may visit, most of which are made of two."""


def is_in_a_table(plain: str, at: int, spans_of: dict[str, Spans]) -> bool:
    """Whether a row belongs to a table that lists shops or offices, by its name or its first column, and nobody.

    Args:
        at: where the row begins.
    """
    top, begins = at, at
    for _ in range(ROWS):
        if not _ROW.match(plain, begins):
            break
        top, begins = begins, plain.rfind("\n", 0, max(begins - 1, 0)) + 1
        if top == 0:
            break
    head = top, end_of_line(plain, top)
    cell = _CELL.match(plain, top)
    columns = plain.count("|", *head)
    is_one = cell is not None and _names_places(cell.span(1), plain, at, spans_of) and not _DIGIT.search(plain, *head)
    if columns < (COLUMNS - 1 if is_one else COLUMNS) or plain.count("|", at, end_of_line(plain, at)) != columns:
        return False
    if not _ROW.match(plain, at) or top == at or cell is None or spans_of["people"].within(*head):
        return False
    if spans_of["personal"].within(*head) or _names_somebody(plain, at):
        return False
    title = (begins, top) if top and _TABLE.match(plain, begins) else None
    if title and (spans_of["people"].within(*title) or spans_of["personal"].within(*title)):
        return False
    return _names_places(cell.span(1), plain, at, spans_of) or (
        title is not None and spans_of["branches"].within(*title)
    )


def _names_places(cell: Span, plain: str, at: int, spans_of: dict[str, Spans]) -> bool:
    """Whether the heading of a first column is of branches, or of places where the row names nobody."""
    if spans_of["branches"].within(*cell):
        return True
    named = any(FULL_NAME.fullmatch(each[1]) for each in _CELL.finditer(plain, at, end_of_line(plain, at)))
    return spans_of["places"].within(*cell) and not named


def _names_somebody(plain: str, at: int) -> bool:
    """Whether the first cell of a row is two words such as a name's."""
    cell = _CELL.match(plain, at)
    return cell is not None and FULL_NAME.fullmatch(cell[1]) is not None


def is_of_many(begins: int, lower: str, spans_of: dict[str, Spans]) -> bool:
    """Whether a line begins with a word for branches and a colon."""
    colon = lower.find(":", begins, begins + HEAD)
    return colon >= 0 and spans_of["branches"].within(begins, colon)


def is_rated(plain: str, lower: str, at: int) -> bool:
    """Whether lines around a line show stars, reviews or a price level, and nobody who stays there."""
    around = [(at, end_of_line(plain, at)), *_above(plain, at), *_below(plain, at)]
    return any(_RATED.search(lower, *line) for line in around) and not any(
        _STAYED.search(lower, *line) for line in around
    )


def is_open(plain: str, lower: str, at: int, number: int) -> bool:
    """Whether a line begins with a number to call, and the next one above or below tells opening hours or a fax."""
    if not _TELEPHONE.fullmatch(lower, at, number):
        return False
    around = [(at, end_of_line(plain, at)), *islice(_above(plain, at), 1), *islice(_below(plain, at), 1)]
    return any(_HOURS.search(lower, *line) or _FAX.search(lower, *line) for line in around)


def is_a_shops(lower: str, line: Span, hit: Hit) -> bool:
    """Whether a line tells a street, a telephone number and the hour until which it is open there."""
    begins, ends = line
    until = UNTIL.search(lower, hit.end, ends)
    number = NUMBER.search(lower, hit.start, ends) if until else None
    return number is not None and _SHOP.match(lower, begins, number.start()) is not None


def is_on_the_way(lower: str, begins: int, at: int) -> bool:
    """Whether a street is a step of a route."""
    return _TURN.search(lower, max(begins, at - WAY), at) is not None


def is_on_a_round(lower: str, begins: int, ends: int) -> bool:
    """Whether a line tells of a stop where something is brought to a home."""
    return _ON_A_ROUND.search(lower, begins, ends) is not None


def is_to_a_department(lower: str, begins: int, end: int) -> bool:
    """Whether a line up to a place names a part of a firm to which things are sent."""
    return _DEPARTMENT.search(lower, begins, end) is not None


def is_a_stretch(text: str, end: int) -> bool:
    """Whether an address up to a place is the beginning of a part of a street."""
    return _STRETCH.match(text, end) is not None


def is_an_institutes(text: str, begins: int, at: int) -> bool:
    """Whether a German word for a place that everybody may visit stands between two places."""
    return _INSTITUTE.search(text, begins, at) is not None


def _above(plain: str, at: int) -> Iterator[Span]:
    for _ in range(NEAR):
        start = plain.rfind("\n", 0, max(at - 1, 0)) + 1
        if start >= at or not _BLOCK.match(plain, start):
            return
        yield start, at - 1
        at = start


def _below(plain: str, at: int) -> Iterator[Span]:
    for _ in range(NEAR):
        at = plain.find("\n", at) + 1
        if not at or not _BLOCK.match(plain, at) or "heading" in plain[at : at + 24]:
            return
        yield at, end_of_line(plain, at)
