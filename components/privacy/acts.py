"""What somebody does that shows what he believes or is: days off for a feast, votes, groups that he joins."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from components.privacy.lexicon import Span, Spans, line_begins, line_ends

LINE = 160
"""Characters around a feast, a vote or a group that are read."""
GROUP = 60
"""Characters before a group's name in which somebody must join it."""
UNDER = 6
"""Lines from a heading to the groups below it, at most."""
_ONE = re.compile(
    r"(?<!\w)(?:i|i['’]m|my|he|she|his|her|they|ich|mein\w{0,2}|er|sie|sein\w{0,2}|unser\w{0,2}|yo|mis?|él|ella"
    r"|pido|je|mon|ma|mes|il|elle)(?!\w)"
)
_VOTES = re.compile(
    r"v(?<!\w.)ot(?:e[sd]?|ing|a|aba|ará|aría|ó|era|erait|ait|é)(?<!^.)"
    r"(?: (?:again|always|once more|siempre|otra vez|toujours|encore))?(?: (?:for|al|à|pour|por|le|la|les|the))?"
    r" (?P<value>(?!(?:Yes|No|Up|Down|Best|Most|For|Against|To|In|On|By|Now|Man|Woman|Player|Time|Here|Today|Option"
    r"|Mr|Mrs|Ms|Sí|Oui|Non|Contra|Contre|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)(?!\w))"
    r"[A-ZÀ-Þ][\w'’-]+(?: (?:(?:of|de|la|del|des|the|et|y) )?[A-ZÀ-Þ][\w'’-]+){0,3})"
)
"""A vote for what is written like a party."""
_WHO = re.compile(r"(?:\A|[\n:.] ?|[ ]{2})[A-ZÀ-Þ][\w'’-]+ (?:has |hat |ha |a |is |s['’]est |se )?[a-zà-ÿ]")
"""At the beginning of a line, a first name and what is told of somebody."""
_CAPITALS_BEFORE = re.compile(r"(?:[A-ZÀ-Þ][\w'’&+-]*[ ]){0,4}\Z")
_CAPITALS_BEHIND = re.compile(
    r"[\w+-]*(?:[ ](?:(?:of|de|la|del|des|the|et|y|und|and|in|für|for) )?[A-ZÀ-Þ\d][\w'’&+-]*){0,4}"
    r"(?:(?:[ ][a-z]{3,12})?[ ](?:network|group|club|society|association|forum|gruppe|netzwerk|grupo|red|réseau"
    r"|groupe|chorale))?"
)


def spans(text: str, lower: str, spans_of: dict[str, Spans], names: Spans) -> Iterator[Span]:
    """
    Args:
        text, lower: `views.flat`, and that in small letters.
        spans_of: what `labels.LEXICON` has read in it.
        names: full names in it.
    """
    for span in spans_of["feast"].phrases if spans_of["off"].phrases else ():
        begins, ends = line_begins(text, span[0], LINE), line_ends(text, span[1], LINE)
        if (
            spans_of["off"].within(begins, ends)
            and _is_of_one(lower, begins, ends, spans_of, names)
            and not any(spans_of[name].within(begins, ends) for name in ("general", "served", "institution"))
        ):
            yield span
    for match in _VOTES.finditer(text) if spans_of["membership"].phrases else ():
        begins = line_begins(text, match.start(), LINE)
        if _is_of_one(lower, begins, match.start(), spans_of, names):
            yield match.span("value")
    yield from _groups(text, spans_of, names)


def _is_of_one(lower: str, begins: int, ends: int, spans_of: dict[str, Spans], names: Spans) -> bool:
    return (
        names.within(begins, ends)
        or spans_of["personal"].within(begins, ends)
        or _ONE.search(lower, begins, ends) is not None
    )


def _groups(text: str, spans_of: dict[str, Spans], names: Spans) -> Iterator[Span]:
    """Names of groups with a word for a belief or an orientation, that somebody joins, or under a heading of his."""
    joins = spans_of["joins"].phrases
    for start, end in sorted((*spans_of["belonging"].phrases, *spans_of["community"].phrases)) if joins else ():
        before, behind = _CAPITALS_BEFORE.search(text, max(start - GROUP, 0), start), _CAPITALS_BEHIND.match(text, end)
        first = start - len(before[0]) if before else start
        last = behind.end() if behind else end
        if not text[first].isupper() or last - first == end - start:
            continue
        begins = line_begins(text, first, LINE)
        named = (
            names.within(begins, first) or spans_of["first"].within(begins, first) or _WHO.search(text, begins, first)
        )
        if (named and spans_of["joins"].near(text, (first, last), GROUP)) or _is_listed(text, first, spans_of):
            yield first, last


def _is_listed(text: str, at: int, spans_of: dict[str, Spans]) -> bool:
    """Whether the heading of a place is one of groups that somebody has joined."""
    headings = spans_of["heading"].phrases
    index = bisect_left(headings, (at, 0)) - 1
    if index < 0 or text.count("\n", headings[index][1], at) > UNDER:
        return False
    return spans_of["joins"].within(*headings[index])
