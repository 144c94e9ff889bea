"""What people say about their health without a listed illness: how long something has been hurting, what they take for
it, what a pharmacy has ready.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from components.privacy.ailments import LISTS
from components.privacy.lexicon import Span, Spans, holds_any, line_begins, line_ends
from components.privacy.medicine import BODY
from components.privacy.words import lists_of

CONTEXT = {name: LISTS[name] for name in ("dose", "takes")} | lists_of("remarks")
"""As their remarks say."""
_NOT_ONES = r"(?!(?:this|these|that|the|your|an? (?:account|question)|dies\w*|ihr\w*|cet?|cette|votre|est[ea]|su)\s)"
_THING = rf"{_NOT_ONES}(?P<value>[^\s.,;:?!\"][^.;:?!\"\n]{{2,60}}?)"
_TIME = (
    r"(?:(?:about |around |over |nearly |almost )?(?:an?|one|two|three|four|five|six|seven|eight|nine|ten|\d+|several"
    r"|some|the last|the past) |weeks|days|months|ages)"
)
_LASTING = tuple(
    re.compile(pattern)
    for pattern in (
        r"i(?<!\w.)(?:['’]ve (?:had|been having|got)|['’]m having| have(?: had| been having)?| had| keep getting| get) "
        rf"{_THING}(?: on and off)?,? (?:for {_TIME}|since )",
        r"m(?<!\w.)y (?P<value>[^.;:?!\"\n]{2,40}? (?:hurts?|aches?|is (?:swollen|sore|itchy|numb|painful)"
        r"|has been (?:hurting|sore|swollen|painful)))(?!\w)",
        r"s(?<!\w.)eit (?:\w+ ){1,4}?(?:habe|hab|hatte|leide) ich (?:wieder |auch |an |unter |immer |ständig )?"
        rf"{_THING}(?=[.;:?!,\"\n]|\Z)",
        rf"i(?<!\w.)ch habe seit (?:\w+ ){{1,3}}?(?:tagen?|wochen?|monaten?|jahren?|gestern|montag|dienstag"
        rf"|mittwoch|donnerstag|freitag|samstag|sonntag|heute|ostern|weihnachten) {_THING}(?=[.;:?!,\"\n]|\Z)",
        rf"i(?<!\w.)ch habe {_THING} seit ",
        r"m(?<!\w.)(?:ir|eine?) (?P<value>(?:ist (?:\w+ )?(?:übel|schlecht|schwindlig|schwindelig)"
        r"|tut (?:der|die|das) \w+ weh|\w+ (?:schmerzt|tut weh|ist geschwollen|juckt|brennt)))",
        rf"d(?<!\w.)epuis (?:\w+ ){{1,4}}?j['’]ai (?:eu )?{_THING}(?=[.;:?!,\"\n]|\Z)",
        rf"j(?<!\w.)['’]ai (?:eu )?{_THING} depuis ",
        rf"l(?<!\w.)levo (?:\w+ ){{1,4}}?con {_THING}(?=[.;:?!,\"\n]|\Z)",
        rf"(?:tengo|me da|sufro)(?<!\w.....) {_THING} desde ",
        rf"d(?<!\w.)esde (?:\w+ ){{1,4}}?tengo {_THING}(?=[.;:?!,\"\n]|\Z)",
        r"m(?<!\w.)e (?P<value>(?:duelen?|pican?|molestan?) [^.;:?!\"\n]{2,40})",
    )
)
_COVERED = tuple(
    re.compile(pattern)
    for pattern in (
        rf"c(?<!\w.)laim for {_THING} (?:on|was|has|dated|from|is)(?!\w)",
        rf"k(?<!\w.)osten für {_THING} (?:übernehmen|übernimmt|werden|wurden)(?!\w)",
        rf"p(?<!\w.)rise en charge[^:.\n]{{0,40}}: {_THING}(?=[.;:?!,\"\n]|\Z)",
        rf"(?:autorizad|denegad|aprobad)(?<!\w.......)[oa] (?:su|tu|la|el) {_THING} (?:en|para|el|del|con)(?!\w)",
    )
)
_NAME = r"[A-ZÀ-Þ][^\W\d_]{3,24}(?!\w)"
_FROM = r"(?: (?:retard|forte|plus|comp|xr|sr|ldl))?"
_STRENGTH = r"\d{1,5}(?:[.,/]\d{1,4})?(?:[ ]?(?:mg|µg|mcg|g|ml|I\.?E\.?|IU|UI))?"
_UNDER = re.compile(
    rf"[ ]{{0,80}}(?:\w{{4,10}} )?(?P<value>{_NAME}){_FROM},? {_STRENGTH}(?!\w|[.,/-]\d)"
    r"(?:(?<=[a-zA-Z.])|(?=[^\n]{0,30}?(?<!\w)(?i:stück|tabl|compr|caps|kaps|gél|cáps|one|two|un|une|uno|una|each|matin"
    r"|noche|morgens|daily|N[123])))"
)
_TAKEN = re.compile(
    rf"(?P<value>{_NAME}){_FROM},?(?: {_STRENGTH})?,? ?(?:(?:one|two|half|1|2|3|un|une|deux|uno|una|dos|media"
    r"|eine?|zwei|je) (?:tablets?|capsules?|pills?|puffs?|drops|sachets?|comprimés?|gélules?|gouttes|bouffées?"
    r"|comprimidos?|cápsulas?|gotas|tabletten?|kapseln?|tropfen|hub|stück|in the morning|in the evening|at night"
    r"|at bedtime|each|every|a day|daily|chaque|le matin|le soir|par jour|cada|por la|al día|morgens|abends|täglich"
    r"|am tag)|\d-\d-\d(?:-\d)?(?!\d)|(?:once|twice|three times) (?:a day|daily)|(?:ein|zwei|drei)mal täglich"
    r"|\d ?x (?:täglich|daily|par jour|al día))"
)
_SCHEME = re.compile(r"-(?<=\d.)(?<!\d\d.)\d-\d(?!\d)")
"""How many in the morning, at noon and in the evening."""
_TAKES = re.compile(
    r"(?:[Ii](?: still| now)? take|[Ii]['’]m (?:still |now )?on|[Bb]een (?:on|taking)|[Tt]aking|[Jj]e prends"
    r"|[Jj]['’]ai pris|[Ii]ch nehme|[Nn]ehme ich|[Tt]omo|[Ee]stoy tomando|[Ll]levo \w+ \w+ con)"
    rf"(?: (?:jetzt|seit \w+ \w+|du|de la|ya))? (?P<value>{_NAME})(?!\w)"
)
_TAKES_SINCE = re.compile(
    rf"(?:[Jj]e suis sous|[Ii]l est sous|[Ee]lle est sous|[Bb]een on|[Ii]['’]m on|[Ii]ch nehme|[Nn]immt|[Tt]omo"
    rf"|[Tt]oma) (?P<value>{_NAME})"
    r"(?= (?:depuis|for|since|seit|desde|desde hace)(?!\w))"
)
_TAKES_DAILY = re.compile(
    rf"(?:[Tt]akes?|[Nn]immt|[Tt]oma|[Pp]rend|is on|ist auf) (?P<value>{_NAME})"
    r"(?= (?:every|each|daily|twice|at (?:night|bedtime)|jeden|täglich|morgens|abends|cada|por la|chaque|le matin"
    r"|le soir))"
)
_PACKS = re.compile(
    rf"(?P<value>{_NAME}){_FROM},?(?: {_STRENGTH})?,? ?(?:x )?\d{{1,3}} ?(?:tablets?|capsules?|pills|puffs|sachets"
    rf"|comprimidos"
    r"|cápsulas|comprimés|gélules|tabletten|kapseln|stück|ampullen|ampoules|x \d)"
)
_READY = re.compile(
    rf"(?<=[a-zà-ÿ,] )(?!Termin|Rezept|Bestellung|Prescription|Order|Pedido|Receta|Ordonnance)(?P<value>{_NAME})"
    r"(?= (?:is|has|are|ready|back|in|est|sont|arriv\w+|pour|for|para|für|nach|ya|da)(?!\w))"
)
_HURT = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?:broke|broken|sprained|twisted|dislocated|fractured|tore|torn|injured|burned|burnt|bruised) (?:(?:my"
        rf"|his|her|their)"
        rf" )(?:(?:left|right|other|big|little) )?(?:{BODY}|collarbone|finger|thumb|toe|nose|rib|ribs|achilles"
        rf"|hamstring|ligament"
        r"|meniscus)(?!\w)",
        rf"(?:mir|sich) (?:den|die|das|meinen|einen|eine) (?:\w+en )?(?:{BODY}|finger|daumen|zeh|nase|rippe|rippen"
        rf"|schlüsselbein"
        r"|kreuzband|meniskus|bänder|sehne|achillessehne) (?:gebrochen|verstaucht|gezerrt|gerissen|verbrannt"
        r"|ausgekugelt|gestaucht"
        r"|verletzt|geprellt)(?!\w)",
        rf"(?:me he|se ha|nos hemos|me|se) (?:roto|rompió|rompí|torcido|torció|torcí|fracturado|fracturó|dislocado"
        rf"|quemado|quemó)"
        rf" (?:el|la|los|las|un|una|dos) (?:{BODY}|dedo|dedos|clavícula|nariz|costilla|costillas|ligamentos?"
        rf"|menisco)(?!\w)",
        rf"(?:me suis|s['’]est|s['’]était) (?:cassée?|foulée?|tordue?|luxée?|fracturée?|déchirée?|brûlée?) "
        rf"(?:le |la |les |l['’]|un |une |deux )(?:{BODY}|doigt|pouce|orteil|nez|côtes?|clavicule|ligaments?"
        rf"|ménisque)(?!\w)",
    )
)
"""What somebody has broken of himself."""
_HURT_WORDS = CONTEXT.pop("hurt")
"""One of these is part of it."""
_COUNTED = (
    re.compile(
        r"(?:day|tag|día|jour) (?:no\.? ?|nr\.? ?)?\d{1,4},? (?:of being )?(?:sober|clean|trocken|nüchtern|abstinent"
        r"|sobrio|sobria|sobre|sans alcool|sin beber|ohne alkohol)(?!\w)"
    ),
    re.compile(
        r"[0-9](?=[0-9. +]{0,8}[ws])(?:\d?\. ?(?:\+ ?\d ?)?(?:woche schwanger|ssw|schwangerschaftswoche)"
        r"|\d? ?(?:\+ ?\d ?)?(?:weeks? pregnant|semanas? de (?:embarazo|gestación)|semaines? (?:de grossesse"
        r"|d['’]aménorrhée)|sa(?= )))(?!\w)"
    ),
)
"""Days without alcohol, and weeks of a pregnancy."""
_COUNTED_WORDS = CONTEXT.pop("counted") + tuple(f"{digit}{space}sa " for digit in range(10) for space in ("", " "))
"""One of these is part of it."""
HEADING, UNDER = 60, 2
"""Most characters of a heading, and lines below it that may name a medicine."""
NEAR = 70
"""Characters around what is counted or broken in which something may say that it is told to everybody."""
LONGEST = 300
"""Characters of a line that are read."""


def spans(text: str, lower: str, spans_of: dict[str, Spans], names: Spans) -> Iterator[Span]:
    """
    Args:
        text, lower: `views.flat`, and that in small letters.
        spans_of: what `labels.LEXICON` has read in it.
        names: full names in it.
    """
    for lasting in _LASTING if spans_of["care"].phrases else ():
        for match in lasting.finditer(lower):
            if _in_line(text, match.span(), spans_of["care"]):
                yield match.span("value")
    for covered in _COVERED if spans_of["insured"].phrases else ():
        for match in covered.finditer(lower):
            if _in_line(text, match.span(), spans_of["insured"]):
                yield match.span("value")
    counted = _COUNTED if holds_any(lower, _COUNTED_WORDS) else ()
    hurt = _HURT if holds_any(lower, _HURT_WORDS) else ()
    for match in chain.from_iterable(pattern.finditer(lower) for pattern in (*hurt, *counted)):
        if not spans_of["general"].near(text, match.span(), NEAR):
            yield match.span()
    yield from _medicines(text, spans_of, names)


def _medicines(text: str, spans_of: dict[str, Spans], names: Spans) -> Iterator[Span]:
    for _, end in spans_of["prescribed"].phrases:
        begins, line = line_begins(text, end, LONGEST), line_ends(text, end, LONGEST)
        if len(text[begins:line].strip()) <= HEADING:
            for _ in range(UNDER):
                if line < len(text) and (told := _UNDER.match(text, line + 1)):
                    yield told.span("value")
                line = line_ends(text, line + 1, LONGEST)
    is_dosed = spans_of["dose"].phrases or _SCHEME.search(text)
    patterns = [_TAKEN] if is_dosed else []
    patterns += (_TAKES_DAILY, _TAKES_SINCE, _TAKES) if spans_of["takes"].phrases else ()
    for match in chain.from_iterable(pattern.finditer(text) for pattern in patterns):
        if match.re is not _TAKES or _in_line(text, match.span(), spans_of["effect"]):
            yield match.span("value")
    for match in _PACKS.finditer(text) if is_dosed else ():
        if _in_line(text, match.span(), names):
            yield match.span("value")
    for at, end in spans_of["pharmacy"].phrases:
        begins, ends = line_begins(text, at, LONGEST), line_ends(text, end, LONGEST)
        for match in _READY.finditer(text, begins, ends):
            if names.within(begins, ends) and not any(s <= match.start() < e for s, e in names.phrases):
                yield match.span("value")


def _in_line(text: str, span: Span, words: Spans) -> bool:
    return words.within(line_begins(text, span[0], LONGEST), line_ends(text, span[1], LONGEST))
