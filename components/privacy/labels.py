"""Private values behind a label: `Date of birth: 4 May 1980`, `| "Passport" | "X1234567" |`; and words of illness or
belonging near words for a person."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from components.privacy import (
    ailments,
    beliefs,
    belonging,
    birthdays,
    births,
    clinics,
    codes,
    dates,
    findings,
    locks,
    medicine,
    public,
    remarks,
    sufferers,
    words,
)
from components.privacy.forms import NOTHING
from components.privacy.hits import Hit, Kind
from components.privacy.lexicon import (
    FULL_NAME,
    REMEMBERED,
    Lexicon,
    Places,
    Span,
    Spans,
    line_begins,
    line_ends,
    phrase_pattern,
)

GAP = (
    r"(?: (?:number|no\.?|nr\.?|n\.?[º°]|num\.?|numéro|número|nummer))?"
    r"(?:\s{0,3}[#:=]\s{0,90}|\s{1,3}(?:is|was|are|ist|war|lautet|es|era|est|était)(?:\s(?:the|die|der|das|le|la|el))?"
    r"\s{0,3}:?\s{1,40}|[ ]{3,60}|[ ]{0,4}\n[ ]{1,60}|\s{1,2})"
)
"""Between a label and its value: a colon, a verb, the next cell or line, or a space."""
FIRM = (
    r"(?:\)?(?:[ ]?\([^()\n]{1,25}\)|[ ][\w()/'’-]{1,15}){0,5}?\s{0,3}:\s{0,90}|[ ]{3,60})"
    r"(?P<value>[^\W_](?:(?![ ]{3})[^\n|;]){1,60})"
)
"""For values that are words: only a colon or the next cell says that they belong to the label."""
DIGITS = r"(?P<value>\d(?:[ /-]?\d){5,19})(?!\w)"

LABELS: dict[Kind, tuple[tuple[str, ...], str]] = {
    "phone": (words.PHONE, GAP + r"(?P<value>\(?\+?\d[\d ()./-]{5,20}\d)(?!\w)"),
    "birth_date": (
        birthdays.BIRTH,
        r"(?! (?:before|after|on or|vor|nach|avant|après|antes|después))"
        rf"(?:[^\d\n]{{0,60}}?|[^\w\n]{{0,6}}\n[^\d\n]{{0,40}}?)"
        rf"(?P<value>{dates.DATE}|(?<!\d){dates.COMPACT}(?!\d))",
    ),
    "national_id": (
        words.IDENTITY,
        GAP + r"(?P<value>(?=[a-z]{0,6}\d|[a-z]{1,3}[ /-]{1,2}\d)[a-z0-9](?:[ /-]?[a-z0-9]){5,15})(?!\w)",
    ),
    "bank": (words.ACCOUNT, GAP + DIGITS),
    "code": (
        words.CODE,
        GAP + r"(?P<value>(?:[a-z]-)?\d(?:[ -]?\d){3,8}(?!\w)|(?=[a-z]{0,8}\d)[a-z0-9]{5,8}"
        r"|(?=[a-z-]{0,6}\d)[a-z0-9]{3,5}(?:-[a-z0-9]{3,5}){1,4})(?!\w)",
    ),
    "card": (words.CARD_SECRET, GAP + r"(?P<value>\d{3,4})(?!\w)"),
    "key": (
        words.KEY,
        r"[\"']?(?:\s{0,3}[:=]\s{0,90}|\s{1,3}(?:is|ist|es)\s{1,3}"
        r"|\s{1,60})[\"']?(?P<value>(?=\S{0,40}\d)[\w+/=.~-]{12,400})",
    ),
    "health": (ailments.MEDICAL_LABEL, FIRM),
    "sensitive": (belonging.SENSITIVE_LABEL, FIRM),
}
CONTEXT = {
    "birth": birthdays.BORN,
    "birthday": birthdays.BIRTHDAY,
    "birth year": birthdays.BIRTH_YEAR,
    "person": birthdays.PERSON,
    "child": birthdays.CHILD,
    "happened": birthdays.HAPPENED,
    "company": words.COMPANY,
    "order": words.ORDER,
    "reference": tuple(phrase for phrase in words.ORDER if not phrase.startswith(("seri", "série", "número de série"))),
    "illness": (*ailments.ILLNESS, *medicine.MEDICINE),
    "patient": sufferers.PATIENT,
    "first": sufferers.FIRST,
    "coded": clinics.CODED,
    "specialty": clinics.SPECIALTY,
    "visit": clinics.VISIT,
    "own": clinics.OWN,
    "general": sufferers.GENERAL,
    "belonging": belonging.BELONGING,
    "being": belonging.BEING,
    "login": words.LOGIN,
    "codes": words.CODE,
    "call": words.PHONE,
    "password": words.PASSWORD,
    "secret": words.KEY,
    "identity": words.PAPERS,
    "rebate": words.REBATE,
    "service": words.SERVICE,
    "venue": words.VENUE,
    "party": belonging.PARTY,
    "membership": belonging.MEMBERSHIP,
    "active": belonging.ACTIVE,
    "many": belonging.MANY,
    "sentenced": belonging.SENTENCED,
    "institution": belonging.INSTITUTION,
    "about": belonging.ABOUT,
    "gift": belonging.GIFT,
}
SAID_OF = r"\s(?P<value>[^\W_][\w'’-]{0,30}(?:,? [\w'’-]{1,30}){0,5})"
LEXICON = Lexicon(
    dict(LABELS)
    | {"diagnosed": (sufferers.DIAGNOSED, SAID_OF), "deeds": (belonging.DEEDS, SAID_OF)}
    | {"measured": (clinics.MEASURED, findings.MEASURE), "tested": (clinics.TESTED, findings.VERDICT)}
    | {"blood": (clinics.BLOOD, findings.GROUP)}
    | {name: (phrases, "") for name, phrases in (public.CONTEXT | remarks.CONTEXT | locks.CONTEXT).items()}
    | {name: (phrases, "") for name, phrases in CONTEXT.items()}
)
_PRICE = re.compile(r"[€$£] ?\d|\d[.,]\d\d ?(?:€|EUR|GBP|USD)")
_HAS = re.compile(
    r"(?<!\w)(?:(?:has|have|got|hat|habe|haben|ai|tiene|tengo|tienen)(?: (?:a|an|the|die|den|das|eine?n?|la|le|les"
    r"|une?|des|du|el|los|las|unas?|unos?))?|a (?:la|les|le|des|du|une?|eu une?)) ?\Z",
    re.IGNORECASE,
)
"""Right before the name of an illness."""
FIRST, HAS = 30, 16
"""Characters before the name of an illness in which somebody may speak of themselves, or be said to have it."""
NEAR = 70
"""Characters around the name of an illness in which something must say that it is somebody's."""
LABELLED = 20
"""Characters around a label of an illness and its value in which something may say that it is for everybody."""
_WORD = re.compile(r"[^\W\d_][\w'’-]{0,40}")
_SMALL_WORD = re.compile(r"(?<!\w)[^\W\d_A-Z]{3,}(?!\w)")
_BEHIND_IT = re.compile(r"[ ](?:[(])?([\w'’-]{1,40})")
_BEFORE_IT = re.compile(r"([\w'’-]{1,40})[ ]$")
_IN_WORD = re.compile(r"[\w'’-]")
_BEFORE_ILL = re.compile(r"(?<!\w)[a-tv-z]\d{2}(?:\.\d{1,2})?[ ]\Z")
"""A diagnosis's code."""
LONGEST_CODE = 8
_REST = re.compile(r"[\w'’-]{1,40}")
_OF_PATIENTS = re.compile("|".join(phrase_pattern(phrase) for phrase in sufferers.PATIENT if " " not in phrase))
_FOR = re.compile(r"(?<!\w)(?:for|für|de|pour|para)\s")
_DOCTOR = re.compile(
    r"(?:(?:la|el|le|the|der|die|dem|my|mi|mon|ihrem|ihrer|seinem|seiner) )?(?:dra?|doctora?|docteure?|doktor|arzt"
    r"|ärztin|gp"
    r"|médic[oa]|médecin|hospital)(?!\w)"
)
"""Persons and places that treat an illness: where a label is followed by one, it is followed by no illness."""
_UNITS = ("mg", "µg", "mcg")
WORDS_AROUND = 4
"""Of what stands before and behind the name of an illness, the words that may belong to it."""
_ILLNESS = re.compile(
    r"(?!(?:dia|pro)gnos|hypnosis|academ|nostalg|sympath|empath|antipath|telepath|\w{0,12}(?:ge|be|ver|unter)sucht)"
    r"\w{2,20}(?:itis|osis|[äae]mi[ae]|algi[ae]|path(?:y|ie|ía)|plegi[ae]|sklerose|arthrose|phobi[ae]|fobia"
    r"|krankheit|erkrankung|störung(?:en)?|syndrom|krebs|leps(?:y|ie|ia)|depression|insuffizienz|karzinom|tumor|tumour"
    r"|virus(?:es)?|entzündung|infekt|flimmern|unterfunktion|überfunktion|nierensteine?|gallensteine?|blutung"
    r"|thrombose|fieber|eisenmangel|katarakt|versagen|herzschwäche|degeneration|vergiftung|lähmung|allergien?"
    r"|schmerzen|verkalkung|geschwür|infektion|embolie|transplantation"
    r"|(?:eisen|vitamin|jod|zink|kalium|magnesium)mangel|intoleranz|unverträglichkeit|(?:band|bänder|meniskus"
    r"|faser|sehnen)riss"
    r"|(?:(?<!mi)[a-z](?:ectomy|ektomie|ectomía|ectomie|oplasty|oplastia|oplastie|ostomy|ostomie|ostomía))"
    r"|(?<!z)anf[aä]ll(?:en?)?|[io]nkontinenz|incontinen(?:ce|cia|cy)|[hy]+[py]o?ertonie|hypotonie|insomnie|sucht"
    r"|diabetes|leiden|apnoe|husten|anämie|infarkt|psychose|verletzung|bandscheibenvorfall|schwerhörigkeit"
    r"|(?<=knochen)bruch|fraktur)"
)
"""Words that name an illness by their endings, in small letters."""
_DOCUMENT = re.compile(r"[A-Z\d](?<![\w.,/+-].)(?=[A-Z ]{0,6}\d)(?:[ -]?[A-Z\d]){5,18}(?![\w-]|[.,/]\d)")
_DATED = re.compile(rf"{dates.DATE}|{dates.COMPACT}", re.IGNORECASE)
_MEDICINE_NO = re.compile(r"(?:CIP|PZN|CN|C\.N\.)\W{0,3}(?:\d{6,7}|\d{13})(?![\d-])", re.IGNORECASE)
"""A number that identifies a medicine, not a patient."""
OF_DOCUMENT, BEFORE_ID, FIGURES = 60, 8, 4
"""Characters before what may be a document's number in which a word must say so, those before that word in which one
may say that it is a company's, and the digits that it has at least."""


