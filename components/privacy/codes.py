"""One-time codes: numbers near words for codes or for logging in, and further ones in a row."""

from __future__ import annotations

import re
from collections.abc import Iterator

from components.privacy.lexicon import Span, Spans, line_begins, line_ends
from components.privacy.words import any_of

_NUMBER = re.compile(
    r"[A-Z\d](?<![\w.,/+-].)(?:(?=(?:[A-Z]*\d){2}[A-Z\d]*(?![a-z]))(?=\d*[A-Z]\d*[A-Z])[A-Z\d]{7,9}|(?:(?<=[A-Z])-\d"
    r"|(?<=\d))\d{3,7}|(?<!\d[ ].)(?<=\d)\d{2}[ -]\d{3}|(?<=\d)\d(?:[ -]\d{2}){2}|(?<!\d[ ].)(?<=\d)\d{3}[ ]\d{4}"
    r"|(?=[A-Z]{0,3}\d)[A-Z\d]{3}-[A-Z\d]{4}|(?=[A-Za-z-]{0,14}\d)[A-Za-z\d]{3,4}(?:-[A-Za-z\d]{4,5}){1,6})(?![\w-]"
    r"|[.,/ ]\d)"
)
_TOLD = re.compile(
    any_of("told_code")
    + r"[ ]{0,90}\Z|(?<!\w)(?P<verb>(?:enter|type|typing|use|using|key in|tap in|punch in|sent|got|is|was|with|code"
    r"|digits|number|app|by typing|pin|anmelden|entsperren|bestätigen|gib|gib bitte|geben sie|geben sie bitte"
    r"|tippe|tipp|tippen sie|nutze|nutzen sie|mit|ist|lautet|war|schickt|schickte|geschickt|bitte|bekam|erhalten"
    r"|introduce|introduzca|escribe|escriba|teclea|teclee|pon|ponga|usa|use|utiliza|utilice|con|es|era|envió"
    r"|enviado|llegó|mandó|saisissez|saisis|entrez|tapez|tape|utilisez|indiquez|avec|est|était|envoyé"
    r"|reçu)) {0,3}[\"'“„«]?[ ]?\Z",
    re.IGNORECASE,
)
"""What stands right before a number that is told, not counted: the beginning of a line or cell, a colon, a verb."""
_GOES_ON = re.compile(
    r"[ ](?!(?:is|ist|es|est|was|war|era|to|lets?|zum|zur|para|pour|kommen|puede|gilt|expires?|gültig|valid|válido"
    r"|valable|caduca|expire|on|as|für|de|and|und|y|et|do|if|wenn|si|then|dann|opens?|öffnet|in|ins?|dans|auf|ein"
    r"|within|before|if|bevor|avant|antes|at|bei|en|sur|für|from|von)(?!\w))[^\W\d_]"
)
"""Behind a number that begins its line: a word that says what is counted."""
_NUMBERED = re.compile(any_of("numbered") + r"[ ]{0,2}[#!]?\Z")
"""What a number belongs to that only counts things."""
COUNTED = re.compile(r"[ ](?:\w+[ ])?" + any_of("counted") + r"(?!\w)", re.IGNORECASE)
POSTAL = 5
_TOWN = re.compile(r" [A-ZÀ-Þ][a-zß-ÿ]{3}")
"""Behind a postal code."""
_YEAR = re.compile(r"(?:19|20)\d\d")
_IN_A_NUMBER = re.compile(r"(?<!\w)[(+]?0\d{1,5}\)?[ /-]{1,3}\Z")
"""Before a group of digits: it ends a telephone number."""
_TYPED = re.compile(
    r"[CcEeTtGgSsIi](?<!\w.)(?:(?:n(?<=[Ee]n)t(?:er|rez)|y(?<=[Tt]y)pe|a(?<=[Tt]a)pez|i(?<=[Gg]i)b|e(?<=[Gg]e)ben Sie"
    r"|a(?<=[Ss]a)isissez|n(?<=[Ii]n)trodu(?:ce|zca)) (?P<value>\d{3}[ -]?\d{3}|(?!(?:19|20)\d\d )\d{4,8})"
    r"(?= (?:to|on|in|at|auf|um|im|sur|pour|dans|para|en|ein)(?!\w))"
    r"|(?:o(?<=[Cc]o)de|ó(?<=[Cc]ó)digo) ?: ?(?P<told>\d{3}[ -]?\d{3}|\d{4,8})(?![\w-]|[.,/]\d))"
)
"""A number that is to be typed."""
_TYPED_SIGNS = re.compile(
    r"[EeTtGgSsIiUuPp](?<!\w.)(?:n(?<=[Ee]n)t(?:er|rez)|s(?<=[Ee]s)crib[ea]|i(?<=[Ee]i)ngeben|y(?<=[Tt]y)pe"
    r"|a(?<=[Tt]a)pez?|i(?<=[Tt]i)ppe(?:n Sie)?|i(?<=[Gg]i)b|e(?<=[Gg]e)ben Sie|a(?<=[Ss]a)isissez"
    r"|n(?<=[Ii]n)trodu(?:ce|zca)|s(?<=[Uu]s)[ea]|u(?<=[Pp]u)lsa|o(?<=[Pp]o)n)(?: (?:the code|code|le code|el código"
    r"|den code))?[ :]{1,2}[\"'“„«]?(?P<value>(?=[A-Z-]{0,9}\d"
    r"|[A-Z]{3,4}-[A-Z]{3,4}(?!\w))[A-Z\d]{3,8}(?:-[A-Z\d]{1,6}){0,3})(?![\w-])(?=[\"'”“»,]{0,2} (?:to|on|in|at|then"
    r"|and|puis|et|auf|und|dann|ein|y|luego|en|dans|sur|para|pour|am|im|bei)(?!\w))"
)
"""Letters and digits that are to be typed somewhere."""
_MIXED = re.compile(r"\d[A-Z]|-")
"""In such a sign: it is no word with a number, as norms and languages are called."""
_ALONE = re.compile(r"(?=[A-Z\d -]{0,12}\d|[A-Z]{3,4}-[A-Z]{3,4}\Z)[A-Z\d]{1,8}(?:[ -][A-Z\d]{1,8}){0,5}")
"""What fills its line below a line with a word for codes."""
FEWEST = 4
"""Letters and digits of such a code at least."""
_LINE = re.compile(rf"\n[ ]{{0,60}}+(?P<value>{_ALONE.pattern})[ ]{{0,20}}$", re.MULTILINE)
_TO_TYPE = re.compile(
    r"(?<!\w)(?:type|enter|(?:show|present|quote|tell|read out|give)(?= (?:this|these|it|est[ea]|estos)(?!\w))|copy"
    r"|key in|punch in|say|quote|tippen|eintippen|eingeben|zeigen|vorzeigen|kopieren|nennen|zeigen sie|nennen sie|zeig"
    r"|nenne|zum vorzeigen|teclea|teclee|teclear|introduce|introduzca|introducir|escribe|escriba|copia|muestra|muestre"
    r"|presenta|presente|enseña|enseñe|pon|saisissez|saisir|tapez|taper|entrez|entrer|copiez|recopiez|montrez|présentez"
    r"|présenter|communiquez|donnez|enséñale|enséñelo|muéstralo|muestre|enseñar|mostrar|à présenter|dites|geben sie|gib"
    r"|tippe)(?: (?:this|these|it|esto|ceci|das|dies|here|hier|dort|aquí|ici|there|folgendes|lo siguiente|sie|ein|bitte"
    r"|an|vor|to \w+|code|den code|el código|le code|código|number|nummer|número|numéro|the|diesen|dieses|dieser|diese"
    r"|este|esta|ce|cette|ces)){0,4}(?: (?:(?:at|to|in|on|an|am|bei|beim|im|auf|en|al|ante|à|au|aux|dans|sur)(?: (?:the"
    r"|our|your|any|a member of|one of our|der|die|dem|den|unserem|la|el|le|las|los|les|notre|tu|su"
    r"|un))?[ ](?:l['’])?[^\W\d_]{3,14}(?: (?:of staff|desk|counter|de caisse|de recogida|de retrait))?|(?:la|el"
    r"|le)[ ][^\W\d_]{3,14}))?[ ]*[:.!,…]?[ ]*\Z",
    re.IGNORECASE,
)
"""The end of a line: what is below is to be typed or shown."""
_TYPED_ABOVE = re.compile(r"[ ]*" + any_of("typed_above") + r"(?!\w)", re.IGNORECASE)
"""The beginning of a line: what is above is to be typed or shown."""
VOUCHER = re.compile(r"(?=[A-Z]{0,3}[AEIOUY])(?=[A-Z]{0,4}[B-DF-HJ-NP-TV-XZ])[A-Z]{4,12}-?\d{1,4}(?:[A-Z]{2,4})?")
"""A word with a number behind it, as shops call their rebates."""
_MORE_CODES = re.compile(
    r"[ ,;/·]{1,8}(?P<value>(?=[A-Za-z-]{0,12}\d)[A-Za-z\d]{3,12}(?:-[A-Za-z\d]{3,12}){0,3})(?![\w-])"
)
LETS_IN, LONG, BEFORE, JUST_BEFORE = 50, 6, 100, 24
"""Characters around a number in which something must say that it is a code or, of so many digits, lets somebody in;
those before it in which something says that it is told, or counted."""


