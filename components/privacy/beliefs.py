"""Belief, politics, membership and orientation, if something shows that a person is meant."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from components.privacy import acts, belonging, disclosures, news, selves
from components.privacy.lexicon import Span, Spans, line_begins, line_ends

_DATING = re.compile(
    r", (?:\d{2}(?: ans| jahre| años)?|(?<!\d)\d{2}), (?P<value>[^,.\n]{2,30}),? "
    r"(?=[^\n]{0,40}?(?:sucht|suche|cherche|busca|busco|looking|seek|love|like|want|mag|liebt|aime|adore"
    r"|gusta|here for))"
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
_FLIGHT = re.compile(r"(?<!\w)(?:le|les|votre|vos|mon|mes|ce|son|numéro de|prochain|du|au|avant|après)[ ]\Z")
_NUMBERED = re.compile(r"[-_/]\d")
_HAILS = re.compile(r"[!.,:]{0,2} (?=[A-ZÀ-Þ])")
_FOR_ONE = re.compile(r"[ ,]{0,2}(?:for|für|pour|para) (?=[a-zà-ÿ])")
"""Right behind a word of belonging, that it is for who is named then."""
_BEGINS = re.compile(r"[.!?\n\"](?:[ \n\"]+(?:\w{2,10} )?)\Z")
"""Before the first or second word of a sentence."""
_PRICED = re.compile(r"\d ?(?:€|£|\$|eur\b)|[€£$] ?\d")
_KITCHEN = re.compile(
    r"(?<!\w)(?:meat|chicken|beef|lamb|products?|kitchen|butchers?|fleisch|hähnchen|rind\w*|lamm\w*|produkte|küche|metzgerei"
    r"|pollo|carne|cordero|cocina|carnicería|productos|viande|poulet|bœuf|agneau|cuisine|boucherie|produits"
    r"|restaurants?|certified|zertifiziert\w*|certificad[oa]|certifiée?)(?!\w)"
)
"""Before it, that a kitchen or a shop speaks."""
_EATER = re.compile(
    r"(?<!\w)(?:guest|passenger|child|pupil|student|patient|resident|son|daughter|husband|wife|gast|fahrgast|kind|schüler"
    r"|schülerin|bewohner|bewohnerin|sohn|tochter|mann|frau|niñ[oa]|alumn[oa]|huésped|pasajer[oa]|hij[oa]|paciente|élève"
    r"|enfant|fils|fille|passager|passagère|cliente?|résidente?)(?!\w)"
)
"""Who eats something."""
_KEPT = re.compile(
    r"(?<!\w)(?:[Ii]nmate|[Pp]risoner|[Dd]etainee|[Pp]robationer|[Dd]efendant|Häftling|Strafgefangene[rn]?|Gefangene[rn]?"
    r"|Untersuchungsgefangene[rn]?|[Ii]ntern[oa]|[Rr]eclus[oa]|[Pp]res[oa]|[Dd]étenue?|[Pp]révenue?"
    r"|[Aa]sylbewerber(?:in)?|[Aa]sylum [Ss]eeker|[Rr]efugee)(?= [A-ZÀ-Þ])"
)
"""Before a name, that somebody is kept, or looks for shelter."""
_NO_PERSON = re.compile(
    r"(?:St|Saint|Sainte|Sankt|Sacred|Holy|Christ|Our|All|Trinity|Emmanuel|Good|Blessed|San|Santa|Santo|Sagrad[oa]"
    r"|Heilig\w*|Sacré|Notre|Immaculate|Nuestra|Central|First|Great|New|Old|North|South|East|West|Royal|National)\.? .*"
    r"|.* (?:\w*(?:karte|behörde|antrag|gesetz|stelle|beratung|erlaubnis|verfahren|schaft|heit|keit|tion|amt|recht"
    r"|verein|gruppe|zentrum|haus|platz|straße)|Road|Street|Lane|Centre|Center|Hall|House|Park|Trust|Group|Heart|Office"
    r"|Church|Council|Service|Services|City|Town|Britain|Kingdom|States|York|Zealand|Ireland|Africa|America)",
    re.IGNORECASE,
)
"""Words with capitals that are a place, a church or a matter, and nobody."""
_HELD = re.compile(
    r"\)?[,:]? (?:every |jeden |cada |chaque |los |le |les )?(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?"
    r"|sonntags?|samstags?|lunes|domingos?|dimanches?|samedis?|daily|täglich|diario)(?!\w)"
)
"""Right behind a belief, when something is held."""
_ANYBODY = re.compile(
    r"(?<!\w)(?:anyone|anybody|how many|number of|wie viele|cuántos|combien|people|persons|who(?:ever)? (?:is|are"
    r"|has been|have been)|if you|nobody|no one|wer"
    r"|personen|alle,? die"
    r"|quien(?:es)?|personas|toute personne|quiconque|ceux qui)(?!\w)[^.\n]{0,20}\Z"
)
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
    names = _of_people(text, names, spans_of)
    for span in spans_of["belonging"].phrases:
        if (told := _said_of_one(text, lower, span, spans_of, names)) is not None:
            yield told
    for start, end in spans_of["loves"].phrases:
        is_said = _SAYS_OF_ONE.search(lower, max(start - BEFORE, 0), start) and _ENDS_IT.match(lower, end)
        described = selves.are_described(text, (start, end), spans_of)
        about = described or spans_of["about"].before(text, start, ABOUT)
        if is_said or (about and stands_alone(text, (start, end))):
            yield start, end
        elif described and _BEGINS.search(text, max(start - ADJACENT, 0), start):
            yield selves.sentence(text, (start, end))
    yield from _deeds(text, lower, spans_of, names)
    yield from _judged(text, lower, spans_of, names)
    yield from _parties(text, lower, spans_of, names)
    yield from acts.spans(text, lower, spans_of, names)
    yield from disclosures.spans(text, lower, spans_of, names)
    yield from _rites(text, lower, spans_of, names)


def _said_of_one(text: str, lower: str, span: Span, spans_of: dict[str, Spans], names: Spans) -> Span | None:
    """What of a sentence says what somebody believes or is; None where it is of many, of a place or of a firm."""
    word, near = lower[slice(*span)], line_begins(lower, span[0], NAMED)
    if word in belonging.SURNAMES and _is_in_a_name(span, names):
        return None
    for_one = (of := _FOR_ONE.match(lower, span[1])) is not None and names.within(of.end(), of.end() + NAMED)
    named = (for_one or names.before(text, span[0], NAMED)) and not spans_of["company"].near(text, span, NEAR)
    if word in belonging.FOODS and not _is_eaten_by_one(text, lower, span, spans_of, named=named):
        return None
    described = selves.are_described(text, span, spans_of)
    about = described or spans_of["about"].before(text, span[0], ABOUT)
    if not (named or about or spans_of["being"].before(text, span[0], BEFORE)):
        return None
    said = _IS_ONE.search(lower, max(span[0] - BEFORE, 0), span[0])
    mine = spans_of["first"].before(text, span[0], NAMED) or (named and (said or for_one))
    enumerated = news.is_enumerated(text, lower, span, spans_of["belonging"])
    of_all = not described and any(spans_of[name].near(text, span, NEAR) for name in ("served", "general"))
    if ((enumerated or of_all) and not mine) or _HELD.match(lower, span[1]):
        return None
    follows = spans_of["institution"].within(span[1], span[1] + ADJACENT)
    of_himself = news.speaks_of_himself(lower, near, span[1] + ADJACENT)
    at_place = spans_of["institution"].near(text, span, AT_PLACE) and _LEFT.match(lower, span[1]) is None
    if at_place and (said is None or (follows and not of_himself)):
        return None
    span = _with_nation(text, span, spans_of["group"])
    return selves.sentence(text, span) if described else selves.with_more(lower, span) if said else span


def _rites(text: str, lower: str, spans_of: dict[str, Spans], names: Spans) -> Iterator[Span]:
    """Where somebody prays, and acts of a faith that are somebody's."""
    for match in _WORSHIPS.finditer(text) if spans_of["institution"].phrases else ():
        if _is_of_one(text, match.span(), spans_of, names):
            yield match.span("value")
    for span in spans_of["rite"].phrases:
        mine = _MINE.search(lower, line_begins(lower, span[0], PRAYING), span[1]) is not None
        if (mine or names.before(text, span[0], PRAYING)) and not any(
            spans_of[name].near(text, span, AT_PLACE) for name in ("institution", "general")
        ):
            yield span


