"""Medical findings: codes of diagnoses, measures of a body, results of tests, visits to a clinic."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain

from components.privacy import clinics, public, sufferers
from components.privacy.forms import asks_for
from components.privacy.lexicon import REMEMBERED, Lexicon, Span, Spans, line_begins, line_ends, small, words_of
from components.privacy.words import any_of

_OF_ALL = Lexicon({"offered": (public.CONTEXT["offered"], ""), "general": (sufferers.GENERAL, "")})
_BOOKED = Lexicon({"booked": (clinics.BOOKED, "")})

_BEFORE = (
    r"(?:[ ](?:score|level|reading|value|wert|taux|valor|nivel))?(?:[ ]?\([^()\n]{1,20}\))?"
    r"(?:\s{0,3}[:=]\s{0,60}|\s{1,3}(?:is|was|of|von|ist|lag bei|bei|de|à|est|es|a)\s{1,3}|[ ]{1,60})"
)
MEASURE = (
    _BEFORE + r"(?P<value>[<>≤≥~]?[ ]?\d{1,3}(?:[.,/]\d{1,3})?(?![\d.,]*[€$£])"
    r"(?:[ ]{0,6}(?:%|[mµn]?mol/\w{1,4}|m?[gu]/\w{1,3}|[µun]?g/\w{1,3}|[mµ]?iu/\w{1,2}|mm ?hg|kg/m."
    r"|bpm))?(?!\w)(?:[ ]?\((?:high|low|h|l|normal|abnormal|elevated|erhöht|erniedrigt|hoch|niedrig|zu \w+|élevée?"
    r"|basse?|haute?|alt[oa]|baj[oa]|elevad[oa])\)|[ ](?:high|low|erhöht|élevée?|elevad[oa])(?!\w)|[ ]?[↑↓*])?)(?!\w)"
)
"""A value after the name of a measurement, in lower case."""
VERDICT = (
    r"(?:[^\n.;]|(?<=\d)\.(?= )){0,40}?(?<!\w)(?P<value>(?:non[ -]?|not |in)?(?:positive?|negative?|reactive|detected"
    r"|detectable|undetectable|abnormal|positiv[oae]?|negativ[oae]?|nachweisbar|unauffällig|auffällig|reaktiv|positif"
    r"|négatif|détectable|indétectable|indetectable|reactiv[oa]|carrier|träger(?:in)?|porteu(?:r|se)|portadora?))(?!\w)"
)
"""Results of a test."""
GROUP = (
    r"(?:\s{0,3}[:=]\s{0,60}|\s{1,3}(?:is|ist|est|es)\s{1,3}|[ ]{1,60})(?P<value>(?:ab|a|b|o"
    r"|0)[ ]?(?:rh(?:esus)?[ ]?)?(?:[+-]|(?:positiv|negativ|pos|neg|positif|négatif|positivo|negativo)e?\.?))"
)
"""A blood type."""
_CODE = re.compile(r"[A-TV-Z](?<![\w.-].)\d{2}(?:\.\d{1,2})?(?:[ ]?[GVAZ])?(?![\w]|\.\d)")
CODED, CODED_IN_ROWS = 40, 300
"""Characters of a line before a code in which something must say that it is a diagnosis's; of a page, where a point is
in it."""
VISITED, WHOSE, OPEN = 60, 70, 60
"""Characters around a kind of clinic in which something must say that somebody goes there, and who; in which something
may say that it is open to everybody."""


_RESULT = re.compile(
    r"(?<!\w)(?:results?|findings?|impression|interpretation|ergebnis|befund|beurteilung|résultats?|conclusion"
    r"|interprétation|resultados?|hallazgos?|conclusión)[ ]?:[ ](?P<value>[^\W_][^\n]{2,90}?)(?=[ ]*(?:\n|\Z))",
    re.IGNORECASE,
)
"""What a report says in a line of its own."""
_PART_OF = re.compile(
    r"(?:[ -](?:day|out-?patients?|in-?patients?|mental health|de día|de jour|für [A-ZÄÖÜ]\w+"
    r"|del? [a-z]\w+))?(?:[ -](?:clinic|unit|service|services|department|dept|ward|centre|center|team|hospital|nurse"
    r"|suite|programme|program|Ambulanz|Tagesklinik|Klinik|Sprechstunde|Station|Zentrum|Abteilung|Praxis)(?!\w))?"
)
"""What belongs to a clinic's name behind what it is for."""
_VALUE = re.compile(
    r"(?:\A|(?<=\n))[ ]*(?P<value>[A-ZÀ-Þ][^\W\d_]?[\w -]{1,30}:? [<>≤≥]?[ ]?\d{1,5}(?:[.,]\d{1,3})?[ ]?(?:%"
    r"|[mµn]?mol/\w{1,4}|m?[gu]/\w{1,3}"
    r"|[µn]?g/\w{1,3}|[mµ]?iu/\w{1,2}|mm/h|/\w?l|fl|pg)(?:[ ]?\([^()\n]{1,20}\))?)[ ]*(?=\n|\Z)",
    re.IGNORECASE,
)
"""A line of a report of a laboratory."""
_DOCTOR = re.compile(r"(?<!\w)(?:Dra?|Prof|Doctora?|Docteure?|Dr\.? med|Univ)\.?[ ]\Z")
"""Before the name of who treats others."""
TITLE = 12
"""Characters before a name in which such a title stands."""
_LIMIT = re.compile(
    r"(?<!\w)(?:or (?:above|more|higher|below|less|lower|over)|below|under \d|above \d|less than|more than|at least"
    r"|range|between|bis zu|unter|über|mehr als|weniger als|mindestens|höchstens|zwischen|menos de|más de|entre"
    r"|por debajo|por encima|superior|inferior|moins de|plus de|au-dessus|en dessous|inférieure?|supérieure?"
    r"|normalwert\w*|grenzwert\w*|zielwert\w*|target|goal)(?!\w)"
)
"""That a measure is a limit for everybody's."""
_OF_KINDS = re.compile(r"\W*(?:(?:common|possible|typical|häufige|mögliche|typische) )?" + any_of("of_kinds") + r"\W*")
"""Headings of pages about illnesses, which say of nobody that he has one."""
UNDER = 4
"""Lines from a heading to what belongs to it, at most."""


