"""What the guard makes of a text in which names stand already in the place of values."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.privacy.config import PrivacyConfig
from components.privacy.detectors import Detectors
from components.privacy.guard import PrivacyGuard

ADDRESS = "http://vendor.example/v1/chat/completions"
GUARD = PrivacyGuard(PrivacyConfig(), log=None)
PIECES = (
    *("Password", "Passwort", "Contraseña", "passphrase", "PIN", "Religion", "Diagnosis", "Card number", "Phone"),
    *(": ", " ", " = ", '" value "', "\n", ", ", " is ", '"', " - ", ". ", "? ", "] ", " [", '[3] textbox "'),
    *("[password]", "[password 1]", "[text 1]", "[email]", "[card 2]"),
    *("password", "hunter2!x", "Buddhist. Look around.", "4111 1111 1111 1111", "ana@example.org", "•••••"),
)


def redacted(text: str) -> str:
    (left,) = GUARD.outgoing_now(ADDRESS, [text])
    assert isinstance(left, str)
    return left


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_nothing_is_found_in_what_was_redacted_whatever_names_stood_in_it(text: str) -> None:
    assert not Detectors(PrivacyConfig()).scan_now(redacted(text))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("passphrase: [password 1]PIN", "passphrase: [password 1][password]"),
        ("Passwort = [password 1][text 1]", "Passwort = [password 1][text 1]"),
        ("Passwort: [password]?", "Passwort: [password]?"),
        ("passphrase: hunter2!x [password 1]", "passphrase: [password] [password 1]"),
    ],
)
def test_a_name_stays_as_it_is_and_what_stands_beside_it_goes(text: str, left: str) -> None:
    assert redacted(text) == left


def test_a_value_that_is_called_like_its_class_goes() -> None:
    assert redacted("passphrase: password").startswith("passphrase: [")
