"""Belief, politics, membership and orientation, if something shows that a person is meant."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from components.privacy import acts, belonging, disclosures, news, parties, selves
from components.privacy.lexicon import Span, Spans, holds_any, line_begins, line_ends
from components.privacy.people import is_of_one

_SAYS_OF_ONE = re.compile(
    r"(?<!\w)(?:i['’]m|i am|he['’]s|she['’]s|they['’]re|bin|er ist|sie ist|soy|ella es|él es|je suis|il est|elle est)"
    r"(?: (?:also|openly|auch|offen|también|aussi|actually))? \Z"
)
_ENDS_IT = re.compile(r"[.,;!?\n]|\s(?:and|but|und|aber|y|pero|et|mais)\s|\s*\Z")
"""Around a word that means something else elsewhere, where somebody says with it whom he loves."""
_OPENS, _CLOSES = re.compile(r"(?:\n|\A|[:,·|/•(;–&-])[ ]*\Z"), re.compile(r"[ ]*(?:[\n,.·|/•);&–-]|\Z)")
_IS_ONE = re.compile(
    r"(?:(?<!\w)(?:am|is|are|was|bin|ist|bist|sind|war|sei|soy|es|eres|somos|son|era|suis|est|es|sommes|sont|était"
    r"|as(?: an?)?|als|como|en tant que|que|(?:baptised|baptized|christened|raised|family|parents|familie|eltern"
    r"|familia|padres|famille)(?= \Z))|['’](?:m|re|s)|, |\()(?: (?:an?|eine?|une?|una?|very|both|beide|ambos|tous deux"
    r"|toutes deux|sehr|muy|très|now|ahora|überzeugte[rs]?))? ?\Z"
)
"""Right before what somebody is said to be."""
_LEFT = re.compile(
    r" \w{4,20} (?:ausgetreten|eingetreten|beigetreten|konvertiert|getauft)|,? enfants|,? hij[oa]s"
    r"| (?:wedding|funeral|ceremony|boda|mariage|hochzeit|trauung)(?!\w)"
)
"""Behind it, what somebody does with a church."""
_UNNAMED = re.compile(
    r"(?<!\w)(?:(?:a|one|two|three|four|the|eine?|zwei|drei|una?|un|dos|tres|une|deux|trois) (?:\d{1,2}[- ]\w+ )?(?:man"
    r"|woman|men|women|people|person|teenagers?|suspects?|mann|frau|männer|personen|hombres?|mujer(?:es)?|personas?"
    r"|hommes?|femmes?|personnes?|jeunes?)|man|woman|teenager|gang|couple|der mann|die frau|el hombre|l['’]homme)(?!\w)"
)
"""Groups that newspapers write about, which are no single person."""
_FLIGHT = re.compile(r"(?<!\w)(?:le|les|votre|vos|mon|mes|ce|son|numéro de|prochain|du|au|avant|après)[ ]\Z")
_FOR_ONE = re.compile(r"[ ,]{0,2}(?:for|für|pour|para) (?=[a-zà-ÿ])")
"""Right behind a word of belonging, that it is for who is named then."""
_BEGINS = re.compile(r"[.!?\n\"](?:[ \n\"]+(?:\w{2,10} )?)\Z")
"""Before the first or second word of a sentence."""
_PRICED = re.compile(r"\d ?(?:€|£|\$|eur\b)|[€£$] ?\d")
_KITCHEN = re.compile(
    r"(?<!\w)(?:meat|chicken|beef|lamb|products?|kitchen|butchers?|fleisch|hähnchen|rind\w*|lamm\w*|produkte|küche"
    r"|metzgerei|pollo|carne|cordero|cocina|carnicería|productos|viande|poulet|bœuf|agneau|cuisine|boucherie|produits"
    r"|restaurants?|certified|zertifiziert\w*|certificad[oa]|certifiée?)(?!\w)"
)
"""Before it, that a kitchen or a shop speaks."""
_EATER = re.compile(
    r"(?<!\w)(?:guest|passenger|child|pupil|student|patient|resident|son|daughter|husband|wife|gast|fahrgast"
    r"|kind|schüler|schülerin|bewohner|bewohnerin|sohn|tochter|mann|frau|niñ[oa]|alumn[oa]|huésped|pasajer[oa]|hij[oa]"
    r"|paciente|élève|enfant|fils|fille|passager|passagère|cliente?|résidente?)(?!\w)"
)
"""Who eats something."""
_HELD = re.compile(
    r"\)?[,:]? (?:every |jeden |cada |chaque |los |le |les )?(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?"
    r"|sonntags?|samstags?|lunes|domingos?|dimanches?|samedis?|daily|täglich|diario)(?!\w)"
)
"""Right behind a belief, when something is held."""
_APART = re.compile(
    r"[\w' ’-]{0,8}(?:[,;.!?:]| (?:and|und|y|e|et|so|but|weil|porque|car|mais|pero|aber|because)(?!\w))"
)
"""Right behind a word of belonging, that what follows is about something else."""
_BELONGS = re.compile(
    r"(?<!\w)(?:gehör(?:t|te|en)|angehör\w*|belongs? to|member of"
    r"|baptised into|baptized into|confirmed in|raised in|converted to|mitglied (?:der|in der|bei der)|getauft in"
    r"|konfirmiert in|konvertiert\w*|pertenece a|perteneciente a|bautizad[oa] en"
    r"|se convirtió a\w*|appartient à|appartenant à|baptisée? dans|converti[e]? à)(?!\w)"
)
"""Before a belief, that somebody is of a church."""
_ASKS_ALL = re.compile(r"[^.!?\n\"]{0,40}\?")
_YOU = re.compile(r"(?<!\w)(?:you|sie|du|ihr|vous|tu|usted|ustedes|eres|es)(?!\w)")
_ANYBODY = re.compile(
    r"(?<!\w)(?:anyone|anybody|how many|number of|wie viele|cuántos|combien|people|persons|who(?:ever)? (?:is|are"
    r"|has been|have been)|if you|nobody|no one|wer|personen|alle,? die"
    r"|quien(?:es)?|personas|toute personne|quiconque|ceux qui)(?!\w)[^.\n]{0,20}\Z"
)
_MINE = re.compile(
    r"(?<!\w)(?:i|i['’]m|my|we|ich|wir|mein\w{0,2}|unser\w{0,2}|yo|mis?|soy|hago|je|j['’]ai|mon|ma|mes)(?!\w)"
)
"""Who speaks of himself."""
_WE_ARE = re.compile(r"(?<!\w)(?:i['’]m|we['’]re|(?:i am|we are|ich bin|wir sind|soy|somos|je suis|nous sommes)(?!\w))")
_WORSHIPS = re.compile(
    r"(?<!\w)(?:attends?|attending|worships? at|goes to|baptised at|married at|member of|besucht|Mitglied (?:der"
    r"|in der)|betet in der|asiste a|acude a|va a|fréquente|membre de) (?:(?:the|die|der|la|el) |l['’])?"
    r"(?P<value>(?:[A-ZÀ-Þ][\w'’.-]+ ){0,5}(?:Church|Chapel|Mosque|Synagogue|Temple|Gurdwara|Moschee|Synagoge"
    r"|Kirchengemeinde"
    r"|Gemeinde|[Ii]glesia|[Mm]ezquita|[Ss]inagoga|[Éé]glise|[Mm]osquée|[Ss]ynagogue)(?: [A-ZÀ-Þ][\w'’.-]+)?)"
)
"""Words for visits to a place of worship."""
_SHRINES = (
    *("church", "chapel", "mosque", "synagogue", "temple", "gurdwara", "moschee", "gemeinde", "glesia", "ezquita"),
    *("inagoga", "glise", "osquée"),
)
"""One of these is part of it."""
BEFORE, NAMED, NEAR = 24, 40, 70
"""Characters before a word of belonging in which something must show that it is about a person, or hold a full name;
characters around a party or a union in which a person must be named.
"""
JUDGED = 90
"""Characters around a deed in which something must say that it came to court, and whose it is."""
ADJACENT = 16
"""Characters behind a word of belonging in which an institution is what is said to be so."""
PRAYING = 40
"""Characters before an act of a faith in which somebody must say that he does it."""
ABOUT = 90
"""Characters after words such as `About me` that belong to a self-description."""
TALK = 160
"""Characters before a question in which who asks somebody is named."""
AT_PLACE = 30
"""Characters around a word of belonging in which words for a building speak against a person."""


def spans(text: str, lower: str, spans_of: dict[str, Spans], names: Spans) -> Iterator[Span]:
    """
    Args:
        text, lower: `views.flat`, and that in small letters.
        spans_of: what `labels.LEXICON` has read in it.
        names: names of people in it.
    """
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
    yield from parties.spans(text, lower, spans_of, names)
    for span in spans_of["church"].phrases:
        if stands_alone(text, selves.clause(text, span)) and names.before(text, span[0], NEAR):
            yield selves.clause(text, span)
    yield from _punished(text, lower, spans_of, names)
    yield from acts.spans(text, lower, spans_of, names)
    yield from disclosures.spans(text, lower, spans_of, names)
    yield from _rites(text, lower, spans_of, names)


def _said_of_one(text: str, lower: str, span: Span, spans_of: dict[str, Spans], names: Spans) -> Span | None:
    """What of a sentence says what somebody believes or is; None where it is of many, of a place or of a firm."""
    word, near = lower[slice(*span)], line_begins(lower, span[0], NAMED)
    if word in belonging.SURNAMES and _is_in_a_name(span, names):
        return None
    for_one = (of := _FOR_ONE.match(lower, span[1])) is not None and names.within(of.end(), of.end() + NAMED)
    said = _IS_ONE.search(lower, max(span[0] - BEFORE, 0), span[0])
    named = (for_one or names.before(text, span[0], NAMED)) and (
        said is not None or not spans_of["company"].near(text, span, NEAR)
    )
    if word in belonging.FOODS and not _is_eaten_by_one(text, lower, span, spans_of, named=named):
        return None
    described = selves.are_described(text, span, spans_of)
    about = described or spans_of["about"].before(text, span[0], ABOUT)
    apposed = stands_alone(text, selves.clause(text, span))
    ours = apposed and _WE_ARE.search(lower, near, span[0])
    if not (named or about or ours or spans_of["being"].before(text, span[0], BEFORE)):
        return None
    mine = ours or spans_of["first"].before(text, span[0], NAMED) or (named and (said or for_one))
    enumerated = news.is_enumerated(text, lower, span, spans_of["belonging"])
    of_all = not described and any(spans_of[name].near(text, span, NEAR) for name in ("served", "general"))
    in_talk = named or names.within(line_begins(text, span[0], TALK), span[0])
    if _ASKS_ALL.match(lower, span[1]) and _YOU.search(lower, near, span[0]) and not in_talk:
        return None
    if ((enumerated or of_all) and not mine) or (_HELD.match(lower, span[1]) and text[span[0] - 1] != "("):
        return None
    follows = spans_of["institution"].within(span[1], span[1] + ADJACENT) and not _APART.match(lower, span[1])
    of_himself = news.speaks_of_himself(lower, near, span[1] + ADJACENT)
    of_place = _LEFT.match(lower, span[1]) is None and not (named and _BELONGS.search(lower, near, span[0]))
    at_place = of_place and spans_of["institution"].near(text, span, AT_PLACE)
    if at_place and ((said is None and not (named and apposed)) or (follows and not of_himself)):
        return None
    span = _with_nation(text, span, spans_of["group"])
    return selves.sentence(text, span) if described else selves.clause(text, span)


def _rites(text: str, lower: str, spans_of: dict[str, Spans], names: Spans) -> Iterator[Span]:
    """Where somebody prays, and acts of a faith that are somebody's."""
    for match in _WORSHIPS.finditer(text) if spans_of["institution"].phrases and holds_any(lower, _SHRINES) else ():
        if is_of_one(text, match.span(), spans_of, names):
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
        judged = spans_of["justice"].near(text, span, JUDGED) or lower.startswith(("felony", "misdemean"), span[0])
        if theirs and judged and not (of_many or _flies(lower, span)):
            yield selves.clause(text, span)


def _punished(text: str, lower: str, spans_of: dict[str, Spans], names: Spans) -> Iterator[Span]:
    """What becomes of somebody who was sentenced, or who leaves a church."""
    for span in spans_of["affair"].phrases:
        of_all = any(spans_of[name].near(text, span, NEAR) for name in ("general", "politics", "served", "matter"))
        mine = news.speaks_of_himself(lower, line_begins(lower, span[0], NEAR), line_ends(lower, span[1], NAMED))
        if mine or (names.near(text, span, NAMED) and not of_all):
            yield selves.clause(text, span)


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
            yield selves.clause(text, (at, end))
    for start, end in spans_of["sentenced"].phrases:
        begins = line_begins(lower, start, NEAR)
        if not _UNNAMED.search(lower, begins, end) or names.near(text, (start, end), NEAR):
            yield start, end
    for start, end in spans_of["kept"].phrases:
        if text[end + 1 : end + 2].isupper() and names.within(end, end + NAMED):
            yield start, end
