"""Whom a line is about: a matter that is told to everybody or of many, or somebody.

Articles, advice, courses, jobs, campaigns and catalogues name illnesses, faiths and unions, and often a person too: who
wrote, teaches or knows about them. Such a name makes nothing private; that somebody is said to have it does. Ours.
"""

from __future__ import annotations

import re
from bisect import bisect_left

from components.privacy.lexicon import Span, Spans, line_begins
from components.privacy.words import lists_of

_LISTS = lists_of("matters")
MATTER, GAME = _LISTS["matter"], _LISTS["game"]
ASIDE = 3
"""Lines before and behind a place that may belong to the same figure of a game."""
SAID = 40
"""Characters before an illness or a belief in which somebody may be said to have it."""
_SAID_OF_ONE = re.compile(
    r"(?<!\w)(?:has|have|had|hat|habe|hatte|tiene|tenía|tengo|ai|leidet|suffers|suffering|souffre|sufre|padece"
    r"|diagnos\w+|takes|taking|nimmt|toma|prend|is an?|am|bin|soy|suis|ist|est|wegen|because of|convicted|verurteilt"
    r"|condenad[oa]|condamnée?|vorbestraft|lives with|lebt mit|vive con|vit avec|member of|mitglied|afiliad[oa]"
    r"|adhérente?)(?!\w)[^.!?\n]*\Z"
)
"""That somebody has an illness, or is or did something."""
_IF = re.compile(r"(?<!\w)(?:if|when|wenn|falls|bei|si|s['’]il|cuando)(?!\w)")
_KIND_OF_WORK = re.compile(
    r"[ ]*(?:\[\d+\] )?(?:course|training|workshop|seminar|webinar|lecture|talk|book|new book|film|podcast|kurs"
    r"|fortbildung|schulung|vortrag|lesung|buch|buchtipp|hörbuch|curso|taller|charla|ponencia|jornada|libro|película"
    r"|formation|conférence|atelier|colloque|séminaire|livre|article|artikel|artículo|dossier|ratgeber|guide)[ ]?: "
)
"""A line that begins with what kind of work or course it names."""
_CATALOGUED = re.compile(
    r"[ ]*(?:\[\d+\] )?(?:link|checkbox|option|radio|button) "
    r"\"[^\"\n]*\(\d[\d.,]* (?!jahre|years|ans\b|años)[^\W\d_]{4,15}\)\"",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r"[ ]*(?:\[\d+\] )?[a-z]+ \"(?:§{1,2} ?\d+[a-z]?|(?:art|article|artikel|artículo|clause|ziffer|section|abs"
    r"|cláusula)\.? ?\d+|\d{1,2}\.\d(?:\.\d+)?)\.?(?!\d)[ ,:)](?! ?uhr)",
    re.IGNORECASE,
)
"""A line that begins with the number of a clause of a contract, a law or a policy."""
_FLOOR = re.compile(
    r"(?<!\w)(?:\d{1,2}(?:st|nd|rd|th) floor|(?:ground|first|second|third|fourth|fifth|top) floor|floor \d|level \d"
    r"|building [a-z\d]|block [a-z\d]|(?:east|west|north|south) wing|\d{1,2}\. (?:stock|etage|og|obergeschoss)"
    r"|erdgeschoss|untergeschoss|haus [a-z\d]|gebäude [a-z\d]|trakt [a-z\d]|planta (?:\d{1,2}|baja)|\d{1,2}ª planta"
    r"|piso \d|sótano|edificio [a-z\d]|pabellón \w+|bâtiment [a-z\d]|\d{1,2}(?:er|e|ème) étage|rez-de-chaussée"
    r"|aile (?:est|ouest|nord|sud)|pavillon \w+)(?!\w)"
)
_HOUR = re.compile(r"(?<!\d)\d{1,2}(?:[:.]\d{2}(?!\d)| ?h(?!\w)| ?uhr| ?[ap]m(?!\w))")
_IN_CODE = re.compile(r"[ ]*(?:\[\d+\] )?code \"")
_CONTROL = re.compile(r"[ ]*(?:\[\d+\] )?button \"")


def is_played(text: str, place: int, games: Spans) -> bool:
    """Whether the lines around a place tell of a figure in a game, by two words of games at least."""
    begins, ends = place, place
    for _ in range(ASIDE):
        begins, ends = text.rfind("\n", 0, max(begins, 0)), text.find("\n", ends + 1) if ends >= 0 else -1
    first, last = (
        bisect_left(games.phrases, (begins, 0)),
        bisect_left(games.phrases, (ends if ends >= 0 else len(text), 0)),
    )
    return len({text[start:end].lower() for start, end in games.phrases[first:last]}) > 1


def is_told(lower: str, span: Span, line: Span, matters: Spans) -> bool:
    """Whether a line tells of a matter, and nobody is said to have what stands at `span`.

    Args:
        lower: `views.flat` in small letters.
        line: the line of `span`.
        matters: the phrases of `MATTER` in `lower`.
    """
    begins = lower.rfind("\n", 0, span[0]) + 1
    if not (matters.within(*line) or _KIND_OF_WORK.match(lower, begins)):
        return False
    before = lower[line_begins(lower, span[0], SAID) : span[0]]
    return _SAID_OF_ONE.search(before) is None or _IF.search(before) is not None


def is_catalogued(plain: str, place: int) -> bool:
    """Whether a place is in an entry of a catalogue that is followed by how much it holds."""
    return _CATALOGUED.match(plain, plain.rfind("\n", 0, place) + 1) is not None


def is_a_clause(plain: str, place: int) -> bool:
    """Whether a place is in a numbered clause."""
    return _CLAUSE.match(plain, plain.rfind("\n", 0, place) + 1) is not None


def is_directory(lower: str, begins: int, ends: int) -> bool:
    """Whether a line tells on which floor something is, and no hour at which somebody comes there."""
    floor = _FLOOR.search(lower, begins, ends)
    on_it = floor is not None and (not lower[begins : floor.start()].strip() or lower.startswith(":", floor.end()))
    return on_it and _HOUR.search(lower, begins, ends) is None


def is_control(plain: str, place: int) -> bool:
    """Whether a place is in the name of a button, which tells what it does."""
    return _CONTROL.match(plain, plain.rfind("\n", 0, place) + 1) is not None


def is_code(plain: str, place: int) -> bool:
    """Whether a place is in code."""
    return _IN_CODE.match(plain, plain.rfind("\n", 0, place) + 1) is not None
