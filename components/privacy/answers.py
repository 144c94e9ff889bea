"""Answers to questions about something private in a conversation: `Ann: what's the wifi key?`, `You: Kiel-5298`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from components.privacy import dates, fields, patients
from components.privacy.forms import NAMES, is_code
from components.privacy.hits import Hit, Kind
from components.privacy.labelled import is_small, is_told
from components.privacy.lexicon import Spans, small, words_of
from components.privacy.words import any_of

TURN = re.compile(
    r"^(?=[^\n:]*: )[ ]*(?:\[\d+\] )?(?:[\w-]+ \"|[-*•>] )?(?P<who>[^\W\d_][\w .'’-]{0,40}?) ?: "
    r"(?P<said>[^\n]{1,400}?)\"?$",
    re.MULTILINE,
)
"""A line of a conversation: who speaks, and what is said."""
APART, REPLIES = 1, 2
"""Most lines between two turns of one conversation; number of turns after a question that may hold its answer."""
_SHAPES: dict[Kind, re.Pattern[str]] = {
    "birth_date": re.compile(rf"(?<![\w./-])(?:{dates.DATE}|{dates.COMPACT}(?!\d))", re.IGNORECASE),
    "national_id": re.compile(
        r"(?<![\w./-])(?=[A-Z]{0,4}[ -]?\d)(?=(?:[A-Za-z0-9 ./-]{0,8}\d){4})"
        r"[A-Za-z0-9]{1,14}(?:[ ./-]?(?=[A-Z]{0,3}\d|[A-Z]{1,3}(?!\w))[A-Za-z0-9]{1,12}){0,6}(?![\w-])"
    ),
    "code": re.compile(r"(?<![\w.,:/€$£-])\d{3}[ -]?\d{1,5}(?![\w%€$£]|[.,:/]\d)"),
    "bank": re.compile(r"(?<![\w./-])\d(?:[ -]?\d){5,19}(?![\w-])"),
    "phone": re.compile(r"(?<![\w./-])\+?[(\d](?:[ ()./-]{0,2}\d){6,14}(?![\w-])"),
}
_TOKEN = re.compile(r"[^\s\"'„“”«»,;()\\]{4,64}")
_SECRET = re.compile(r"(?=.*\d)|(?=.*[!$%&*#@+?_=])|(?=.*[a-zß-ÿ][A-ZÀ-Þ])")
_TIME = re.compile(r"\d{1,2}[:.h]\d{2}\W?|[\d.,]+[€$£%]?|\d{1,2}\.?|https?:.*", re.IGNORECASE)
_ASKS = re.compile(
    r"\?|(?<!\w)(?:need|missing|send|tell|give|read|please|what|which|confirm|provide|verify|may i|can i|could"
    r"|br[aä]u?ch\w*|benötig\w*|nenn\w*|bestätig\w*|verra\w*|fehlt|schick\w*|sag|bitte|gib|lautet"
    r"|quel(?:le)?|pourriez|pouvez|confirmez|indiquez|communiquez|besoin|confirm[ae]\w*|indi[cq]\w*|facilít\w*|podría"
    r"|il (?:me|nous) faut|manque|envoie|envoyez|donne|donnez|dis|rappelle|falta|faltan|necesit\w+|dime|dígame"
    r"|manda|mándame|pasa|pásame|envía\w*)(?!\w)",
    re.IGNORECASE,
)
"""Words and signs of a question or a request."""
_PIN = re.compile(r"\d{4,8}")
_NETWORK = re.compile(r"(?<!\w)(?:wi-?fi|w-?lan|hotspot|internet|router|box)(?!\w)", re.IGNORECASE)
"""Words for a network; a question about one asks for its key."""
_FEELS = re.compile(
    r"(?<!\w)(?:how (?:are you|is (?:he|she|it)|did it go)|feel(?:ing)?|what['’]s wrong|results?|scan|symptoms?"
    r"|wie geht|geht es (?:dir|ihm|ihr)|was (?:hast|fehlt|hat)|ergebnis\w*|befund|comment (?:vas|va|ça)|résultats?"
    r"|qu['’]est-ce que tu as|cómo (?:estás|está|te|fue|ha ido)|qué (?:tal|te|le) (?:pasa|estás|encuentras)|resultados?"
    r")(?!\w)",
    re.IGNORECASE,
)
"""Questions about somebody's health."""
_BELIEVES = re.compile(r"(?<!\w)" + any_of("believes") + r"(?!\w)", re.IGNORECASE)
"""How people ask what somebody believes, is or did."""
_STAYS = re.compile(
    r"(?<!\w)(?:immigration|visas?|papers|leave to remain|status|asylum|aufenthalt\w*|papiere|duldung|asyl\w*|visum"
    r"|papeles|permiso|asilo|extranjería|papiers|séjour|titre|asile)(?!\w)",
    re.IGNORECASE,
)
"""How people ask how somebody may stay."""
_STANDING, _SELF = "immigration", "i am"
"""Labels for what is answered."""
WORDS = 6
"""Most words of an answer in which a password is looked for."""


