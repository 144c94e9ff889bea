"""Medical findings: codes of diagnoses, measures of a body, results of tests, visits to a clinic."""

from __future__ import annotations

import re
from collections.abc import Iterator

from components.privacy.lexicon import Span, Spans

_BEFORE = (
    r"(?:[ ](?:score|level|reading|value|wert|taux|valor|nivel))?(?:[ ]?\([^()\n]{1,20}\))?"
    r"(?:\s{0,3}[:=]\s{0,60}|\s{1,3}(?:is|was|of|von|ist|lag bei|bei|de|à|est|es|a)\s{1,3}|[ ]{1,60})"
)
MEASURE = (
    _BEFORE + r"(?P<value>[<>≤≥~]?[ ]?\d{1,3}(?:[.,/]\d{1,3})?(?![\d.,]*[€$£])"
    r"(?:[ ]{0,6}(?:%|m?mol/\w{1,4}|m?[gu]/\w{1,3}|µ?g/\w{1,3}|iu/\w{1,2}|mm ?hg|kg/m.|bpm))?)(?!\w)"
)
"""A value after the name of a measurement, in lower case."""
VERDICT = (
    r"(?:[^\n.;]|(?<=\d)\.(?= )){0,40}?(?<!\w)(?P<value>(?:non[ -]?|not |in)?"
    r"(?:positive?|negative?|reactive|detected|detectable|undetectable|abnormal|positiv[oae]?|negativ[oae]?"
    r"|nachweisbar|unauffällig|auffällig|reaktiv|positif|négatif|détectable"
    r"|indétectable|indetectable|reactiv[oa]|carrier|träger(?:in)?|porteu(?:r|se)|portadora?))(?!\w)"
)
"""Results of a test."""
GROUP = (
    r"(?:\s{0,3}[:=]\s{0,60}|\s{1,3}(?:is|ist|est|es)\s{1,3}|[ ]{1,60})"
    r"(?P<value>(?:ab|a|b|o|0)[ ]?(?:rh(?:esus)?[ ]?)?"
    r"(?:[+-]|(?:positiv|negativ|pos|neg|positif|négatif|positivo|negativo)e?\.?))"
)
"""A blood type."""
_CODE = re.compile(r"[A-TV-Z](?<![\w.-].)\d{2}(?:\.\d{1,2})?(?:[ ]?[GVAZ])?(?![\w]|\.\d)")
CODED, CODED_IN_ROWS = 40, 300
"""Characters of a line before a code in which something must say that it is a diagnosis's; of a page, where a point is
in it."""
VISITED, WHOSE, OPEN = 60, 70, 60
"""Characters around a kind of clinic in which something must say that somebody goes there, and who; in which something
may say that it is open to everybody."""


def spans(text: str, spans_of: dict[str, Spans], names: Spans) -> Iterator[Span]:
    """Spans of medical findings about a person.

    Args:
        text: from `views.flat`.
        spans_of: by list, the phrases that `labels.LEXICON` has found in it.
        names: full names in it.
    """
    for kind in ("measured", "tested", "blood"):
        for phrase, (_, end) in zip(spans_of[kind].phrases, spans_of[kind].values, strict=True):
            if not spans_of["general"].near(text, (phrase[0], end), OPEN):
                yield phrase[0], end
    for match in _CODE.finditer(text) if spans_of["coded"].phrases else ():
        rows = "." in match[0] and spans_of["coded"].within(max(match.start() - CODED_IN_ROWS, 0), match.start())
        if rows or spans_of["coded"].before(text, match.start(), CODED):
            yield match.span()
    for span in spans_of["specialty"].phrases:
        is_somebodys = names.near(text, span, WHOSE) or spans_of["own"].near(text, span, WHOSE)
        if (
            is_somebodys
            and spans_of["visit"].near(text, span, VISITED)
            and not spans_of["general"].near(text, span, OPEN)
        ):
            yield span
