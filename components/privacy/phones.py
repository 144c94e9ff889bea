"""Telephone numbers: with a country's code wherever they stand, and as people of a country write them to each other.

Google's `phonenumbers` says which numbers are somebody's at all, of every country. Where nothing says that a number is
one, it must besides be written as one: in groups, with the zero of its country before it or in that country's groups.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain

from components.privacy.lexicon import FULL_NAME, Span, Spans, line_begins

_EXTENSION = r"(?: ?(?:x|ext\.?) ?\d{1,5})?"
_ABROAD = re.compile(
    rf"[+0](?<![\w+].)(?:(?<=\+)|(?<=0)(?<!\d[ -].)0)[1-9](?:[ ./()-]{{0,3}}\d){{7,14}}{_EXTENSION}(?!\w)"
)
_AMERICAN = re.compile(
    rf"[(\d](?<![\w-].)(?<!\(\d)(?:(?<=\()\d{{3}}\) ?|(?<=\d)\d{{2}}[-.])\d{{3}}[-.]\d{{4}}{_EXTENSION}(?![\w-])"
)
_ALONE = r"(?<![\w.,/+(-].)(?<!\d[ ].)"
_ENDS = r"(?![\w-]|[.,/ ]\d)"
_TRUNK = re.compile(rf"[(0]{_ALONE}(?:(?<=\()0|(?<=0))[1-9]\d{{0,4}}\)?(?:[ ./-]{{1,3}}\d{{2,8}}){{1,4}}{_ENDS}")
_GROUPED = re.compile(
    rf"[(1-9]{_ALONE}(?<![$€£] .)(?:(?<=\()\d{{3}}\)|\d{{1,2}})(?:([ .-])\d{{2,4}}){{2,3}}{_ENDS}(?! ?[$€£%])"
)
_DATE = re.compile(r"\d{2}[ ./-]\d{2}[ ./-](?:\d{2}|\d{4})|\d{3,6}/(?:19|20)\d{2}")
"""A day, or a file's number in its year."""
_ANY = re.compile(r"[(\d](?<![\w.,/+-].)(?:(?<=\()\d|(?<=\d))(?:[ ./()-]{0,2}\d){6,13}(?![\w-]|[.,/]\d)")
_FREE = re.compile(
    r"(?:00)?(?:1|33|34|39|41|43|44|49|61|353)80[08]\d{6,7}$|(?:0?80[058]|0?8(?:44|33|66|77|88)|0?81[0-9]|0?82[05]|0?90[0-9]|0?180|0?137)\d{6,8}$"
)
"""National numbers that are free or dear to call, in the countries below."""
TRUNK = {"GB": 44, "IE": 353, "DE": 49, "AT": 43, "CH": 41, "FR": 33, "BE": 32, "NL": 31, "AU": 61, "NZ": 64, "ZA": 27}
"""Countries whose numbers are dialled at home with a zero before them, and their codes."""
GROUPS: dict[tuple[int, ...], dict[str, int]] = {
    (3, 3, 3): {"ES": 34},
    (3, 2, 2, 2): {"ES": 34},
    (2, 3, 2, 2): {"ES": 34},
    (2, 3, 4): {"ES": 34},
    (3, 2, 4): {"ES": 34},
    (3, 3, 4): {"US": 1, "MX": 52},
    (2, 4, 4): {"MX": 52},
}
"""Countries that dial no zero, by the groups in which their numbers are written."""
ORDERED, CALLED, NAMED, CALLED_AFTER, SERVED = 40, 60, 40, 12, 25
"""Characters of a line before a number in which a word may say that it is an order's, or one to call, or a name whose
it is; and behind it."""


def found(text: str, *, orders: Spans, calls: Spans, services: Spans) -> Iterator[Span]:
    """
    Args:
        orders, calls, services: where words stand that say that a number is an order's, one to call, or one that
            everybody may call.
    """
    for match in chain(_AMERICAN.finditer(text), _ABROAD.finditer(text), _at_home(text, calls)):
        if services.before(text, match.start(), SERVED):
            continue
        if match[0][0] == "+" or not orders.before(text, match.start(), ORDERED):
            yield match.span()
    for match in _ANY.finditer(text) if calls.phrases else ():
        said = calls.last_before(text, match.start(), CALLED)
        if said is None and calls.near(text, match.span(), CALLED_AFTER):
            said = max(match.start() - CALLED, 0)
        if services.before(text, match.start(), SERVED):
            continue
        if said is not None and not orders.within(said, match.start()) and not _DATE.fullmatch(match[0]):
            yield match.span()


def _at_home(text: str, calls: Spans) -> Iterator[re.Match[str]]:
    """Numbers as they are written where they are dialled. Without a zero before them only a name or a word tells them
    from quantities."""
    for match in _TRUNK.finditer(text):
        if match[0].count("/") < 2 and not _DATE.fullmatch(match[0].strip("()")) and _is_dialled(_digits(match[0])):
            yield match
    for match in _GROUPED.finditer(text):
        groups = tuple(map(len, re.findall(r"\d+", match[0])))
        line = text[line_begins(text, match.start(), NAMED) : match.start()]
        told = FULL_NAME.search(line) or calls.near(text, match.span(), CALLED_AFTER)
        if told and _is_of(_digits(match[0]), groups):
            yield match


def is_free(number: str) -> bool:
    """Whether a number is called at a company's cost, or at a special one: nobody has such at home."""
    return _FREE.match(_digits(number)) is not None


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


@lru_cache(4096)
def _is_dialled(digits: str) -> bool:
    """Whether a number that begins with a country's zero is one of it."""
    return any(_is_valid(code, digits[1:], region) for region, code in TRUNK.items())


@lru_cache(4096)
def _is_of(digits: str, groups: tuple[int, ...]) -> bool:
    """Whether a number in these groups is one of a country that writes it so."""
    return any(_is_valid(code, digits, region) for region, code in GROUPS.get(groups, {}).items())


def _is_valid(code: int, number: str, region: str) -> bool:
    from phonenumbers import PhoneNumber, is_valid_number_for_region

    return 6 < len(number) < 13 and is_valid_number_for_region(
        PhoneNumber(country_code=code, national_number=int(number)), region
    )
