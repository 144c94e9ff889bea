"""Illnesses, medicines and findings that are somebody's, by who is named, speaks or is spoken of near them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from components.privacy import ailments, findings, medicine, sufferers
from components.privacy.lexicon import FULL_NAME, Places, Span, Spans, line_begins, line_ends, phrase_pattern
from components.privacy.words import any_of

_PRICE = re.compile(r"[€$£] ?\d|\d ?(?:€|EUR(?!\w)|GBP|USD|CHF)")
_HAS = re.compile(
    r"(?<!\w)(?:(?:has|have|got|hat|habe|haben|ai|tiene|tengo|tienen)(?: (?:a|an|the|die|den|das|eine?n?|la|le|les"
    r"|une?|des|du|el|los|las|unas?|unos?))?|a (?:la|les|le|des|du|une?|eu une?)) ?\Z",
    re.IGNORECASE,
)
"""Right before the name of an illness."""
_CAPITALS = frozenset(ailments.LISTS["capitals"])
_I = re.compile(
    r"(?<!\w)(?:I|ich|Ich|yo|Yo|[Jj]e|[Jj]['’](?:ai|étais|avais|suis)|zu mir|über mich|sobre mí|[Oo]s cuento"
    r"|me présente|about me)(?!\w|['’]d)"
)
_MY = re.compile(r"(?<!\w)(?:[Mm]y|[Mm]eine?|[Mm]i|[Mm]on|[Mm]a|[Tt]engo|[Tt]omo|[Ee]stoy|[Ee]stuve)(?!\w)")
_NAME_HAS = re.compile(
    r"(?:[\n,.:;] ?|\A|  )(?!What|Wh|Wann|Was|Wer|Wie|Wo|Das|Dies|Es |It |Th|Here|Hier|Qu|Cu|Cóm|Ce |Cela|Ça|Si |If "
    r"|How)[A-ZÀ-Þ][\w'’-]+ (?:is|has|hat|ist|es|tiene|est|a|suffers from|leidet an|padece|souffre d[e'’])(?: (?:an?"
    r"|eine?n?|una?|une?|very|sehr|muy|très|in|at|on|in der|auf|en|dans une?))? ?\Z"
)
"""Who speaks of himself, and somebody by his first name right before an illness."""
_I_HAVE = re.compile(
    r"(?<!\w)(?:I['’]m (?:off|in|on|at|having|going in|due|back from|waiting for|recovering|still)|I (?:had|have|need"
    r"|got|take|use|am)|I['’]ve (?:had|got|been)|[Ii]ch (?:habe|hab|hatte|brauche|muss|bin|war|nehme|bekomme)"
    r"|(?:[Tt]engo|[Tt]uve|[Mm]e han|me hicieron|[Ee]stoy|uso|necesito)|[Jj]['’](?:ai|avais|attends)|[Jj]e (?:suis|dois"
    r"|prends|passe|vais|sors d))(?![\w?])"
)
"""Who says that he has, had or needs something."""
MINE, SAID = 12, 40
"""Characters before what could be anybody's in which somebody must say that it is his."""
FIRST, HAS = 30, 16
"""Characters before the name of an illness in which somebody may speak of themselves, or be said to have it."""
NEAR = 70
"""Characters around the name of an illness in which something must say that it is somebody's."""
_WORD = re.compile(r"[^\W\d_][\w'’-]{0,40}")
_BEHIND_IT = re.compile(r"[ ](?:[(])?([\w'’-]{1,40})")
_BEFORE_IT = re.compile(r"([\w'’-]{1,40})[ ]$")
_IN_WORD = re.compile(r"[\w'’-]")
_BEFORE_ILL = re.compile(r"(?<!\w)[a-tv-z]\d{2}(?:\.\d{1,2})?[ ]\Z")
"""A diagnosis's code."""
LONGEST_CODE = 8
_REST = re.compile(r"[\w'’-]{1,40}")
_STRONG = re.compile(
    r"diagnos|recover|recupera|erhol|se remet|suffer|allerg|intoleran|leide|litt an|erkrank|krank|sick|ill "
    + any_of("strong")
    + r"|unwell|hospital|klinik|stationär|souffr|atteint|malade|padec|sufr|sufre|enferm|baja|prescri|verschr"
    r"|verordn|recet|rezept|refill|medic|medik|operat|operad|opéré|opère|vaccin|geimpft|vacun|therap|treat|behand|rehab"
    r"|reha |physio|kiné|fisio|tested|positiv|positif|séropos|negativ|admitted|admis|ingresad|attest|unfit|arbeitsunf"
    r"|dienstunf|berufsunf|complain|klag|plain|queja|remission|rémission|tauglich|apte|apto|retired|jubilad|schub|flare"
    r"|relapse|rezidiv|recidiv|récidiv|complication|komplikation|complicaci|wheelchair|rollstuhl|fauteuil"
    r"|silla de ruedas|died|passed away|gestorben|murió|décéd|signed off|laid up|clou|soigné|suivi|seguimiento|detectad"
    r"|arrêt|trouvé|intervenid|se sometió|unterz|biops|scan|xray|mrt|schwerbehindert|exempt|exento|exenta|dispens"
    r"|befreit|freigestellt|carrier|träger|portador|porteu|post|s/p|zustand|verdacht|v\.a"
)
"""That something is said of somebody's health whatever it is; elsewhere it must be named."""
_OF_BODY = re.compile(rf"(?<!\w){medicine.BODY}(?!\w)")
BEHIND = 8
"""Characters behind what is told that may belong to an illness's name."""
_ANY = re.compile(
    r"(?<!\w)(?:any|such as|jegliche|etwaige|irgendwelche|wie|alguna|algún|cualquier|como|éventuelles?"
    r"|d['’]éventuelles?|tels? que"
    r"|telles? que|comme) \Z",
    re.IGNORECASE,
)
_SURGERY = "Surgery"
_THE_SURGERY = re.compile(r"(?<!\w)(?:the|your|our|this|gp|doctor['’]?s['’]?) surgery(?! (?:on|to|for|was|went))")
"""A practice."""
_CALLED = re.compile(r"(?:[\n\",;:·|][ ]*|[a-z,.][ ]|\A)(?:[A-Z][\w'’.-]*[ ])*?([A-Z][\w'’-]+)[ ]\Z")
_OPERATED = re.compile(any_of("operated"), re.IGNORECASE)
"""Before a word for an operation, what is operated on; other names are a practice's."""
_SITE = re.compile(
    r"[ ](?:en|in|im|in der|am|an der|au|à|of|on|du|de|del|des)(?:[ ](?:el|la|los|las|the|my|his|her|both|le|les|un"
    r"|una|une|l['’]))?"
    rf"(?:[ ]|(?<=['’]))(?:left |right |linken |rechten )?{medicine.BODY}(?:[ ](?:izquierd[oa]|derech[oa]|gauche"
    rf"|droite?))?(?!\w)"
)
"""Behind an illness, where in the body it is."""
_DOSE = re.compile(
    r"[ ,]{1,2}\d{1,4}(?:[.,]\d+)?[ ]?(?:mg|µg|mcg|micrograms?|mikrogramm|microgramos?|microgrammes?|g|ml|i\.?e\.?|iu"
    r"|ui)(?:/ml)?(?!\w)(?:,?[ ](?:tablets?|capsules?|inhaler|patch(?:es)?|tabletten?|kapseln?|comprim\w+|cápsulas?"
    r"|gélules?|n[123]))?(?:,?[ ](?:(?:once|twice|three times) (?:a day|daily)|(?:ein|zwei|drei)?mal täglich"
    r"|\d x täglich|\d-\d-\d|cada \d+ horas|\d fois par jour|al día|par jour|daily|nightly|at night))?"
)
"""Behind a medicine, how much of it."""
_OF_PETS = re.compile(r"(?<!\w)" + any_of("pets") + r"(?! guía| guide)(?:['’]s)?(?!\w)")
"""That a pet is ill."""
_SIGN = re.compile(r"[,;:!?()\"«»“”„][ ]?|[.](?:[ ]|\Z)|[ ][-–][ ]")
"""What parts a sentence."""
_OF_PATIENTS = re.compile("|".join(phrase_pattern(phrase) for phrase in sufferers.PATIENT if " " not in phrase))
_FOR = re.compile(r"(?<!\w)(?:for|für|de|pour|para)\s")
_DOCTOR = re.compile(
    r"(?:(?:la|el|le|the|der|die|dem|my|mi|mon|ihrem|ihrer|seinem|seiner) )?(?:dra?|doctora?|docteure?|doktor|arzt"
    r"|ärztin|gp|médic[oa]|médecin|hospital)(?!\w)"
)
"""Persons and places that treat an illness: where a label is followed by one, it is followed by no illness."""
_UNITS = ("mg", "µg", "mcg")
WORDS_AROUND = 4
"""Of what stands before and behind the name of an illness, the words that may belong to it."""


