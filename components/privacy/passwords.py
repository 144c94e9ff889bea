"""Passwords in text: behind a word for one and a colon, in quotes, in the next cell, or by their mix of characters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from components.privacy import fields, words
from components.privacy.hits import Hit
from components.privacy.lexicon import Lexicon, Spans, small
from components.privacy.views import decoded_words

IS = r"(?:['’]s(?!\w)|,?\s{1,3}(?:is|was|ist|war|lautet|es|era|est|c['’]est|était)(?!\w))"
TOLD = (
    IS
    + r"?(?:[ ]{0,3}[:=]\s{0,90}[\"'“„«]?|(?:\s(?:to|as|auf|als|a|como))?\s{1,3}[\"'“„«])(?P<value>[^\s\"'”“»|]{1,64})"
)
SHOWN = rf"(?:{IS}?\s{{1,3}}|[ ]{{3,60}})(?P<value>(?=\S{{0,40}}[\d!$%&*#@+?_])[^\s\"'|,;]{{4,64}})"
CHANGED = (
    r" (?:(?:changed|reset|set|updated) to"
    r"|(?:geändert|gesetzt|zurückgesetzt) auf|(?:changé|modifié) en|cambiad[oa] a)(?!\w)"
)
QUOTED = (
    rf"{IS}?(?:\s{{0,3}}[:=])?(?:\s(?:to|as|auf|als|a|como))?\s{{1,3}}\\?[\"“„«]"
    r"(?P<value>[^\W_](?:[^\"”“»\n\\|]){0,78}?)\\?[\"”“»]"
)
"""Several words in quotes, right behind the name."""
WORDED = (
    rf"(?: [\w()]{{1,15}}){{1,8}}?(?: ?[:=]|{IS}|{CHANGED}) {{0,3}}"
    r"(?P<value>(?=\S{0,40}[\d!$%&*#@+?_])[^\s\"'|,;]{4,64})"
)
PLAIN = (
    rf"(?: (?:now|currently|still|jetzt|ahora|maintenant))?{IS}\s{{1,3}}(?P<value>[^\W\d_]{{4,24}})"
    r"(?=\s{0,3}(?:[.!\"”,;]|\Z|\n))"
)
"""One word that ends its sentence."""
LEXICON = Lexicon(
    {"told": (words.PASSWORD, TOLD), "shown": (words.PASSWORD, SHOWN), "worded": (words.PASSWORD, WORDED)}
    | {"quoted": (words.PASSWORD, QUOTED), "plain": (words.PASSWORD, PLAIN)}
)
_PAIR = re.compile(
    r"(?<!\w)(?:guest network|network|wi-?fi|wlan|réseau|red"
    r"|log(?:ged)?[ -]?in|sign[ -]?in|login|credentials|account|zugang|zugangsdaten|anmeld\w*|connect\w*"
    r"|connexion"
    r"|identifiants?|acceso|entrar|usuario|user)(?!\w)[^\n/|]{0,40}?[\s:][\w.@+-]{2,40} ?/ ?(?P<value>[^\s/|\"]{4,64})"
)
"""A name and a password with a stroke between them."""
_AS = re.compile(
    r"(?<![\w.@-])(?P<value>(?=\S{0,40}[\d!$%&*#@+?_-])[^\s\"'|,;()]{4,64}) "
    r"(?:(?:as|als|como|comme) (?:(?:the|your|my|a|das|dein|mein|ihr"
    r"|tu|su|la|mi|mot|le|contraseña)[ ]){0,2}|\((?:the|your|my|this is your|your new|dein|ihr|tu|su|votre)? ?)"
    r"(?:password|passphrase|passcode|pin|passwort|kennwort|contraseña|clave|mot de passe|mdp)(?!\w)"
)
"""A password before its name."""
BEFORE_NAME = 90
"""Characters before the name of a password in which it begins, if it stands there."""
_WORD = re.compile(r"\w+")
_MIXED = re.compile(
    r"(?<![\w!?$%&#*^/=.:@~+-])(?=[A-Za-z0-9]*[!?$%&#*^][A-Za-z0-9])(?=\S*[a-z]\S*[A-Z]|\S*[A-Z]{2}\S*[a-z])(?=\S*\d)[A-Za-z0-9!?$%&#*^]{7,24}(?![\w/=@~-])"
)
"""Capitals and small letters in no word's order, digits and a sign in the middle: nothing else is written so."""
_SIGN = re.compile(r"[!?$%&#*^](?=[A-Za-z0-9])")
_BEFORE_SIGN = re.compile(r"[A-Za-z0-9!?$%&#*^]*\Z")
LONGEST_MIXED = 24
_BASIC = re.compile(r"[Bb]asic\s{1,3}(?P<value>[A-Za-z0-9+/]{6,400}={0,2})(?![\w+/=])")
"""How HTTP sends a name and a password."""
_IN_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]{1,20}://[^\s:/@\"]{1,60}:(?P<value>[^\s/@\"]{2,80})@")


def hits(text: str, joined: str, lower: str, named: Spans) -> Iterator[Hit]:
    """Hits of passwords, also of the same one twice.

    In the text itself a quote shows where a password begins; in the joined text the next cell or line does.

    Args:
        text, joined, lower: the text, its `views.flat`, and that in small letters.
        named: spans of words for passwords.
    """
    for sign in _SIGN.finditer(joined):
        beginning = _BEFORE_SIGN.search(joined, max(sign.start() - LONGEST_MIXED, 0), sign.start())
        match = _MIXED.match(joined, beginning.start()) if beginning else None
        if match:
            yield Hit(start=match.start(), end=match.end(), kind="password", source="pattern")
    for match in _BASIC.finditer(text):
        if any(":" in content for content in decoded_words(match["value"])):
            yield Hit(start=match.start("value"), end=match.end("value"), kind="password", source="pattern")
    before_names = (_AS.search(lower, max(start - BEFORE_NAME, 0), end) for start, end in named.phrases)
    elsewhere = (pattern.finditer(lower) for pattern, mark in ((_PAIR, "/"), (_IN_ADDRESS, "://")) if mark in lower)
    for match in chain(filter(None, before_names), *elsewhere):
        if match["value"] not in words.PASSWORD:
            yield Hit(start=match.start("value"), end=match.end("value"), kind="password", source="pattern")
    for view in (small(text), lower) if named.phrases else ():
        for spans in LEXICON.find(view, _words_at(view, named)).values():
            for start, end in spans.values:
                if view[start:end].rstrip(".,;:!?…)") not in fields.NO_PASSWORD:
                    yield Hit(start=start, end=end, kind="password", source="pattern")


def _words_at(text: str, named: Spans) -> dict[str, list[int]]:
    """The first words of these phrases, and where each begins."""
    places: dict[str, list[int]] = {}
    for start, _ in named.phrases:
        if word := _WORD.match(text, start):
            places.setdefault(word[0], []).append(start)
    return places
