"""Names for values: stable, found again in any form, and put back."""

from __future__ import annotations

import base64
import html
import json
import re
import unicodedata
from urllib.parse import quote, quote_plus

import pytest

from components.privacy.config import PrivacyConfig
from components.privacy.hits import Hit
from components.privacy.rules import Rules
from components.privacy.vault import Vault, squashed

RULES = Rules(PrivacyConfig())


def learnt(*texts: str) -> Vault:
    vault = Vault()
    for text in texts:
        vault.learn(text, RULES.scan(text))
    return vault


def test_a_value_keeps_its_name_and_another_gets_another() -> None:
    vault = learnt("From kim@example.org to ana@example.org", "Again ana@example.org", "and lou@example.org")
    said = vault.redact("lou@example.org, KIM@example.org, ana@example.org")
    assert said == "[email 3], [email 1], [email 2]"
    assert vault.restore('type [3] "[email 2]" enter') == 'type [3] "ana@example.org" enter'
    assert vault.restore('type [3] "[email 9]"') == 'type [3] "[email 9]"', "a name that was never given"


def test_a_number_is_the_same_however_it_is_grouped() -> None:
    vault = learnt("4111 1111 1111 1111", "or 4111-1111-1111-1111")
    assert vault.redact("4111111111111111 and 4111 1111-1111 1111") == "[card 1] and [card 1]"


@pytest.mark.parametrize("value", ["kim.lee@example.org", "Tr0ub4dor&3", "DE89 3704 0044 0532 0130 00"])
def test_a_value_is_found_in_code_and_backwards(value: str) -> None:
    vault = Vault()
    vault.name(value, "password")
    for coded in (
        quote(value, safe=""),
        value[::-1],
        *(base64.b64encode(b"x" * n + value.encode()).decode() for n in range(4)),
    ):
        said = vault.redact(f"before {coded} after")
        assert "[password 1]" in said
        assert squashed(value) not in squashed(said)


ADDRESS = "12 Müller Street, Springfield"


@pytest.mark.parametrize(
    "written",
    [
        quote_plus(ADDRESS),
        "12-muller-street-springfield",
        "12_MUELLER_STREET_SPRINGFIELD",
        "12 Müller Street\nSpringfield",
        json.dumps("12 Müller Street\nSpringfield"),
        unicodedata.normalize("NFD", ADDRESS),
        "12\u00a0Mül\u00adler\u200b Street, Springfield",
        html.escape(ADDRESS).replace(" ", "&nbsp;"),
        quote(ADDRESS.encode("latin-1")),
        "".join(f"%{byte:02x}" for byte in ADDRESS.encode()),
        "".join(f"&#{ord(each)};" for each in ADDRESS),
        ADDRESS.encode().hex(),
        " ".join(ADDRESS),
    ],
)
def test_a_value_is_known_however_its_letters_are_written(written: str) -> None:
    vault = Vault()
    vault.name(ADDRESS, "address")
    said = vault.redact(f"before {written} after")
    assert said.startswith("before ")
    assert said.endswith(" after")
    assert "[address 1]" in said
    assert not {"street", "springfield"} & set(re.split("[^a-z]+", said.lower()))


def test_letters_far_apart_and_digits_of_longer_numbers_are_no_value() -> None:
    vault = Vault()
    vault.name("opensesame", "password")
    vault.name("4111 1111 1111 1111", "card")
    for text in ("open the door and see same", f"open{' ' * 20}sesame", "94111111111111111", "4111 1111 1111 11112"):
        assert vault.redact(text) == text


def test_of_all_that_stands_behind_a_label_the_first_sentence_is_known_alone() -> None:
    vault = learnt("Religion: Old Believer of the Don. Look around.")
    assert vault.redact('type [7] "religion old believer of the don"') == 'type [7] "religion [sensitive 2]"'
    assert vault.redact("Look around.") == "Look around."


@pytest.mark.parametrize(
    "line", ['goal "Diagnosis: Lupus. Look around."', '{"goal": "Diagnosis: Lupus. Look around.", "type": 1}']
)
def test_what_stands_behind_an_illness_in_its_line_gets_no_name(line: str) -> None:
    vault = learnt(line)
    assert vault.redact("Look around and type [1], lupus") == "Look around and type [1], [health 2]"


def test_a_value_of_several_lines_is_known_by_each_of_its_words_and_not_by_what_the_page_has_between() -> None:
    vault, text = Vault(), 'text "Rosewood"\n  text "Manor"'
    vault.learn(text, [Hit(start=6, end=len(text), kind="address", source="form")])
    assert vault.redact("the text of the manor") == "the text of the [address 2]"


def test_short_values_are_words_and_never_parts_of_words() -> None:
    vault = learnt('the password "kQ"')
    assert vault.redact("kQ, kQuote, a kQ") == "[password 1], kQuote, a [password 1]"


def test_a_value_with_quotes_is_put_back_as_an_action_writes_it() -> None:
    vault = Vault()
    name = vault.name('say "hi" \\ now', "text")
    assert vault.restore(f'type [1] "{name}"') == 'type [1] "say \\"hi\\" \\\\ now"'
