"""What a line tells everybody who reads it: a shop's notice, an advertisement, plans and news of a place."""

from __future__ import annotations

import re

from components.privacy.hits import Hit
from components.privacy.lexicon import Span, Spans
from components.privacy.mailboxes import is_a_role
from components.privacy.words import lists_of

CONTEXT = lists_of("notices")
"""`shown_place`, `shown_number`: beside an address and a number; `animal`, `famed`, `thing`: whose day of birth nobody
hides; `kept_day`: beside a birthday that everybody keeps; `made_of`: what a number consists of;
`kin`: of a family; `feats`: columns and terms of athletes and artists; `places`, `rooms`: as their remarks say."""
_MAIL = re.compile(r"(?<![\w.+%@-])([\w.+%-]{1,64})(@[\w-]{1,63}(?:\.[\w-]{1,63}){1,3})")
_FAX = re.compile(r"(?<!\w)(?:tele)?fax(?:nummer| number)?[.:]? {0,3}[+(\d]")
_TITLE = re.compile(r" \((?:19|20)\d\d\)")
"""Behind an address that is the name of a film or a book: its year."""
_NOWHERE = re.compile(r"(?<!\w)(?:musterstadt|musterhausen|anytown|calle falsa|ville-exemple|rue de l['’]exemple)")
"""Streets and towns used in examples."""


def is_told(hit: Hit, line: Span, lower: str, spans_of: dict[str, Spans]) -> bool:
    """Whether a line with an address or a telephone number is for everybody.

    Args:
        lower: a text from `views.flat`, in small letters.
    """
    begins, ends = line
    if hit.kind == "address" and _TITLE.match(lower, hit.end):
        return True
    if spans_of["home"].within(begins, ends):
        return False
    if hit.kind == "address" or spans_of["shown_place"].within(begins, ends):
        return spans_of["shown_place"].within(begins, ends)
    if spans_of["shown_number"].within(begins, ends) or _FAX.search(lower, hit.end, ends):
        return True
    return any(is_a_role(mail[1], mail[2]) for mail in _MAIL.finditer(lower, begins, ends))


def is_nowhere(lower: str, begins: int, ends: int) -> bool:
    """Whether a line names a street or a town of examples."""
    return _NOWHERE.search(lower, begins, ends) is not None
