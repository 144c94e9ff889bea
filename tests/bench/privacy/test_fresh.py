"""The newest set of families: every label stands on its value, every value passes its check, no line stands too often.

No detector looks at it here: what one finds there is measured, and never asked for by a test.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import get_args

import pytest

from bench.privacy.labelled import NOTHING, Page, Part, pages
from bench.privacy.values import Values

PART: Part = "fresh-13"
MOST = 0.2
"""Of the pages of a language, on which a line without anything private may stand."""


@pytest.fixture(scope="module")
def fresh() -> list[Page]:
    return [*pages(PART)]


def _line(page: Page) -> re.Pattern[str]:
    """The template of a page, what is labelled in the place of its value, its other signs as they are filled."""
    parts = re.split(r"\{(v(?:\.\w+)?|name|w|hex|n\d*)\}", page.template.partition(" ")[2])
    shapes = {"name": r"\S+(?: \S+){1,3}", "w": r"\w+", "hex": r"\w+"}
    value = f"(?P<value>{re.escape(page.text[page.start : page.end])})"
    signs = (value if sign.startswith("v") else shapes.get(sign, r"\d+") for sign in parts[1::2])
    return re.compile("".join(re.escape(text) + sign for text, sign in zip(parts[::2], [*signs, ""], strict=True)))


def _unnumbered(template: str) -> str:
    return re.sub(r"\[\d+\]", "[]", template)


def test_every_class_is_there_in_every_language(fresh: list[Page]) -> None:
    languages = defaultdict[str, set[str]](set)
    for page in fresh:
        languages[page.kind or NOTHING].add(page.language)
    assert len(languages) == 13
    assert all(each == {"en", "de", "es", "fr"} for each in languages.values())


def test_a_label_covers_its_value_and_nothing_else(fresh: list[Page]) -> None:
    for page in fresh:
        assert not re.search(r"\{[a-z]", page.text), page.text
        found = _line(page).search(page.text)
        assert found, page.template
        if page.kind:
            assert found.span("value") == (page.start, page.end), page.template


def test_no_line_stands_in_an_older_part(fresh: list[Page]) -> None:
    older = {_unnumbered(page.template) for part in get_args(Part) if part != PART for page in pages(part)}
    assert not older & {_unnumbered(page.template) for page in fresh}


def test_no_line_without_anything_private_stands_on_many_pages_of_a_language(fresh: list[Page]) -> None:
    lines = {page.template: _line(page) for page in fresh if page.kind is None}
    of_language = Counter(page.language for page in fresh)
    for template, line in lines.items():
        language = template.partition(" ")[0]
        stands = sum(page.language == language and line.search(page.text) is not None for page in fresh)
        assert 0 < stands <= MOST * of_language[language], template


def _digits(value: str) -> list[int]:
    return [int(letter) for letter in value if letter.isdigit()]


def _luhn(value: str) -> bool:
    doubled = [digit * (1 + at % 2) for at, digit in enumerate(reversed(_digits(value)))]
    return sum(number // 10 + number % 10 for number in doubled) % 10 == 0


def _iban(value: str) -> bool:
    packed = value.replace(" ", "")
    return int("".join(str(int(letter, 36)) for letter in packed[4:] + packed[:4])) % 97 == 1


def _weighted(value: str, weights: tuple[int, ...]) -> int:
    return sum(digit * weight for digit, weight in zip(_digits(value), weights, strict=True)) % 11


def _affiliation(value: str) -> bool:
    number = value.replace(" ", "")
    return len(number) == 12 and int(number[:10]) % 97 == int(number[10:])


def _austrian(value: str) -> bool:
    return _weighted(value, (3, 7, 9, -1, 5, 8, 4, 2, 1, 6)) == 0


def _nhs(value: str) -> bool:
    return _weighted(value, (10, 9, 8, 7, 6, 5, 4, 3, 2, 1)) == 0


@pytest.mark.parametrize(
    ("check", "known", "wrong"),
    [
        (_luhn, "046 454 286", "046 454 287"),
        (_luhn, "4111 1111 1111 1111", "4111 1111 1111 1112"),
        (_iban, "GB82 WEST 1234 5698 7654 32", "GB82 WEST 1234 5698 7654 33"),
        (_austrian, "1237 010180", "1236 010180"),
        (_nhs, "943 476 5919", "943 476 5918"),
        (_affiliation, "28 12345678 40", "28 12345678 41"),
    ],
)
def test_the_checks_tell_right_numbers_from_wrong_ones(check: Callable[[str], bool], known: str, wrong: str) -> None:
    assert check(known)
    assert not check(wrong)


@pytest.mark.parametrize(
    ("kind", "check"),
    [
        ("card", _luhn),
        ("sin", _luhn),
        ("bank", _iban),
        ("austrian", _austrian),
        ("nhs", _nhs),
        ("affiliation", _affiliation),
    ],
)
def test_made_up_numbers_pass_the_check_of_their_country(kind: str, check: Callable[[str], bool]) -> None:
    for seed in range(50):
        value = Values("en", seed).of(kind)
        assert check(value), value
