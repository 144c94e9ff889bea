"""What somebody says of himself in a profile: a word between signs, `Ann, 34` above it or `looking for` beside it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from itertools import pairwise

from components.privacy.beliefs import stands_alone
from components.privacy.lexicon import Span, Spans, line_ends

_AGE = re.compile(r"(?:1[89]|[2-9]\d)(?<=[ (]..)(?:[ ](?:ans|years|Jahre|años|yrs?))?\)?(?=[ ]*(?:\n|\Z|[·|•,;–-]))")
_NAME = re.compile(r"(?:\n|\A|[·|•])[ ]*[A-ZÀ-Þ][\w'’.-]{1,20}(?:[ ][A-ZÀ-Þ][\w'’.-]{1,20})?(?:,[ ]|[ ][(·|•]?[ ]?)\Z")
"""What stands before the age of somebody who shows himself, and nothing before it."""
_WITH_ALL = re.compile(
    r"(?<!\w)(?:all[e]?|everyone|anyone|friends|allies|Kolleg\w+|tod[oa]s|tous|toutes|colleagues|members)(?!\w)"
)
"""Behind it, that it is of many."""
_TALL = re.compile(r"(?<![\d.,])1(?:[4-9]\d ?cm|[.,][4-9]\d ?m)(?!\w)")
BEFORE = 60
"""Characters before an age in which its name begins."""
ABOVE, BELOW = 4, 2
"""Lines above and below such a word in which something must say that it stands in a profile."""


def spans(text: str, spans_of: dict[str, Spans]) -> Iterator[Span]:
    """
    Args:
        text: from `views.flat`.
        spans_of: what `labels.LEXICON` has read in it.
    """
    words = _joined(text, sorted((*spans_of["belonging"].phrases, *spans_of["loves"].phrases)))
    alone = [span for span in words if stands_alone(text, span)]
    if not alone:
        return
    ages = (age.start() for age in _AGE.finditer(text) if _NAME.search(text, max(age.start() - BEFORE, 0), age.start()))
    tall = (height.start() for height in _TALL.finditer(text))
    signs = sorted((*ages, *tall, *(start for start, _ in spans_of["seeks"].phrases)))
    for span in alone:
        if _is_near(text, span, signs) and not _WITH_ALL.search(text, span[1], line_ends(text, span[1], BEFORE * 2)):
            yield span


def _joined(text: str, words: list[Span]) -> list[Span]:
    """The words, those beside each other as one too: `musulmane chiite`."""
    joined = list(words)
    for (start, end), (begins, ends) in pairwise(words):
        if text[end:begins] in (" ", " et ", " and ", " und ", " y "):
            joined.append((start, ends))
    return joined


def _is_near(text: str, span: Span, signs: list[int]) -> bool:
    begins, ends = span
    for _ in range(ABOVE):
        begins = text.rfind("\n", 0, max(begins, 0))
    for _ in range(BELOW + 1):
        ends = text.find("\n", ends + 1) if ends >= 0 else -1
    at = bisect_left(signs, begins)
    return at < len(signs) and (ends < 0 or signs[at] < ends)
