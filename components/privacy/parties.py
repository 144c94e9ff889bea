"""Parties and unions that somebody belongs to, votes for or gives to, and what he loves by a dating profile."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from components.privacy import belonging, news, selves
from components.privacy.lexicon import Span, Spans, line_begins
from components.privacy.people import is_of_one

_DATING = re.compile(
    r", (?:\d{2}(?: ans| jahre| años)?|(?<!\d)\d{2}), (?P<value>[^,.\n]{2,30}),? (?=[^\n]{0,40}?(?:sucht|suche|cherche"
    r"|busca|busco|looking|seek|love|like|want|mag|liebt|aime|adore|gusta|here for))"
)
"""Words after an age in a dating profile."""
UNION = re.compile(
    r"[A-Z](?<!\w.)(?!uropean|redit|tudents|ustoms|oviet|frican)\w{2,20}(?: (?:and|of|the|&|[A-Z]\w{1,20})){0,4}"
    r" (?:Union|Unions|Party|Gewerkschaft)(?!\w)"
)
_PARTY = re.compile(
    r"[ ](?:of [A-Z]\w{2,15}|Party|Partei|[A-Z]\w{1,20}[ ]Party|(?:Local|Branch"
    r"|Lodge)(?:[ ](?:No\.?[ ]?)?\d{1,5})?)(?!\w)"
)
_OF_PARTY = re.compile(
    r"(?<!\w)(?:(?:Partido|Partit|Parti|Partei|Sindicato|Syndicat|Unión|Union|the|die|der|el|la|le)[ ]){1,2}$"
)
ORGANISATION = re.compile(
    r"[PSUGF](?<!\w.)(?:(?<=P)art(?:ido|it|ei|i)|(?<=S)(?:indicat[o]?|yndicat)|(?<=U)ni(?:ón|on|ó)"
    r"|(?<=G)ewerkschaft|(?<=F)ed(?:eración|ération))"
    r"(?: (?:de|del|der|des|du|la|las|los|le|les|für|pour|y|et))*(?: (?:d['’]|l['’])?[A-ZÀ-Þ][\w-]{2,20}){1,3}"
)
"""The name of a party or a union, in the word order of Romance languages and German."""
_NUMBERED = re.compile(r"[-_/]\d")
_HAILS = re.compile(r"[!.,:]{0,2} (?=[A-ZÀ-Þ])")
_CALLS = re.compile(
    r"(?:\A|[\n\".!?]|(?:text|heading|link|button|listitem|paragraph) )[ ]*(?:vote|votez|votons|vota|votad|vote for"
    r"|wählt|wählen sie|werden sie|werde|join|support|back|rejoignez|apoya|únete)(?!\w)[^.!?\n\"]{0,30}\Z"
)
"""Before a party, what it calls upon everybody to do."""
_I_AM_IN = re.compile(
    r"(?<!\w)(?:i['’]m|i am|i['’]ve been|ich bin(?: seit \w{4,8})?|je suis(?: syndiquée?| encartée?)?|hiermit trete ich"
    r"|ich trete|i joined|i left|i['’]m leaving|dejo|he dejado|me doy de baja|je quitte|j['’]ai quitté) (?:in|bei|aus|à"
    r"|au|chez|de|del|en|of)?[ ]?(?:(?:the|der|dem|la|el|le|les) )?\Z"
)
"""Right before a party, that somebody is in it or leaves it."""
_IS_MEMBER = re.compile(
    r"(?<!\w)(?:(?:is|am|['’]m|been|was|being|ist|bin|war|sei|es|soy|era|est|suis|était|seit \d{4})(?: (?:an?"
    r"|seit \d{4}|seit \w{3,8}(?: jahren)?|zahlendes|aktives|also|auch|also an?|still|noch|proud|paid-up|lifelong"
    r"|long-standing|una?|une?|activ[oea]|también|aussi))* (?:members?|mitglied|fördermitglied|miembro|militante"
    r"|afiliad[oa]|simpatizante|membre|adhérente?|sympathisante?|encartée?|syndiquée?)|(?:je|yo) milite?|milit[oa]|(?:i"
    r"|ich) (?:joined|gehöre)|ai adhéré|me afilié)(?: (?:of|in|der|des|von|bei|beim|im|de|del|de la|du|à|à la|au|a|al"
    r"|en|chez|the|les|la|le|zur))*[ ]\Z"
)
"""Right before a party, that somebody is said to be of it."""
MEMBER = 40
"""Characters around a party in which something must show that a person belongs to it."""
UNDER = 3
"""Lines from a heading to what belongs to it, at most."""
HAILED = 36
"""Characters behind a party in which who joins it is named."""
BEFORE, NEAR, ADJACENT = 24, 70, 16
"""Characters before a party in which its name begins or somebody is said to be of it, around it in which he is
named, and before what its members are called."""


def spans(text: str, lower: str, spans_of: dict[str, Spans], names: Spans) -> Iterator[Span]:
    """Parties and unions if something shows that a person is meant, and orientations in profiles."""
    for span in spans_of["party"].phrases:
        if _is_in(text, lower, span, spans_of, names):
            before, behind = _OF_PARTY.search(text[max(span[0] - BEFORE, 0) : span[0]]), _PARTY.match(text, span[1])
            start, end = span[0] - len(before[0]) if before else span[0], behind.end() if behind else span[1]
            yield selves.with_membership(text, lower, (start, end))
    bodies = (UNION, ORGANISATION) if spans_of["membership"].phrases else ()
    for match in (match for body in bodies for match in body.finditer(text)):
        if spans_of["membership"].near(text, match.span(), MEMBER) and is_of_one(text, match.span(), spans_of, names):
            yield selves.with_membership(text, lower, match.span())
    for match in _DATING.finditer(lower):
        if spans_of["belonging"].within(*match.span("value")) or match["value"] in belonging.LOVES:
            yield match.span("value")


def _is_in(text: str, lower: str, span: Span, spans_of: dict[str, Spans], names: Spans) -> bool:
    """Whether a person belongs to the party."""
    if (lower[slice(*span)] in belonging.CAPITALS and not text[slice(*span)].isupper()) or _NUMBERED.match(
        text, span[1]
    ):
        return False
    of_one = is_of_one(text, span, spans_of, names)
    if _CALLS.search(lower, line_begins(lower, span[0], NEAR), span[0]) and not names.near(text, span, NEAR):
        return False
    if _I_AM_IN.search(lower, line_begins(lower, span[0], NEAR), span[0]):
        return True
    if of_one and _IS_MEMBER.search(lower, line_begins(lower, span[0], NEAR), span[0]):
        return True
    if news.is_of_politics(text, lower, span, spans_of) or news.is_enumerated(text, lower, span, spans_of["party"]):
        return False
    if spans_of["general"].near(text, span, MEMBER) or (not of_one and spans_of["served"].near(text, span, MEMBER)):
        return names.near(text, span, NEAR) and _is_given(text, span, spans_of, names)
    many = spans_of["many"].near(text, span, MEMBER) and not of_one
    member = spans_of["membership"].near(text, span, MEMBER) and not many
    if lower[slice(*span)] in news.PLURALS and not of_one:
        member = spans_of["membership"].before(text, span[0], ADJACENT)
    hailed = (named := _HAILS.match(text, span[1])) is not None and names.within(named.end(), named.end() + HAILED)
    one = of_one or hailed or spans_of["being"].before(text, span[0], BEFORE)
    return member or _is_given(text, span, spans_of, names) or (spans_of["active"].near(text, span, NEAR) and one)


def _is_given(text: str, span: Span, spans_of: dict[str, Spans], names: Spans) -> bool:
    """Whether somebody gives to a party, by its line or by the heading above it."""
    if not (names.near(text, span, NEAR) or is_of_one(text, span, spans_of, names)):
        return False
    headings = spans_of["heading"].phrases
    at = bisect_left(headings, (span[0], 0)) - 1
    titled = at >= 0 and text.count("\n", headings[at][1], span[0]) <= UNDER and spans_of["gift"].within(*headings[at])
    return titled or spans_of["gift"].near(text, span, MEMBER)