def hits(text: str, lower: str, spans_of: dict[str, Spans]) -> Iterator[Hit]:
    """Hits by the phrases of `LEXICON`, also of the same place twice.

    Args:
        text, lower: a text from `views.flat`, and the same in small letters.
        spans_of: by list, the phrases that `LEXICON` has found in `lower`, and its `illnesses` (`ill`).
    """
    names = Spans(phrases=[match.span() for match in FULL_NAME.finditer(text)])
    for kind in LABELS:
        source = "words" if kind in ("health", "sensitive") else "pattern"
        for start, end in (
            *_valued(text, kind, spans_of),
            *(births.birth_dates(text, lower, spans_of, names) if kind == "birth_date" else ()),
        ):
            yield Hit(start=start, end=end, kind=kind, source=source)  # type: ignore[arg-type]
    for kind, (start, end) in _about_people(text, lower, spans_of, names):
        yield Hit(start=start, end=end, kind=kind, source="words")
    for start, end in remarks.spans(text, lower, spans_of, names):
        yield Hit(start=start, end=end, kind="health", source="words")
    for (_, said), (start, end) in zip(spans_of["diagnosed"].phrases, spans_of["diagnosed"].values, strict=True):
        end = _until_stop(lower, start, end)
        of_whom = _FOR.search(lower, said - 4, start) is not None and names.within(start, end + 1)
        if end > start and not (
            of_whom or _DOCTOR.match(lower, start) or spans_of["general"].near(text, (start, end), NEAR)
        ):
            yield Hit(start=start, end=end, kind="health", source="words")
    for start, end in codes.spans(text, spans_of):
        yield Hit(start=start, end=end, kind="code", source="words")
    for start, end in _documents(text, spans_of):
        yield Hit(start=start, end=end, kind="national_id", source="words")
    for start, end in beliefs.spans(text, lower, spans_of, names):
        yield Hit(start=start, end=end, kind="sensitive", source="words")