def _is_eaten_by_one(text: str, lower: str, span: Span, spans_of: dict[str, Spans], *, named: bool) -> bool:
    """Whether a rule about food is somebody's, and not that of a kitchen or a shop."""
    begins, ends = line_begins(text, span[0], NEAR), line_ends(text, span[1], NEAR)
    if _PRICED.search(lower, begins, ends):
        return False
    mine = not _KITCHEN.search(lower, begins, span[0]) and _MINE.search(lower, begins, ends)
    return bool(named or mine or spans_of["about"].within(begins, ends) or _EATER.search(lower, begins, ends))


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


def _of_people(text: str, names: Spans, spans_of: dict[str, Spans]) -> Spans:
    """The names without those of parties, churches and firms."""
    bodies = [spans_of[name] for name in ("party", "institution", "company", "office")]
    calls = Spans(phrases=[(start, end) for start, end in spans_of["general"].phrases if end - start > CALL])
    return Spans(
        phrases=[
            name
            for name in names.phrases
            if not (any(body.within(*name) for body in (*bodies, calls)) or _NO_PERSON.fullmatch(text, *name))
        ]
    )


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
        if theirs and spans_of["justice"].near(text, span, JUDGED) and not (of_many or _flies(lower, span)):
            yield span


def _flies(lower: str, span: Span) -> bool:
    """Whether a French word for theft is one for a flight."""
    return (
        lower[slice(*span)] in ("vol", "vols") and _FLIGHT.search(lower, max(span[0] - BEFORE, 0), span[0]) is not None
    )


