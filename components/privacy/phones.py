"""Telephone numbers: international ones anywhere, and national ones as people write them.

Google's `phonenumbers` knows the valid numbers of every country. A number without a word for telephones near it must
also be written as one: in groups, with its country's leading zero, or in its country's usual groups.
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
    rf"[(0-9](?<![\w-].)(?<!\(\d)(?:(?<=\()\d{{3}}\) ?|(?<=\d)\d{{2}}[-.])\d{{3}}[-.]\d{{4}}{_EXTENSION}(?![\w-])"
)
_ALONE = r"(?<![\w.,/+(-].)(?<!\d[ ].)"
_ENDS = r"(?![\w-]|[.,/ ]\d)"
_TRUNK = re.compile(
    rf"[(0]{_ALONE}(?:(?<=\()0|(?<=0))[1-9]\d{{0,4}}\)?(?:[ ./-]{{1,3}}\d{{2,8}}){{1,4}}(?:[ ]\d)?{_ENDS}"
)
_GROUPED = re.compile(
    rf"[(1-9]{_ALONE}(?<![$€£] .)(?:(?<=\()\d{{3}}\)|\d{{1,2}})(?:([ .-])\d{{2,4}}){{2,3}}{_ENDS}(?! ?[$€£%])"
)
_DATE = re.compile(r"\d{2}[ ./-]\d{2}[ ./-](?:\d{2}|\d{4})|\d{3,6}/(?:19|20)\d{2}")
"""A date, or a case number with its year."""
_ANY = re.compile(r"[(0-9](?<![\w.,/+-].)(?:(?<=\()\d|(?<=\d))(?:[ ./()-]{0,2}\d){6,13}(?![\w-]|[.,/]\d)")
_FREE = re.compile(
    r"(?:00)?(?:1|33|34|39|41|43|44|49|61|353)80[08]\d{6,7}$|(?:00)?1?8(?:00|88|77|66|55|44|33|22)\d{7}$"
    r"|(?:0034|34)?(?:90|80)[0-9]\d{6}$|0(?:80[058]|8(?:44|33|66|77|88)|81[0-9]|82[05]|90[0-9]|969|180|137)\d{6,8}$"
)
"""National numbers that are toll-free or premium-rate, in the countries below."""
_HELPLINE = re.compile(r"116\d{3}")
LONGEST = 15
"""Digits of a telephone number at most (E.164)."""
TRUNK = {"GB": 44, "IE": 353, "DE": 49, "AT": 43, "CH": 41, "FR": 33, "BE": 32, "NL": 31, "AU": 61, "NZ": 64, "ZA": 27}
"""Countries whose national numbers begin with a zero, and their codes."""
GROUPS: dict[tuple[int, ...], dict[str, int]] = {
    (3, 3, 3): {"ES": 34},
    (3, 2, 2, 2): {"ES": 34},
    (2, 3, 2, 2): {"ES": 34},
    (2, 3, 4): {"ES": 34},
    (3, 2, 4): {"ES": 34},
    (3, 3, 4): {"US": 1, "MX": 52},
    (2, 4, 4): {"MX": 52},
}
"""Sizes of the digit groups of national numbers in countries without that zero, with the countries' codes."""
SURE = {(3, 2, 2, 2), (2, 3, 2, 2)}
"""Digit groups in which no quantity is written."""
ORDERED, CALLED, NAMED, CALLED_AFTER, SERVED = 40, 60, 40, 12, 25
"""Characters of a line before a number in which a word may say that it is an order's, or one to call, or a name whose
it is; and behind it."""


def spans(text: str, *, orders: Spans, calls: Spans, services: Spans) -> Iterator[Span]:
    """Spans of telephone numbers, also of the same one twice.

    Args:
        text: from `views.flat`.
        orders, calls, services: spans of words for orders, for telephones, and for services whose number is public.
    """
    for match in chain(_AMERICAN.finditer(text), _ABROAD.finditer(text), _national(text, calls)):
        named = match[0][0] == "+" and FULL_NAME.search(text, line_begins(text, match.start(), CALLED), match.start())
        if services.before(text, match.start(), SERVED) and not named:
            continue
        if match[0][0] == "+" or not orders.before(text, match.start(), ORDERED):
            yield match.span()
    for match in _ANY.finditer(text) if calls.phrases else ():
        start = calls.last_before(text, match.start(), CALLED)
        if start is None and calls.near(text, match.span(), CALLED_AFTER):
            start = max(match.start() - CALLED, 0)
        if services.before(text, match.start(), SERVED):
            continue
        if start is not None and not orders.within(start, match.start()) and not _DATE.fullmatch(match[0]):
            yield match.span()


def _national(text: str, calls: Spans) -> Iterator[re.Match[str]]:
    """Numbers in national form. Those without a leading zero need a name or a word for telephones near them; otherwise
    they might be quantities."""
    for match in _TRUNK.finditer(text):
        if match[0].count("/") < 2 and not _DATE.fullmatch(match[0].strip("()")) and _is_dialled(_digits(match[0])):
            yield match
    for match in _GROUPED.finditer(text):
        groups = tuple(map(len, re.findall(r"\d+", match[0])))
        line = text[line_begins(text, match.start(), NAMED) : match.start()]
        is_named = groups in SURE or FULL_NAME.search(line) or calls.near(text, match.span(), CALLED_AFTER)
        if is_named and _fits_groups(_digits(match[0]), groups):
            yield match


def is_free(number: str) -> bool:
    """Whether a number is toll-free or has a special rate: no private person has such a number."""
    return is_helpline(number) or _FREE.match(_digits(number)) is not None


def is_helpline(number: str) -> bool:
    """Whether a number is one that all of Europe has reserved for help (116 000 to 116 999)."""
    return _HELPLINE.fullmatch(_digits(number)) is not None


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


@lru_cache(4096)
def _is_dialled(digits: str) -> bool:
    """Whether digits with a leading zero are a valid number of some country that dials one."""
    return any(_is_valid(code, digits[1:], region) for region, code in TRUNK.items())


@lru_cache(4096)
def _fits_groups(digits: str, groups: tuple[int, ...]) -> bool:
    """Whether digits in groups of these sizes are a valid number of some country that writes numbers so."""
    return any(_is_valid(code, digits, region) for region, code in GROUPS.get(groups, {}).items())


def _is_valid(code: int, number: str, region: str) -> bool:
    from phonenumbers import PhoneNumber, is_valid_number_for_region

    return 6 < len(number) < 13 and is_valid_number_for_region(
        PhoneNumber(country_code=code, national_number=int(number)), region
    )
