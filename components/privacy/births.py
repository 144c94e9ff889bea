"""Dates of birth without a label right before them, recognized by the words around them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from components.privacy import birthdays, dates
from components.privacy.lexicon import Span, Spans, line_begins, line_ends, one_of

BORN, COMPANY, OTHER, PERSON, LIST = 60, 60, 40, 60, 300
"""Lengths of text in characters. BORN: behind a date, where words of birth count; COMPANY: around it, where words of a
company count; OTHER: around it, where words of other events count; PERSON: before it, where a listed person's word
counts; LIST: of a list's line at most."""
LONGEST_DATE = 60
"""Characters of a day with its weekday, and of what may stand between it and an age."""
_DATE = re.compile(rf"(?<![\w./-]){dates.DATE}")
_STOP = re.compile(r"\n|(?<!\d)\.(?!\w)|[;!?](?!\w)|\d[./-]\d|\d{4}")
_SIGNED = (
    re.compile(
        r"[(,;·|]\s?(?:\*|b\.|geb\.|né\(?e?\)?|nac\.|f\.\s?n\.?)\s{0,3}(?:am\s|le\s|el\s)?"
        rf"(?P<date>{dates.DATE})"
    ),
    re.compile(rf"[*✶](?<![\w*].)\s?(?P<date>{dates.DATE})(?=\s(?:in|à|en|zu)\s[^\W\d]|\s{{0,60}}[),;·|\n†+]|\s*\Z)"),
    re.compile(rf"p(?<!\w.)id\s[^\n]{{0,160}}?\s(?P<date>{dates.COMPACT})(?=\s{{1,3}}[mfou](?!\w))"),
)
"""Signs of a birth before a date, such as `*` and `geb.`; and the patient's segment of a hospital's message (HL7)."""
_AGE = re.compile(r"[0-9](?<!\d.)\d{0,2}\s?(?:y|yo|y/o|yrs?|years?(?:\sold)?|ans|jahre(?:\salt)?|j\.|años)(?!\w)")
_BEHIND_AGE = re.compile(
    rf"[ ,]{{0,2}}[(,·|-][ ]?(?:born |b\. |geb\.? |né\(?e?\)? le |nac\. )?(?P<date>{dates.DATE})(?=[),;·| ]|\Z)"
)
_AGED = re.compile(r"[aâe](?<!\w.)(?:(?<=a)(?:ged?|lter)|(?<=â)g(?:e|ée? de)|(?<=e)dad):? \d{1,3}(?!\w|[.,/]\d)")
_BEFORE_AGE = re.compile(
    rf"(?P<date>(?<![\w./-]){dates.DATE})[ ,·|]{{0,3}}[(]?(?:age[d:]?\s|alter:?\s|âge\s?:?\s|edad:?\s)?\Z"
)
_WHO = (
    r"(?:m|f|w|h|d|mr|mrs|male|female|man|woman|männlich|weiblich|homme|femme|hombre|mujer|adults?|child|infant|minor"
    r"|spouse|wife|husband|partner|son|daughter|mother|father|erwachsener?|kind|sohn|tochter|ehefrau|ehemann|mutter"
    r"|vater|adulte|enfant|conjointe?|fils|fille|mère|père|adult[oa]|niñ[oa]|hij[oa]|madre|padre|cónyuge|\d{1,3}\s?(?:y"
    r"|yo|yrs?|ans|j\.?|jahre|años)?)"
)
_BETWEEN = r"(?:\s?[(),;:|·•/–-]{1,2}\s?|\s{1,2})"
_NAMED = re.compile(
    rf"(?:{_BETWEEN}{_WHO}(?!\w)[.)]?){{0,2}}{_BETWEEN}{{1,2}}[*]?(?P<date>{dates.DATE})", re.IGNORECASE
)
_LIVED = re.compile(r"[12'’](?:(?<=1)9\d|(?<=2)00|(?<![12])\d)")
_LAST_FIRST = re.compile(
    r"[A-ZÀ-Þ](?<![\w-].)[A-Za-zÀ-ÿ'’-]{1,25}(?:(?:,| /) [A-ZÀ-Þ][a-zà-ÿ'’-]{1,20}(?![\w-])| [A-ZÀ-Þ]\.)"
)
LIVED = re.compile(r"(?<!\d)(?:19[0-9]{2}|200[0-9])(?!\d)|['’]\d{2}$")
"""A year in which many living people were born, and in which few web pages were written."""
_GREW_UP = re.compile(r"(?<!\d)(?:19\d\d|20[01]\d)(?!\d)|['’]\d{2}$")
_LISTED = re.compile(rf"(?<![\w./-])(?P<date>{dates.DATE})", re.IGNORECASE)
_YEAR = re.compile(
    r"[\s:.)]{1,6}(?:in\s|en\s|dem jahr\s|l['’]an\s|el año\s)?(?P<date>(?:19\d\d|20[012]\d))(?![\w/-]|[.,]\d)"
)
DAY = re.compile(
    r"(?P<date>\d{1,2}(?:st|nd|rd|th|er|\.)?(?: of| de)? (?:" + birthdays.MONTHS + r")(?!\w)"
    r"|" + one_of(birthdays.MONTHS) + r" \d{1,2}(?:st|nd|rd|th)?(?!\w)"
    r"|(?<![\w./-])\d{1,2}\.\d{1,2}\.(?!\w)|(?<![\w./-])\d{1,2}/\d{1,2}(?![\w/]))(?!(?:,| del?)? ?\d{4})"
)
"""A day without its year."""
_TURNS = (
    re.compile(r"turn(?<!\w....)(?:s|ing|ed) \d{1,3}(?!\w)"),
    re.compile(r"wird(?<!\w....) \d{1,3}(?!\w)"),
    re.compile(r"birthday(?<=\d(?:th|st|nd|rd) birthday)"),
    re.compile(r"geburtstag(?<=\d\. geburtstag)"),
    re.compile(r"aura(?<!\w....) (?:ses )?\d{1,3} ans"),
    re.compile(r"cumpl(?<!\w.....)(?:e|en|irá|irán|ió|ieron|o) (?:sus |los )?\d{1,3}(?: años)?(?!\w)"),
    re.compile(r"will(?<!\w....) be \d{1,3} on(?!\w)"),
    re.compile(r"fête(?<!\w....)(?:ra)? (?:ses |mes )?\d{1,3} ans"),
    re.compile(r"feiert(?<!\w......) (?:\w+ ){0,3}?\d{1,3}\.(?!\d)"),
)
"""Phrases that somebody reaches an age."""
DAY_AFTER = 40
"""Characters between a word for a birthday and its day, or behind the day."""


