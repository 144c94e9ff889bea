"""What a label says of the value behind it: `Date of birth: 4 May 1980`, `| "Passport" | "X1234567" |`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from components.privacy import words
from components.privacy.hits import Hit, Kind
from components.privacy.lexicon import FULL_NAME, Lexicon, Span, Spans

GAP = (
    r"(?: (?:number|no\.?|nr\.?|n\.?º))?"
    r"(?:\s{0,3}[#:=]\s{0,90}|\s{1,3}(?:is|was|are|ist|war|lautet|es|era)\s{0,3}:?\s{1,40}|[ ]{3,60}|\s{1,2})"
)
"""Between a label and its value: a colon, a verb, the next cell, or a space."""
FIRM = r"(?:(?: [\w()]{1,15}){0,3}\s{0,3}:\s{0,90}|[ ]{3,60})(?P<value>[^\W_](?:(?![ ]{3})[^\n|;]){1,60})"
"""For values that are words: only a colon or the next cell says that they belong to the label."""
DATE = (
    r"(?:\d{1,2}[./-]\d{1,2}[./-](?:19|20)?\d{2}|(?:19|20)\d{2}[./-]\d{1,2}[./-]\d{1,2}"
    r"|\d{1,2}(?:st|nd|rd|th)?\.?\s(?:de\s|of\s)?[a-zäáéíóú]{3,10}\.?,?\s(?:de\s|del\s)?(?:19|20)\d{2}"
    r"|[a-z]{3,9}\.?\s\d{1,2}(?:st|nd|rd|th)?,?\s(?:19|20)\d{2})(?!\d)"
)
DIGITS = r"(?P<value>\d(?:[ /-]?\d){5,19})(?!\w)"

LABELS: dict[Kind, tuple[tuple[str, ...], str]] = {
    "phone": (words.PHONE, GAP + r"(?P<value>\(?\+?\d[\d ()./-]{5,20}\d)(?!\w)"),
    "birth_date": (words.BIRTH, rf"[^\d\n]{{0,40}}?(?:\n[^\d\n]{{0,40}}?)?(?P<value>{DATE})"),
    "national_id": (words.IDENTITY, GAP + r"(?P<value>(?=[a-z /-]{0,6}\d)[a-z0-9](?:[ /-]?[a-z0-9]){5,15})(?!\w)"),
    "bank": (words.ACCOUNT, GAP + DIGITS),
    "code": (words.CODE, GAP + r"(?P<value>(?:[a-z]-)?\d(?:[ -]?\d){3,8}(?!\w)|(?=[a-z]{0,8}\d)[a-z0-9]{5,8})(?!\w)"),
    "card": (words.CARD_SECRET, GAP + r"(?P<value>\d{3,4})(?!\w)"),
    "key": (
        words.KEY,
        r"[\"']?(?:\s{0,3}[:=]\s{0,90}|\s{1,3}(?:is|ist|es)\s{1,3}|\s{1,60})[\"']?(?P<value>(?=\S{0,40}\d)[\w+/=.~-]{12,400})",
    ),
    "health": (words.MEDICAL_LABEL, FIRM),
    "sensitive": (words.SENSITIVE_LABEL, FIRM),
}
CONTEXT = {
    "company": words.COMPANY,
    "order": words.ORDER,
    "illness": words.ILLNESS,
    "patient": words.PATIENT,
    "general": words.GENERAL,
    "belonging": words.BELONGING,
    "being": words.BEING,
    "deeds": words.DEEDS,
    "login": words.LOGIN,
    "codes": words.CODE,
    "call": words.PHONE,
}
SAID_OF = r"\s(?P<value>[^\W\d_][\w'-]{1,30}(?: [\w'-]{1,30}){0,2})"
LEXICON = Lexicon(
    dict(LABELS)
    | {"diagnosed": (words.DIAGNOSED, SAID_OF)}
    | {name: (phrases, "") for name, phrases in CONTEXT.items()}
)
NEAR = 70
"""Characters around the name of an illness in which something must say that it is somebody's."""
BEFORE = 24
"""Characters before a word of belonging in which something must say that it is said of a person."""
NAMED = 40
"""Characters before either in which a full name says so."""
ADJECTIVES = 45
"""Characters before the name of an illness in which words may belong to it."""
LETS_IN, LONG = 50, 6
"""Characters around a number in which something must say that it is a code or, of so many digits, lets somebody in."""
_SUBJECT = re.compile(rf"(?:(?<=\n)|^)[ ]*{FULL_NAME.pattern}", re.MULTILINE)
_BEFORE_IT = re.compile(r"(?:(?<!\w)[\w-]{3,20}(?:ic|ian|al|ous|ive|oid|ular|isch\w{0,2}|kidney|stress|cell) ){1,3}$")
_BEHIND_IT = re.compile(r"(?: \w{3,14}(?:oide?|os[ao]|ic[ao]|iforme|parto|al)(?!\w)){1,2}")
_ILLNESS = re.compile(
    r"(?<!\w)(?!(?:dia|pro)gnos|hypnosis|academ|nostalg|sympath|empath|antipath|telepath)"
    r"\w{2,20}(?:itis|osis|[äae]mi[ae]|algi[ae]|path(?:y|ie|ía)|plegi[ae]|sklerose|arthrose|phobi[ae]|fobia"
    r"|krankheit|störung|syndrom|krebs|leps(?:y|ie|ia)|kie|depression|insuffizienz|karzinom|tumor|tumour)(?!\w)"
)
"""Words that name an illness by their endings, in small letters."""
_NUMBER = re.compile(r"(?<![\w.,/+-])\d{4,8}(?![\w-]|[.,/]\d)")


