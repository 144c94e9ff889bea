"""What is told of somebody's health in few words: under labels that leave room for it, and in plans of one's own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache

from components.privacy import clinics, medicine
from components.privacy.ailments import CONDITIONS, ILLNESS
from components.privacy.lexicon import REMEMBERED, Lexicon, Span, Spans, phrase_pattern, small, words_of
from components.privacy.public import CONTEXT
from components.privacy.sufferers import GENERAL
from components.privacy.words import any_of

_LEAD = re.compile(
    r"(?:(?:yes|ja|i (?:use|wear|need|take)|oui|sí|si|i|i['’](?:m|ve)|am|have|has|had|is|a|an|the|my|mild|severe"
    r"|chronic|acute|known|history of|recent|verdacht auf|v\.a\.|z\.n\.|zustand nach|sospecha de|suspicion de"
    r"|control de|revisión de|análisis de|prueba de|test de|dépistage|contrôle|suivi|kontrolle|check for|test for"
    r"|treatment for|follow up for|bad|suspected|possible|due to|because of|ich|habe|bin|hat|trage|brauche|nutze"
    r"|leichte[rs]?|schwere[rs]?|chronische[rs]?|akute[rs]?|bekannte[rs]?|eine?n?|die|der|das|meine?|wegen|soy|tengo"
    r"|estoy en|estoy con|llevo|uso|necesito|es|tiene|lleva|usa|una?|la|el|mi|por|je|j['’]ai|suis|une?|le|les|l['’]|mon"
    r"|ma|pour|légère?|sévère|chronique|new|neue[rs]?|nueva|nuevo|nouvelle|next|child has|daughter has"
    r"|son has)(?:[ ,:.–-]+|(?<=['’]))){0,5}"
)
"""Small words before what is told."""
_EXAMINED = re.compile(
    r"(?<!\w)(?:(?:occupational|medical|health) (?:screening|examination|check)|betriebsärztlich\w*"
    r"|arbeitsmedizin\w*|reconocimiento médico"
    r"|examen (?:médico|preocupacional|periódico)|visite (?:périodique|médicale|d['’]embauche|de reprise)"
    r"|élément relevé|patient \w+)(?!\w)",
    re.IGNORECASE,
)
_RESULTS = re.compile(
    r"(?:test |lab )?(?:results?|outcomes?|findings?|(?:test|labor)?ergebnis(?:se)?|befunde?|résultats?|resultados?"
    r"|hallazgos?|wert|value|interpretation|beurteilung|interprétation|interpretación)",
    re.IGNORECASE,
)
_MEASURED = re.compile(
    r"\d[ ]?(?:%|mg/d?l|g/d?l|[mµun]?mol/\w{1,3}|[mµu]?[iu]+/m?l|[nµup]g/m?l|ug/l|mm ?hg|db|bpm|mmol)(?!\w)"
    r"|\d{2,3}/\d{2,3}(?![\d/])",
    re.IGNORECASE,
)
"""What a body measures."""
_VERDICT = re.compile(
    r"(?:[^\n]{2,50}?[ :,.]+)?(?:non[- ]?|not |nicht |no )?" + any_of("verdict") + r"(?:[ ,(][^\n]{0,25})?",
    re.IGNORECASE,
)
"""What a test has shown, under such a heading."""
_ENTRY = re.compile(
    r"^[ ]*(?:\[\d+\] )?(?:listitem|text|button|link|gridcell|cell|checkbox|row) \""
    r"(?:(?:[^\W\d_]{2,10}\.?,? )?(?:\d{1,2}(?:[./ ]\d{1,2}\.?|\.? [^\W\d_]{3,9}\.?|\.),? )?"
    r"(?P<time>\d{1,2}(?:[:.h]\d{2}| ?h ?\d{2}(?!\d)| ?h| ?[ap]m| ?Uhr)(?: ?[ap]m| ?Uhr| ?h)?"
    r"(?: ?[–-] ?\d{1,2}(?:[:.h]\d{2}| ?h)?(?: ?[ap]m| ?Uhr| ?h)?)?)(?:[ ]?[:·,|–-])?[ ])?"
    r"(?P<value>[^\W\d_][^\"\n]{2,80})\"",
    re.MULTILINE | re.IGNORECASE,
)
"""A line of a calendar: perhaps a day and a time, and what is planned."""
_EVENT = re.compile(
    r"SUMMARY(?:;[^:\n\"]{0,60})?: ?(?P<value>[^\W\d_][^\n\"\\]{1,80}?)(?=[ ]*(?:\\n|\n|\"|\Z|[A-Z-]{3,16}[:;]))"
)
"""What an entry of an exchanged calendar is about."""
_CLOCK = re.compile(r"(?<!\d)\d{1,2}(?:[:.h]\d{2}(?!\d)| ?(?:am|pm|Uhr|h)(?!\w))", re.IGNORECASE)
_MARK = re.compile(r'\n[ ]*(?:\[\d+\] )?(heading|button) "([^"\n]{1,60})"')
_DAY = re.compile(
    r"(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|today|tomorrow|montag|dienstag|mittwoch|donnerstag"
    r"|freitag|samstag|sonntag|heute|morgen|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|aujourd['’]hui|demain"
    r"|lunes|martes|miércoles|jueves|viernes|sábado|domingo|hoy|mañana)",
    re.IGNORECASE,
)
"""A heading that is a day: entries with a time below it are somebody's plans."""
ORDERS = re.compile(
    r"(?:[a-zäöü]+ sie(?: sich)?|bitte|please|call|report|tell|send|upload|ring|rufen|informe|llame|avise|envíe|appelez"
    r"|envoyez|prévenez|merci de|veuillez|si vous|si usted|if you|wenn sie|falls sie|how to|so geht|consulte|pregunte"
    r"|hable con|acuda|no tomar|avoid|vermeiden|éviter|not suitable|nicht geeignet|réduire|déconseillé|contact your"
    r"|see your|ask your|do not|get|download|buy|find"
    r"|book|read|try|join|ne pas|nicht)(?!\w)",
    re.IGNORECASE,
)
"""With this begins what everybody is told to do."""
_STOP = re.compile(r"(?<=[^\W\d_]{2})[.!?][ ]+")
_OFFERS, _OFFERED_AT, _LEAFLET = (
    re.compile(rf"(?<!\w)(?:{'|'.join(map(phrase_pattern, CONDITIONS[name]))})(?!\w)", re.IGNORECASE)
    for name in ("offers", "offered_at", "leaflet")
)
LONGEST, LABEL = 80, 90
"""Characters of what is told, and of its label, at most."""
AROUND = 8
"""Lines between an entry and the heading above it, or the button below that adds another, at most."""
HALF, PLANNED = 0.5, 0.3
"""Of a value, and of what is planned or stands behind a colon, the share that must be words of health where it does not
begin with one."""