def birth_dates(text: str, lower: str, spans_of: dict[str, Spans], names: Spans) -> Iterator[Span]:
    """Spans of dates of birth, also of the same one twice.

    Args:
        text, lower: a text from `views.flat`, and the same in small letters.
        spans_of: by list, the phrases that `labels.LEXICON` has found in it.
        names: full names in it.
    """
    for sign in _SIGNED:
        for match in sign.finditer(lower):
            yield match.span("date")
    for age in _AGE.finditer(lower):
        if dated := _BEFORE_AGE.search(lower, max(age.start() - LONGEST_DATE, 0), age.start()):
            yield dated.span("date")
        if dated := _BEHIND_AGE.match(lower, age.end()):
            yield dated.span("date")
    for age in _AGED.finditer(lower):
        if dated := _BEHIND_AGE.match(lower, age.end()):
            yield dated.span("date")
    yield from _beside_names(text, spans_of, names)
    yield from _on_lists(text, spans_of)
    turns = _turning(text, lower, spans_of)
    yield from _with_a_label_behind(text, lower, spans_of, turns)
    yield from _without_a_part(text, lower, spans_of, turns)


def _beside_names(text: str, spans_of: dict[str, Spans], names: Spans) -> Iterator[Span]:
    others = (match.end() for match in _LAST_FIRST.finditer(text))
    for end in chain((end for _, end in names.phrases), others):
        dated = _NAMED.match(text, end) if _LIVED.search(text, end, end + 2 * LONGEST_DATE) else None
        if dated is None or not LIVED.search(dated["date"]):
            continue
        date = dated.span("date")
        in_brackets = text[end : date[0]] == " (" and text[date[1] : date[1] + 1] == ")"
        of_another = (
            spans_of["happened"].before(text, end, OTHER) if in_brackets else _is_of_another(text, date, spans_of)
        )
        if not of_another:
            yield date


