"""Belief, politics, membership and orientation, if something shows that a person is meant."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cache, lru_cache

from components.privacy import acts, belonging, news
from components.privacy.lexicon import REMEMBERED, Lexicon, Span, Spans, line_begins, small, words_of

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
_PARTY = re.compile(
    r"[ ](?:of [A-Z]\w{2,15}|Party|Partei|[A-Z]\w{1,20}[ ]Party|(?:Local|Branch"
    r"|Lodge)(?:[ ](?:No\.?[ ]?)?\d{1,5})?)(?!\w)"
)
_OF_PARTY = re.compile(
    r"(?<!\w)(?:(?:Partido|Partit|Parti|Partei|Sindicato|Syndicat|Unión|Union|the|die|der|el|la|le)[ ]){1,2}$"
)
_ORGANISATION = re.compile(
    r"[PSUGF](?<!\w.)(?:(?<=P)art(?:ido|it|ei|i)|(?<=S)(?:indicat[o]?|yndicat)|(?<=U)ni(?:ón|on|ó)"
    r"|(?<=G)ewerkschaft|(?<=F)ed(?:eración|ération))"
    r"(?: (?:de|del|der|des|du|la|las|los|le|les|für|pour|y|et))*(?: (?:d['’]|l['’])?[A-ZÀ-Þ][\w-]{2,20}){1,3}"
)
"""The name of a party or a union, in the word order of Romance languages and German."""
_SAYS_OF_ONE = re.compile(
    r"(?<!\w)(?:i['’]m|i am|he['’]s|she['’]s|they['’]re|bin|er ist|sie ist|soy|ella es|él es|je suis|il est|elle est)"
    r"(?: (?:also|openly|auch|offen|también|aussi|actually))? \Z"
)
_ENDS_IT = re.compile(r"[.,;!?\n]|\s(?:and|but|und|aber|y|pero|et|mais)\s|\s*\Z")
"""Around a word that means something else elsewhere, where somebody says with it whom he loves."""
_OPENS, _CLOSES = re.compile(r"(?:\n|\A|[:,·|/•(;–&-])[ ]*\Z"), re.compile(r"[ ]*(?:[\n,.·|/•);&–-]|\Z)")
_IS_ONE = re.compile(
    r"(?:(?<!\w)(?:am|is|are|was|bin|ist|bist|sind|war|sei|soy|es|eres|somos|son|era|suis|est|es|sommes"
    r"|sont|était|as(?: an?)?|als|como|en tant que|que|(?:baptised|baptized|christened|raised|family|parents|familie"
    r"|eltern|familia|padres|famille)(?= \Z))|['’](?:m|re|s)|, |\()"
    r"(?: (?:an?|eine?|une?|una?|very|both|beide|ambos|tous deux|toutes deux"
    r"|sehr|muy|très|now|ahora"
    r"|überzeugte[rs]?))? ?\Z"
)
"""Right before what somebody is said to be."""
_LEFT = re.compile(
    r" \w{4,20} (?:ausgetreten|eingetreten|beigetreten|konvertiert|getauft)|,? enfants|,? hij[oa]s"
    r"| (?:wedding|funeral|ceremony|boda|mariage|hochzeit|trauung)(?!\w)"
)
"""Behind it, what somebody does with a church."""
_UNNAMED = re.compile(
    r"(?<!\w)(?:(?:a|one|two|three|four|the|eine?|zwei|drei|una?|un|dos|tres|une|deux|trois) "
    r"(?:\d{1,2}[- ]\w+ )?(?:man|woman|men|women|people|person|teenagers?|suspects?|mann|frau|männer|personen"
    r"|hombres?|mujer(?:es)?"
    r"|personas?|hommes?|femmes?|personnes?|jeunes?)|man|woman|teenager|gang|couple|der mann|die frau|el hombre"
    r"|l['’]homme)(?!\w)"
)
"""Groups that newspapers write about, which are no single person."""
_HAILS = re.compile(r"[!.,:]{0,2} (?=[A-ZÀ-Þ])")
_ANYBODY = re.compile(
    r"(?<!\w)(?:anyone|anybody|how many|number of|wie viele|cuántos|combien|people|persons|who(?:ever)? (?:is|are"
    r"|has been|have been)|if you|nobody|no one|wer"
    r"|personen|alle,? die"
    r"|quien(?:es)?|personas|toute personne|quiconque|ceux qui)(?!\w)[^.\n]{0,20}\Z"
)
_CHARGED = re.compile(
    r"charge|offen[cs]e|count|verdict|convict|sentence|vorwurf|(?<!\w)tat(?!\w)|urteil|cargo|delito|pena|infraction"
    r"|peine",
    re.IGNORECASE,
)
"""In a label: somebody came to court."""
_I_AM = re.compile(r"(?:I am|I['’]m|Ich bin|Soy|Estoy|Je suis|We are|Wir sind|Somos|Nous sommes) ")
_MINE = re.compile(
    r"(?<!\w)(?:i|i['’]m|my|we|ich|wir|mein\w{0,2}|unser\w{0,2}|yo|mis?|soy|hago|je|j['’]ai|mon|ma|mes)(?!\w)"
)
"""Who speaks of himself."""
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
JUDGED = 90
"""Characters around a deed in which something must say that it came to court, and whose it is."""
UNDER = 3
"""Lines from a heading to what belongs to it, at most."""
HAILED = 36
"""Characters behind a party in which who joins it is named."""
ADJACENT = 16
"""Characters behind a word of belonging in which an institution is what is said to be so."""
PRAYING = 40
"""Characters before an act of a faith in which somebody must say that he does it."""
MOST = 0.75
"""Of a value, the share that must be what somebody believes, is or did."""
LONGEST = 60
"""Characters of a value that is what somebody believes, is or did."""
ABOUT = 90
"""Characters after words such as `About me` that belong to a self-description."""
CALL = 12
"""Characters of a call to everybody, `Jetzt Mitglied werden`, that German writes like a name, at least."""
AT_PLACE = 30
"""Characters around a word of belonging in which words for a building speak against a person."""


def spans(text: str, lower: str, spans_of: dict[str, Spans], names: Spans) -> Iterator[Span]:
    """
    Args:
        text, lower: `views.flat`, and that in small letters.
        spans_of: what `labels.LEXICON` has read in it.
        names: full names in it.
    """
    names = _of_people(names, spans_of)
    for span in spans_of["belonging"].phrases:
        if lower[slice(*span)] in belonging.SURNAMES and _is_in_a_name(span, names):
            continue
        named = names.before(text, span[0], NAMED) and not spans_of["company"].near(text, span, NEAR)
        theirs = (
            named or spans_of["being"].before(text, span[0], BEFORE) or spans_of["about"].before(text, span[0], ABOUT)
        )
        said = _IS_ONE.search(lower, max(span[0] - BEFORE, 0), span[0])
        mine = spans_of["first"].before(text, span[0], NAMED) or (named and said)
        if not mine and (
            spans_of["served"].near(text, span, NEAR) or news.is_enumerated(text, lower, span, spans_of["belonging"])
        ):
            continue
        of_all = (
            spans_of["institution"].near(text, span, AT_PLACE)
            and _LEFT.match(lower, span[1]) is None
            and (
                said is None
                or (
                    spans_of["institution"].within(span[1], span[1] + ADJACENT)
                    and not news.speaks_of_himself(lower, line_begins(lower, span[0], NAMED), span[0])
                )
            )
        )
        if theirs and not of_all and (mine or not spans_of["general"].near(text, span, NEAR)):
            yield _with_nation(text, span, spans_of["group"])
    for start, end in spans_of["loves"].phrases:
        is_said = _SAYS_OF_ONE.search(lower, max(start - BEFORE, 0), start) and _ENDS_IT.match(lower, end)
        if is_said or (spans_of["about"].before(text, start, ABOUT) and stands_alone(text, (start, end))):
            yield start, end
    for match in _WORSHIPS.finditer(text) if spans_of["institution"].phrases else ():
        if _is_of_one(text, match.span(), spans_of, names):
            yield match.span("value")
    yield from _deeds(text, lower, spans_of, names)
    yield from _judged(text, lower, spans_of, names)
    yield from acts.spans(text, lower, spans_of, names)
    for span in spans_of["rite"].phrases:
        mine = _MINE.search(lower, line_begins(lower, span[0], PRAYING), span[1]) is not None
        if (mine or names.before(text, span[0], PRAYING)) and not any(
            spans_of[name].near(text, span, AT_PLACE) for name in ("institution", "general")
        ):
            yield span


def _with_nation(text: str, span: Span, nations: Spans) -> Span:
    """A belief with the nation of its church beside it: `Greek Orthodox`, `ortodoxa rumana`."""
    start, end = span
    at = bisect_left(nations.phrases, span)
    if at and nations.phrases[at - 1][1] == start - 1 and text[start - 1] in " -":
        start = nations.phrases[at - 1][0]
    at = bisect_left(nations.phrases, (end, 0))
    if at < len(nations.phrases) and nations.phrases[at][0] == end + 1 and text[end] in " -":
        end = nations.phrases[at][1]
    return start, end


def _of_people(names: Spans, spans_of: dict[str, Spans]) -> Spans:
    """The names without those of parties, churches and firms."""
    bodies = [spans_of[name] for name in ("party", "institution", "company", "office")]
    calls = Spans(phrases=[(start, end) for start, end in spans_of["general"].phrases if end - start > CALL])
    return Spans(phrases=[name for name in names.phrases if not any(body.within(*name) for body in (*bodies, calls))])


def _is_in_a_name(span: Span, names: Spans) -> bool:
    at = bisect_left(names.phrases, span)
    return any(start <= span[0] and span[1] <= end for start, end in names.phrases[max(at - 1, 0) : at + 1])


def stands_alone(text: str, span: Span) -> bool:
    """Whether nothing but signs that part words stand around a word."""
    return _OPENS.search(text, max(span[0] - NEAR, 0), span[0]) is not None and _CLOSES.match(text, span[1]) is not None


def _judged(text: str, lower: str, spans_of: dict[str, Spans], names: Spans) -> Iterator[Span]:
    """Deeds of somebody about which a court has to say something."""
    for span in spans_of["offence"].phrases if spans_of["justice"].phrases else ():
        theirs = names.near(text, span, JUDGED) or spans_of["own"].near(text, span, JUDGED)
        of_many = spans_of["general"].near(text, span, JUDGED) or _ANYBODY.search(
            lower, line_begins(lower, span[0], NEAR), span[0]
        )
        if theirs and spans_of["justice"].near(text, span, JUDGED) and not of_many:
            yield span


def _deeds(text: str, lower: str, spans_of: dict[str, Spans], names: Spans) -> Iterator[Span]:
    """Offences, parties and unions if something shows that a person is meant, and orientations."""
    for (at, _), (_, end) in zip(spans_of["deeds"].phrases, spans_of["deeds"].values, strict=True):
        begins = line_begins(lower, at, NEAR)
        unnamed = _UNNAMED.search(lower, begins, end) and not names.near(text, (at, end), NEAR)
        reported = news.is_reported(text, lower, at, spans_of, names)
        if not (unnamed or reported or _ANYBODY.search(lower, begins, at)):
            yield at, end
    yield from spans_of["sentenced"].phrases
    for span in spans_of["party"].phrases:
        if _is_in(text, lower, span, spans_of, names):
            before, behind = _OF_PARTY.search(text[max(span[0] - BEFORE, 0) : span[0]]), _PARTY.match(text, span[1])
            yield span[0] - len(before[0]) if before else span[0], behind.end() if behind else span[1]
    bodies = (_UNION, _ORGANISATION) if spans_of["membership"].phrases else ()
    for match in (match for body in bodies for match in body.finditer(text)):
        if spans_of["membership"].near(text, match.span(), MEMBER) and _is_of_one(text, match.span(), spans_of, names):
            yield match.span()
    for match in _DATING.finditer(lower):
        if spans_of["belonging"].within(*match.span("value")) or match["value"] in belonging.LOVES:
            yield match.span("value")


def _is_in(text: str, lower: str, span: Span, spans_of: dict[str, Spans], names: Spans) -> bool:
    """Whether a person belongs to the party."""
    if lower[slice(*span)] in belonging.CAPITALS and not text[slice(*span)].isupper():
        return False
    is_of_one = _is_of_one(text, span, spans_of, names)
    if news.is_of_politics(text, lower, span, spans_of) or news.is_enumerated(text, lower, span, spans_of["party"]):
        return False
    if spans_of["general"].near(text, span, MEMBER) or (not is_of_one and spans_of["served"].near(text, span, MEMBER)):
        return _is_given(text, span, spans_of, names)
    many = spans_of["many"].near(text, span, MEMBER) and not is_of_one
    member = spans_of["membership"].near(text, span, MEMBER) and not many
    if lower[slice(*span)] in news.PLURALS and not is_of_one:
        member = spans_of["membership"].before(text, span[0], ADJACENT)
    hailed = (named := _HAILS.match(text, span[1])) is not None and names.within(named.end(), named.end() + HAILED)
    one = is_of_one or hailed or spans_of["being"].before(text, span[0], BEFORE)
    return member or _is_given(text, span, spans_of, names) or (spans_of["active"].near(text, span, NEAR) and one)


def _is_given(text: str, span: Span, spans_of: dict[str, Spans], names: Spans) -> bool:
    """Whether somebody gives to a party, by its line or by the heading above it."""
    if not (names.near(text, span, NEAR) or _is_of_one(text, span, spans_of, names)):
        return False
    headings = spans_of["heading"].phrases
    at = bisect_left(headings, (span[0], 0)) - 1
    titled = at >= 0 and text.count("\n", headings[at][1], span[0]) <= UNDER and spans_of["gift"].within(*headings[at])
    return titled or spans_of["gift"].near(text, span, MEMBER)


def _is_of_one(text: str, span: Span, spans_of: dict[str, Spans], names: Spans) -> bool:
    return (
        names.before(text, span[0], NEAR)
        or spans_of["own"].near(text, span, NEAR)
        or spans_of["first"].before(text, span[0], BEFORE)
    )


@lru_cache(REMEMBERED)
def is_told(value: str, label: str) -> bool:
    """Whether a value is wholly what somebody believes, is or did, under a label that leaves room for that."""
    said, asked = _read(value), _read(label)
    if len(value) > LONGEST or not (asked["hint"].phrases or asked["origin_hint"].phrases):
        return False
    if said["offence"].phrases and not said["offence"].phrases[0][0] and _CHARGED.search(label):
        return True
    names = ("what", "group") if asked["origin_hint"].phrases else ("what",)
    letters = {at for name in names for start, end in said[name].phrases for at in range(start, end)}
    return len(letters) >= MOST * len(value)


def is_said(value: str) -> bool:
    """Whether somebody says in a few words what he believes or is: `I am Muslim`."""
    return _I_AM.match(value) is not None and names_any(value)


@lru_cache(REMEMBERED)
def names_any(value: str) -> bool:
    """Whether a value names what somebody believes, is or did."""
    said = _read(value)
    return bool(said["what"].phrases or said["group"].phrases)


def _read(text: str) -> dict[str, Spans]:
    lower = small(text).replace("_", " ")
    return _of_values().find(lower, words_of(lower))


@cache
def _of_values() -> Lexicon:
    lists = belonging.LISTS
    what = tuple(phrase for name in ("belonging", "party", "offence", "loves", "church") for phrase in lists[name])
    return Lexicon(
        {"what": (what, "")} | {name: (lists[name], "") for name in ("group", "offence", "hint", "origin_hint")}
    )
