"""Postal addresses: a street and a house, with what stands before it and behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from components.privacy import dwellings, extents
from components.privacy.extents import INSIDE, NAMED, PLACE, POSTCODE
from components.privacy.lexicon import Span, Spans, line_begins, rest_of
from components.privacy.streets import NAME, SELDOM_EN, STREETS
from components.privacy.words import any_of

_LAST_LINE = re.compile(rf",\s{{1,3}}(?:(?:[A-Z]{{2,3}}|\d\d)[ ]{POSTCODE}|(?!(?:19|20)\d\d(?!\d)){POSTCODE})")
_STREET_AND_TOWN = re.compile(
    rf"(?<!\w)(?:{PLACE}\.?[ ]\d{{1,4}}[ ]?[a-h]?\.?|\d{{1,4}}[ ]{PLACE}),\s{{1,3}}"
    rf"{PLACE}(?:[ ]\(\w+\)|[ ]\d{{1,2}})?\Z"
)
"""With a postal code behind it, an address of any country: a house, a comma, a town, a comma."""
_POSTCODE_UK = re.compile(
    r"[A-Z](?<!\w.)(?:[A-Z]?\d[A-Z\d]?[ ]\d[A-Z]{2}|\d[\dW][ ](?=[A-Z\d]{0,3}\d)[AC-FHKNPRTV-Y\d]{4})(?!\w)"
)
"""The United Kingdom's and Ireland's."""
_BEFORE_POSTCODE = re.compile(r"(?:[\w'’./-]{1,25},?[ ]){1,9}$")
_HAS_HOUSE = re.compile(
    r"(?:Flat|Unit|Apartment|Apt\.?)[ ]\d|\d{1,5}[A-Za-z]?[ ,]|[A-Z][\w'’-]+(?:[ ](?:[A-Z][\w'’-]+|na|an|of|the"
    r"|y)){0,3},[ ]"
)
_HERE = (
    "live|lives|living|stay|staying|moved|based|come|come round|home is|place is|address is|we['’]re|I['’]m"
    "|she['’]s|he['’]s"
)
_AT_HOME = re.compile(
    rf"[lsmbchpawIn](?<!\w.)(?:{rest_of(_HERE)}(?: (?:now|over|here))?(?: (?:at|to|in|on))?"
    rf"|{rest_of('house is|new place:?|new address:?')}) "
    rf"(?P<address>\d{{1,3}}[A-Za-z]? (?:{NAME}[ ]){{1,2}}(?:{SELDOM_EN})s?(?!\w))"
)
"""Words which say where somebody lives."""
_NUMBERED = re.compile(
    rf"[0-9](?<=[^\W\d_][ ].|['’.,º°-][ ].|.[º°].)\d{{0,3}}[ ]?[a-h]?(?:/\d{{1,3}}){{0,2}}(?=(?:,[ ]{INSIDE}){{0,3}}"
    r"(?:,[ ]|,?[ ]?\n[ ]{0,14}|[ ][·–-][ ])(?P<town>(?P<code>(?:[A-Z]{1,2}-)?\d{4,5}[ ])?(?:(?:barrio|colonia|col\."
    r"|pedanía|quartier)[ ](?:de[ ])?)?(?:[A-ZÀ-Þ][\wà-ÿ'’]{2,}|(?<=\d[ ])[A-ZÀ-Þ][a-zà-ÿ](?!\w))))"
)
"""A number, and the town behind it, with or without its code."""
_NAMED = re.compile(
    rf"(?<![\w.])(?:(?:[Ll]os|[Ll]as|[Ll]a|[Ee]l|[Ll]es|[Ll]e|[Dd]er|[Dd]ie|[Dd]as)[ ])?{NAMED}"
    rf"(?:[ -](?:(?:de|del|la|las|los|du|des|der|den|am|im|y)[ ]){{0,2}}{NAMED}){{0,3}},?[ ](?:n\.?[º°][ ]?"
    rf"|núm\.[ ]|Nr\.[ ])?\Z"
)
_NO_STREET = re.compile(any_of("no_street") + r"\.?,?[ ](?:n\.?[º°][ ]?|núm\.[ ]|nr\.[ ])?\Z", re.IGNORECASE)
"""Words before a number that make no house of it."""
_NO_TOWN = re.compile(any_of("no_town") + r"(?!\w)", re.IGNORECASE)
_HOMEWARD = re.compile(r"(?<!\w)" + any_of("homeward") + r"(?!\w)")
"""Words that say where somebody lives, where things are brought, or who is fetched."""
_TO = re.compile(
    r"(?<!\w)(?:a|en|por|al|an|in|im|nach|zu|ins|to|at|from|au|à|chez|sur|hasta|desde|ist|is|es|est)\s|[:,] ?\Z"
)
_RIDE = re.compile(r"(?<!\w)" + any_of("ride") + r"(?!\w)")
"""Before the place from which somebody or something is fetched: it is no shop's."""
_FETCHED = re.compile(r"(?:pick[ -]?up|collect|recogida|retrait|abhol\w+)", re.IGNORECASE)
LONGEST_HOUSE, BEFORE_POSTCODE, BEFORE_HOUSE = 130, 70, 70
"""Characters before a street, a postal code or a house's number that are read."""
TOLD, RIDE = 60, 160
"""Characters before a place in which words say that somebody lives or is fetched there."""
_HAMLET = re.compile(r"lieu[ -]dit", re.IGNORECASE)
"""No place for everybody, though it begins with the word for one."""
AT_COMPANY, AT_VENUE, HEAD = 60, 40, 8
"""Characters of a line before a street in which a word may say that it is a company's, or that of a place for
everybody."""


