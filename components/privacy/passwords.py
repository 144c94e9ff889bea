"""Passwords in words: behind their name and a colon, in quotes, in the next cell, or with letters that no word has."""

from __future__ import annotations

from collections.abc import Iterator

from components.privacy import words
from components.privacy.hits import Hit
from components.privacy.lexicon import Lexicon

IS = r"(?:\s{1,3}(?:is|was|ist|war|lautet|es|era)(?!\w))"
TOLD = (
    IS
    + r"?(?:[ ]{0,3}[:=]\s{0,90}[\"'“„«]?|(?:\s(?:to|as|auf|als|a|como))?\s{1,3}[\"'“„«])(?P<value>[^\s\"'”“»|]{1,64})"
)
SHOWN = rf"(?:{IS}?\s{{1,3}}|[ ]{{3,60}})(?P<value>(?=\S{{0,40}}[\d!$%&*#@+?_])[^\s\"'|,;]{{4,64}})"
WORDED = (
    rf"(?: [\w()]{{1,15}}){{1,4}}?(?: ?[:=]|{IS}) {{0,3}}"
    r"(?P<value>(?=\S{0,40}[\d!$%&*#@+?_])[^\s\"'|,;]{4,64})"
)
LEXICON = Lexicon(
    {"told": (words.PASSWORD, TOLD), "shown": (words.PASSWORD, SHOWN), "worded": (words.PASSWORD, WORDED)}
)
BEGINNINGS = ("pass", "pwd", "pin", "kennw", "geheimz", "contras", "clave")
"""One of them is in every name of a password; most pages hold none."""


def found(text: str, joined: str) -> Iterator[Hit]:
    """Args: text, joined: the text and `views.flat` of it, both in small letters.

    In the text itself a quote says where a password begins, in the joined one the next cell or line does.
    """
    if not any(each in text for each in BEGINNINGS):
        return
    for view in (text, joined):
        for spans in LEXICON.find(view).values():
            for start, end in spans.values:
                if view[start:end].rstrip(".,;:!?…)") not in words.NO_PASSWORD:
                    yield Hit(start=start, end=end, kind="password", source="pattern")