_OF_THINGS = re.compile(
    r"(?<!\w)(?:engine|fuse|battery|printer|motor|sensor|cable|filter|pump|disk|server|software|update|oil|vets?"
    r"|sicherung|akku|batterie|drucker|kabel|pumpe|festplatte|fusible|batería|impresora|avería|moteur|imprimante|pile"
    r"|rain|sunny|cloudy|snow|wind|°c|°f|regen|sonnig|lluvia|soleado|pluie|terms|apply|refurbished|wie neu|gebraucht"
    r"|unisex|portrait|landscape|vertical|horizontal|hochformat|querformat|paysage|klasse i+|class i+)(?!\w)",
    re.IGNORECASE,
)
"""Words after a label for illness or belief that are about a machine, the weather or goods."""


def _valued(text: str, kind: Kind, spans_of: dict[str, Spans]) -> Iterator[Span]:
    """Values behind labels of this kind, without numbers of companies (`USt-IdNr.`) and codes of shops."""
    for phrase, value in zip(spans_of[kind].phrases, spans_of[kind].values, strict=True):
        of_company = kind in ("national_id", "code") and spans_of["order"].within(
            max(phrase[0] - BEFORE_ID, 0), value[0]
        )
        content = text[slice(*value)]
        if kind == "sensitive" and content[0].isdigit():
            continue
        if kind in ("health", "sensitive") and (NOTHING.fullmatch(content.strip()) or _OF_THINGS.search(content)):
            continue
        if kind == "national_id" and (_is_in_words(content) or _MEDICINE_NO.match(text, phrase[0])):
            continue
        general = kind == "health" and spans_of["general"].within(max(phrase[0] - LABELLED, 0), value[1] + LABELLED)
        if not (of_company or general) and not (kind == "code" and spans_of["rebate"].near(text, value, codes.LETS_IN)):
            yield value
            if kind == "code":
                yield from codes.behind(text, value)