@lru_cache(REMEMBERED)
def is_told(value: str, label: str, *, alone: bool = True) -> bool:
    """Whether a value tells of somebody's health under a label that leaves room for that.

    Args:
        alone: the value fills a field or a cell; otherwise label and value could be two halves of a sentence.
    """
    if len(value) > LONGEST or len(label) > LABEL:
        return False
    asked = _read(label)
    if (asked["of_all"].phrases and "?" not in label) or not (
        asked["asks"].phrases or (alone and asked["room"].phrases)
    ):
        return False
    told = _tells(value) or (alone and bool(asked["asks"].phrases) and names(value))
    return told and (alone or (not _is_general(value) and _share(value) >= PLANNED))


@lru_cache(REMEMBERED)
def sentences(value: str, label: str) -> tuple[Span, ...]:
    """Of a longer answer under a label that leaves room for it, the sentences that tell of somebody's health."""
    if not _read(label)["asks"].phrases or (_read(label)["of_all"].phrases and "?" not in label):
        return ()
    ends = [match.end() for match in _STOP.finditer(value)]
    parts = zip([0, *ends], [*ends, len(value)], strict=True)
    return tuple((start, end) for start, end in parts if names(value[start:end]))


@lru_cache(REMEMBERED)
def is_told_of(value: str, label: str) -> bool:
    """Whether a value in the row of somebody who is treated tells of his health, whatever its heading is."""
    asked = _read(label)
    if len(value) > LONGEST or asked["of_all"].phrases:
        return False
    found = _RESULTS.fullmatch(label.strip()) or _EXAMINED.search(label)
    shown = _MEASURED.search(value) or (found and _VERDICT.fullmatch(value))
    return shown is not None or _tells(value) or (bool(asked["asks"].phrases) and names(value))


@lru_cache(REMEMBERED)
def is_of_patients(title: str) -> bool:
    """Whether a column has people who are treated, taught, lodged or insured."""
    lower = small(title).strip()
    return any(span == (0, len(lower)) for span in _of_labels().find(lower, words_of(lower))["patients"].phrases)


