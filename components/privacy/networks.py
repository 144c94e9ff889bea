"""Keys of networks on notices and in guests' folders: a network's name, and beside or below it words or signs that only
keys are made of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from components.privacy.fields import NO_PASSWORD
from components.privacy.lexicon import Span, Spans

_SMALL = r"[^\W\d_]"
_TYPING = "(?!(?:eintippen|eingeben|tippen|nehmen|verwenden|benutzen)(?!\\w))"
_WORD = rf"{_TYPING}{_SMALL}{{3,14}}"
PHRASE = (
    rf"{_WORD}(?:(?P<sign>[ .+_·-]){_WORD}(?:(?P=sign){_WORD}){{1,6}}(?:[ .+=_-]?\d{{1,4}})?"
    rf"|(?:[-.+_]{_WORD}){{1,5}}[-.+=_]\d{{1,4}}|(?:[-.]\d{{1,4}}[-.]{_WORD}){{1,3}}(?:[-.]\d{{1,4}})?)[!?*]?"
)
"""Small words in a row, with one sign between them and a number behind."""
_STRONG = r"(?=[^\s\"|]{0,40}\d)(?=[^\s\"|]{0,40}[a-zà-ÿ])[^\s\"|/@:,;„“«»()]{8,40}"
_HEX = r"[0-9A-F]{4}(?:[ -]?[0-9A-F]{4}){2,7}(?!\w)"
_VALUE = rf"(?P<value>{PHRASE}|{_HEX}|{_STRONG})"
_LABEL = (
    r"(?:(?:the|der|den|das|la|le|el|und|and|y|et) )?(?:network |wi-?fi |wlan-?|netz|zugangs?)?(?:key|pass(?:word"
    r"|phrase|wort|code)?|pw|code|schlüssel|kennwort|clave|clé|contraseña|mot de passe|mdp|palabra|zugang)"
)
_NAMED = re.compile(
    r"(?<!\w)(?:ssid|wpa[23]?|internet|fritz!?box|livebox|freebox|box|router|gäste-?wlan|(?:wi-?fi|wlan"
    r"|wireless)(?:[ -](?:network|name|netz|réseau))?|network(?: name)?|netz(?:werk)?(?:name)?"
    r"|réseau(?: sans fil| wi-?fi| invités?)?|red(?: wi-?fi| inalámbrica| de invitados)?|hotspot|la wi-?fi)(?!\w)"
    r"[^\n\"]{0,60}",
    re.IGNORECASE,
)
"""A word for a network, and what its line says behind it."""
_BESIDE = (
    re.compile(
        rf"[ ,:;.](?:(?:poned|pon|ponga|pongan|poner|usad|usa|escribid|escribe|introducid|introduce|enter|type|use"
        rf"|with|put in"
        rf"|needs?|needed is|braucht (?:ihr|man)|brauchst du|brauchen sie|gebt|gib|tippt|tippen sie|nehmt|nehmen sie"
        rf"|nutzt|mit|hace falta|necesitas|necesitáis|con|mettez|mets|tapez|tape|entrez|saisissez|utilisez|avec|il faut"
        rf"|il vous faut)"
        rf"[ :]{{1,3}}|{_LABEL}(?: (?:is|it['’]s|ist|lautet|es|est"
        rf"|c['’]est))? ?[:=]? {{1,3}})[„\"«']?{_VALUE}[“\"»']?(?=[ .,;!]|$)",
        re.IGNORECASE | re.MULTILINE,
    ),
    re.compile(
        rf"[ ,:;.]{_VALUE}(?= (?:eintippen|eingeben|tippen|nehmen|verwenden|benutzen)(?!\w))",
        re.IGNORECASE | re.MULTILINE,
    ),
)
_BELOW = re.compile(
    rf"\n[ ]*(?:(?P<label>{_LABEL} ?[:=]) ?[ ]{{0,60}}|[ ]{{0,40}}){_VALUE}[ ]*(?=\n|\Z)", re.IGNORECASE
)
_GROUPS = re.compile(_HEX)
ASIDE, LINES, LETTERS = 120, 3, 4
"""Characters of a line behind a network's name that are read, and lines below it; letters of a key there."""


def keys(joined: str, spans_of: dict[str, Spans]) -> Iterator[Span]:
    """Spans of keys. Args: `joined`: from `views.flat`, with its capitals."""
    for named in _NAMED.finditer(joined) if spans_of["network"].phrases else ():
        ends = joined.find("\n", named.end())
        ends = len(joined) if ends < 0 else ends
        for beside in chain.from_iterable(
            pattern.finditer(joined, named.start(), min(ends, named.start() + ASIDE)) for pattern in _BESIDE
        ):
            if _is_a_key(beside["value"], told=True):
                yield beside.span("value")
        for _ in range(LINES):
            below = _BELOW.match(joined, ends)
            if below and _is_a_key(below["value"], told=below["label"] is not None):
                yield below.span("value")
                break
            ends = joined.find("\n", ends + 1)
            if ends < 0:
                break


def _is_a_key(value: str, *, told: bool) -> bool:
    """Whether words are no sentence; a single one needs no small letters where something says that it is a key."""
    words = re.split(r"[ .+_-]", value.rstrip("."))
    small = value == value.lower() or (told and len(words) == 1) or _GROUPS.fullmatch(value) is not None
    if len(words) == 1 and not told and sum(map(str.isalpha, value)) < LETTERS:
        return False
    return small and not any(word in NO_PASSWORD for word in words)
