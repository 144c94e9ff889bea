"""What a note tells of one whom others teach, feed or look after, and what somebody comes for to a clinic at an hour.

The first says in a clause of its own what somebody has, takes or cannot do, the second stands beside an hour and what
one does with an appointment. Both are private to their end. Ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from components.privacy import findings, medicine
from components.privacy.lexicon import Span, Spans, line_begins, line_ends
from components.privacy.words import lists_of

CONTEXT = lists_of("notes")
"""As their remarks say."""
LINE, LONGEST = 300, 110
"""Characters of a line that are read; of a clause, or of what somebody comes for, that is private as a whole."""
SOON, SAID, SHORT = 34, 60, 70
"""Characters from a first name, and from a full one, to the end of an illness, at most; of a line beside one with an
hour."""
AROUND = 2
"""Lines above and below one that may say what it is about."""
_DOES = (
    r"(?:(?:has|have|had|is|are|was|needs|must|may|might|can|cannot|can['’]t|wears|uses|takes|carries|gets|got|should"
    r"|does|doesn['’]t|did|won['’]t|walks|sits|sleeps|travels|suffers|lives|broke|fell|self-harms|refused|refuses|vomited|tested|takes"
    r"|hat|ist|hatte|war|muss|darf|kann|braucht|nimmt|trägt|verträgt|leidet|bekommt|bekam|erlitt|benutzt|sitzt|hört"
    r"|sieht|isst|geht|fällt|nässt|schlafwandelt|spritzt|stottert|misst|wird|wurde|soll|lebt|ritzt"
    r"|es|está|tiene|ha|han|lleva|toma|usa|necesita|puede|debe|come|padece|sufre|va|viaja|se|no|oye|ve|fue|vive"
    r"|est|a|prend|porte|doit|ne|utilise|souffre|suit|fait|mange|entend|voit|sera|vit|reste)(?!\w)|n['’]|s['’]est)"
)
_AGED = r"(?:,? \(?\d{1,3}(?: (?:years?|jahre|años|ans|months|monate|meses|mois)(?: old)?)?\)?|,? \([^()\n]{1,20}\))?"
_SUBJECT_DOES = re.compile(rf"{_AGED},? (?={_DOES})", re.IGNORECASE)
_GOES_ON = re.compile(rf"{_AGED},? (?=[a-zß-ÿ])")
_APART = re.compile(rf"{_AGED} ?[:,·–-] (?=\w)", re.IGNORECASE)
"""From a name to what is said of it, in a note to the rest of its sentence, and to what stands apart behind it."""
_FAMILY = re.compile(
    r"(?<!\w)(?:my|our|meine?|unsere?|mi|nuestr[oa]|mon|ma|notre) (?:(?:little|eldest|youngest|kleine[rs]?"
    r"|jüngste[rs]?) )?(?:son|daughter|child|boy|girl|mum|mother|dad|father|husband|wife|partner|sister|brother"
    r"|little one|nan|gran|sohn|tochter|kind|mutter|vater|mann|frau|bruder|schwester|oma|opa|kleine[rs]?|hij[oa]"
    r"|niñ[oa]|madre|padre|marido|mujer|herman[oa]|abuel[oa]|pareja|peque|fils|fille|enfant|mère|père|mari|femme|frère"
    r"|sœur|compagne|compagnon)"
    rf"(?: [^\W\d_]{{2,14}}(?= {_DOES}))?(?= )"
)
_TITLED = re.compile(
    r"(?<!\w)(?:Mrs?|Ms|Miss|Mx|Herrn?|Frau|Sra?\.|Srta\.|[Ss]eñor(?:a|ita)?|[Dd]on|[Dd]oña|Mme|Mlle|M\.|Monsieur"
    r"|Madame|Kolleg(?:e|in)|Bewohner(?:in)?|[Rr][eé]sidente?|[Pp]a[tc]ient(?:in|e)?|[Pp]assenger|[Pp]asajer[oa]"
    r"|[Pp]assag(?:er|ère)|Passagier(?:in)?|[Tt]enant|Mieter(?:in)?|[Ii]nquilin[oa]|[Ll]ocataire|[Ee]mployee"
    r"|Mitarbeiter(?:in)?|[Ee]mplead[oa]|[Ss]alariée?|[Ss]tudent|[Pp]upil|Schüler(?:in)?|[Aa]lumn[oa]|[Éé]lève|[Gg]uest"
    r"|Gast|[Hh]uésped|[Cc]lient|Kund(?:e|in)|[Mm]ember|Mitglied|[Pp]layer|Spieler(?:in)?"
    r"|Versicherter?)\.? [A-ZÀ-Þ][\w'’-]{1,24}(?:[ ][A-ZÀ-Þ][\w'’-]{1,24})?(?!\w)"
    r"|(?<![\w.])[A-ZÀ-Þ][a-zà-ÿ]{2,14} [A-ZÀ-Þ]\.?(?=:)"
)
_ALONE = re.compile(
    r"(?:\A|[\n,.:;!?–-]| {2}) ?(?!(?:What|Who|Wann|Was|Wer|Wie|Wo|Das|Dies|Es|It|Th\w+|Here|Hier|Qu\w+|Cu\w+|Cóm\w+"
    r"|Ce\w*|Ça|Si|If|How|He|She|I|We|You|Er|Sie|Ich|Wir|Il|Elle|On|Je|El|La|Lo|Los|Las|Le|Les|Un\w*|Der|Die|Ein\w*|No"
    r"|Not|Nicht|Kein\w*) )"
    rf"[A-ZÀ-Þ][a-zà-ÿ]{{1,14}}(?= {_DOES})"
)
"""One of the family, somebody with a title, and a first name alone."""
_ENDS = re.compile(r"[.!?;](?=[\s\"]|\Z)(?<![ (]\d[.])(?<!\d\d[.])|[\"\n]|[ ]{3}| - ")
_CLOCK = re.compile(
    r"(?<![\d.,])\d{1,2}(?:[:.]\d{2}(?!\d)| ?h ?\d{2}(?!\d)| ?h(?!\w)| ?uhr(?!\w)| ?[ap]\.?m(?!\w))(?: ?(?:[ap]m"
    r"|uhr|h)(?!\w))?",
    re.IGNORECASE,
)
_LEAD = re.compile(r"[\s,·:|–-]*(?:(?:for|your|for your|zur|zum|für|para|pour|de|la|le|su|votre|ihre?) )*")
"""Between an hour and what somebody comes for then."""
_HURTS = re.compile(
    r"(?<!\w)(?:my|meine?|mis?|mon|ma|mes|j['’]ai (?:mal )?(?:le|la|les|au|à la|aux)|tengo (?:el|la|los|las)"
    r"|mir (?:der|die|das))"
    rf" (?:\w+ )?{medicine.BODY}(?!\w)"
)
"""A part of a body that somebody speaks of as his."""
_WITH = re.compile(
    r"[ ,·–-]+(?:with|bei|con|avec|chez|at|um|am|in room|in zimmer|im|en la sala|salle|a las|à|el|le|on|zimmer|room"
    r"|haus) (?:(?:el|la|le|dem|der|frau|herrn?|your) )?(?:dra?\.?|doctora?|docteure?|prof|nurse|sister|midwife|\d"
    r"|[A-ZÀ-Þ]|the clinic)"
)
"""What stands behind it: with whom, when or where."""
_BY = re.compile(r"(?<!\w)(?:by|[Vv]on|[Pp]or|[Pp]ar)\.?[ ]\Z")
_PRICE = re.compile(r"[€$£] ?\d|\d ?(?:€|EUR(?!\w)|GBP|USD|CHF)")


def spans(text: str, lower: str, spans_of: dict[str, Spans], names: Spans) -> Iterator[Span]:
    """
    Args:
        text, lower: `views.flat`, and that in small letters.
        spans_of: what `labels.LEXICON` has read in it.
        names: full names in it.
    """
    if spans_of["setting"].phrases or spans_of["ill"].phrases:
        yield from _clauses(text, lower, spans_of, names)
    if spans_of["appointed"].phrases:
        yield from _visits(text, lower, spans_of)
    for match in _HURTS.finditer(lower) if spans_of["care"].phrases else ():
        begins, ends = line_begins(text, match.start(), LINE), line_ends(text, match.end(), LINE)
        stop = _stop(text, match.end())
        if stop is not None and spans_of["care"].within(begins, ends) and not spans_of["general"].within(begins, ends):
            yield match.start(), stop


def _clauses(text: str, lower: str, spans_of: dict[str, Spans], names: Spans) -> Iterator[Span]:
    """What is said of somebody right behind his name, or stands apart behind it."""
    families = (match.span() for match in _FAMILY.finditer(lower))
    titled = (match.span() for match in _TITLED.finditer(text))
    for start, end in {*names.phrases, *families, *titled}:
        by = _BY.search(text, max(start - findings.TITLE, 0), start)
        if by or findings.is_a_doctors(text, start) or spans_of["ill"].within(start, end):
            continue
        noted = _is_around("setting", text, (start, end), spans_of)
        if said := (_GOES_ON if noted else _SUBJECT_DOES).match(text, end):
            yield from _clause(text, said.end(), spans_of, reach=LONGEST if noted else SAID, said=True)
        if apart := _APART.match(text, end):
            yield from _clause(text, apart.end(), spans_of, reach=LONGEST, said=False)
    for alone in _ALONE.finditer(text):
        noted = _is_around("setting", text, alone.span(), spans_of)
        yield from _clause(text, alone.end() + 1, spans_of, reach=LONGEST if noted else SOON, said=True)


def _clause(text: str, begins: int, spans_of: dict[str, Spans], *, reach: int, said: bool) -> Iterator[Span]:
    """A clause, where it tells of somebody's health within so many characters. `said`: it is a sentence."""
    stop = _stop(text, begins)
    if stop is None or stop <= begins or _PRICE.search(text, begins, stop):
        return
    noted = _is_around("setting", text, (begins, stop), spans_of)
    told = ("ill", "need", "told") if noted else ("ill",)
    told_to_all = spans_of["general"].within(begins if said else line_begins(text, begins, LONGEST), stop)
    if any(spans_of[name].within(begins, min(stop, begins + reach)) for name in told) and (noted or not told_to_all):
        yield begins, stop


