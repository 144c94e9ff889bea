"""Belief, politics, membership and orientation, if something shows that a person is meant."""

from __future__ import annotations

import re
from collections.abc import Iterator

from components.privacy import belonging
from components.privacy.lexicon import Span, Spans, line_begins, line_ends

_DATING = re.compile(
    r", (?:\d{2}(?: ans| jahre| años)?|(?<!\d)\d{2}), (?P<value>[^,.\n]{2,30}),? "
    r"(?=[^\n]{0,40}?(?:sucht|suche|cherche|busca|busco|looking|seek|love|like|want|mag|liebt|aime|adore"
    r"|gusta|here for))"
)
"""Words after an age in a dating profile."""
_UNION = re.compile(
    r"[A-Z](?<!\w.)(?!uropean|redit|tudents|ustoms|oviet|frican)\w{2,20}(?: (?:and|of|the|&|[A-Z]\w{1,20})){0,4}"
    r" (?:Union|Unions|Party|Gewerkschaft)(?!\w)"
)
_PARTY = re.compile(r"[ ](?:Party|Partei|[A-Z]\w{1,20}[ ]Party)(?!\w)")
_OF_PARTY = re.compile(
    r"(?<!\w)(?:(?:Partido|Partit|Parti|Partei|Sindicato|Syndicat|Unión|Union|the|die|der|el|la|le)[ ]){1,2}$"
)
_ORGANISATION = re.compile(
    r"[PSUGF](?<!\w.)(?:(?<=P)art(?:ido|it|ei|i)|(?<=S)(?:indicat[o]?|yndicat)|(?<=U)ni(?:ón|on|ó)"
    r"|(?<=G)ewerkschaft|(?<=F)ed(?:eración|ération))"
    r"(?: (?:de|del|der|des|du|la|las|los|le|les|für|pour|y|et))*(?: (?:d['’]|l['’])?[A-ZÀ-Þ][\w-]{2,20}){1,3}"
)
"""The name of a party or a union, in the word order of Romance languages and German."""
_LOVES = "|".join(sorted(map(re.escape, belonging.LOVES), key=len, reverse=True))
_ONE_WORD = re.compile(rf"[:,·|/•(;–&-] {{0,3}}(?P<value>{_LOVES})(?=\s{{0,2}}[,.·|/•);&–\n]|\s*\Z)")
"""A word for an orientation, alone between two commas."""
_ANYBODY = re.compile(
    r"(?<!\w)(?:anyone|anybody|how many|number of|wie viele|cuántos|combien|people|persons|who(?:ever)? (?:is|are"
    r"|has been|have been)|if you|nobody|no one|wer"
    r"|personen|alle,? die"
    r"|quien(?:es)?|personas|toute personne|quiconque|ceux qui)(?!\w)[^.\n]{0,20}\Z"
)
_WORSHIPS = re.compile(
    r"(?<!\w)(?:attends?|attending|worships? at|goes to|baptised at|married at|member of|besucht|Mitglied (?:der"
    r"|in der)|betet in der"
    r"|asiste a|acude a|va a|fréquente|membre de) (?:(?:the|die|der|la|el) |l['’])?"
    r"(?P<value>(?:[A-ZÀ-Þ][\w'’.-]+ ){0,5}(?:Church|Chapel|Mosque|Synagogue|Temple|Gurdwara|Moschee|Synagoge"
    r"|Kirchengemeinde"
    r"|Gemeinde|[Ii]glesia|[Mm]ezquita|[Ss]inagoga|[Éé]glise|[Mm]osquée|[Ss]ynagogue)(?: [A-ZÀ-Þ][\w'’.-]+)?)"
)
"""Words for visits to a place of worship."""
MEMBER = 40
"""Characters around a party in which something must show that a person belongs to it."""
BEFORE, NAMED, NEAR = 24, 40, 70
"""Characters before a word of belonging in which something must show that it is about a person, or hold a full name;
characters around a party or a union in which a person must be named.
"""
ABOUT = 90
"""Characters after words such as `About me` that belong to a self-description."""
AT_PLACE = 30
"""Characters around a word of belonging in which words for a building speak against a person."""


def spans(text: str, lower: str, spans_of: dict[str, Spans], names: Spans) -> Iterator[Span]:
    """
    Args:
        text, lower: `views.flat`, and that in small letters.
        spans_of: what `labels.LEXICON` has read in it.
        names: full names in it.
    """
    for span in spans_of["belonging"].phrases:
        named = names.before(text, span[0], NAMED) and not spans_of["company"].near(text, span, NEAR)
        theirs = (
            named or spans_of["being"].before(text, span[0], BEFORE) or spans_of["about"].before(text, span[0], ABOUT)
        )
        general = spans_of["institution"].near(text, span, AT_PLACE) or spans_of["general"].near(text, span, NEAR)
        if theirs and not general:
            yield span
    for _, end in spans_of["about"].phrases:
        for match in _ONE_WORD.finditer(lower, end, line_ends(lower, end, ABOUT)):
            yield match.span("value")
    for match in _WORSHIPS.finditer(text) if spans_of["institution"].phrases else ():
        if _is_of_one(text, match.span(), spans_of, names):
            yield match.span("value")
    yield from _deeds(text, lower, spans_of, names)


def _deeds(text: str, lower: str, spans_of: dict[str, Spans], names: Spans) -> Iterator[Span]:
    """Offences, parties and unions if something shows that a person is meant, and orientations."""
    for (start, _), (_, end) in zip(spans_of["deeds"].phrases, spans_of["deeds"].values, strict=True):
        if not _ANYBODY.search(lower, line_begins(lower, start, NEAR), start):
            yield start, end
    yield from spans_of["sentenced"].phrases
    for span in spans_of["party"].phrases:
        if _is_in(text, span, spans_of, names):
            before, behind = _OF_PARTY.search(text[max(span[0] - BEFORE, 0) : span[0]]), _PARTY.match(text, span[1])
            yield span[0] - len(before[0]) if before else span[0], behind.end() if behind else span[1]
    for match in (*_UNION.finditer(text), *_ORGANISATION.finditer(text)):
        if spans_of["membership"].near(text, match.span(), MEMBER) and _is_of_one(text, match.span(), spans_of, names):
            yield match.span()
    for match in _DATING.finditer(lower):
        if spans_of["belonging"].within(*match.span("value")) or match["value"] in belonging.LOVES:
            yield match.span("value")


def _is_in(text: str, span: Span, spans_of: dict[str, Spans], names: Spans) -> bool:
    """Whether a person belongs to the party."""
    is_of_one = _is_of_one(text, span, spans_of, names)
    if spans_of["general"].near(text, span, MEMBER):
        return is_of_one and spans_of["gift"].near(text, span, MEMBER)
    many = spans_of["many"].near(text, span, MEMBER) and not is_of_one
    member = spans_of["membership"].near(text, span, MEMBER) and not many
    one = is_of_one or spans_of["being"].before(text, span[0], NEAR)
    return (
        member
        or (is_of_one and spans_of["gift"].near(text, span, MEMBER))
        or (spans_of["active"].near(text, span, NEAR) and one)
    )


def _is_of_one(text: str, span: Span, spans_of: dict[str, Spans], names: Spans) -> bool:
    return names.before(text, span[0], NEAR) or spans_of["own"].near(text, span, NEAR)
