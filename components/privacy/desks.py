"""Words for whom everybody may call: a desk, a line, a team; and pairs of words that are no person's name."""

from __future__ import annotations

import re

from components.privacy.words import any_of, lists_of

_DESK = re.compile(r"(?<!\w)" + any_of("desk") + r"(?!\w)")
_FULL_STOP = re.compile(r"[!?;]\s|\w(?<!\b(?:tel|tél))(?<!\b(?:nr|no|st|dr|al|av))\.\s", re.IGNORECASE)
REACH = 60
"""Characters before a number in which its desk is named."""
_NAMES = frozenset(lists_of("offices")["no_name"])
"""Words of which one shows that two words with capitals are no person."""


def is_named(lower: str, begins: int, at: int) -> bool:
    """Whether a desk is named between two places, not too far from the second."""
    return _DESK.search(lower, max(begins, at - REACH), at) is not None


def sentence(text: str, begins: int, at: int) -> int:
    """Where the sentence begins in which a place stands."""
    return max((stop.end() for stop in _FULL_STOP.finditer(text, begins, at)), default=begins)


def is_no_name(words: str) -> bool:
    """Whether two words with capitals name no person: `Repairs Line`, `Housing Association`."""
    return any(word in _NAMES for word in words.lower().split())