def _on_lists(text: str, spans_of: dict[str, Spans]) -> Iterator[Span]:
    """Dates behind the word for a child, a passenger or a patient (not behind their number); for children any year."""
    for persons, is_child in ((spans_of["person"], False), (spans_of["child"], True)):
        for at, end in persons.phrases:
            if text[max(at - 2, 0) : at].strip().isdigit():
                continue
            for match in _LISTED.finditer(text, end, line_ends(text, end, LIST)):
                if match.start() - end > PERSON:
                    break
                if (is_child or _GREW_UP.search(match["date"])) and not _is_of_another(
                    text, (at, match.end()), spans_of
                ):
                    yield match.span("date")
                end = match.end()


def _is_of_another(text: str, span: Span, spans_of: dict[str, Spans]) -> bool:
    """Whether a date belongs to a company, or to an event such as a publication, a beginning or an end."""
    return (
        spans_of["company"].near(text, span, COMPANY)
        or spans_of["happened"].near(text, span, OTHER)
        or (spans_of["happened"].within(*span))
    )


def _with_a_label_behind(text: str, lower: str, spans_of: dict[str, Spans], turns: Spans) -> Iterator[Span]:
    for label, _ in (*spans_of["birth"].phrases, *turns.phrases):
        for match in _DATE.finditer(lower, max(label - BORN - LONGEST_DATE, 0), label):
            stop = _STOP.search(lower, match.end(), match.end() + BORN)
            end = stop.start() if stop else match.end() + BORN
            is_labelled = spans_of["birth"].within(match.end(), end) or turns.within(match.end(), end)
            if is_labelled and not spans_of["company"].near(text, match.span(), COMPANY):
                yield match.span()


def _turning(text: str, lower: str, spans_of: dict[str, Spans]) -> Spans:
    """Phrases that a person, not a company, reaches an age."""
    spans = sorted(match.span() for turns in _TURNS for match in turns.finditer(lower))
    persons = (spans_of["person"], spans_of["child"])
    return Spans(
        phrases=[
            span
            for span in spans
            if any(each.before(text, span[0], PERSON) for each in persons) or not _is_of_another(text, span, spans_of)
        ]
    )


def _without_a_part(text: str, lower: str, spans_of: dict[str, Spans], turns: Spans) -> Iterator[Span]:
    """Years behind labels of a birth year, and days without a year near a word for a birthday."""
    for _, end in spans_of["birth year"].phrases:
        match = _YEAR.match(lower, end)
        if match and not _is_of_another(text, (end, match.end()), spans_of):
            yield match.span("date")
    for _, end in turns.phrases:
        if match := _LISTED.search(lower, end, end + BORN):
            yield match.span("date")
    for start, end in (*spans_of["birthday"].phrases, *turns.phrases):
        if spans_of["rebate"].near(lower, (start, end), COMPANY):
            continue
        for day in DAY.finditer(lower, line_begins(lower, start, DAY_AFTER + LONGEST_DATE), start):
            if start - day.end() <= DAY_AFTER:
                yield day.span("date")
        if match := DAY.search(lower, end, line_ends(lower, end, DAY_AFTER + LONGEST_DATE)):
            between = lower[end : match.start()]
            if len(between) <= DAY_AFTER and not any(map(str.isdigit, between)):
                yield match.span("date")
