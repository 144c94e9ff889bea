"""What newspapers tell of beliefs, parties and deeds: of many, of those whose party everybody knows, of nobody named.

A sentence about a deed is private where it says whose it is, or leaves that out, as files and answers do (`Convicted of
theft, 2019`). Where it is some mayor's, nurse's or firm's, nobody knows whose. Ours.
"""

from __future__ import annotations

import re
from bisect import bisect_left

from components.privacy import belonging
from components.privacy.lexicon import Span, Spans, line_begins, line_ends

MANY = 3
"""Different beliefs, orientations or parties in one line, which are an enumeration then."""
REACH = 120
"""Characters around a deed, a belief or a party that are read."""
PLURALS = frozenset(belonging.LISTS["members"])
"""What the members of a party are called, and some parties are too."""
_MINE = re.compile(
    r"(?<!\w)(?:i|i['’](?:m|ve|d|ll)|my|me|ich|mich|mir|mein\w{0,2}|yo|mis?(?! en)|soy|estoy|he (?:sido|votado|estado)"
    r"|fui|je|j['’]ai|mon|ma|mes|m['’](?:a|ont))(?!\w)"
)
_WHOSE = re.compile(
    r"(?<!\w)(?:[A-Z][a-z]+['’]s(?: \w+)? (?:is|was|has|got)"
    r"|[Hh]e|[Ss]he|[Tt]hey|er|[Ee]r|sie|[Ii]l|[Ee]lle|[Éé]l|[Ee]lla)(?!\w)"
)
"""Who a sentence is about, where it names nobody in full."""
_STOP = re.compile(r"[.:;!?|·•\"“”„«»()\n]")
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_SMALL = frozenset(belonging.LISTS["small"])
"""Words of a sentence that say of nobody that he did something."""
_PASSIVE = re.compile(r"(?:was|is|has|had|got|wurde|war|ist|hat|saß|sitzt|fue|ha|está|estuvo|a|est|était)(?!\w)")
"""Right behind a first name, that something was done to somebody, or he did it."""


def is_reported(text: str, lower: str, at: int, spans_of: dict[str, Spans], names: Spans) -> bool:
    """Whether a sentence tells of somebody's deed at a place and names nobody, as headlines do."""
    begins, ends = line_begins(text, at, REACH), line_ends(text, at, REACH)
    if (
        names.within(begins, ends)
        or any(spans_of[name].before(text, at, REACH) for name in ("personal", "own"))
        or speaks_of_himself(lower, begins, ends)
        or _WHOSE.search(text, begins, at)
    ):
        return False
    stops = [stop.end() for stop in _STOP.finditer(text, begins, at)]
    begins = stops[-1] if stops else begins
    judged = _letters(spans_of["justice"], begins, at)
    words = [word for word in _WORD.finditer(lower, begins, at) if word[0] not in _SMALL and word.start() not in judged]
    if len(words) == 1 and text[words[0].start()].isupper() and _PASSIVE.match(lower, words[0].end() + 1):
        return False
    return bool(words)


def is_enumerated(text: str, lower: str, span: Span, phrases: Spans) -> bool:
    """Whether a line names so many of these that it is about many, and nobody speaks of himself in it."""
    begins, ends = line_begins(text, span[0], REACH), line_ends(text, span[1], REACH)
    apart, last = set[str](), begins
    for start, end in _between(phrases, begins, ends):
        if start >= last:
            apart.add(lower[start:end])
            last = end
    return len(apart) >= MANY and not speaks_of_himself(lower, begins, ends)


def is_of_politics(text: str, lower: str, span: Span, spans_of: dict[str, Spans]) -> bool:
    """Whether a line tells what politicians do, and nobody speaks of himself in it."""
    begins, ends = line_begins(text, span[0], REACH), line_ends(text, span[1], REACH)
    return spans_of["politics"].within(begins, ends) and not speaks_of_himself(lower, begins, ends)


def speaks_of_himself(lower: str, begins: int, ends: int) -> bool:
    return _MINE.search(lower, begins, ends) is not None


def _letters(spans: Spans, begins: int, ends: int) -> set[int]:
    return {at for start, end in _between(spans, begins, ends) for at in range(start, end)}


def _between(spans: Spans, begins: int, ends: int) -> list[Span]:
    return spans.phrases[bisect_left(spans.phrases, (begins, 0)) : bisect_left(spans.phrases, (ends, 0))]