def _is_above(text: str, span: Span, label: Spans) -> bool:
    """Whether a span fills its line and the line after has a phrase of the label."""
    start, end = text.rfind("\n", 0, span[0]), text.find("\n", span[1])
    alone = end >= 0 and not text[start + 1 : span[0]].strip() and not text[span[1] : end].strip()
    return alone and label.within(end, line_ends(text, end + 1, LETS_IN))


def _is_below(text: str, span: Span, label: Spans) -> bool:
    """Whether a span fills its line and the line before has a phrase of the label."""
    start, end = text.rfind("\n", 0, span[0]), text.find("\n", span[1])
    alone = not text[start + 1 : span[0]].strip() and not text[span[1] : end if end >= 0 else None].strip()
    return alone and start > 0 and label.before(text, start, LETS_IN)


def spans(text: str, spans_of: dict[str, Spans]) -> Iterator[Span]:
    """Numbers near words for codes, or below a line with one; long numbers near words for logging in, too."""
    for match in _TYPED.finditer(text):
        span = match.span("value" if match["value"] else "told")
        if not any(spans_of[kind].near(text, span, LETS_IN) for kind in ("order", "rebate")):
            yield span
    for match in _TYPED_SIGNS.finditer(text):
        span = match.span("value")
        if _YEAR.fullmatch(match["value"]):
            continue
        if not _MIXED.search(match["value"]) and not any(
            spans_of[kind].near(text, span, LETS_IN) for kind in ("codes", "login")
        ):
            continue
        if not VOUCHER.fullmatch(match["value"]) and not any(
            spans_of[kind].near(text, span, LETS_IN) for kind in ("order", "rebate")
        ):
            yield span
    yield from _filling_lines(text, spans_of)
    yield from _told_above_or_below(text, spans_of)
    for match in _NUMBER.finditer(text) if spans_of["login"].phrases or spans_of["codes"].phrases else ():
        span = match.span()
        if _is_counted(text, span) or VOUCHER.fullmatch(match[0]):
            continue
        cues = [spans_of["codes"], spans_of["login"]] if len(match[0]) >= LONG else [spans_of["codes"]]
        codes = spans_of["codes"]
        is_near = any(cue.near(text, span, LETS_IN) for cue in cues) and not spans_of["order"].near(text, span, LETS_IN)
        if is_near and not _is_told(text, span) and (_YEAR.fullmatch(match[0]) or not codes.near(text, span, LETS_IN)):
            continue
        if is_near or _is_below(text, span, codes) or _is_above(text, span, codes):
            yield span