def is_of_offers(head: Sequence[str]) -> bool:
    """Whether the columns of a table tell what is offered, and what it costs, when or where."""
    return (
        bool(head)
        and _OFFERS.fullmatch(head[0].strip()) is not None
        and any(_OFFERED_AT.fullmatch(title.strip()) for title in head[1:])
        and not any(map(is_of_patients, head))
    )


def is_of_leaflet(terms: Iterable[str]) -> bool:
    """Whether some terms are those of a leaflet about a medicine."""
    return any(map(_LEAFLET.fullmatch, terms))


def examined(head: Iterable[str]) -> bool:
    """Whether the columns of a table are those of somebody's examination."""
    return any(_EXAMINED.search(title) for title in head)


def planned(text: str) -> Iterator[Span]:
    """What of somebody's own calendar or list of tasks tells of his health.

    Args:
        text: from `views.folded`.
    """
    for event in _EVENT.finditer(text):
        if _tells(event["value"]) or _share(event["value"]) >= PLANNED:
            yield event.span("value")
    marks = [
        (mark.start(), mark[1], _DAY.fullmatch(mark[2]) is not None)
        for mark in _MARK.finditer(f"\n{text}")
        if _DAY.fullmatch(mark[2]) or _is_a_plan(mark[2])
    ]
    for at, role, of_day in marks:
        begins, ends = (at, _lines_on(text, at)) if role == "heading" else (_lines_back(text, at), at)
        for entry in _ENTRY.finditer(text, begins, ends):
            value = entry["value"]
            timed = entry["time"] or _CLOCK.search(value)
            if (timed or (role == "heading" and not of_day)) and (_tells(value) or _share(value) >= PLANNED):
                yield entry.span("value")


def _lines_on(text: str, at: int) -> int:
    for _ in range(AROUND):
        at = text.find("\n", at + 1)
        if at < 0:
            return len(text)
    return at


def _lines_back(text: str, at: int) -> int:
    for _ in range(AROUND):
        at = text.rfind("\n", 0, max(at, 0))
        if at < 0:
            return 0
    return at + 1


@lru_cache(REMEMBERED)
def _is_a_plan(title: str) -> bool:
    """Whether a heading is that of somebody's own plans, or a button adds to them."""
    found = _read(title)
    adds = any(span[0] == 0 for span in found["adds"].phrases)
    return adds or (bool(found["planner"].phrases) and not _is_general(title))


@lru_cache(REMEMBERED)
def _is_general(text: str) -> bool:
    lower = small(text)
    return any(spans.phrases for spans in _of_everybody().find(lower, words_of(lower)).values())


@lru_cache(REMEMBERED)
def _tells(value: str) -> bool:
    """Whether a short text begins with words of health, or is mostly such words."""
    lower = small(value)
    lead = _LEAD.match(lower)
    begins = lead.end() if lead else 0
    letters = _letters(lower)
    return begins in letters or len(letters) > HALF * len(value)


@lru_cache(REMEMBERED)
def names(value: str) -> bool:
    """Whether a text names an illness, a medicine or a help for the ill anywhere."""
    return bool(_letters(small(value)))


def _share(value: str) -> float:
    return len(_letters(small(value))) / len(value)


def _letters(lower: str) -> set[int]:
    """Places of a text's letters that belong to words of health."""
    places = words_of(lower)
    letters = {at for start, end in _of_values().find(lower, places)["told"].phrases for at in range(start, end)}
    return letters | {
        at
        for word, starts in places.items()
        if medicine.is_medical(word) or medicine.ends_ill(word)
        for start in starts
        for at in range(start, start + len(word))
    }


@lru_cache(REMEMBERED)
def _read(label: str) -> dict[str, Spans]:
    lower = small(label).replace("_", " ")
    return _of_labels().find(lower, words_of(lower))


@cache
def _of_labels() -> Lexicon:
    return Lexicon({name: (CONDITIONS[name], "") for name in ("asks", "room", "of_all", "patients", "planner", "adds")})


@cache
def _of_values() -> Lexicon:
    told = (*ILLNESS, *medicine.MEDICINE, *CONDITIONS["told"], *CONDITIONS["worded"], *clinics.SPECIALTY)
    return Lexicon({"told": (told, "")})


@cache
def _of_everybody() -> Lexicon:
    return Lexicon({"offered": (CONTEXT["offered"], ""), "general": (GENERAL, "")})
