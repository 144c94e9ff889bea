"""Days on which somebody was born, where no label stands right before them: what stands around says so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from components.privacy import birthdays, dates
from components.privacy.lexicon import Span, Spans, line_begins, line_ends, one_of

BORN, COMPANY, OTHER, PERSON, LIST = 40, 60, 40, 60, 300
"""Characters behind a date in which something may say that somebody was born then; around it, that a company was;
around it, that something else was on that day; before it, that it is of somebody on a list; of such a list."""
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
"""Signs of a birth before its day; the segment of a hospital's message (HL7) that is of a patient."""
_AGE = re.compile(r"\d(?<!\d.)\d{0,2}\s?(?:y|yo|y/o|yrs?|years?(?:\sold)?|ans|jahre(?:\salt)?|j\.|años)(?!\w)")
_BEFORE_AGE = re.compile(
    rf"(?P<date>(?<![\w./-]){dates.DATE})[ ,·|]{{0,3}}[(]?(?:age[d:]?\s|alter:?\s|âge\s?:?\s|edad:?\s)?\Z"
)
_WHO = (
    r"(?:m|f|w|h|d|mr|mrs|male|female|man|woman|männlich|weiblich|homme|femme|hombre|mujer|adults?|child|infant|minor"
    r"|spouse|wife|husband|partner|son|daughter|mother|father|erwachsener?|kind|sohn|tochter|ehefrau|ehemann|mutter|vater"
    r"|adulte|enfant|conjointe?|fils|fille|mère|père|adult[oa]|niñ[oa]|hij[oa]|madre|padre|cónyuge"
    r"|\d{1,3}\s?(?:y|yo|yrs?|ans|j\.?|jahre|años)?)"
)
_BETWEEN = r"(?:\s?[(),;:|·•/–-]{1,2}\s?|\s{1,2})"
_NAMED = re.compile(
    rf"(?:{_BETWEEN}{_WHO}(?!\w)[.)]?){{0,2}}{_BETWEEN}{{1,2}}[*]?(?P<date>{dates.DATE})", re.IGNORECASE
)
_DIGIT = re.compile(r"\d")
_LAST_FIRST = re.compile(
    r"[A-ZÀ-Þ](?<![\w-].)[A-Za-zÀ-ÿ'’-]{1,25}(?:(?:,| /) [A-ZÀ-Þ][a-zà-ÿ'’-]{1,20}(?![\w-])| [A-ZÀ-Þ]\.)"
)
LIVED = re.compile(r"(?<!\d)(?:19[0-9]{2}|200[0-9])(?!\d)|['’]\d{2}$")
"""A year in which many who are alive were born, and few pages written."""
_GREW_UP = re.compile(r"(?<!\d)(?:19\d\d|20[01]\d)(?!\d)|['’]\d{2}$")
_LISTED = re.compile(rf"(?<![\w./-])(?P<date>{dates.DATE})", re.IGNORECASE)
_YEAR = re.compile(
    r"[\s:.)]{1,6}(?:in\s|en\s|dem jahr\s|l['’]an\s|el año\s)?(?P<date>(?:19\d\d|20[012]\d))(?![\w/-]|[.,]\d)"
)
DAY = re.compile(
    r"(?P<date>\d{1,2}(?:st|nd|rd|th|er|\.)?(?: of| de)? (?:" + birthdays.MONTHS + r")(?!\w)"
    r"|" + one_of(birthdays.MONTHS) + r" \d{1,2}(?:st|nd|rd|th)?(?!\w)"
    r"|(?<![\w./-])\d{1,2}\.\d{1,2}\.(?!\w)|(?<![\w./-])\d{1,2}/\d{1,2}(?![\w/]))(?!,? ?\d{4})"
)
"""A day without its year."""
_TURNS = (
    re.compile(r"turn(?<!\w....)(?:s|ing|ed) \d{1,3}(?!\w)"),
    re.compile(r"wird(?<!\w....) \d{1,3}(?!\w)"),
    re.compile(r"birthday(?<=\d(?:th|st|nd|rd) birthday)"),
    re.compile(r"geburtstag(?<=\d\. geburtstag)"),
    re.compile(r"aura(?<!\w....) (?:ses )?\d{1,3} ans"),
    re.compile(r"cumple(?<!\w......) \d{1,3} años"),
)
"""How old somebody becomes on a day."""
DAY_AFTER = 40
"""Characters between a word for a birthday and its day, or behind the day."""


