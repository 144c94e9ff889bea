"""What belongs to an address before its street and behind it: who takes letters in, a house, a flat, a town."""

from __future__ import annotations

import re

from components.privacy.lexicon import Span, line_begins
from components.privacy.streets import FLAT

_MARK = r"(?:[>|?]{1,3}[ ]{1,4})?"
_NEXT = rf"(?:,\s{{0,3}}|\s{{1,3}}){_MARK}"
NAMED = r"[^\W\d_a-zß-ÿ](?:[^\W\d_]|['’.-]){0,25}"
_PARTICLES = (
    "d[aeo]s?|di|las?|los|les?|el|en|sous|lès|ob|den|im|in|sur|am|an der|der|del|upon|on|of|the|u|utca|út|plass"
)
PLACE = rf"{NAMED}(?:[ /-](?:{NAMED}|{_PARTICLES})){{0,4}}(?!\w)"
POSTCODE = (
    r"(?:[A-Z]{1,2}-)?(?:[A-Z]\d[\dW][ ]?[A-Z\d]{4}|\d{5}(?:-\d{3,4})?|\d{4}(?:-\d{3}|[ ][A-Z]{2})?|\d{3}[ ]\d{2}"
    r"|\d\d-\d{3}|[A-Z]\d[A-Z][ ]?\d[A-Z]\d|[A-Z]{1,2}\d[A-Z\d]?[ ]?\d[A-Z]{2})(?!\w)"
)
_BREAK = r"(?:,[ ]{0,2}|[ ]{0,2},?[ ]{0,2}\n[ ]{0,12}|[ ]{1,3}[·/–-][ ]|[ ])"
_TOWN_CODE = (
    r"(?:[A-Z]{1,2}-)?(?:\d{5}|(?!(?:19|20)\d\d(?!\d))\d{4}(?:[ ][A-Z]{2})?|\d{3}[ ]\d{2}|\d\d-\d{3}"
    r"|[A-HJ-NP-Z]\d{4}(?:[A-Z]{3})?)"
)
_CODE_AND_TOWN = rf"{_TOWN_CODE}[ ]{PLACE}(?:[ ]\(\w{{1,20}}\)|,[ ](?:[A-Z][a-z]{{1,3}}\.|CDMX|[A-Z]\.[ ]?[A-Z]\.))?"
_SIDE = (
    r"links|rechts|mitte|Mitte|droite|gauche|face|fond|left|right|front|rear|izq(?:uierda|da)?\.?|izda\.?|dcha\.?"
    r"|derecha|esq\.?|dta\.?|centro|ctro\.?"
)
_UNITS = (
    "[Aa]ppartement|[Aa]partamento|[Aa]pto|[Aa]ppt?|[Aa]pp|[Bb]âtiment|[Bb]ât|[Bb]at|[Ee]scalier|[Ee]scalera|[Ee]sc"
    "|[Dd]epartamento|[Dd]epto|[Dd]pto|[Ii]nterior|[Ii]nt|[Tt]orre|[Ss]tiege|[Ss]tg|[Tt]ürnummer|[Tt]ür|[Tt]op|[Bb]oîte|[Bb]te"
    "|[Bb]us|[Pp]orte|[Ww]ohnung|[Ww]hg|[Ww]ng|[Zz]immer|[Aa]ufgang|[Ee]ingang|[Hh]aus|[Pp]iso|[Pp]lanta|[Pp]uerta|[Pp]ta"
    "|[Pp]ortal|[Bb]loque|[Bb]lq|[Bb]l|[Cc]asa|[Cc]halet|[Nn]ave|[Pp]arcela|[Mm]anzana|[Mm]z|[Ll]ote|[Ll]t|[Tt]imbre|UF"
    "|[Oo]ficina|[Hh]abitación|[Ff]lat|[Uu]nit|[Aa]pt|[Aa]partment|[Ss]uite|[Ss]te|[Rr]oom|[Rr]m|[Ff]loor|[Ll]evel|[Bb]lock"
    "|[Bb]ldg|[Bb]uilding|[Dd]oor|[Pp]lot|[Ll]ot|[Cc]aravan|[Pp]itch|[Bb]erth|[Hh]all|[Bb]loc|[Tt]our|[Ee]ntrée|[Ll]ogement"
    "|[Ss]tudio|[Cc]hambre|[Cc]ase postale|[Cc]asier|[Pp]ostfach|BP|CP|C\\.P\\."
)
"""Parts of a house that have a number or a letter."""
INSIDE = (
    r"(?:\d{1,2}(?:\.|er|re|e|ème|st|nd|rd|th|º|ª)?[ ]?(?:OG|Stock|Stk|Etage|étage|floor|piso|planta|Obergeschoss)\.?"
    rf"(?:[ ](?:{_SIDE}))?"
    r"|(?:[Gg]round|[Ff]irst|[Ss]econd|[Tt]hird|[Tt]op|[Ll]ower|[Uu]pper|[Bb]asement|[Gg]arden|[Aa]ttic)[ -]"
    r"(?:[Ff]loor(?:[ ][Ff]lat)?|[Ff]lat|[Mm]aisonette)"
    rf"|\d{{1,2}}(?:er|e|ème)[ ](?:{_SIDE})"
    r"|EG|DG|UG|HH|VH|Hochparterre|Parterre|Erdgeschoss|Souterrain|Dachgeschoss|[Rr]ez-de-chaussée|RDC|rdc|s/n"
    rf"|\d{{1,2}}\.?[º°ª]\.?[ ]?(?:(?:ext|int)\.?[ ]?)?(?:[A-Z](?!\w)|\d{{1,2}}\.?[º°ª]|{_SIDE})?"
    r"|\d{1,2}[ ]?-?[A-H](?=,)|\d{1,2}(?:n|r|t|è)[ ]\d{1,2}[aªrn]|\d{1,2}\.[ ](?:ezk|esk|andar|kat)\.?|(?:[Bb]ajos?"
    r"|[Bb]aixos?|[Áá]tico|[Àà]tic|[Ss]obreático|[Ee]ntresuelo|[Ee]ntresol|[Ee]ntlo\.?|[Pp]rincipal|[Pp]ral\.?"
    r"|[Ss]ótano|[Ss]emisótano|[Ll]ocal|bjo\.?|[Cc]asa)"
    rf"(?:[ ](?:\d{{1,2}}\.?[ªºaè]?|[A-D](?!\w)|{_SIDE}))?"
    r"|Hinterhaus|Vorderhaus|Seitenflügel|Quergebäude|Gartenhaus|Rückgebäude|rear|Postfach|[Cc]asita"
    rf"|(?:{_UNITS})\.?[ ]?#?\d{{1,5}}[A-Za-z]?(?:-\d{{1,3}})?"
    rf"|(?:{_UNITS})\.?[ ][A-Z]\d{{0,3}}"
    r")(?![\wÀ-ÿ])"
)
_QUARTER = (
    r"(?:Col\.|[Cc]olonia|[Ff]racc\.|[Bb]arrio|Bº|B\.º|Urb\.|[Uu]rbanización|[Rr]esidencial|[Cc]onjunto|[Pp]arroquia"
    r"|[Pp]edanía|[Cc]omuna|[Pp]ob\.|OT|Ortsteil|[Ll]ieu-dit)[ ]"
    rf"(?:(?:de|del|la|las|los|el)[ ]){{0,2}}{PLACE}"
)
_LINE_BELOW = r"(?:,?[ ]?\n[ ]{0,14})"
_AFTER_STREET = re.compile(
    rf"(?:{_LINE_BELOW}{PLACE},?){{0,2}}(?:[ ]|{_LINE_BELOW})(?:[A-Z]{{1,2}}\d[A-Z\d]?[ ]\d[A-Z]{{2}}"
    rf"|[A-Z]{{2}}[ ]\d{{5}})(?!\w)"
    rf"|(?:{_NEXT}(?:{FLAT}(?!\w)|{INSIDE}|{_QUARTER})){{0,3}}(?:{_BREAK}{_CODE_AND_TOWN}"
    rf"|(?:(?:,\s{{0,3}}|[ ]?\n\s{{0,2}}{_MARK})(?!(?:Tel|Tél|Fon|Fax|Phone|Mobil|Handy|Klingel|Mo|Mon|Di)(?:ef"
    rf"|\W)){PLACE}(?:[ ]\([A-ZÉ]\w{{1,15}}\))?(?:[ ]\d{{1,2}}(?=[,.;]|[ ][a-z]"
    rf"|[ ]*\n|\Z))?){{0,2}}"
    rf"(?:{_NEXT}(?:{PLACE}(?:,[ ]|[ ]))?{POSTCODE})?)"
)
"""What goes on after a street, on a line or on several: a flat, then a postal code and a town, or a town, a region or a
country with a postal code."""
_SEPARATED = r"(?:,[ ]{0,2}|[ ]{1,2}|[ ]?[/·–][ ]?|,?[ ]?\n[ ]{0,14})"
_PART = re.compile(rf"{_SEPARATED}(?:{INSIDE}|{_QUARTER})|[ ]?\([A-ZÀ-Þ][\wà-ÿ -]{{2,24}}\)")
_TOWN = re.compile(
    rf"(?:,[ ]{{0,2}}|[ ]{{1,2}}|[ ]?[·–-][ ])(?:[A-Z]{{1,2}}-)?(?:\d{{4,5}}|\d{{3}}[ ]\d{{2}})[ ]{PLACE}"
)
_QUARTER_AND_TOWN = re.compile(rf",[ ]{PLACE}{_TOWN.pattern}")
_REGION = re.compile(
    rf",[ ](?!(?:Tel|Tél|Fon|Fax|Phone|Mobil|Handy|Klingel)(?:ef|\W)){NAMED}(?:[ ]{NAMED})?\.?(?=[ ]*(?:\n|\Z|[·|]"
    rf"|[ ]{{3}}))"
    r"|,?[ ](?:\([A-ZÀ-Þ][\wà-ÿ -]{2,24}\)|[A-Z][a-zé]{1,3}\.|CDMX|[A-Z]\.[ ]?[A-Z]\.|[A-Z]{2}(?=[,. ]"
    r"|\Z)(?:[ ]\d{5})?)"
)
"""What may stand behind a town: of which region or country it is."""
_NAME = r"[A-ZÀ-Þ][\wà-ÿ'’.-]{0,24}"
_AHEAD = re.compile(
    r"(?<![\w.])(?:(?:c/o|C/O|z\.[ ]?Hd\.|bei|chez|p\.[ ]?A\.|a/c|attn:?|en casa de|en lo de|chez l[ae]s?|with"
    r"|at)[ ](?:(?:Herrn?|Frau|Familie|Fam\.|Mrs?\.?|Ms\.?|Miss|M\.|Mme|Mlle|Dr\.?|Sra?\.|Don|Doña|D\.|la familia"
    r"|la famille|the)[ ]){0,2}"
    rf"{_NAME}(?:[ ]{_NAME}){{0,2}},?[ ]"
    rf"|{INSIDE},?[ ]"
    rf"|(?:[Tt]he[ ])?(?:{_NAME}[ ]){{0,2}}(?:Annexe?|Cottage|House|Farm|Barn|Lodge|Bungalow|Maisonette|Court|Hall"
    rf"|Mill|Villa"
    r"|Mews|Manor|Flats?|Cabin|Stables|Vicarage|Rectory|Chalet|Heights|Towers?|Park|maisonette|cottage|bungalow),[ ]"
    rf"|(?:[A-Z]{{1,2}}-)?\d{{4,5}}[ ]{PLACE},[ ]"
    r"|\d{1,3}/\d{1,3},[ ]"
    r")\Z"
)
"""Up to a street's name: with whom somebody stays, which part of a house, a house's name, a town with its code."""
_WHOLE = re.compile(
    r"(?:(?:[A-ZÀ-Þ][\w'’.-]{0,24}|\d[\wº°ª./-]{0,7}|#\d{1,5}|de|del|la|las|los|el|du|des|le|les|y|et|and|the|of|am|an"
    r"|der|den|dem|im|zum|zur|bei|chez|c/o|esc\.|bajo|casa|piso|puerta|planta|barrio|bât\.|appt|étage|stock)(?:,?[ ]"
    r"|,?\Z)){1,9}(?<!\band)(?<!\bund)(?<!\bet)(?<!\by)"
)
"""Nothing but names, numbers and what stands between the names of places."""
AROUND, LEFT, AHEAD = 90, 45, 2
"""Characters before a street that are read, those of a line that an address may leave over and yet be all of it, and
pieces before a street."""
PARTS = 5
"""Pieces behind a street, such as a flat, a floor and a quarter."""
_CELL = re.compile(r"\n|[ ]{3}")


