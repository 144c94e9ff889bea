"""Where somebody describes himself, and how much of a sentence says what he believes or is, or what he belongs to."""

from __future__ import annotations

import re
from bisect import bisect_left

from components.privacy.lexicon import Span, Spans, line_begins, line_ends

_INTRODUCED = re.compile(
    r"(?:I['’]m|I am|[Mm]y name is|[Ii]ch bin|[Ii]ch heiße|[Jj]e m['’]appelle|[Jj]e suis|[Mm]oi,? c['’]est|[Mm]e llamo"
    r"|[Ss]oy)(?: (?:die|der|la|el))? [A-ZÀ-Þ][\w'’-]+"
)
"""With this somebody says who he is."""
_STOP = re.compile(r"[.!?…\n\"|](?=[\s\"|]|\Z)|\n")
_PART = re.compile(r",|;| [–—-] | · ")
_MEMBER_OF = re.compile(
    r"(?<!\w)(?:(?:members?|mitglied|fördermitglied|förder(?:er|in)|anhänger(?:in)?|wähler(?:in)?|vertrauens(?:mann"
    r"|frau)|miembro|afiliad[oa]|militante?|simpatizante|votante|delegad[oa]|membre|adhérente?|encartée?|sympathisante?"
    r"|déléguée?|voter|supporter|shop steward|steward|rep|organi[sz]er|organisiert|aktiv|activist"
    r"|activista)(?: (?:sindical|syndicale?))?[ ])?(?:(?:of|in|with|for|der|des|bei|beim|im|von|vom|de|del|à|au|aux|a"
    r"|al|en|chez|the|la|le|los|las|les|die|dem|den|local|branch|kreisverband|ortsverband|ortsverein|landesverband"
    r"|section|sección)[ ]|l['’])*(?:(?:gewerkschaft|partei|party|union|sindicato|partido|parti|syndicat"
    r"|[a-zäöüß]{3,20}gewerkschaft|[a-zäöüß]{3,20}partei)[ ])?\Z"
)
"""Right before a party or a union, that somebody is of it."""
_BRANCH = re.compile(
    r"(?:[ ](?:organisiert|eingetreten|beigetreten|member|mitglied))?"
    r"(?:,? (?:Ortsverband|Ortsverein|Kreisverband|Landesverband|Bezirk|OV|KV|Branch|branch|Local|local|section|sección"
    r"|agrupación|fédération|federación)(?:[ ][\w.-]{1,20}){1,3})?"
)
_LEADS = re.compile(
    r"(?<!\w)(?:(?:\d{1,2}|one|four|five|six|drei|vier|fünf|sechs|tres|cuatro|cinco|seis|trois|quatre|cinq|years?"
    r"|months?|jahre|monate|años|meses|ans|mois|prison|im|en|sous|under|on|auf|été|an?|eine?[nrms]?|une?|una?|two|zwei"
    r"|dos|deux|the|der|die|das|dem|den|la|el|le|les|los|las|of|de|du|des|zur|in|pareja|couple|paar|chica|chico|femme"
    r"|homme|mujer|hombre|woman|man|frau|mann|member|mitglied|membre|miembro|church|confession|confesión|religion"
    r"|religión|openly|offen|very|sehr|muy|très|practi[sc]ing|devout|registered"
    r"|afiliad[oa]|consta|has|hat|tiene)[ ]|[dl]['’])+\Z",
    re.IGNORECASE,
)
"""Right before what somebody is, small words that belong to it."""
_REST = re.compile(r"(?:(?![ ][ \n])[^.,;:!?\n\"|()]|(?<=\d)\.){0,60}(?=[.,;:!?\n\"|()]|[ ][ \n]|\Z)")
UNDER, WHOLE, LEAD, MEMBER = 2, 60, 32, 60
"""Lines from a heading to what belongs to it; characters of what is said of oneself, of what leads to it, and of what
says that somebody is of a party, at most."""


def are_described(text: str, span: Span, spans_of: dict[str, Spans]) -> bool:
    """Whether somebody says in a line, or under a heading for it, who he is."""
    if _INTRODUCED.search(text, line_begins(text, span[0], WHOLE * 2), span[0]):
        return True
    headings = spans_of["heading"].phrases
    at = bisect_left(headings, (span[0], 0)) - 1
    return at >= 0 and text.count("\n", headings[at][1], span[0]) <= UNDER and spans_of["about"].within(*headings[at])


def sentence(text: str, span: Span) -> Span:
    """What begins with a word or is near it, up to the end of its sentence or to a comma if that is far."""
    begins = line_begins(text, span[0], LEAD)
    stops = [stop.end() for stop in _STOP.finditer(text, begins, span[0])]
    start = stops[-1] if stops else begins if text[max(begins - 1, 0)] == "\n" else span[0]
    while start < span[0] and not text[start].isalnum():
        start += 1
    ends = line_ends(text, span[1], WHOLE)
    stop = _STOP.search(text, span[1], ends)
    if stop:
        return start, stop.start()
    parts = [part.start() for part in _PART.finditer(text, span[1], ends)]
    return start, parts[-1] if parts else span[1]


def clause(text: str, span: Span) -> Span:
    """What somebody is with the words that lead to it, to the end of its part of the sentence."""
    leads, rest = _LEADS.search(text, line_begins(text, span[0], LEAD), span[0]), _REST.match(text, span[1])
    return leads.start() if leads else span[0], rest.end() if rest else span[1]


def with_membership(text: str, lower: str, span: Span) -> Span:
    """A party or a union with the words that say that somebody is of it, and its branch."""
    begins = line_begins(text, span[0], MEMBER)
    before, behind = _MEMBER_OF.search(lower, begins, span[0]), _BRANCH.match(text, span[1])
    return before.start() if before else span[0], behind.end() if behind else span[1]
