"""Values whose label stands on the line below them, as on a card: `text "4 May 1980"`, `text "date of birth"`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from components.privacy import shapes
from components.privacy.forms import asks_for
from components.privacy.hits import Hit, Kind

_LINE = r"[ ]*(?:text|strong|paragraph|listitem) "
_CAPTION = re.compile(
    rf'\n{_LINE}"(?P<value>[(+\d][^"\\\n]{{5,40}}|[^\W\d_]{{3,10}}\.? \d[^"\\\n]{{4,20}})"[ ]*\n'
    rf'{_LINE}"(?P<label>[^\W\d_][^"\\\d\n:]{{2,34}})"[ ]*$',
    re.MULTILINE,
)
_SAID = re.compile(r'"([^"\\\n]*(?:\\.[^"\\\n]*)*)"[ ]*\Z')
KINDS: frozenset[Kind] = frozenset(("birth_date", "national_id", "phone", "bank"))
"""Classes whose values look like nothing else."""


def hits(text: str) -> Iterator[Hit]:
    """
    Args:
        text: from `views.folded`.
    """
    text = f"\n{text}"
    for caption in _CAPTION.finditer(text):
        kind = asks_for(caption["label"])
        if kind in KINDS and _fits(kind, caption["value"]) and not _is_told_otherwise(text, caption, kind):
            yield Hit(start=caption.start("value") - 1, end=caption.end("value") - 1, kind=kind, source="form")


def _is_told_otherwise(text: str, caption: re.Match[str], kind: Kind) -> bool:
    """Whether the label is that of the line below it, or the line above is the value's label."""
    end = text.find("\n", caption.end() + 1)
    below = _SAID.search(text[caption.end() : end if end >= 0 else len(text)])
    above = _SAID.search(text[text.rfind("\n", 0, caption.start()) + 1 : caption.start()])
    return (below is not None and _fits(kind, below[1])) or (
        above is not None and (asks_for(above[1]) is not None or above[1].endswith(":"))
    )


def _fits(kind: Kind, value: str) -> bool:
    return shapes.SHAPES[kind].fullmatch(value.strip()) is not None or (
        kind == "birth_date" and shapes.INSIDE[kind].search(value) is not None
    )