def whole(text: str, span: Span) -> Span:
    """The address of which this is the street and the house.

    Args:
        text: from `views.flat`, where cells are three spaces apart.
    """
    start, end = span
    for _ in range(AHEAD):
        ahead = _AHEAD.search(text, line_begins(text, start, AROUND), start)
        if not ahead or ahead.start() == start:
            break
        start = ahead.start()
    end = _ahead_of(text, _end(text, end))
    return _all_of_its_cell(text, start, end)


def _end(text: str, end: int) -> int:
    for _ in range(PARTS):
        part = _PART.match(text, end)
        if not part:
            break
        end = part.end()
    if town := _TOWN.match(text, end) or _QUARTER_AND_TOWN.match(text, end):
        end = town.end()
        region = _REGION.match(text, end)
        return region.end() if region else end
    further = _AFTER_STREET.match(text, end)
    return further.end() if further else end


def _ahead_of(text: str, end: int) -> int:
    """The end with a floor or a box behind the town, or a town behind a postal code that stands last."""
    part = _PART.match(text, end)
    if part and text[end] == ",":
        return part.end()
    behind = _BEHIND_CODE.match(text, end) if text[max(end - 4, 0) : end].isdigit() else None
    return behind.end() if behind else end


_BEHIND_CODE = re.compile(rf"[ ]{PLACE}")


def _all_of_its_cell(text: str, start: int, end: int) -> Span:
    """The whole cell or line, where it has little else than names and numbers."""
    begins = max((stop.end() for stop in _CELL.finditer(text, max(start - AROUND, 0), start)), default=-1)
    stop = _CELL.search(text, end, end + AROUND)
    ends = stop.start() if stop else len(text) if end + AROUND >= len(text) else -1
    if begins < 0 and start <= AROUND:
        begins = 0
    is_apart = text[max(start - 2, 0) : start].strip() == ","
    if is_apart and 0 <= begins < start <= begins + LEFT and _WHOLE.fullmatch(text, begins, start):
        start = begins
    if end < ends <= end + LEFT and text[end] == "," and _WHOLE.fullmatch(text[end + 1 : ends].strip(" .")):
        end = ends
    return start, end
