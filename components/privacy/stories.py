"""What somebody tells of his health in whole sentences, which are private as a whole.

An addiction, a child on its way, what a test has shown, what he is called in for. Ours.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from components.privacy.lexicon import Span, Spans, line_begins, line_ends
from components.privacy.words import any_of, lists_of

CONTEXT = lists_of("stories")
"""As their remarks say."""
LINE = 400
"""Characters of a line that are read."""
LONGEST = 180
"""Characters of a sentence that is private as a whole, at most."""
HOUR = 30
"""Characters before a name in which an hour and its day stand."""
UNDER = 2
"""Lines above a result that may say that it is one, and whose, at most."""
_ENDS = re.compile(r"[.!?]+(?=[\s\"]|\Z)(?<!\d[.](?=\s\d))(?<![ ][A-Za-zÀ-ÿ][.])|[\"\n]|[ ]{3,}| - ")
_PART = re.compile(r"(?<=[^\W\d_]{2})[ ]?:[ ]")
_SELF = re.compile(
    r"(?<!\w)(?:i|i['’](?:m|ve|d|ll)|my|me|mine|we|we['’](?:re|ve)|our|ich|mein\w{0,2}|mir|mich|wir|unser\w{0,2}|yo"
    r"|mis?(?! en)|me|mí|soy|estoy|hemos|vamos|llevo|nuestr[oa]s?|salgo|salimos|espero|esperamos|doy|nace|tuve|tengo|je"
    r"|j['’]\w+|mon|ma|mes|m['’]\w+|nous|notre|nos)(?!\w)"
)
"""Who speaks of himself."""
_FOR = re.compile(any_of("for_whom") + r"(?!\w)")
"""How long something has lasted."""
_EXPECTS = re.compile(r"(?<!\w)" + any_of("expects") + r"(?!\w)")
"""What is said of a child on its way; other things are expected too."""
_NUMBER = re.compile(r"\d")
_CALLED = re.compile(
    r"(?:(?:mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so|lun|mar|mer|mié|jue|jeu|vie|ven|sáb|sam|dim"
    r"|dom)\w{0,8}\.?,?[ ]+)?\d{1,2}[:.h ]{1,3}\d{2}(?!\d)(?:[ ]?(?:uhr|h|am|pm))?[ ,·:–-]{1,4}\Z"
)
"""An hour right before a name, perhaps with its day."""
_HOUR = re.compile(
    r"[ ,·–-]{1,4}(?:(?:mon|tue|wed|thu|fri|mo|di|mi|do|fr|lun|mar|mer|mié|jue|jeu|vie|ven)\w{0,8}\.?,?[ ]+)?"
    r"\d{1,2}[:.h ]{1,3}\d{2}(?!\d)(?:[ ]?(?:uhr|h|am|pm))?[ ,·:–-]{1,4}"
)
"""The same right behind a name."""


def spans(text: str, lower: str, spans_of: dict[str, Spans], names: Spans) -> Iterator[Span]:
    """
    Args:
        text, lower: `views.flat`, and that in small letters.
        spans_of: what `labels.LEXICON` has read in it.
        names: full names in it.
    """
    for span in spans_of["substance"].phrases:
        begins, ends = sentence = _sentence(text, span)
        lasts = _FOR.match(lower, begins) and spans_of["quits"].within(begins, span[0])
        said = _SELF.search(lower, begins, ends) or lasts
        hard = spans_of["hard"].within(begins, ends)
        if (
            said
            and (hard or spans_of["quits"].within(begins, ends))
            and not (_is_asked(text, sentence) if hard else _is_of_all(text, sentence, spans_of))
        ):
            yield sentence
    for span in spans_of["expecting"].phrases:
        begins, ends = sentence = _sentence(text, span)
        mine = _SELF.search(lower, begins, ends) or names.within(begins, ends)
        if mine and _EXPECTS.search(lower, begins, ends) and not _is_of_all(text, sentence, spans_of):
            yield sentence
    yield from _results(text, spans_of, names)
    yield from _calls(text, lower, spans_of, names)


def _results(text: str, spans_of: dict[str, Spans], names: Spans) -> Iterator[Span]:
    """What a test has shown, where its line or one above speaks of results, and somebody is told them."""
    if not spans_of["told_results"].phrases:
        return
    for span in sorted({*spans_of["measurand"].phrases, *spans_of["ill"].phrases}):
        begins, ends = sentence = _part(text, _sentence(text, span), span[0])
        shown = spans_of["shows"].within(begins, ends) or _NUMBER.search(text, span[1], ends) is not None
        shown = shown or not spans_of["told_results"].within(begins, ends)
        if shown and not _is_of_all(text, sentence, spans_of) and _is_told(text, span[0], spans_of, names):
            yield sentence


def _is_told(text: str, at: int, spans_of: dict[str, Spans], names: Spans) -> bool:
    """Whether a line, or one right above it up to its heading, speaks of results and of whose they are."""
    begins, ends = line_begins(text, at, LINE), line_ends(text, at, LINE)
    headings = spans_of["heading"].phrases
    index = bisect_left(headings, (at, 0)) - 1
    for _ in range(UNDER):
        begins = line_begins(text, max(begins - 1, 0), LINE)
    if index >= 0 and headings[index][0] > begins:
        begins = headings[index][0]
    told = spans_of["told_results"].within(begins, ends)
    return told and (
        names.within(begins, ends) or any(spans_of[name].within(begins, ends) for name in ("own", "first", "examined"))
    )


def _calls(text: str, lower: str, spans_of: dict[str, Spans], names: Spans) -> Iterator[Span]:
    """What somebody comes for, behind an hour and his name."""
    for start, end in names.phrases if spans_of["visits"].phrases else ():
        begins, ends = line_begins(text, start, LINE), line_ends(text, end, LINE)
        hour = _HOUR.match(lower, end)
        if not hour and not _CALLED.search(lower, max(begins, start - HOUR), start):
            continue
        at = hour.end() if hour else end
        stop = text.find('"', at, ends)
        ends = min(ends, len(text)) if stop < 0 else stop
        while at < ends and text[at] in " ,·:–-":
            at += 1
        if ends - at <= LONGEST and (spans_of["visits"].within(at, ends) or spans_of["ill"].within(at, ends)):
            yield at, len(text[:ends].rstrip())


def _is_of_all(text: str, sentence: Span, spans_of: dict[str, Spans]) -> bool:
    return _is_asked(text, sentence) or spans_of["general"].within(*sentence)


def _is_asked(text: str, sentence: Span) -> bool:
    """Whether a sentence is a question, or too long to be private as a whole."""
    return sentence[1] - sentence[0] > LONGEST or text.startswith("?", sentence[1])


def _sentence(text: str, span: Span) -> Span:
    """The sentence of a span, within its line or its quotes."""
    begins, ends = line_begins(text, span[0], LINE), line_ends(text, span[1], LINE)
    stops = [stop.end() for stop in _ENDS.finditer(text, begins, span[0])]
    begins = stops[-1] if stops else begins
    stop = _ENDS.search(text, span[1], ends)
    ends = stop.start() if stop else min(ends, len(text))
    while begins < span[0] and text[begins].isspace():
        begins += 1
    return begins, ends


def _part(text: str, sentence: Span, at: int) -> Span:
    """Of a sentence what follows the last colon before a place."""
    stops = [stop.end() for stop in _PART.finditer(text, sentence[0], at)]
    return (stops[-1], sentence[1]) if stops else sentence
