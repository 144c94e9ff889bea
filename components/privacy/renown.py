"""Dates of birth that are no user's: those of animals, of years of children, of people whom papers write about."""

from __future__ import annotations

import re

from components.privacy.hits import Hit
from components.privacy.lexicon import line_ends

_ANIMALS = re.compile(
    r"(?<!\w)(?:welpen?|hündin|rüde|stute|hengst|wallach|fohlen|kätzchen|kitten|kittens|puppy|puppies|foal|mare"
    r"|stallion|gelding"
    r"|litter|chatons?|chiots?|cachorros?|gatitos?|yegua|potro|jument|poulain|étalon)(?!\w)"
)
_BETWEEN = re.compile(r"(?<!\w)(?:born between|geboren zwischen|nés? entre|nées? entre|nacid[oa]s? entre)(?!\w)")
_FAMED = re.compile(
    r"(?<!\w)(?:the (?:midfielder|striker|goalkeeper|defender|winger|singer|actor|actress|footballer|novelist"
    r"|composer|director)"
    r"|(?:der|die) (?:torwart|torhüter|stürmer|stürmerin|schauspieler|schauspielerin|sänger|sängerin|regisseur"
    r"|regisseurin"
    r"|mittelfeldspieler|verteidiger)|(?:el|la) (?:actor|actriz|cantante|futbolista|delantero|portero"
    r"|director de cine|novelista)"
    r"|(?:le|la|l['’])[ ]?(?:acteur|actrice|chanteur|chanteuse|footballeur|footballeuse|gardien de but|romancier"
    r"|romancière"
    r"|cinéaste))(?!\w)"
)
"""Of whom papers write without saying who reads them."""
LONGEST = 160
"""Characters behind a date that are read."""


def is_of_nobody(lower: str, begins: int, hit: Hit) -> bool:
    """
    Args:
        lower: a text from `views.flat`, in small letters.
        begins: where the date's line begins.
    """
    ends = line_ends(lower, hit.end, LONGEST)
    return _BETWEEN.search(lower, begins, hit.start) is not None or any(
        words.search(lower, begins, ends) for words in (_ANIMALS, _FAMED)
    )
