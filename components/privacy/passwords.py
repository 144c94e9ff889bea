"""Passwords in text: after a word for one and a colon, in quotes, in the next cell, or by their mix of characters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from components.privacy import fields, handed, locks, networks, words
from components.privacy.hits import Hit
from components.privacy.lexicon import Lexicon, Span, Spans, holds_any, small
from components.privacy.placeholders import is_placeholder
from components.privacy.views import decoded_words
from components.privacy.words import any_of

IS = r"(?:['’]s(?!\w)|,?\s{1,3}(?:is|was|ist|war|lautet|es|era|est|c['’]est|était)(?!\w))"
TOLD = (
    IS
    + r"?(?:[ ]{0,3}[:=]\s{0,90}[\"'“„«]?|(?:\s(?:to|as|auf|als|a|como))?\s{1,3}[\"'“„«])(?P<value>[^\s\"'”“»|]{1,64})"
)
SHOWN = (
    rf"(?:(?:{IS}|\s(?:to|auf|en|a|como|as|à))?\s{{1,3}}|[ ]{{3,60}})"
    r"(?P<value>(?=\S{0,40}[\d!$%&*#@+?_])[^\s\"'|,;]{4,64})"
)
CHANGED = (
    r" (?:(?:changed|reset|set|updated) to"
    r"|(?:geändert|gesetzt|zurückgesetzt) auf|(?:changé|modifié) en|cambiad[oa] a)(?!\w)"
)
QUOTED = (
    rf"{IS}?(?:\s{{0,3}}[:=])?(?:\s(?:to|as|auf|als|a|como))?\s{{1,3}}\\?[\"“„«]"
    r"(?P<value>[^\W_](?:[^\"”“»\n\\|]){0,78}?)\\?[\"”“»]"
)
"""Several words in quotes, right after the word for a password."""
WORDED = (
    rf"(?: [\w()-]{{1,15}}){{1,8}}?(?: ?[:=]|{IS}|{CHANGED}) {{0,3}}"
    r"(?P<value>(?=\S{0,40}[\d!$%&*#@+?_])[^\s\"'|,;]{4,64})"
)
PLAIN = (
    r"(?: (?:for|to|of|on|für|zum|zur|vom|am|del?|para|du|des|pour)(?: [\w-]{1,15}){1,4}?)?"
    rf"(?: (?:now|currently|still|jetzt|ahora"
    rf"|maintenant))?{IS}\s{{1,3}}(?P<value>[^\W\d_]{{4,24}}(?:[._-][^\W\d_]{{3,24}}){{0,5}})"
    r"(?=\s{0,3}(?:[.!\"”,;(]|\Z|\n))"
)
"""A single word at the end of its sentence."""
TOLD_PHRASE = (
    r"[ ]{0,3}[:=]\s{1,90}(?P<value>[^\W\d_]{3,14}(?:(?P<sign>[ -])[^\W\d_]{3,14}(?:(?P=sign)[^\W\d_]{3,14}){1,6}"
    r"(?:[ -]?\d{1,4})?)[!?]?)(?=[ ]*(?:[.,;\"\n]|\Z))"
)
"""Words in a row that end where their cell or part of a sentence ends."""
CODEWORD = (
    r"(?: [^\W\d_][\w'’-]{0,14}){0,7} ?: {0,3}(?P<value>[^\W\d_]{4,24}(?:[ -][^\W\d_]{3,24})?)"
    r"(?=[.!]?\s{0,3}(?:[\"”|\n]|\Z))"
)
"""A word that is told to be let in, at the end of its line."""
LEXICON = Lexicon(
    {
        "codeword": (words.CODEWORD, CODEWORD),
        "phrase": (words.PASSWORD, TOLD_PHRASE),
        "told": (words.PASSWORD, TOLD),
        "shown": (words.PASSWORD, SHOWN),
        "worded": (words.PASSWORD, WORDED),
    }
    | {"quoted": (words.PASSWORD, QUOTED), "plain": (words.PASSWORD, PLAIN)}
)
_PAIR = re.compile(
    r"(?<!\w)(?:guest network|network|wi-?fi|wlan|réseau|red|log(?:ged)?[ -]?in|sign[ -]?in|login|credentials|account"
    r"|zugang|zugangsdaten|anmeld\w*|connect\w*|connexion|identifiants?|acceso|entrar|usuario|user)(?!\w)[^\n/"
    r"|]{0,40}?(?:\s[\w.@+-]{2,40}|:(?=[\w.+-]{0,40}[a-z])[\w.+-]{2,40}) ?/ ?(?P<value>[^\s/|\"]{4,64})"
)
"""A user name and a password, separated by a slash."""
_AS = re.compile(
    r"(?<![\w.@-])(?P<value>(?=\S{0,40}[\d!$%&*#@+?_-])[^\s\"'|,;()]{4,64}) (?:(?:as|als|como|comme) (?:(?:the|your|my"
    r"|a|das|dein|mein|ihr|tu|su|la|mi|mot|le|contraseña)[ ]){0,2}|\((?:the|your|my|this is your|your new|dein|ihr|tu"
    r"|su|votre)? ?)(?:password|passphrase|passcode|pin|passwort|kennwort|contraseña|clave|mot de passe|mdp)(?!\w)"
)
"""A password before the word for it."""
BEFORE_NAME = 90
"""Characters before the word for a password in which a password before it begins."""
_WORD = re.compile(r"\w+")
_ON_COMMAND = re.compile(
    r"(?<!\w)(?:(?:-u|--user)[ =]\\?[\"']?[\w.@-]{1,40}:|--pass(?:word|wd)?[ =]\\?[\"']?|sshpass -p "
    r"|(?:docker|podman|helm|mysql|mysqldump|oc|az|mongo|mongosh)(?: [\w@./=:-]{1,40}){1,6} -p "
    r"|htpasswd -[a-z]{1,4} (?:\S{1,40} )?\S{1,40} |/user:\S{1,40} )(?P<value>[^\s\"'\\]{4,64})"
)
_MIXED = re.compile(
    r"(?<![\w!?$%&#*^/=.:@~+-])(?=[A-Za-z0-9]*[!?$%&#*^][A-Za-z0-9])(?=\S*[a-z]\S*[A-Z]"
    r"|\S*[A-Z]{2}\S*[a-z])(?=\S*\d)[A-Za-z0-9!?$%&#*^]{7,24}(?![\w/=@~-])"
)
"""Mixed upper and lower case, digits and a sign in the middle: only passwords are written so."""
_ANY_MIXED = re.compile(
    r"(?<![\w!?$%&#*^/=.:@~+-])(?=[A-Za-z0-9]*[!?$%&#*^][A-Za-z0-9])(?=\S*[A-Za-z])(?=\S*\d)"
    r"[A-Za-z0-9!?$%&#*^]{7,24}(?![\w/=@~-])"
)
"""Letters, digits and a sign, if the text speaks of logging in."""
LOGIN = 70
_SIGN = re.compile(r"[!?$%&#*^](?=[A-Za-z0-9])")
_BEFORE_SIGN = re.compile(r"[A-Za-z0-9!?$%&#*^]*\Z")
LONGEST_MIXED = 24
_BASIC = re.compile(r"[Bb]asic\s{1,3}(?P<value>[A-Za-z0-9+/]{6,400}={0,2})(?![\w+/=])")
"""A user name and a password in HTTP's Basic scheme."""
_CAMEL = re.compile(r"[ ](?P<value>(?=[A-Z]{0,20}[a-z]{1,20}[A-Z])[A-Za-z]{7,24})(?=\s{0,2}(?:[.,;!\"|]|\n|\Z))")
"""Capitals within a word: a password if right after the word for one."""
JUST_BEFORE = 14
_KEYWORD = re.compile(r"(?<!\w)(?:palabras?|puntos?|datos?|conceptos?|ideas?|fechas?|cifras?|términos?) \Z")
"""Before the word for a key in Spanish: what is important."""
_PURPOSE = re.compile(r"\[\d+\] [a-z]+ \.[\w.-]{0,40}\Z")
"""What a field is for, by its markup; the name of the field follows."""
BEFORE_PURPOSE = 70
_LENGTH = re.compile(
    r"\d{1,3}(?:[-–+]\d{0,3})?|[€$£]?\d{1,4}(?:[.,]\d{1,2})?(?:%|h|min|€|\$|£|cm|mm|kg|gb)"
    r"|\d{1,2}[./]\d{1,2}[./]\d{2,4}"
)
_CHARACTERS = re.compile(
    r"\s{0,3}(?:or more |oder mehr |o más |ou plus |bis \d+ |to \d+ |a \d+ |à \d+ |y \d+ )?(?:char|zeichen|caract"
    r"|letters|digits|buchstaben|ziffern|letras"
    r"|lettres|chiffres|upper|lower|groß|mayús|majus|days?|tagen?|jours?|días?|times|mal|minut|hours?|stunden)"
)
"""Words after a number that is the length or the age of a password."""
_IN_ADDRESS = re.compile(
    r"[a-z][a-z0-9+.-]{1,20}://(?P<user>[^\s:/@\"]{1,60}):(?!(?P=user)@)(?P<value>[^\s/@\"]{2,80})@"
)