def _is_in_words(content: str) -> bool:
    """Whether a text is words with a number between them."""
    return " " in content and (sum(map(str.isdigit, content)) < FIGURES or _SMALL_WORD.search(content) is not None)


def _documents(text: str, spans_of: dict[str, Spans]) -> Iterator[Span]:
    for match in _DOCUMENT.finditer(text) if spans_of["identity"].phrases else ():
        if _is_document(text, match, spans_of):
            yield match.span()


def _is_document(text: str, match: re.Match[str], spans_of: dict[str, Spans]) -> bool:
    """Whether a number follows a word for a passport, a licence or the like, without a word for orders between."""
    label = spans_of["identity"].last_before(text, match.start(), OF_DOCUMENT)
    return (
        label is not None
        and sum(map(str.isdigit, match[0])) >= FIGURES
        and not spans_of["reference"].within(max(label - BEFORE_ID, 0), match.end())
        and not _DATED.match(match[0])
    )


def _about_people(text: str, lower: str, spans_of: dict[str, Spans], names: Spans) -> Iterator[tuple[Kind, Span]]:
    """Illnesses and findings near a full name or near words that relate them to a person."""
    for span in spans_of["ill"].phrases:
        if _is_somebodys(text, span, spans_of, names):
            yield "health", whole(lower, span)
    for span in findings.spans(text, spans_of, names):
        yield "health", span


def _is_somebodys(text: str, span: Span, spans_of: dict[str, Spans], names: Spans) -> bool:
    """Whether an illness or a medicine is some person's. In the first person it always is. Otherwise words of general
    information nearby, or a price (it is a shop's then), speak against it."""
    if spans_of["first"].before(text, span[0], FIRST):
        return True
    named = names.near(text, span, NEAR) and not spans_of["company"].near(text, span, NEAR)
    theirs = named or _HAS.search(text, max(span[0] - HAS, 0), span[0]) or spans_of["patient"].near(text, span, NEAR)
    if spans_of["general"].near(text, span, NEAR) or not theirs:
        return False
    return named or spans_of["own"].near(text, span, NEAR) or not _has_a_price(text, span)


def _has_a_price(text: str, span: Span) -> bool:
    return _PRICE.search(text, line_begins(text, span[0], NEAR), line_ends(text, span[1], NEAR)) is not None


def illnesses(lower: str, spans_of: dict[str, Spans], places: Places) -> Spans:
    """Words that name an illness: by lists, by their endings and by their stems."""
    ending = ((at, at + len(word)) for word, starts in places.items() if _ends_ill(word) for at in starts)
    medical_words = {word for word in set(_WORD.findall(lower)) if medicine.is_medical(word)}
    medical = (word.span() for word in _WORD.finditer(lower) if word[0] in medical_words) if medical_words else ()
    return Spans(phrases=sorted({*spans_of["illness"].phrases, *medical, *ending}))


@lru_cache(REMEMBERED)
def _ends_ill(word: str) -> bool:
    return _ILLNESS.fullmatch(word) is not None


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
        behind = _BEHIND_IT.match(lower, end)
        if behind is None or (_ends(behind[1]) and behind[1] not in ailments.TAILS):
            break
        end = behind.end()
    return code.start() if code else start, end
