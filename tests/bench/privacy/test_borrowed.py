"""Sentences of others are filled so that each value stands where its page says."""

from __future__ import annotations

import random

from bench.privacy.borrowed import pages_of

PERSON = {
    "StreetAddress": "12 Oak Street",
    "City": "Yately",
    "State": "QLD",
    "ZipCode": "4671",
    "CountryFull": "Australia",
    "GivenName": "Ada",
    "Surname": "Elm",
    "TelephoneNumber": "(07) 5358 9921",
    "EmailAddress": "ada@example.org",
    "Company": "Elm & Son",
    "Occupation": "Cook",
    "Domain": "elm.example",
    "Age": "40",
}


def test_each_private_value_of_a_sentence_is_a_page_that_says_where_it_stands() -> None:
    sentence = "{{name}}, at {{building_number}} {{street_name}}\n{{city}} {{zipcode}}: call {{phone_number}}"
    street, phone = pages_of(sentence, random.Random(1), [PERSON])
    assert street.text == phone.text
    assert street.text.startswith("Ada Elm, at ")
    assert (street.kind, phone.kind) == ("address", "phone")
    assert street.text[street.start : street.end].endswith(" Oak Street\nYately 4671")
    assert phone.text[phone.start : phone.end] == "(07) 5358 9921"


def test_a_sentence_with_nothing_private_is_a_page_without_a_value() -> None:
    (page,) = pages_of("{{name}} works as a {{job}}", random.Random(1), [PERSON])
    assert page.kind is None
    assert page.text == "Ada Elm works as a Cook"