def hits(text: str, spans_of: dict[str, Spans]) -> Iterator[Hit]:
    """
    Args:
        text: a page's text.
        spans_of: what `labels.LEXICON` has read in it, at the same places.
    """
    turns = [*TURN.finditer(text)]
    for at, asked in enumerate(turns[:-1]):
        kinds = _asked(asked["said"]) if _ASKS.search(asked["said"]) else frozenset()
        if (
            spans_of["membership"].within(*asked.span("said"))
            or _BELIEVES.search(asked["said"])
            or _STAYS.search(asked["said"])
        ):
            kinds |= {"sensitive"}
        if spans_of["care"].within(*asked.span("said")) or _FEELS.search(asked["said"]):
            kinds |= {"health"}
        if _NETWORK.search(asked["said"]):
            kinds |= {"password"}
        if not kinds:
            continue
        last = asked
        for answer in turns[at + 1 : at + 1 + REPLIES]:
            if text.count("\n", last.end(), answer.start()) > APART or answer["who"] == asked["who"]:
                break
            last = answer
            yield from _answers(text, answer.span("said"), kinds, spans_of)
            if "sensitive" in kinds and is_told(
                answer["said"].strip(), _STANDING if _STAYS.search(asked["said"]) else _SELF
            ):
                yield Hit(start=answer.start("said"), end=answer.end("said"), kind="sensitive", source="form")


def _asked(said: str) -> frozenset[Kind]:
    """The classes of private data that a turn asks for."""
    lower = small(said).replace("_", " ")
    named = NAMES.find(lower, words_of(lower))
    code: frozenset[Kind] = frozenset(("code",)) if is_code(said) else frozenset()
    return code.union(kind for kind in fields.FIELDS if named[kind].phrases)


def _answers(text: str, span: tuple[int, int], kinds: frozenset[Kind], spans_of: dict[str, Spans]) -> Iterator[Hit]:
    order = spans_of["order"].within(*span) or spans_of["rebate"].within(*span)
    for kind, shape in _SHAPES.items():
        for match in shape.finditer(text, *span) if kind in kinds and not order else ():
            yield Hit(start=match.start(), end=match.end(), kind=kind, source="form")
    if "password" in kinds and not order:
        yield from _passwords(text, span)
    for kind, names in (("sensitive", ("belonging", "party", "offence", "standing")), ("health", ("ill",))):
        for name in names if kind in kinds else ():
            for start, end in spans_of[name].phrases:
                if span[0] <= start and end <= span[1] and not (name == "party" and is_small(text[start:end])):
                    first, last = patients.whole(small(text), (start, end)) if kind == "health" else (start, end)
                    yield Hit(start=max(first, span[0]), end=min(last, span[1]), kind=kind, source="words")


def _passwords(text: str, span: tuple[int, int]) -> Iterator[Hit]:
    """The words of a short answer that look like a password."""
    words = [*_TOKEN.finditer(text, *span)]
    if len(text[slice(*span)].split()) > WORDS:
        return
    for word in words:
        bare = word[0].rstrip(".!?:…")
        if _PIN.fullmatch(bare) or (len(bare) > 3 and _SECRET.match(bare) and not _TIME.fullmatch(bare)):
            yield Hit(start=word.start(), end=word.start() + len(bare), kind="password", source="form")
