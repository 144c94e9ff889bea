"""What somebody is said to have told of himself: `The applicant was open about a caution for theft`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from components.privacy import news
from components.privacy.lexicon import Span, Spans, line_begins, line_ends

_TOLD = re.compile(r"[ ]?(?:(?:to|that|dass|que|qu['’]|de|of|about|von|über)[ ])?(?P<value>[^.;:!?\n\"|]{3,90})")
_ONE = re.compile(r"(?<!\w)(?:i|he|she|they|ich|er|sie|yo|él|ella|nos|il|elle|on|my|his|her|mein\w{0,2}|mon|ma)(?!\w)")
_CONTAINS = ("offence", "sentenced", "standing", "belonging", "party", "loves")
LINE = 120
"""Characters before a verb in which it must be said who tells."""


def spans(text: str, lower: str, spans_of: dict[str, Spans], names: Spans) -> Iterator[Span]:
    """
    Args:
        text, lower: `views.flat`, and that in small letters.
        spans_of: what `labels.LEXICON` has read in it.
        names: full names of people in it.
    """
    for start, end in spans_of["discloses"].phrases:
        begins, ends = line_begins(text, start, LINE), line_ends(text, end, LINE)
        told = _TOLD.match(text, end)
        if told is None or not any(spans_of[name].within(*told.span("value")) for name in _CONTAINS):
            continue
        one = any(spans.within(begins, start) for spans in (names, spans_of["role"])) or _ONE.search(
            lower, begins, start
        )
        if one and not spans_of["general"].within(begins, ends) and not _is_reported(lower, begins, ends, spans_of):
            yield told.span("value")


def _is_reported(lower: str, begins: int, ends: int, spans_of: dict[str, Spans]) -> bool:
    politics = spans_of["politics"].within(begins, ends) or spans_of["matter"].within(begins, ends)
    return politics and not news.speaks_of_himself(lower, begins, ends)