def spans(text: str, lower: str, spans_of: dict[str, Spans], names: Spans) -> Iterator[Span]:
    """
    Args:
        text, lower: `views.flat`, and that in small letters.
        spans_of: what `labels.LEXICON` has read in it.
        names: full names in it.
    """
    names = findings.without_doctors(text, names)
    for span in spans_of["ill"].phrases:
        if findings.is_told_under(text, span[0], spans_of) and not spans_of["general"].near(text, span, NEAR):
            yield _line_of(text, lower, span)
        elif _is_somebodys(text, span, spans_of, names):
            yield _told_part(text, lower, span)
    for span in spans_of["told"].phrases:
        if _is_told(text, span, spans_of):
            yield span
    yield from findings.spans(text, spans_of, names)
    for (begins, said), (start, end) in zip(spans_of["diagnosed"].phrases, spans_of["diagnosed"].values, strict=True):
        end = _until_stop(lower, start, end)
        of_whom = _FOR.search(lower, said - 4, start) is not None and names.within(start, end + 1)
        if end > start and not (
            (not _STRONG.search(lower, begins, start) and not _tells(lower, start, end, spans_of))
            or of_whom
            or _DOCTOR.match(lower, start)
            or spans_of["general"].near(text, (start, end), NEAR)
        ):
            yield start, end