def found(text: str, lower: str, read: dict[str, Spans], names: Spans) -> Iterator[Span]:
    """
    Args:
        text, lower: `views.flat`, and that in small letters.
        read: what `labels.LEXICON` has read in it.
        names: full names in it.
    """
    for sign in _SIGNED:
        for match in sign.finditer(lower):
            yield match.span("date")
    for age in _AGE.finditer(lower):
        if dated := _BEFORE_AGE.search(lower, max(age.start() - LONGEST_DATE, 0), age.start()):
            yield dated.span("date")
    yield from _beside_names(text, read, names)
    yield from _on_lists(text, read)
    turns = _turning(text, lower, read)
    yield from _with_a_label_behind(text, lower, read, turns)
    yield from _without_a_part(text, lower, read, turns)


def _beside_names(text: str, read: dict[str, Spans], names: Spans) -> Iterator[Span]:
    others = (match.end() for match in _LAST_FIRST.finditer(text))
    for end in chain((end for _, end in names.phrases), others):
        told = _NAMED.match(text, end) if _DIGIT.search(text, end, end + LONGEST_DATE) else None
        if told and LIVED.search(told["date"]) and not _is_of_another(text, told.span("date"), read):
            yield told.span("date")


def _on_lists(text: str, read: dict[str, Spans]) -> Iterator[Span]:
    """Dates behind whom a line calls a child, a passenger or a patient, not how many; of children also late ones."""
    for persons, is_child in ((read["person"], False), (read["child"], True)):
        for at, end in persons.phrases:
            if text[max(at - 2, 0) : at].strip().isdigit():
                continue
            for match in _LISTED.finditer(text, end, line_ends(text, end, LIST)):
                if match.start() - end > PERSON:
                    break
                if (is_child or _GREW_UP.search(match["date"])) and not _is_of_another(text, (at, match.end()), read):
                    yield match.span("date")
                end = match.end()


def _is_of_another(text: str, span: Span, read: dict[str, Spans]) -> bool:
    """Whether a day is a company's, or one on which something was published, begins or ends."""
    return (
        read["company"].near(text, span, COMPANY)
        or read["happened"].near(text, span, OTHER)
        or (read["happened"].within(*span))
    )


def _with_a_label_behind(text: str, lower: str, read: dict[str, Spans], turns: Spans) -> Iterator[Span]:
    for said, _ in (*read["birth"].phrases, *turns.phrases):
        for match in _DATE.finditer(lower, max(said - BORN - LONGEST_DATE, 0), said):
            stop = _STOP.search(lower, match.end(), match.end() + BORN)
            end = stop.start() if stop else match.end() + BORN
            told = read["birth"].within(match.end(), end) or turns.within(match.end(), end)
            if told and not read["company"].near(text, match.span(), COMPANY):
                yield match.span()


def _turning(text: str, lower: str, read: dict[str, Spans]) -> Spans:
    """Where somebody, and no company, becomes so old."""
    spans = sorted(match.span() for turns in _TURNS for match in turns.finditer(lower))
    return Spans(phrases=[span for span in spans if not _is_of_another(text, span, read)])


def _without_a_part(text: str, lower: str, read: dict[str, Spans], turns: Spans) -> Iterator[Span]:
    """A year behind what asks for one, a day without its year around a birthday."""
    for _, end in read["birth year"].phrases:
        told = _YEAR.match(lower, end)
        if told and not _is_of_another(text, (end, told.end()), read):
            yield told.span("date")
    for _, end in turns.phrases:
        if told := _LISTED.search(lower, end, end + BORN):
            yield told.span("date")
    for start, end in (*read["birthday"].phrases, *turns.phrases):
        if read["rebate"].near(lower, (start, end), COMPANY):
            continue
        for day in DAY.finditer(lower, line_begins(lower, start, DAY_AFTER + LONGEST_DATE), start):
            if start - day.end() <= DAY_AFTER:
                yield day.span("date")
        if told := DAY.search(lower, end, line_ends(lower, end, DAY_AFTER + LONGEST_DATE)):
            between = lower[end : told.start()]
            if len(between) <= DAY_AFTER and not any(map(str.isdigit, between)):
                yield told.span("date")