def _deeds(text: str, lower: str, spans_of: dict[str, Spans], names: Spans) -> Iterator[Span]:
    """Offences and sentences if something shows that a person is meant."""
    for (at, _), (_, end) in zip(spans_of["deeds"].phrases, spans_of["deeds"].values, strict=True):
        begins = line_begins(lower, at, NEAR)
        unnamed = _UNNAMED.search(lower, begins, end) and not names.near(text, (at, end), NEAR)
        reported = news.is_reported(text, lower, at, spans_of, names)
        if not (unnamed or reported or _ANYBODY.search(lower, begins, at)):
            yield at, end
    for start, end in spans_of["sentenced"].phrases:
        begins = line_begins(lower, start, NEAR)
        if not _UNNAMED.search(lower, begins, end) or names.near(text, (start, end), NEAR):
            yield start, end
    for match in _KEPT.finditer(text):
        if names.within(match.end(), match.end() + NAMED):
            yield match.span()


def _parties(text: str, lower: str, spans_of: dict[str, Spans], names: Spans) -> Iterator[Span]:
    """Parties and unions if something shows that a person is meant, and orientations in profiles."""
    for span in spans_of["party"].phrases:
        if _is_in(text, lower, span, spans_of, names):
            before, behind = _OF_PARTY.search(text[max(span[0] - BEFORE, 0) : span[0]]), _PARTY.match(text, span[1])
            start, end = span[0] - len(before[0]) if before else span[0], behind.end() if behind else span[1]
            yield selves.with_membership(text, lower, (start, end))
    bodies = (UNION, ORGANISATION) if spans_of["membership"].phrases else ()
    for match in (match for body in bodies for match in body.finditer(text)):
        if spans_of["membership"].near(text, match.span(), MEMBER) and _is_of_one(text, match.span(), spans_of, names):
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
    is_of_one = _is_of_one(text, span, spans_of, names)
    if news.is_of_politics(text, lower, span, spans_of) or news.is_enumerated(text, lower, span, spans_of["party"]):
        return False
    if spans_of["general"].near(text, span, MEMBER) or (not is_of_one and spans_of["served"].near(text, span, MEMBER)):
        return names.near(text, span, NEAR) and _is_given(text, span, spans_of, names)
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