def _is_somebodys(text: str, span: Span, spans_of: dict[str, Spans], names: Spans) -> bool:
    """Whether an illness or a medicine is some person's. In the first person it always is. Otherwise words of general
    information nearby, or a price (it is a shop's then), speak against it."""
    if _is_of_any(text, span) or _is_a_practice(text, span) or _OF_PETS.search(text, *_around(text, span)):
        return False
    if spans_of["first"].before(text, span[0], FIRST) or _is_said_of_one(text, span):
        return True
    named = names.near(text, span, NEAR) and not spans_of["company"].near(text, span, NEAR)
    named = named or FULL_NAME.fullmatch(findings.title_of(text, span[0], spans_of).strip()) is not None
    theirs = named or _HAS.search(text, max(span[0] - HAS, 0), span[0]) or spans_of["patient"].near(text, span, NEAR)
    if spans_of["general"].near(text, span, NEAR) or not theirs:
        return False
    return named or spans_of["own"].near(text, span, NEAR) or not _has_a_price(text, span)


def _tells(lower: str, start: int, end: int, spans_of: dict[str, Spans]) -> bool:
    """Whether an illness, a part of a body or an operation is named between two places."""
    named = any(spans_of[name].within(start, end + BEHIND) for name in ("ill", "told", "specialty"))
    return named or _OF_BODY.search(lower, start, end) is not None


def _around(text: str, span: Span) -> Span:
    return line_begins(text, span[0], NEAR), line_ends(text, span[1], NEAR)


def _is_of_any(text: str, span: Span) -> bool:
    """Whether any illness is meant, as in questions to everybody."""
    return _ANY.search(text, line_begins(text, span[0], MINE), span[0]) is not None


def _is_a_practice(text: str, span: Span) -> bool:
    """Whether a practice is called so: `Orchard Surgery`."""
    if text[slice(*span)] != _SURGERY:
        return False
    called = _CALLED.search(text, line_begins(text, span[0], NEAR), span[0])
    return called is not None and _OPERATED.fullmatch(called[1]) is None


def _is_told(text: str, span: Span, spans_of: dict[str, Spans]) -> bool:
    """Whether what could be anybody's is told by who speaks of himself, or of somebody who has had it."""
    if spans_of["general"].near(text, span, NEAR) or _has_a_price(text, span):
        return False
    mine = spans_of["mine"].before(text, span[0], MINE)
    return mine or (_I_HAVE.search(text, line_begins(text, span[0], SAID), span[0]) is not None)


