"""What a page's own fields say: a filled field for a password is one, whatever stands in it.

Read from what an observation gives of a field: its role, its name or, where it has none, the hint of its class or id
(which often is the token of `autocomplete`), and its value. A value of dots is a password's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from components.privacy import words
from components.privacy.hits import Hit, Kind
from components.privacy.lexicon import phrase_pattern

_FIELD = re.compile(
    r"(?:\[\d+\] )(?:textbox|searchbox|spinbutton|combobox|date|month|datetime|time)"
    r'(?: (?P<name>"(?:[^"\\\n]|\\.)*"|[.#]\S{1,80}))?(?P<rest>[^"\n]{0,80}?) value "(?P<value>(?:[^"\\\n]|\\.)*)"'
)
_DOTS = re.compile(r"[•●∙*]{1,200}")
NAMES = {
    kind: re.compile(rf"(?<![^\W_])(?:{'|'.join(map(phrase_pattern, names))})(?![^\W_])", re.IGNORECASE)
    for kind, names in words.FIELDS.items()
}


def found(text: str) -> Iterator[Hit]:
    """Filled fields whose name says that what stands in them is private."""
    for field in _FIELD.finditer(text):
        span = field.span("value")
        if not field["value"]:
            continue
        kind: Kind | None = (
            "password" if _DOTS.fullmatch(field["value"]) else asks_for(f"{field['name'] or ''} {field['rest']}")
        )
        if kind is not None:
            yield Hit(start=span[0], end=span[1], kind=kind, source="form")


def asks_for(name: str) -> Kind | None:
    """The class of what a field of this name or hint wants; None where it is nothing private."""
    return next((kind for kind, names in NAMES.items() if names.search(name)), None)
