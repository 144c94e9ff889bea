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
    conditions,
    dates,
    findings,
    handed,
    labelled,
    locks,
    matters,
    medicine,
    notes,
    notices,
    offices,
    patients,
    phones,
    profiles,
    public,
    remarks,
    shapes,
    standings,
    stories,
    sufferers,
    words,
)
from components.privacy.forms import NOTHING, asks_for
from components.privacy.hits import Hit, Kind
from components.privacy.lexicon import FULL_NAME, REMEMBERED, Lexicon, Span, Spans
from components.privacy.people import named
from components.privacy.placeholders import is_placeholder
from components.privacy.words import any_of

GAP = (
    r"(?: (?:number|no\.?|nr\.?|n\.?[º°]|num\.?|numéro|número|nummer))?(?:\s{0,3}[#:=]\s{0,90}|(?:\s{1,3}(?:is|was|are"
    r"|ist|war|lautet|es|era|est|était)|,?\s(?:it['’]s|that['’]s|that is|it is|das ist|es ist|c['’]est|ce sera|que es"
    r"|sería))(?:\s(?:the|die|der|das|le|la|el))?\s{0,3}:?\s{1,40}|[ ]{3,60}|[ ]{0,4}\n[ ]{1,60}|\s{1,2})"
)
"""Between a label and its value: a colon, a verb, the next cell or line, or a space."""
FIRM = (
    r"(?:\)?(?:[ ]?\([^()\n]{1,25}\)|[ ][\w()/'’-]{1,15}){0,5}?\s{0,3}:\s{0,90}|[ ]{3,60})"
    r"(?P<value>[^\W_](?:(?![ ]{3})[^\n|;]){1,60})"
)
"""For values that are words: only a colon or the next cell says that they belong to the label."""
DIGITS = r"(?P<value>\d(?:[ /-]?\d){5,21})(?!\w)"