def spans(text: str, spans_of: dict[str, Spans]) -> Iterator[Span]:
    """Addresses, also of the same place twice.

    Args:
        text: from `views.flat`.
        spans_of: by list, the phrases that `labels.LEXICON` has found in it.
    """
    for street, ahead in (*STREETS, *((pattern, None) for pattern in dwellings.patterns(text))):
        for match in street.finditer(text):
            start = match.start()
            house_name = ahead.search(text, max(start - LONGEST_HOUSE, 0), start) if ahead else None
            start = house_name.start() if house_name else start
            if not _is_open_to_all(text, start + HEAD, spans_of, AT_COMPANY + HEAD, AT_VENUE + HEAD):
                yield extents.whole(text, (start, match.end()))
    for match in _AT_HOME.finditer(text):
        yield extents.whole(text, match.span("address"))
    for start, end in _numbered(text):
        if not _is_open_to_all(text, start, spans_of, AT_COMPANY, AT_VENUE):
            yield extents.whole(text, (start, end))
    for match in _LAST_LINE.finditer(text):
        before = _STREET_AND_TOWN.search(text, max(match.start() - BEFORE_POSTCODE, 0), match.start())
        if before and not _is_open_to_all(text, before.start(), spans_of, AT_COMPANY, 0):
            yield extents.whole(text, (before.start(), match.end()))
    for match in _POSTCODE_UK.finditer(text):
        before = _BEFORE_POSTCODE.search(text, max(match.start() - BEFORE_POSTCODE, 0), match.start())
        house = before and _HAS_HOUSE.search(before[0])
        if before and house and not _is_open_to_all(text, match.start(), spans_of, 2 * AT_COMPANY, AT_COMPANY):
            yield extents.whole(text, (before.start() + house.start(), match.end()))


def _numbered(text: str) -> Iterator[Span]:
    """A name and a number, whatever kind of street it is, with a town's code, or where somebody lives or is fetched."""
    for number in _NUMBERED.finditer(text):
        at = number.start()
        named = _NAMED.search(text, line_begins(text, at, BEFORE_HOUSE), at)
        if (
            named is None
            or _NO_STREET.search(text, named.start(), at)
            or _NO_TOWN.match(text, number.end("code") if number["code"] else number.start("town"))
        ):
            continue
        code = (number["code"] or "").strip()
        if code and not code.startswith(("19", "20")):
            yield named.start(), number.end()
            continue
        begins = line_begins(text, named.start(), TOLD)
        told = text[begins : named.start()].lower()
        if _HOMEWARD.search(told) and _TO.search(told):
            yield named.start(), number.end()


def _is_open_to_all(text: str, at: int, spans_of: dict[str, Spans], at_company: int, at_venue: int) -> bool:
    """Whether a company or a place for everybody is named before a street, and behind it nobody who lives there."""
    for name, reach in (("company", at_company), ("venue", at_venue)):
        if reach and spans_of[name].before(text, at, reach):
            named = spans_of[name].last_before(text, at, reach)
            if named is not None and (_HAMLET.match(text, named) or _is_fetched(text, named)):
                continue
            if named is None or not spans_of["home"].within(named, at):
                return True
    return False


def _is_fetched(text: str, at: int) -> bool:
    """Whether somebody or something is fetched from a home."""
    return _FETCHED.match(text, at) is not None and _RIDE.search(text[max(at - RIDE, 0) : at].lower()) is not None