def _filling_lines(text: str, spans_of: dict[str, Spans]) -> Iterator[Span]:
    """Lines right below one that ends with a word for codes."""
    for _, end in spans_of["codes"].phrases:
        below = line_ends(text, end, LETS_IN)
        if below >= len(text) or text[below] != "\n" or len(text[end:below].strip()) > FEWEST:
            continue
        ends = text.find("\n", below + 1)
        ends = len(text) if ends < 0 else ends
        line = text[below + 1 : ends]
        value = line.strip()
        if (
            len(value) <= LETS_IN
            and _ALONE.fullmatch(value)
            and sum(map(str.isalnum, value)) >= FEWEST
            and not VOUCHER.fullmatch(value)
            and not _YEAR.fullmatch(value)
        ):
            start = below + 1 + line.index(value)
            yield start, start + len(value)


def _told_above_or_below(text: str, spans_of: dict[str, Spans]) -> Iterator[Span]:
    """Lines of nothing but signs below one that ends with a verb for typing them, or above one that begins so."""
    text = f"\n{text}"
    for line in _LINE.finditer(text):
        start, end = line.span("value")
        if (
            sum(map(str.isalnum, line["value"])) < FEWEST
            or _YEAR.fullmatch(line["value"])
            or VOUCHER.fullmatch(line["value"])
        ):
            continue
        above = text.rfind("\n", 0, line.start()) + 1
        if any(spans_of[kind].within(above - 1, line.end() - 1) for kind in ("order", "rebate")):
            continue
        if _TO_TYPE.search(text, above, line.start()) or _TYPED_ABOVE.match(text, line.end() + 1):
            yield start - 1, end - 1


def _is_counted(text: str, span: Span) -> bool:
    """Whether a number counts or identifies things, or is the end of a telephone number."""
    before = line_begins(text, span[0], JUST_BEFORE)
    return (
        COUNTED.match(text, span[1]) is not None
        or (span[1] - span[0] == POSTAL and _TOWN.match(text, span[1]) is not None)
        or _NUMBERED.search(text[max(before - 6, 0) : span[0]].lower(), min(before, 6)) is not None
        or (_IN_A_NUMBER.search(text, before, span[0]) is not None)
    )


def _is_told(text: str, span: Span) -> bool:
    """Whether a number stands alone, behind a colon or behind a verb, and is not the number of anything."""
    told = _TOLD.search(text, max(line_begins(text, span[0], BEFORE) - 1, 0), span[0])
    return told is not None and (told["verb"] is not None or _GOES_ON.match(text, span[1]) is None)


def behind(text: str, value: Span) -> Iterator[Span]:
    """Codes of the same length after one, as in a list of backup codes."""
    length, end = value[1] - value[0], value[1]
    while (more := _MORE_CODES.match(text, end)) and more.end("value") - more.start("value") == length:
        yield more.span("value")
        end = more.end()
