"""One-time codes: numbers near words for codes or for logging in, and further ones in a row."""

from __future__ import annotations

import re
from collections.abc import Iterator

from components.privacy.lexicon import Span, Spans, line_ends

_NUMBER = re.compile(
    r"[A-Z\d](?<![\w.,/+-].)(?:(?=(?:[A-Z]*\d){2}[A-Z\d]*(?![a-z]))(?=\d*[A-Z]\d*[A-Z])[A-Z\d]{7,9}"
    r"|(?:(?<=[A-Z])-\d|(?<=\d))\d{3,7}|(?<=\d)\d{2}[ -]\d{3}|(?<=\d)\d(?:[ -]\d{2}){2}"
    r"|(?<!\d[ ].)(?<=\d)\d{3}[ ]\d{4}"
    r"|(?=[A-Z]{0,3}\d)[A-Z\d]{3}-[A-Z\d]{4}|(?=[A-Za-z-]{0,14}\d)[A-Za-z\d]{3,4}(?:-[A-Za-z\d]{4,5}){1,6})"
    r"(?![\w-]|[.,/ ]\d)"
)
_TYPED = re.compile(
    r"[CcEeTtGgSsIi](?<!\w.)(?:(?:(?<=[Ee])nter|(?<=[Ee])ntrez|(?<=[Tt])ype|(?<=[Tt])apez|(?<=[Gg])ib|(?<=[Gg])eben Sie"
    r"|(?<=[Ss])aisissez|(?<=[Ii])ntroduce|(?<=[Ii])ntroduzca) (?P<value>\d{3}[ -]?\d{3}|(?!(?:19|20)\d\d )\d{4,8})"
    r"(?= (?:to|on|in|at|auf|um|im|sur|pour|dans|para|en|ein)(?!\w))"
    r"|(?:(?<=[Cc])ode|(?<=[Cc])ódigo) ?: ?(?P<told>\d{3}[ -]?\d{3}|\d{4,8})(?![\w-]|[.,/]\d))"
)
"""A number that is to be typed."""
_MORE_CODES = re.compile(
    r"[ ,;/·]{1,8}(?P<value>(?=[A-Za-z-]{0,12}\d)[A-Za-z\d]{3,12}(?:-[A-Za-z\d]{3,12}){0,3})(?![\w-])"
)
LETS_IN, LONG = 50, 6
"""Characters around a number in which something must say that it is a code or, of so many digits, lets somebody in."""


def _is_above(text: str, span: Span, label: Spans) -> bool:
    """Whether a span fills its line and the line after has a phrase of the label."""
    start, end = text.rfind("\n", 0, span[0]), text.find("\n", span[1])
    alone = end >= 0 and not text[start + 1 : span[0]].strip() and not text[span[1] : end].strip()
    return alone and label.within(end, line_ends(text, end + 1, LETS_IN))


def _is_below(text: str, span: Span, label: Spans) -> bool:
    """Whether a span fills its line and the line before has a phrase of the label."""
    start, end = text.rfind("\n", 0, span[0]), text.find("\n", span[1])
    alone = not text[start + 1 : span[0]].strip() and not text[span[1] : end if end >= 0 else None].strip()
    return alone and start > 0 and label.before(text, start, LETS_IN)


def spans(text: str, spans_of: dict[str, Spans]) -> Iterator[Span]:
    """Numbers near words for codes, or below a line with one; long numbers near words for logging in, too."""
    for match in _TYPED.finditer(text):
        span = match.span("value" if match["value"] else "told")
        if not any(spans_of[kind].near(text, span, LETS_IN) for kind in ("order", "rebate")):
            yield span
    for match in _NUMBER.finditer(text) if spans_of["login"].phrases or spans_of["codes"].phrases else ():
        span = match.span()
        cues = [spans_of["codes"], spans_of["login"]] if len(match[0]) >= LONG else [spans_of["codes"]]
        is_near = any(cue.near(text, span, LETS_IN) for cue in cues) and not spans_of["order"].near(text, span, LETS_IN)
        codes = spans_of["codes"]
        if is_near or _is_below(text, span, codes) or _is_above(text, span, codes):
            yield span


def behind(text: str, value: Span) -> Iterator[Span]:
    """Codes of the same length after one, as in a list of backup codes."""
    length, end = value[1] - value[0], value[1]
    while (more := _MORE_CODES.match(text, end)) and more.end("value") - more.start("value") == length:
        yield more.span("value")
        end = more.end()