def _visits(text: str, lower: str, spans_of: dict[str, Spans]) -> Iterator[Span]:
    """What somebody comes for, in a line with an hour or a short one beside it, where an appointment is spoken of."""
    for span in sorted({*spans_of["visits"].phrases, *spans_of["specialty"].phrases, *spans_of["ill"].phrases}):
        begins, ends = line_begins(text, span[0], LINE), line_ends(text, span[1], LINE)
        if spans_of["to_all"].within(begins, ends) or _PRICE.search(text, begins, ends):
            continue
        beside = 1 if ends - begins <= SHORT else 0
        if not _is_around("appointed", text, span, spans_of) or not _CLOCK.search(text, *_lines(text, span, beside)):
            continue
        first, last = _part(text, lower, span, begins)
        if 0 < last - first <= LONGEST:
            yield first, last


def _part(text: str, lower: str, span: Span, begins: int) -> Span:
    """Of a line what belongs to `span`: behind the hour, up to with whom it is, or the end of the sentence."""
    first = max((stop.end() for stop in _ENDS.finditer(text, begins, span[0])), default=begins)
    hours = [*_CLOCK.finditer(text, first, span[0])]
    first = hours[-1].end() if hours else first
    if lead := _LEAD.match(lower, first, span[0]):
        first = lead.end()
    stop = _stop(text, span[1])
    last = line_ends(text, span[1], LONGEST) if stop is None else stop
    for cut in (_WITH.search(lower, span[1], last), _CLOCK.search(text, span[1], last)):
        last = min(last, cut.start()) if cut else last
    return first, len(text[first:last].rstrip(" ,·–-|")) + first


def _stop(text: str, place: int) -> int | None:
    """The end of the sentence or line of a place; None where that is far."""
    ends = _ENDS.search(text, place, place + LONGEST)
    last = ends.start() if ends else min(line_ends(text, place, LONGEST), len(text))
    return None if last - place >= LONGEST else len(text[:last].rstrip()) if text[last - 1 : last].isspace() else last


def _is_around(name: str, text: str, span: Span, spans_of: dict[str, Spans]) -> bool:
    """Whether a phrase of a list stands in the line of a span, or near it above or below."""
    return spans_of[name].within(*_lines(text, span, AROUND))


def _lines(text: str, span: Span, around: int) -> Span:
    begins, ends = line_begins(text, span[0], LINE), line_ends(text, span[1], LINE)
    for _ in range(around):
        begins = line_begins(text, max(begins - 1, 0), LINE)
        ends = line_ends(text, min(ends + 1, len(text)), LINE)
    return begins, ends