_WITH_MAIL = re.compile(
    r"@[\w-]{1,40}(?:\.[\w-]{1,20}){1,3}(?:,| ?/| ?:| \|| und| and| y| et| mit| with| con| avec)[ ]{1,3}"
    r"(?P<value>(?=[^\s\"]{0,30}[a-zà-ÿ]{3})(?=[^\s\"]{0,30}\d)[^\s\"'|,;:/@()]{6,40}?)(?=[.!?]?(?:[\s\",;]|\Z))"
)
"""An account by its address, and its password."""
_SIGNED_IN = re.compile(
    r"(?<!\w)"
    + any_of("signed_in")
    + r"(?!\w)[^\n/|.:\d]{0,30}? (?:as|with|using|mit|als|avec|comme|con|como) [^\n/|:]{2,40}? (?:and|with|und|mit"
    r"|et|avec|y|con|e) (?:(?:the|password|pass|pw|passwort|das|mot de passe|le|mdp|contraseña|la"
    r"|clave)[ ]){0,2}[\"'“„«]?(?P<value>(?=[^\s\"]{0,40}\d)(?=[^\s\"]{0,40}[a-z])[^\s\"'"
    r"|,;()]{5,40}?)(?=[.!?]?(?:[\s\",;”»]|\Z))"
)
"""A user name and a password, with which somebody is told to sign in."""
_ANYWHERE = (
    (_PAIR, "/"),
    (_WITH_MAIL, "@"),
    (_ON_COMMAND, " -p "),
    (_IN_ADDRESS, "://"),
    (_ON_COMMAND, " -u"),
    (_ON_COMMAND, "--"),
    (_ON_COMMAND, "sshpass"),
    (_ON_COMMAND, "htpasswd"),
    (_ON_COMMAND, "/user:"),
)
"""Patterns that need no word for a password, and what a text must contain for each to be tried."""


