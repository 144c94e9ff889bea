"""What pages show for an example: hints in empty fields, records about nobody, and what numbers are made of."""

from __future__ import annotations

import re

from components.privacy.hits import Hit, Kind
from components.privacy.lexicon import Span, Spans, line_ends
from components.privacy.mailboxes import is_made_up, stands_for_any
from components.privacy.offices import IN_FIELD
from components.privacy.published import is_published

LONGEST = 2000
"""Characters of a line behind a hit that are read."""
_HINT = re.compile(
    r'[ ]*(?:\[\d+\] )?(?:textbox|searchbox|spinbutton) "(?:e\.?g\.?,?|ex\.?|z\.[ ]?b\.'
    r"|p\.[ ]?ej\.|p\.[ ]?ex\.)?[:\s]{0,3}"
)
"""The beginning of a field whose name is a hint, up to it."""
_HINTED = re.compile(r'[\s.…]{0,4}"')
HINTED: frozenset[Kind] = frozenset(("email", "phone", "address", "birth_date", "card"))
"""Classes of values of which fields show one as a hint."""
SHOWN = 40
"""Characters before a number in which a word may say that it is an example."""
_ABOUT = re.compile(r"(?<!\w)(?:etwa|also|like|wie|comme|como|aus|forme?|forma|format|du type|with)[ :]{1,3}\Z")
"""Right before an example of what a number is made of."""
_CODE = re.compile(r"[ ]*(?:code|pre) ")
_AT = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}\.[a-z]{2,10}(?![\w.-])", re.IGNORECASE)
_CARD = re.compile(r"\d(?<!\d.)(?:[ -]?\d){12,18}(?!\d)")
_COUNTED = re.compile(r"1234567|23456789|0000000")
"""Digits in a row that make a number in code an example."""


def is_shown(plain: str, hit: Hit) -> bool:
    """Whether a hit is a hint in a field, anybody's address, or part of a record in code about nobody.

    Args:
        plain: from `views.folded`.
    """
    begins = plain.rfind("\n", 0, hit.start) + 1
    if hit.kind not in HINTED or IN_FIELD.search(plain, begins, hit.start):
        return False
    value = plain[hit.start : hit.end]
    if hit.kind == "email" and stands_for_any(value):
        return True
    if _HINT.fullmatch(plain, begins, hit.start) and _HINTED.match(plain, hit.end):
        return True
    if not _CODE.match(plain, begins):
        return False
    if hit.kind == "phone" and _COUNTED.search("".join(filter(str.isdigit, value))):
        return True
    ends = line_ends(plain, hit.end, LONGEST)
    return any(
        is_made_up(address[0]) or stands_for_any(address[0]) for address in _AT.finditer(plain, begins, ends)
    ) or (hit.kind == "card" and any(is_published("card", card[0]) for card in _CARD.finditer(plain, begins, ends)))


def is_explained(lower: str, line: Span, hit: Hit, spans_of: dict[str, Spans]) -> bool:
    """Whether a line says what a number is made of, and a word for an example stands before it.

    Args:
        lower: from `views.flat`, in small letters.
    """
    return spans_of["made_of"].within(*line) and (
        spans_of["example"].before(lower, hit.start, SHOWN) or _ABOUT.search(lower, line[0], hit.start) is not None
    )
