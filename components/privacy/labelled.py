"""Values that are wholly what somebody believes, is or did, under labels that leave room for that."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from components.privacy import belonging, standings
from components.privacy.lexicon import FULL_NAME, REMEMBERED, Lexicon, Span, Spans, line_begins, small, words_of
from components.privacy.parties import ORGANISATION, UNION
from components.privacy.words import lists_of

MOST = 0.75
"""Of a value's letters without small words, the share that must be what somebody believes, is or did."""
LONGEST = 60
"""Characters of a value that is what somebody believes, is or did."""
LABEL, LINE = 40, 240
"""Characters of a label within a line, and of that line before it, at most."""
_CHARGED = re.compile(
    r"charge|offen[cs]e|count|verdict|convict|sentence|vorwurf|(?<!\w)tat(?!\w)|urteil|cargo|delito|pena|infraction"
    r"|peine",
    re.IGNORECASE,
)
"""In a label: somebody came to court."""
_I_AM = re.compile(r"(?:I am|I['’]m|Ich bin|Soy|Estoy|Je suis|We are|Wir sind|Somos|Nous sommes) ")
_PARAGRAPH = re.compile(r"§§? ?\d{1,2}[a-z]?(?: ?(?:Abs\.?|Absatz|S\.|Satz|Nr\.) ?\d)*(?: ?Aufenth?G| ?AsylG)?")
"""The section of the law by which somebody may stay."""
_CLAUSE = re.compile(r"[,;:(/–—.]")
_ANCESTRY = re.compile(r"ancest|ethni|heritage|dna|herkunft|abstammung|ascenden|origen|origine", re.IGNORECASE)
"""In a label: of whom somebody's forebears were, in shares."""
_REFERS = re.compile(r"(?:see|siehe|s\.|véase|ver|consulte|voir|cf\.) \w", re.IGNORECASE)
"""A value that says where to look."""
_BESIDE = re.compile(
    r"(?:\A|[\n\".;!?·•|(,–])[ ]*(?P<label>[^\W\d_][^\n\".;:!?·•|(]{1,38}?)[ ]?:[ ]"
    r"(?P<value>[^\W_\n](?:[^\n\";|·•.]|\.(?=[^\s\"]|[ ]\d)|(?<=[\d.]\d)\.){1,60})"
)
"""A label and what stands behind its colon, within a line."""


@lru_cache(REMEMBERED)
def is_told(value: str, label: str) -> bool:
    """Whether a value is wholly what somebody believes, is or did, under a label that leaves room for that."""
    asked = _of_label(label)
    if len(value) > LONGEST or "%" in value or not asked or ("stay_about" in asked and "?" not in label):
        return False
    said = _read(value)
    if said["offence"].phrases and not said["offence"].phrases[0][0] and _CHARGED.search(label):
        return True
    names = {"what"} | ({"group"} if "origin_hint" in asked else set()) | ({"state"} if "stay_only" in asked else set())
    letters = {
        at
        for name in names
        for start, end in said[name].phrases
        if not is_small(value[start:end])
        for at in range(start, end)
    }
    bodies = (*UNION.finditer(value), *ORGANISATION.finditer(value)) if "dues" in asked else ()
    paragraphs = _PARAGRAPH.finditer(value) if "stay_label" in asked else ()
    letters |= {at for match in (*bodies, *paragraphs) for at in range(*match.span())}
    if not letters:
        return False
    small = (*said["filler"].phrases, *said["group"].phrases)
    filler = {at for start, end in small for at in range(start, end)} - letters
    clause = _CLAUSE.search(value, min(letters))
    return any(
        letters and _share(value, letters, filler, end) >= MOST for end in (len(value), clause.start() if clause else 0)
    )


def _share(value: str, letters: set[int], filler: set[int], end: int) -> float:
    """Of the letters up to a place, without small words and figures, the share that says what somebody is."""
    places = [at for at in range(end) if at in letters or (value[at].isalpha() and at not in filler)]
    return sum(at in letters for at in places) / len(places) if places else 0.0


def is_small(phrase: str) -> bool:
    """Whether a word is no party, because it is one only in capitals."""
    return small(phrase) in belonging.CAPITALS and not phrase.isupper()


def is_of_nobody(value: str, label: str) -> bool:
    """Whether a value is a share of many, or says where to look."""
    of_many = "%" in value and (value.count("%") > 1 or not _ANCESTRY.search(label))
    return of_many or _REFERS.match(value) is not None


def is_said(value: str) -> bool:
    """Whether somebody says in a few words what he believes or is: `I am Muslim`."""
    return _I_AM.match(value) is not None and names_any(value)


@lru_cache(REMEMBERED)
def names_any(value: str) -> bool:
    """Whether a value names what somebody believes, is or did."""
    said = _read(value)
    return bool(said["group"].phrases) or any(not is_small(value[slice(*span)]) for span in said["what"].phrases)


def spans(text: str, spans_of: dict[str, Spans], names: Spans) -> Iterator[Span]:
    """What stands behind a label within a line that names or speaks of somebody.

    Args:
        text: from `views.flat`.
        spans_of: what `labels.LEXICON` has read in it.
        names: full names in it.
    """
    at = text.find(": ")
    while at >= 0:
        begins = line_begins(text, at, LABEL + 2)
        beside = next((match for match in _BESIDE.finditer(text, begins, at + LONGEST + 2) if match.end() > at), None)
        if beside and is_told(beside["value"].strip(), beside["label"]):
            line = line_begins(text, at, LINE)
            of_one = any(spans.within(line, beside.start("value")) for spans in (names, spans_of["personal"]))
            of_all = spans_of["general"].within(beside.start("label"), beside.start("value"))
            if of_one and not of_all and not FULL_NAME.fullmatch(beside["value"].strip()):
                yield beside.span("value")
        at = text.find(": ", at + 1)


@lru_cache(REMEMBERED)
def _of_label(label: str) -> frozenset[str]:
    """What a label leaves room for."""
    lower = small(label).replace("_", " ")
    found = _of_labels().find(lower, words_of(lower))
    return frozenset(name for name, spans in found.items() if spans.phrases)


def _read(text: str) -> dict[str, Spans]:
    lower = small(text).replace("_", " ")
    return _of_values().find(lower, words_of(lower))


@cache
def _of_labels() -> Lexicon:
    lists = belonging.LISTS | standings.LISTS
    return Lexicon(
        {name: (lists[name], "") for name in ("hint", "origin_hint", "dues", "stay_label", "stay_only", "stay_about")}
    )


@cache
def _of_values() -> Lexicon:
    lists = belonging.LISTS | standings.LISTS | lists_of("fillers")
    what = ("belonging", "party", "offence", "loves", "church", "standing")
    return Lexicon(
        {"what": (tuple(phrase for name in what for phrase in lists[name]), "")}
        | {
            name: (lists[title], "")
            for name, title in (("state", "stay_state"), *((n, n) for n in ("group", "offence", "filler")))
        }
    )
