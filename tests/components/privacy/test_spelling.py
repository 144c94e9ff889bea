"""A value is known in whatever it is told: in words, sign by sign, in numbers of letters, with marks between."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pytest

from components.privacy.config import PrivacyConfig
from components.privacy.rules import Rules
from components.privacy.vault import Vault

CARD = "4111111111111111"
MAIL = "jane.doe@example.org"
ENGLISH = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
GERMAN = ["null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun"]
RULES = Rules(PrivacyConfig())


@pytest.mark.parametrize(
    "said",
    [
        "Card: " + " ".join(ENGLISH[int(digit)] for digit in CARD),
        "Die Karte: " + "-".join(GERMAN[int(digit)] for digit in CARD),
        "call me on plus four four seven seven zero zero nine zero zero one two three",
        ", ".join(CARD),
        "  ".join(CARD),
        ".".join(CARD),
        "".join("⓪①②③④⑤⑥⑦⑧⑨"[int(digit)] for digit in CARD),
        "".join("⓿❶❷❸❹❺❻❼❽❾"[int(digit)] for digit in CARD),
        "".join(digit + "\ufe0f\u20e3" for digit in CARD),
        "".join(digit + "\u0336" for digit in CARD),
        " ".join(f"{byte:02x}" for byte in MAIL.encode()),
        str(list(MAIL.encode())),
        " ".join(f"{byte:08b}" for byte in MAIL.encode()),
        "jane.doe=40example.org",
        "jane.doe\\40 example.org",
        "jane.doe\\100example.org",
        "jane.doe\\u0040example.org",
        "jane.doe\\\\u0040example.org",
        "jane.doe<wbr>@example.org",
        "jane.doe`@`example.org",
        "jane.doe (a) example.org",
        "Card <b>4111</b> 1111 1111 1111",
        "Password: **hun**ter2x!",
        'link "**Diagnosis**: ~~asthma~~"',
        "-".join("DE89370400440532013000"),
        "Your one-time code is four nine three zero two one",
        "jane.doe@[192.168.1.7]",
        "DE89 3704\n0044 0532\n0130 00",
        "123.45.6789",
        "P\u0430ssword: hunter2x!",
        "\u03a1assword: hunter2x!",
    ],
)
def test_what_is_written_otherwise_is_found(said: str) -> None:
    assert RULES.scan(said)


@pytest.mark.parametrize(
    "said",
    [
        "one two three four five six",
        "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14",
        "0a 1b 2c 3d 4e 5f 6a 7b 8c",
        "[104, 105, 106, 107, 108, 109, 110, 111]",
        "user@host is in `code` and <b>bold</b>",
        "footnote 4¹ and area m², Привет, Ωmega",
        "a=3F&b=40",
    ],
)
def test_what_only_looks_written_otherwise_is_none(said: str) -> None:
    assert not RULES.scan(said)


def test_a_code_in_fields_of_one_sign_is_found_and_single_numbers_are_none() -> None:
    boxes = [f'[{at}] textbox "Digit {at}" value "{digit}"' for at, digit in enumerate("482913", start=1)]
    assert [hit.kind for hit in RULES.scan("\n".join(boxes))] == ["code"] * 6
    assert not RULES.scan('[1] spinbutton "Adults" value "2"\n[2] spinbutton "Children" value "1"')


@pytest.mark.parametrize("names", [' "Part 1"', ' "1"', " .form-control", ""])
@pytest.mark.parametrize("parts", [("4111", "1111", "1111", "1111"), ("3782", "822463", "10005")])
def test_a_cards_number_in_several_fields_is_found_in_each(names: str, parts: tuple[str, ...]) -> None:
    page = "\n".join(f'[{at}] textbox{names} value "{part}"' for at, part in enumerate(parts))
    hits = RULES.scan(page)
    assert {hit.kind for hit in hits} == {"card"}
    found = "\n".join(page[hit.start : hit.end] for hit in hits)
    assert all(part in found for part in parts)
    assert not RULES.scan(page.replace(f'"{parts[-1]}"', '"1234"'))


def test_fields_and_choices_are_of_the_group_they_stand_in() -> None:
    born = 'group "Date of birth"\n  [1] textbox "Day" value "27"\n  [2] textbox "Year" value "1974"'
    assert [hit.kind for hit in RULES.scan(born)] == ["birth_date", "birth_date"]
    leaves = 'group "Departure"\n  [1] textbox "Day" value "27"\n  [2] textbox "Year" value "2027"'
    assert not RULES.scan(leaves)
    faith = 'group "Religion"\n  [1] radio "None"\n  [2] radio "Jewish" checked'
    assert [faith[hit.start : hit.end] for hit in RULES.scan(faith)] == ["Jewish"]


@pytest.mark.parametrize("make", [hashlib.md5, hashlib.sha1, hashlib.sha256])
def test_a_digest_of_a_known_value_is_known(make: Callable[[bytes], hashlib._Hash]) -> None:
    vault = Vault()
    vault.name("Jane.Doe@example.org", "email")
    picture = f"https://pictures.example/{make(MAIL.encode()).hexdigest()}?s=80"
    assert vault.redact(picture) == "https://pictures.example/[email 1]?s=80"
    vault.name(f"{CARD[:4]} {CARD[4:8]} {CARD[8:12]} {CARD[12:]}", "card")
    assert vault.redact(f"card={make(CARD.encode()).hexdigest()}") == "card=[card 1]"
    other = f"https://pictures.example/{make(b'kim@example.org').hexdigest()}"
    assert vault.redact(other) == other