def found(text: str, lower: str, read: dict[str, Spans]) -> Iterator[Hit]:
    """Hits of what `LEXICON` has read in `lower`, the small letters of `text`, which is `views.flat` of a page's."""
    for kind in LABELS:
        source = "words" if kind in ("health", "sensitive") else "pattern"
        for start, end in read[kind].values:
            yield Hit(start=start, end=end, kind=kind, source=source)  # type: ignore[arg-type]
    for kind, (start, end) in _told_of_people(text, lower, read):
        yield Hit(start=start, end=end, kind=kind, source="words")
    for start, end in read["diagnosed"].values:
        yield Hit(start=start, end=end, kind="health", source="words")
    for match in _NUMBER.finditer(text) if read["login"].phrases or read["codes"].phrases else ():
        said = [read["codes"], read["login"]] if len(match[0]) >= LONG else [read["codes"]]
        if any(each.near(text, match.span(), LETS_IN) for each in said) and not read["order"].near(
            text, match.span(), LETS_IN
        ):
            yield Hit(start=match.start(), end=match.end(), kind="code", source="words")
    for start, end in read["deeds"].phrases:
        yield Hit(start=start, end=end, kind="sensitive", source="words")


def _told_of_people(text: str, lower: str, read: dict[str, Spans]) -> Iterator[tuple[Kind, Span]]:
    """Illnesses and words of belonging where other words, or a full name before them, say that they are somebody's."""
    ill = sorted({*read["illness"].phrases, *(match.span() for match in _ILLNESS.finditer(lower))})
    told: tuple[tuple[Kind, Spans], ...] = (("health", Spans(phrases=ill)), ("sensitive", read["belonging"]))
    if not any(spans.phrases for _, spans in told):
        return
    names = Spans(phrases=[match.span() for match in _SUBJECT.finditer(text)])
    for kind, spans in told:
        for span in spans.phrases:
            theirs = (
                read["patient"].near(text, span, NEAR)
                if kind == "health"
                else read["being"].before(text, span[0], BEFORE)
            )
            named = names.before(text, span[0], NAMED) and not read["company"].near(text, span, NEAR)
            if (theirs or named) and not read["general"].near(text, span, NEAR):
                yield kind, _whole(text, span)


def _whole(text: str, span: Span) -> Span:
    """With the adjectives around it."""
    before = _BEFORE_IT.search(text[max(span[0] - ADJECTIVES, 0) : span[0]])
    behind = _BEHIND_IT.match(text, span[1])
    return span[0] - (len(before[0]) if before else 0), behind.end() if behind else span[1]