def title_of(text: str, at: int, spans_of: dict[str, Spans]) -> str:
    """The heading of a place, where so few lines are between; empty where there is none."""
    headings = spans_of["heading"].phrases
    index = bisect_left(headings, (at, 0)) - 1
    if index < 0 or text.count("\n", headings[index][1], at) > UNDER:
        return ""
    return text[slice(*headings[index])]


def is_told_under(text: str, at: int, spans_of: dict[str, Spans]) -> bool:
    """Whether the heading of a place asks for something of somebody's health."""
    return asks_for_health(title_of(text, at, spans_of))


@lru_cache(REMEMBERED)
def asks_for_health(title: str) -> bool:
    """Whether a heading asks for something of somebody's health, and is none of what is offered or told to all."""
    lower = small(title)
    return (
        not _OF_KINDS.fullmatch(lower)
        and asks_for(title) == "health"
        and not any(each.phrases for each in _OF_ALL.find(lower, words_of(lower)).values())
    )


def spans(text: str, spans_of: dict[str, Spans], names: Spans) -> Iterator[Span]:
    """Spans of medical findings about a person.

    Args:
        text: from `views.flat`.
        spans_of: by list, the phrases that `labels.LEXICON` has found in it.
        names: full names in it.
    """
    yield from _measures(text, spans_of)
    for match in _CODE.finditer(text) if spans_of["coded"].phrases else ():
        rows = "." in match[0] and spans_of["coded"].within(max(match.start() - CODED_IN_ROWS, 0), match.start())
        if rows or spans_of["coded"].before(text, match.start(), CODED):
            yield match.span()
    for start, end in spans_of["heading"].phrases:
        if asks_for_health(text[start:end]):
            below = end
            for _ in range(UNDER + 1):
                below = text.find("\n", below + 1) if below >= 0 else -1
            below = len(text) if below < 0 else below
            for match in chain(_RESULT.finditer(text, end, below), _VALUE.finditer(text, end, below)):
                yield match.span("value")
    treated = without_doctors(text, names) if spans_of["specialty"].phrases else names
    for start, end in spans_of["specialty"].phrases:
        is_somebodys = treated.near(text, (start, end), WHOSE) or spans_of["own"].near(text, (start, end), WHOSE)
        goes_there = is_somebodys and spans_of["visit"].near(text, (start, end), VISITED)
        if (goes_there or _is_booked(text, start, spans_of)) and not spans_of["general"].near(text, (start, end), OPEN):
            part = _PART_OF.match(text, end)
            yield start, part.end() if part else end


def is_a_doctors(text: str, place: int) -> bool:
    """Whether a title before the name at a place says that he treats others."""
    return _DOCTOR.search(text, max(place - TITLE, 0), place) is not None


def without_doctors(text: str, names: Spans) -> Spans:
    """The names of those who are not said to treat others."""
    return Spans(phrases=[name for name in names.phrases if not is_a_doctors(text, name[0])])


def _measures(text: str, spans_of: dict[str, Spans]) -> Iterator[Span]:
    """Measurements of a body and what tests have shown, where they are no limits for everybody."""
    for kind in ("measured", "tested", "blood"):
        for phrase, (_, end) in zip(spans_of[kind].phrases, spans_of[kind].values, strict=True):
            if _LIMIT.search(text, line_begins(text, phrase[0], OPEN), line_ends(text, end, OPEN)):
                continue
            examined = spans_of["examined"].near(text, (phrase[0], end), WHOSE)
            if examined or not spans_of["general"].near(text, (phrase[0], end), OPEN):
                yield phrase[0], end


def _is_booked(text: str, at: int, spans_of: dict[str, Spans]) -> bool:
    """Whether a place stands under a heading of somebody's appointment."""
    title = small(title_of(text, at, spans_of))
    return bool(_BOOKED.find(title, words_of(title))["booked"].phrases)