def hits(text: str, joined: str, lower: str, spans_of: dict[str, Spans]) -> Iterator[Hit]:
    """Hits of passwords, also of the same one twice.

    In the text itself a quote shows where a password begins; in the joined text the next cell or line does.

    Args:
        text, joined, lower: the text, its `views.flat`, and that in small letters.
        spans_of: what `labels.LEXICON` has read in it.
    """
    named = spans_of["password"]
    yield from (Hit(start=start, end=end, kind="password", source="pattern") for start, end in _mixed(joined, spans_of))
    for start, end in (*networks.keys(joined, spans_of), *handed.passwords(joined, spans_of)):
        yield Hit(start=start, end=end, kind="password", source="pattern")
    for match in _BASIC.finditer(text):
        if any(":" in content for content in decoded_words(match["value"])):
            yield Hit(start=match.start("value"), end=match.end("value"), kind="password", source="pattern")
    before_names = (
        _AS.search(lower, max(start - BEFORE_NAME, 0), end)
        for start, end in named.phrases
        if holds_any(lower[max(start - BEFORE_NAME, 0) : end], (" as ", " als ", " como ", " comme ", " ("))
    )
    elsewhere = [pattern.finditer(lower) for pattern, mark in _ANYWHERE if mark in lower]
    if spans_of["login"].phrases or holds_any(lower, ("connect", "meld", "entra", "accede", "inicia")):
        elsewhere.append(_SIGNED_IN.finditer(lower))
    for match in chain(filter(None, before_names), *elsewhere, locks.keys(lower, spans_of)):
        if match["value"] not in words.PASSWORD and not _is_none(match["value"]):
            yield Hit(start=match.start("value"), end=match.end("value"), kind="password", source="pattern")
    for view in (small(text), lower) if named.phrases else ():
        for spans in LEXICON.find(view, _words_at(view, named)).values():
            for start, end in spans.values:
                word = view[start:end].rstrip(".,;:!?…)")
                if not (_is_none(word) or _LENGTH.fullmatch(word) or _CHARACTERS.match(view, end)):
                    end = locks.with_sign(view, end) if view[end - 1].isdigit() else end
                    yield Hit(start=start, end=end, kind="password", source="pattern")


def _is_none(word: str) -> bool:
    """Whether a word behind the one for a password is none: a verb, a hint where it is found, or a placeholder."""
    bare = word.rstrip(".,;:!?…)")
    return bare in fields.NO_PASSWORD or is_placeholder(word) or _is_sentence(bare)


def _is_sentence(words: str) -> bool:
    """Whether words without digits before them have one that belongs to a sentence."""
    return not words[:1].isdigit() and any(part in fields.NO_PASSWORD for part in words.split())


def _mixed(joined: str, spans_of: dict[str, Spans]) -> Iterator[Span]:
    """Words of letters, digits and signs, or with capitals within behind a word for passwords."""
    for sign in _SIGN.finditer(joined):
        beginning = _BEFORE_SIGN.search(joined, max(sign.start() - LONGEST_MIXED, 0), sign.start())
        if beginning is None:
            continue
        pattern = _ANY_MIXED if spans_of["login"].near(joined, beginning.span(), LOGIN) else _MIXED
        if match := pattern.match(joined, beginning.start()):
            yield match.span()
    for _, end in spans_of["password"].phrases:
        for match in _CAMEL.finditer(joined, end - 1, end + 4 * LONGEST_MIXED):
            if spans_of["password"].before(joined, match.start() + 1, JUST_BEFORE):
                yield match.span("value")


def _words_at(text: str, named: Spans) -> dict[str, list[int]]:
    """The first words of these phrases, and where each begins."""
    places: dict[str, list[int]] = {}
    for start, _ in named.phrases:
        if _KEYWORD.search(text, max(start - JUST_BEFORE, 0), start):
            continue
        if (word := _WORD.match(text, start)) and not _PURPOSE.search(text, max(start - BEFORE_PURPOSE, 0), start):
            places.setdefault(word[0], []).append(start)
    return places