def _is_said_of_one(text: str, span: Span) -> bool:
    """Whether who speaks of himself names an illness, and asks nothing, or somebody is said to have it."""
    begins, ends = line_begins(text, span[0], NEAR), line_ends(text, span[1], NEAR)
    if _NAME_HAS.search(text, begins, span[0]) and not medicine.is_medical(text[begins : span[0]].split()[0].lower()):
        return True
    return _I.search(text, begins, span[0]) is not None and "?" not in text[begins:ends]


def _told_part(text: str, lower: str, span: Span) -> Span:
    """An illness with what stands between the signs around it, where somebody speaks of himself and that is short."""
    start, end = whole(lower, span)
    begins, ends = _around(text, span)
    if _I.search(text, begins, ends) is None and _MY.search(text, max(begins, start - MINE), end) is None:
        return start, end
    first = max((stop.end() for stop in _SIGN.finditer(text, begins, start)), default=begins)
    last = next((stop.start() for stop in _SIGN.finditer(text, end, ends)), ends)
    while first < start and text[first].isspace():
        first += 1
    return (first, len(text[:last].rstrip())) if last - first <= NEAR else (start, end)


def _line_of(text: str, lower: str, span: Span) -> Span:
    """The whole of the line in which an illness stands, where that is short."""
    begins, ends = line_begins(text, span[0], NEAR), line_ends(text, span[1], NEAR)
    line = text[begins:ends]
    begins += len(line) - len(line.lstrip())
    short = len(line.strip()) <= NEAR
    return (begins, begins + len(line.strip())) if short else whole(lower, span)


def _has_a_price(text: str, span: Span) -> bool:
    return _PRICE.search(text, line_begins(text, span[0], NEAR), line_ends(text, span[1], NEAR)) is not None


def illnesses(text: str, lower: str, spans_of: dict[str, Spans], places: Places) -> Spans:
    """Words that name an illness: by lists, by their endings and by their stems; no practice, and none in small letters
    that counts in capitals alone."""
    ending = ((at, at + len(word)) for word, starts in places.items() if medicine.ends_ill(word) for at in starts)
    medical_words = {word for word in set(_WORD.findall(lower)) if medicine.is_medical(word)}
    medical = (word.span() for word in _WORD.finditer(lower) if word[0] in medical_words) if medical_words else ()
    practices = {match.end() for match in _THE_SURGERY.finditer(lower)} if "surgery" in places else ()
    listed = (
        span
        for span in spans_of["illness"].phrases
        if span[1] not in practices and (lower[slice(*span)] not in _CAPITALS or text[slice(*span)].isupper())
    )
    return Spans(phrases=sorted({*listed, *medical, *ending}))


def _until_stop(lower: str, start: int, end: int) -> int:
    """The end of an illness's name: before the first word that belongs to the rest of the sentence."""
    return next(
        (word.start() for word in _WORD.finditer(lower, start, end) if _ends(word[0]) and word.start() > start),
        end,
    )


def _ends(word: str) -> bool:
    """Whether a word ends an illness's name, because it belongs to the rest of the sentence."""
    if word in _UNITS or word.startswith("allerg"):
        return False
    return word in ailments.STOPS or _OF_PATIENTS.fullmatch(word) is not None


def whole(lower: str, span: Span) -> Span:
    """The span with the words around it that belong to the illness's name."""
    start, end = span
    while start and _IN_WORD.match(lower, start - 1):
        start -= 1
    if ending := _REST.match(lower, end):
        end = ending.end()
    code = _BEFORE_ILL.search(lower, max(start - LONGEST_CODE, 0), start)
    for _ in range(0 if code else WORDS_AROUND):
        before = _BEFORE_IT.search(lower[max(start - 42, 0) : start])
        if before is None or _ends(before[1]):
            break
        start -= len(before[0])
    for _ in range(WORDS_AROUND):
        behind = None if _DOSE.match(lower, end) else _BEHIND_IT.match(lower, end)
        if behind is None or (_ends(behind[1]) and behind[1] not in ailments.TAILS):
            break
        end = behind.end()
    for joined in (_SITE, _DOSE):
        if more := joined.match(lower, end):
            end = more.end()
    return code.start() if code else start, end