LABELS: dict[Kind, tuple[tuple[str, ...], str]] = {
    "phone": (words.PHONE, GAP + r"(?P<value>\(?\+?\d[\d ()./-]{5,20}\d)(?!\w)"),
    "birth_date": (
        birthdays.BIRTH,
        r"(?! (?:before|after|on or|vor|nach|avant|après|antes|después))"
        rf"(?:[^\d\n]{{0,60}}?|(?:[^\d\n]{{0,25}}\?)?[^\w\n]{{0,6}}\n[^\d\n]{{0,40}}?)"
        rf"(?P<value>{dates.DATE}|(?<!\d){dates.COMPACT}(?!\d))",
    ),
    "national_id": (
        words.IDENTITY,
        GAP + r"(?P<value>(?=[a-z]{0,6}\d|[a-z]{1,3}[ /-]{1,2}\d)(?!\d{1,2}\.\d{1,2}\.\d{2})"
        r"[a-z0-9](?:(?:[ /-]|(?<=\d)\.(?=\d{3}(?!\d)))?[a-z0-9]){5,15})(?!\w)",
    ),
    "bank": (words.ACCOUNT, GAP + DIGITS),
    "code": (
        words.CODE,
        GAP + r"(?P<value>\d{3,6}-[a-z](?!\w)|[a-z]\d{3}(?!\w)|[a-z]{1,3}-\d{2,4}(?![\w-])"
        r"|(?:[a-z]-)?\d(?:[ -]?\d){3,8}(?!\w)|(?=[a-z]{0,8}\d)[a-z0-9]{4,8}"
        r"|(?=[a-z-]{0,6}\d)[a-z0-9]{3,5}(?:-[a-z0-9]{3,5}){1,4}|[a-z]{3,4}-[a-z]{3,4})(?![\w-])",
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
    "order": words.ORDER,
    "reference": tuple(phrase for phrase in words.ORDER if not phrase.startswith(("seri", "série", "número de série"))),
    "illness": (*ailments.ILLNESS, *medicine.MEDICINE),
    "told": ailments.CONDITIONS["told"],
    "mine": sufferers.MINE,
    "patient": sufferers.PATIENT,
    "first": sufferers.FIRST,
    "coded": clinics.CODED,
    "specialty": clinics.SPECIALTY,
    "visit": clinics.VISIT,
    "own": clinics.OWN,
    "general": sufferers.GENERAL,
    "login": words.LOGIN,
    "codes": words.CODE,
    "call": words.PHONE,
    "password": words.PASSWORD,
    "secret": words.KEY,
    "identity": words.PAPERS,
    "rebate": words.REBATE,
    "matter": matters.MATTER,
    "game": matters.GAME,
}
_CONTEXTS = public.CONTEXT | offices.CONTEXT | belonging.CONTEXT | standings.CONTEXT | remarks.CONTEXT
_TOLD = locks.CONTEXT | handed.CONTEXT | stories.CONTEXT | notes.CONTEXT | notices.CONTEXT
SAID_OF = r"\s(?P<value>[^\W_][\w'’-]{0,30}(?:,? [\w'’-]{1,30}){0,5})"
LEXICON = Lexicon(
    dict(LABELS)
    | {"diagnosed": (sufferers.DIAGNOSED, SAID_OF), "deeds": (belonging.DEEDS, SAID_OF)}
    | {"measured": (clinics.MEASURED, findings.MEASURE), "tested": (clinics.TESTED, findings.VERDICT)}
    | {"blood": (clinics.BLOOD, findings.GROUP)}
    | {name: (phrases, "") for name, phrases in (_CONTEXTS | _TOLD).items()}
    | {name: (phrases, "") for name, phrases in CONTEXT.items()}
)
LABELLED = 20
"""Characters around a label of an illness and its value in which something may say that it is for everybody."""
_SMALL_WORD = re.compile(r"(?<!\w)[^\W\d_A-Z]{3,}(?!\w)")
_DOCUMENT = re.compile(
    r"[A-Z\d](?<![\w.,/+-].)(?=[A-Z ]{0,6}\d)(?:(?:[ -]|(?<=\d)\.(?=\d{3}(?!\d)))?[A-Z\d]){5,18}(?![\w-]|[.,/]\d)"
)
_DATED = re.compile(rf"{dates.DATE}|{dates.COMPACT}", re.IGNORECASE)
_MEDICINE_NO = re.compile(r"(?:CIP|PZN|CN|C\.N\.)\W{0,3}(?:\d{6,7}|\d{13})(?![\d-])", re.IGNORECASE)
"""A number that identifies a medicine, not a patient."""
_CIF = re.compile(r"(?:N\.?I\.?F|C\.?I\.?F)\.?\W{1,4}[ABEFGHJNPQRSUVW]-?\d{7}[\dA-J](?!\w)", re.IGNORECASE)
"""The tax number of a Spanish company."""
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
    for start, end in (
        *patients.spans(text, lower, spans_of, names),
        *remarks.spans(text, lower, spans_of, names),
        *stories.spans(text, lower, spans_of, names),
        *notes.spans(text, lower, spans_of, names),
    ):
        yield Hit(start=start, end=end, kind="health", source="words")
    for start, end in (*codes.spans(text, spans_of), *handed.codes(text, spans_of)):
        yield Hit(start=start, end=end, kind="code", source="words")
    for start, end in _documents(text, spans_of):
        yield Hit(start=start, end=end, kind="national_id", source="words")
    people = named(text, names, spans_of)
    for start, end in (
        *beliefs.spans(text, lower, spans_of, people),
        *standings.spans(text, lower, spans_of, people),
        *profiles.spans(text, spans_of),
    ):
        yield Hit(start=start, end=end, kind="sensitive", source="words")
    for start, end in labelled.spans(text, spans_of, people):
        yield Hit(start=start, end=end, kind="sensitive", source="form")


_OF_THINGS = re.compile(r"(?<!\w)" + any_of("things") + r"(?!\w)", re.IGNORECASE)
"""Words after a label for illness or belief that are about a machine, the weather or goods."""


_OPENS_TITLE = "“„«‚‘"
"""Before a label that is the title of a work."""
_OF_MANY = re.compile(r"%|(?<!\w)(?:per ?cent|prozent|pour ?cent|por ?ciento|events|near you)(?!\w)", re.IGNORECASE)
"""Behind a label for belief: shares of many, or what is held for everybody."""
_EXPLAINS = re.compile(
    r"(?:so (?:viel|geht|funktioniert)|how|what|why|when|who|everything|all you|was|wie|warum|wann|alles|cómo|qué"
    r"|cuándo|todo"
    r"|comment|que|pourquoi|quand|tout)(?!\w)",
    re.IGNORECASE,
)
"""With this begins what tells everybody about something."""
_SAID_OF_LABELS = frozenset(ailments.LISTS["said_of_labels"])
_HELD = re.compile(
    any_of("held") + r"(?!\w)|[^\n]{0,30}(?<!\d)\d{1,2}(?:[:.]\d\d| ?h(?!\w)| uhr| ?[ap]m)", re.IGNORECASE
)
"""Behind a label for belief: when something is held for everybody, or a sentence."""
_HAPPENS = re.compile(
    r"(?<!\w)(?:history|month|week|festival|parade|news|films?|books?|geschichte|monat|woche|filme|bücher|historia"
    r"|mes|semana"
    r"|cine|libros|histoire|mois|semaine|livres)\W*\Z",
    re.IGNORECASE,
)
"""At the end of a label for belief: it is about what is held or told for everybody."""
_OF_BODY = re.compile(r" (?:de|of|du|d['’]) ?[A-ZÀ-Þ]\w+ ?:")
"""Of whom a church, a party or a union is: then it speaks itself behind the colon."""


def _valued(text: str, kind: Kind, spans_of: dict[str, Spans]) -> Iterator[Span]:
    """Values behind labels of this kind, without numbers of companies (`USt-IdNr.`) and codes of shops."""
    for phrase, value in zip(spans_of[kind].phrases, spans_of[kind].values, strict=True):
        of_company = kind in ("national_id", "code") and spans_of["order"].within(
            max(phrase[0] - BEFORE_ID, 0), value[0]
        )
        content = text[slice(*value)]
        if kind == "sensitive" and (
            content[0].isdigit() or _OF_MANY.search(content) or labelled.is_weak(content, text[slice(*phrase)])
        ):
            continue
        if kind == "sensitive" and (
            _OF_BODY.search(text, phrase[0], value[0])
            or (_HELD.match(content) and not (len(content) <= labelled.LONGEST and labelled.names_any(content)))
            or _HAPPENS.search(text, phrase[0], value[0])
            or (spans_of["heading"].around(value[0]) and not labelled.names_any(content))
        ):
            continue
        if kind in ("health", "sensitive") and (NOTHING.fullmatch(content.strip()) or _OF_THINGS.search(content)):
            continue
        if kind in ("health", "sensitive") and (
            _EXPLAINS.match(content) or not _asks(kind, text[phrase[0] : value[0]])
        ):
            continue
        if _is_anothers(text, kind, phrase, value, spans_of):
            continue
        if kind == "national_id" and _is_in_words(content):
            number = content.partition(" ")[0]
            if len(number) <= FIGURES or sum(map(str.isdigit, number)) < FIGURES:
                continue
            value = value[0], value[0] + len(number)
        general = kind == "health" and spans_of["general"].within(
            max(phrase[0] - LABELLED, 0), value[0] if spans_of["ill"].within(*value) else value[1] + LABELLED
        )
        if not (of_company or general) and not (kind == "code" and spans_of["rebate"].near(text, value, codes.LETS_IN)):
            yield value
            if kind == "code":
                yield from codes.behind(text, value)


def _is_anothers(text: str, kind: Kind, phrase: Span, value: Span, spans_of: dict[str, Spans]) -> bool:
    """Whether a value behind a label is a bank's, a firm's or a medicine's, the day of a sale, or none."""
    content = text[slice(*value)]
    match kind:
        case "bank":
            return shapes.is_branch(text, value)
        case "phone":
            return sum(map(str.isdigit, content)) > phones.LONGEST
        case "code":
            is_signs = content.isupper() or any(map(str.isdigit, content))
            return codes.VOUCHER.fullmatch(content) is not None or not is_signs
        case "birth_date":
            return spans_of["rebate"].within(phrase[0], value[0])
        case "key":
            return is_placeholder(content)
        case "health":
            named = FULL_NAME.fullmatch(content.partition('"')[0].strip()) is not None and not spans_of["ill"].within(
                *value
            )
            return named or text[max(phrase[0] - 1, 0)] in _OPENS_TITLE or conditions.ORDERS.match(content) is not None
        case "national_id":
            return (_CIF.match(text, phrase[0]) or _MEDICINE_NO.match(text, phrase[0])) is not None
        case _:
            return False


@lru_cache(REMEMBERED)
def _asks(kind: Kind, label: str) -> bool:
    """Whether a label asks for this to its last word: `Disability access` asks for nothing of anybody."""
    words = label.rstrip(" :\n").split()
    last = words[-1] if words else ""
    if len(words) < 2 or not last.islower() or not last.isalpha() or last in _SAID_OF_LABELS:
        return True
    return any(asks_for(" ".join(words[-most:])) == kind for most in (1, 2, 3))


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
