"""What firms and offices tell of themselves: feet of pages, imprints, headings of how to find them and to pay them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from components.privacy.lexicon import Span
from components.privacy.words import any_of

LEGAL = re.compile(
    r"[\s\"]{0,80}(?:(?:©|\(c\)|copyright)[ ]?(?:\d{4}[ ]?)?)?[^,:\n]{2,45}?,?[ ](?:ltd|limited|llc|llp|plc|inc|corp"
    r"|gmbh(?:[ ]&[ ]co\.?[ ]kg)?|ug|ag|kg|ohg|gbr|e\.[ ]?k|e\.[ ]?v|eg|s\.[ ]?a|s\.[ ]?l|s\.[ ]?l\.[ ]?u|s\.[ ]?coop"
    r"|sarl|sas|sasu|eurl|srl|s\.[ ]?r\.[ ]?l|spa|b\.?v|oy|pty|sl|sa)(?![\w])"
)
"""A company's name with its legal form at the beginning of a line, without comma or colon between."""
_FOOT = re.compile(r"\n([ ]*)(?:\[\d+\] )?contentinfo\b[^\n]*(?:\n\1[ ]+[^\n]*){1,60}")
_OURS = re.compile(
    r"\n[ ]*(?:\[\d+\] )?"
    + any_of("ours")
    + r"\W{0,3}\"[^\n]*(?:\n(?![ ]*(?:heading|\||\[\d+\] (?!link)))[^\n]*){1,6}",
    re.IGNORECASE,
)
"""Headings under which a shop or an office gives its address."""
_ACCOUNTS = re.compile(r"(?<!\w)" + any_of("payments"))
"""Headings under which a body or a firm gives its account."""


def told(plain: str) -> Iterator[Span]:
    """Parts of a page in which a firm or an office gives its address and its number.

    Args:
        plain: from `views.folded`.
    """
    for pattern, mark in ((_FOOT, "contentinfo"), (_OURS, '"')):
        if mark in plain:
            yield from ((match.start(), match.end() - 1) for match in pattern.finditer(f"\n{plain}"))


def is_about_payment(lower: str, begins: int, ends: int) -> bool:
    """Whether a heading in small letters asks for gifts or says how to pay a firm."""
    return _ACCOUNTS.search(lower, begins, ends) is not None
