"""Who is named on a page: full names, surnames behind a title, first names with an initial; not churches and firms."""

from __future__ import annotations

import re

from components.privacy.lexicon import FULL_NAME, Span, Spans, one_of
from components.privacy.words import any_of

_NO_PERSON = re.compile(
    any_of("holy") + r"\.? .*|.* " + any_of("no_person"),
    re.IGNORECASE,
)
"""Words with capitals that are a place, a church or a matter, and nobody."""
_TITLED = re.compile(
    one_of(
        "Mr|Mrs|Ms|Miss|Mx|Dear|Herrn?|Frau|Hr\\.|Fr\\.|Monsieur|Madame|Mademoiselle|Mme|Mlle|M\\.|Sr|Sra|Señora?|Do[nñ]a?"
        "|Bruder|Schwester|Onkel|Tante|Uncle|Aunt|Familie|Fam\\.|Famille|Familia"
    )
    + r"\.? [A-ZÀ-ÞĀ-ſ][\w'’-]{1,24}"
)
_INITIALED = re.compile(r"[A-ZÀ-Þ](?<![\w.-].)[a-zà-ÿ]{2,15} [A-ZÀ-Þ]\.(?=[ ,:;)\"\n]|\Z)")
_OF = re.compile(r"[A-ZÀ-Þ][\w-]{2,30} (?:von|de|del|du|di|da|la|le) (?=[A-ZÀ-Þ])")
"""Words with capitals before a name, which are read as one with its first half: `Abschiebung von Ana Ruiz`."""
BEFORE, NEAR, CALL = 24, 70, 12
"""Characters in which who speaks is named before a place, and anybody else is; of a call to everybody, `Jetzt Mitglied
werden`, that German writes like a name, at least."""


def named(text: str, names: Spans, spans_of: dict[str, Spans]) -> Spans:
    """The names of people.

    Args:
        text: from `views.flat`.
        names: its words with capitals that look like full names.
        spans_of: what `labels.LEXICON` has read in it.
    """
    bodies = [spans_of[name] for name in ("party", "institution", "company", "office", "standing")]
    calls = Spans(phrases=[(start, end) for start, end in spans_of["general"].phrases if end - start > CALL])
    full = (
        name
        for name in names.phrases
        if not (any(body.within(*name) for body in (*bodies, calls)) or _NO_PERSON.fullmatch(text, *name))
    )
    behind = (FULL_NAME.match(text, match.end()) for match in _OF.finditer(text))
    others: list[Span] = [match.span() for match in behind if match and not _NO_PERSON.fullmatch(match[0])]
    others += [match.span() for short in (_TITLED, _INITIALED) for match in short.finditer(text)]
    return Spans(phrases=sorted((*full, *others)))


def is_of_one(text: str, span: Span, spans_of: dict[str, Spans], names: Spans) -> bool:
    """Whether somebody is named before a place, speaks of himself or is spoken to."""
    return (
        names.before(text, span[0], NEAR)
        or spans_of["own"].near(text, span, NEAR)
        or spans_of["first"].before(text, span[0], BEFORE)
    )
