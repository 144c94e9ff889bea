"""The labelled set is what it says, and the rules keep what they reached on lines that nothing was tuned on."""

from __future__ import annotations

from typing import get_args

import pytest

from bench.privacy.labelled import Page, Part, pages
from bench.privacy.run import sample
from bench.privacy.score import covers, meets, rows
from bench.privacy.values import Values
from components.privacy.config import PrivacyConfig
from components.privacy.hits import Hit
from components.privacy.rules import Rules

FORMED = ("email", "address", "birth_date", "national_id", "card", "bank", "key", "code")
"""Found on lines that are new, too; of the others docs/privacy.md says how many are not."""

LEAST = {"formed": 0.98, "password": 0.97, "sensitive": 0.9, "health": 0.95}
PRECISION = 0.96
"""Of lines and pages that may be read: shares of values that are found, and of hits that are right."""


@pytest.fixture(scope="module")
def untouched() -> list[tuple[Page, list[Hit]]]:
    rules = Rules(PrivacyConfig())
    return [(page, rules.scan(page.text)) for page in pages("untouched")]


def test_no_line_is_in_two_parts_and_every_class_in_three_languages(untouched: list[tuple[Page, list[Hit]]]) -> None:
    lines = {part: {page.template for page in pages(part)} for part in get_args(Part)}
    assert not lines["tuned"] & lines["untouched"]
    assert lines["strangers"] == lines["untouched"], "the same lines with values by others"
    assert not lines["hard"] & (lines["tuned"] | lines["untouched"])
    languages: dict[str, set[str]] = {}
    for page, _ in untouched:
        languages.setdefault(page.kind or "nothing", set()).add(page.language)
    assert len(languages) == 13
    assert all(each == {"en", "de", "es"} for each in languages.values())


def test_a_value_stands_where_the_label_says() -> None:
    for page in pages("hard"):
        assert page.text[page.start : page.end].strip()
        assert page.template.partition(" ")[2].partition("{")[0] in page.text[: page.start].replace("\n", " ") + " "


def test_made_up_values_pass_the_checks_of_their_kind() -> None:
    rules = Rules(PrivacyConfig())
    for language in ("en", "de", "es", "fr"):
        values = Values(language, 1)
        for make, kind in ((values.card, "card"), (values.bank, "bank"), (values.national_id, "national_id")):
            value = make()
            assert [(value, kind)] == [(value[hit.start : hit.end], hit.kind) for hit in rules.scan(value)]


def test_what_has_a_form_is_found_on_lines_that_nothing_was_tuned_on(
    untouched: list[tuple[Page, list[Hit]]],
) -> None:
    found = [covers(page, hits) for page, hits in untouched if page.kind in FORMED]
    right = [meets(page, hit) for page, hits in untouched for hit in hits]
    assert sum(found) / len(found) >= 0.98
    assert sum(right) / len(right) >= 0.85


def test_on_pages_that_may_be_read_no_less_is_found_than_was_reached() -> None:
    """What counts are pages that nobody read before; docs/privacy.md says what is missed on them."""
    rules = Rules(PrivacyConfig())
    found: dict[str, list[bool]] = {"formed": []}
    right: list[bool] = []
    for page in [*pages("tuned")][::24]:
        hits = rules.scan(page.text)
        right += [meets(page, hit) for hit in hits]
        if page.kind:
            covered = covers(page, hits)
            found.setdefault(page.kind, []).append(covered)
            found["formed"] += [covered] if page.kind not in LEAST else []
    assert all(sum(found[kind]) / len(found[kind]) >= least for kind, least in LEAST.items())
    assert sum(right) / len(right) >= PRECISION


def test_a_sample_holds_every_class_and_more_than_one_language() -> None:
    known = [*pages("untouched")]
    few = sample(known, most=1)
    assert {page.kind for page in few} == {page.kind for page in known}
    assert {page.language for page in few} == {"en", "de", "es"}
    assert len({page.text for page in few}) == len(few) == 12 + 4


def test_a_hit_of_a_part_of_a_value_finds_nothing_and_a_wrong_one_costs_precision() -> None:
    page = Page(text="to kim@example.org", template="t", language="en", kind="email", start=3, end=18)
    part, wrong = (Hit(start=at, end=at + 3, kind="email", source="pattern") for at in (3, 0))
    whole = Hit(start=0, end=18, kind="personal", source="model")
    assert not covers(page, [part])
    assert covers(page, [whole])
    (row, _) = rows(
        [(page, [part, Hit(start=0, end=2, kind="email", source="pattern")])], detector="rules", part="tuned"
    )
    assert (row["recall"], row["precision"], row["n"], row["hits"]) == (0.0, 0.5, 1, 2)
    assert meets(page, wrong) is False
