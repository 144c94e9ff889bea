"""Numbers that open doors, boxes and locks, and keys of networks, without a word for a password beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from components.privacy.codes import COUNTED
from components.privacy.lexicon import Spans, line_begins, line_ends
from components.privacy.words import lists_of

_LISTS = lists_of("locks")
OPENS = _LISTS["opens"]
"""Words which say that a number opens something."""
DOOR = _LISTS["door"]
"""Things that have a lock."""
NETWORK = _LISTS["network"]
DIALLED = _LISTS["dialled"]
"""What comes right before a number that is dialled at a lock."""
SHUT = _LISTS["shut"]
"""What is opened by a number alone."""
ENTRANCE = _LISTS["entrance"]
"""What is opened by a number behind a colon, or right behind it."""
MNEMONIC = _LISTS["mnemonic"]
"""Words for the words that restore a wallet."""
CONTEXT = {
    "opens": OPENS,
    "door": DOOR,
    "network": NETWORK,
    "dialled": DIALLED,
    "shut": SHUT,
    "entrance": ENTRANCE,
    "mnemonic": MNEMONIC,
}
_SIGN_BEHIND = (
    r"(?:,?(?: (?:then|and|dann|und|puis|et|y|luego|seguido de|plus|mit)){0,2}(?: (?:the|la|le|el|die|den|das))?"
    r" (?:star|hash|pound|bell|key|lock|asterisk|enter|ok|stern|sternchen|raute|glocke|schlüssel|étoile|dièse|cloche"
    r"|clé|campana|asterisco|almohadilla|estrella|llave)(?: (?:symbol|key|sign|button|taste|zeichen))?(?!\w))?"
)
"""A key with a sign that is pressed behind the digits."""
_BEHIND = re.compile(_SIGN_BEHIND)
_NUMBER = (
    r"(?P<value>(?:[*#]?\d{4,8}[#*]?|[*#]\d{3}[#*]?|(?:\d{1,2}-){2,4}\d{1,2}|[a-z]\d{3,6}[a-z#*]?"
    r"|\d{2,5}[a-z]\d{0,4}[#*]?|[a-z]\d{1,3}[a-z]\d{1,4}|\d{2}\.\d{2})" + _SIGN_BEHIND + r")"
    r"(?![\w%€$£-]|[.,:]\d| (?:uhr|euro|people|personen|visitors|guests|gäste|mm|cm|m|kg|km)(?!\w))"
)
_DIALLED = re.compile(
    r"(?: (?:is|ist|lautet|es|est)(?!\w))?(?: (?:the|die|den|der|le|la|el)(?!\w))?(?: ?[:=])?[ ]{1,3}[\"'«“„]?[ ]?"
    + _NUMBER
)
_SHUT_BY = re.compile(
    r"(?: [^\W\d]{1,15}){0,4}?(?: (?:is|ist|es|est|hat|has|tiene|a)(?!\w)| ?[:=]|,(?= (?:[a-z]\d{3}|\d{4}[ .,;]"
    r"|\d{3,5}[a-z#*])))[ ]{1,3}" + _NUMBER
)
_ENTERED_BY = re.compile(
    r"(?: [^\W\d]{1,15}){0,4}?(?: ?:|,? (?:is|takes|needs|ist|es|est|c['’]est|pide|demande|braucht)(?!\w)"
    r"| (?=[*#\d]{4,7}[#*]|\d{1,2}-\d))[ ]{0,3}"
    r"(?P<value>(?:[*#]?(?!(?:19|20)\d\d(?!\d))\d{4,6}[#*]?|\d{1,2}(?:-\d{1,2}){2,3}|[a-z]\d{4,5}[a-z#*]?)"
    + _SIGN_BEHIND
    + r")(?![\w%€$£-]|[.,:/]\d| (?:uhr|euro|people|personen|visitors|guests|gäste|mm|cm|m|kg|km|m²)(?!\w))"
)
_MNEMONIC = re.compile(
    r"[ ]{0,3}(?:[:=]|is|ist|est|es)?[\s\"'«“„]{1,60}(?P<value>[^\W\d_]{3,12}(?:[ ,-]{1,2}[^\W\d_]{3,12}){5,23})"
)
_OPENED_BY = re.compile(
    r"[^\n.:\d]{0,45}?(?: (?:with|using|is|lautet|ist|mit|bei|con|es|avec|par|est)(?!\w)|[:,]| (?=\d{4}))"
    r"(?: (?:the|der|dem|den|el|la|le)(?!\w))?"
    r"(?: ?(?:code|number|combination|zahl|nummer|kombination|pin|código|clave|número|numéro)(?!\w):?)?"
    r"[ ]{1,3}(?P<value>(?:[*#]?\d{3,8}[#*]?|(?:\d{1,2}-){2,4}\d{1,2}|[a-z]\d{3,6}[a-z#*]?|\d{2,5}[a-z]\d{0,4}"
    r"|[a-z]\d{1,3}[a-z]\d{1,4})" + _SIGN_BEHIND + r")"
    r"(?![\w%€$£-]|[.,:]\d| (?:uhr|euro|people|personen|visitors|guests|gäste))"
)
"""What may be between a word for opening and the number."""
_NETWORK_KEY = re.compile(
    r"[^\n]{0,50}?(?<!\w)(?:key|pass|pw|schlüssel|code|clave|clé|kennung)(?!\w) ?[:=]? {0,3}"
    r"(?P<value>(?=\S{0,60}[\d!$%&*#@+?_-])[^\s\"'|,;]{6,64})"
)
"""The key of a network, after its name."""
ASIDE = 60
"""Characters before or behind a number that is dialled, in which something that has a lock must stand."""
BEFORE = 60
"""Characters before a word for opening in which something that has a lock must stand."""


def with_sign(lower: str, end: int) -> int:
    """The end of a number that is pressed at a door, with the key that is pressed behind it."""
    behind = _BEHIND.match(lower, end)
    return behind.end() if behind else end


def keys(lower: str, spans_of: dict[str, Spans]) -> Iterator[re.Match[str]]:
    """Numbers that open a door, a box or a lock, and keys of networks."""
    return (match for match in _keys(lower, spans_of) if not COUNTED.match(lower, match.end()))


def _keys(lower: str, spans_of: dict[str, Spans]) -> Iterator[re.Match[str]]:
    for start, end in spans_of["opens"].phrases:
        match = _OPENED_BY.match(lower, end)
        if match and spans_of["door"].within(line_begins(lower, start, BEFORE), match.start("value")):
            yield match
    for start, end in spans_of["dialled"].phrases if spans_of["door"].phrases else ():
        match = _DIALLED.match(lower, end)
        if match and not spans_of["order"].near(lower, (start, end), 1):
            begins, ends = line_begins(lower, start, ASIDE), line_ends(lower, match.end(), ASIDE)
            if spans_of["door"].within(begins, start) or spans_of["door"].within(match.end(), ends):
                yield match
    for name, pattern in (("shut", _SHUT_BY), ("entrance", _ENTERED_BY), ("mnemonic", _MNEMONIC)):
        for _, end in spans_of[name].phrases:
            if match := pattern.match(lower, end):
                yield match
    for _, end in spans_of["network"].phrases:
        if match := _NETWORK_KEY.match(lower, end):
            yield match
