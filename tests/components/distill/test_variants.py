"""A variant is the same step on a page with other references and other names."""

from __future__ import annotations

import re
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from components.browser.actions import parse_action
from components.distill.variants import variant

ROW: dict[str, Any] = {
    "prompt_intent": 'Click on "Save it" after the Name is bob.',
    "history": 'type [2] "bob" textbox "Name"',
    "observation": 'text "Name of bob"\n[2] textbox "Name" value "bob"\n  [3] button "save it"\n'
    '| "see [3] there" | [4] button "Save it" disabled |\n[11] button "Click me"',
    "reason": 'The field holds "bob", so [4] is next.',
    "action": "click [4]",
}


@settings(max_examples=200, derandomize=True, deadline=None)
@given(st.integers(0, 2**32))
def test_relations_survive(seed: int) -> None:
    made = variant(ROW, Random(seed))
    page = made["observation"]
    refs = re.findall(r"(?m)(?:^ *|\| )\[(\d+)\]", page)
    assert len(refs) == len(set(refs)) == 4
    typed = re.fullmatch(r'type \[(\d+)\] "(\w+)" textbox "(\w+)"', made["history"])
    assert typed is not None
    assert f'[{typed[1]}] textbox "{typed[3]}" value "{typed[2]}"' in page
    assert f'holds "{typed[2]}", so [{refs[2]}] is next' in made["reason"]
    assert parse_action(made["action"]).ref == int(refs[2])
    asked = re.match(r'Click on "(.*?)" after the (\w+) is (\w+)\.', made["prompt_intent"])
    assert asked is not None
    assert f'[{refs[2]}] button "{asked[1]}" disabled' in page
    assert f'[{refs[1]}] button "{asked[1].lower()}"' in page.lower()
    assert (asked[2], asked[3]) == (typed[3], typed[2])
    assert re.search(r'"\w+ \[3\] \w+"', page), "a bracket within a name is no reference"


@settings(max_examples=100, derandomize=True, deadline=None)
@given(st.integers(0, 2**32))
def test_verbs_roles_and_numbers_are_not_names(seed: int) -> None:
    made = variant({**ROW, "prompt_intent": "Click the button 3rd of 12/05."}, Random(seed))
    assert made["prompt_intent"] == "Click the button 3rd of 12/05."
    assert [re.sub(r'".*?"|\[\d+\]', "", line).split() for line in made["observation"].splitlines()] == [
        re.sub(r'".*?"|\[\d+\]', "", line).split() for line in ROW["observation"].splitlines()
    ]


def test_variants_differ_and_repeat_by_seed() -> None:
    pages = [variant(ROW, Random(seed))["observation"] for seed in range(20)]
    assert len(set(pages)) > 15
    assert pages == [variant(ROW, Random(seed))["observation"] for seed in range(20)]
    assert any('"Name of bob"' not in page for page in pages)
