"""Errands: what is next can be done on the page, is not done yet, and is written in the action language."""

from __future__ import annotations

import re
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.agents.prompts import render
from components.browser.actions import parse_action
from components.browser.quoting import quote
from components.models.lessons import errands
from components.models.lessons.errands import KINDS, errand
from components.models.lessons.forms import date_or_time
from components.models.lessons.make_base import lesson

seeds = st.integers(0, 2**32)
ASKED = re.compile(r"GOAL: (.*)\nLAST: (.*)\nPAGE:\n(.*)\nGOAL: (.*)\nACTION:", re.DOTALL)
AFTERWARDS = re.compile(r"\nLAST: (.*)\nGOAL: (.*)\nACTION:")


def _elements(page: str) -> dict[int, str]:
    """What each element's line says after its reference."""
    found = re.findall(r"\[(\d+)\] ((?:[a-z]+)(?:[^|\n\"]|\"(?:[^\"\\]|\\.)*\")*)", page)
    return {int(ref): line.strip() for ref, line in found}


@settings(max_examples=120, derandomize=True, deadline=None)
@given(seeds, st.integers(4, 40))
def test_what_is_next_names_an_element_of_the_page_and_is_not_done_yet(seed: int, size: int) -> None:
    first, *others = errand(Random(seed), size=size)
    goal, last, page, again = ASKED.fullmatch(first.prompt).groups()  # type: ignore[union-attr]
    assert goal == again
    assert first.prompt == render(intent=goal, last=last, observation=page)
    elements = _elements(page)
    turns = [(last, first.answer), *((AFTERWARDS.fullmatch(turn.prompt)[1], turn.answer) for turn in others)]  # type: ignore[index]
    for last, answer in turns:
        action = parse_action(answer)
        assert action.kind in ("click", "type", "select")
        assert action.ref in elements
        line = elements[action.ref]
        if action.text is not None:
            assert f"value {quote(action.text)}" not in line.partition(" options ")[0]
        if action.kind == "select":
            assert quote(action.text or "") in line.partition(" options ")[2]
        assert not line.endswith(" checked")
        assert last == "none" or last != answer.strip()


@settings(max_examples=120, derandomize=True, deadline=None)
@given(seeds)
def test_the_last_deed_is_one_of_this_page(seed: int) -> None:
    first, *_ = errand(Random(seed), size=20)
    last, page = ASKED.fullmatch(first.prompt).group(2, 3)  # type: ignore[union-attr]
    if last == "none":
        return
    ref = int(re.search(r"\[(\d+)\]", last)[1])  # type: ignore[index]
    role = re.match(r"[a-z]+", _elements(page)[ref])[0]  # type: ignore[index]
    assert re.search(rf'(?:\]|") {role}\b', last)


@settings(max_examples=200, derandomize=True, deadline=None)
@given(seeds)
def test_what_is_typed_stands_in_the_goal_or_on_the_page_unless_it_is_said_otherwise(seed: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(errands, "KINDS", {kind: 1 for kind in KINDS if kind is not date_or_time})
        turn = errand(Random(seed), size=20)[0]
    action = parse_action(turn.answer)
    if action.kind == "type":
        assert quote(action.text or "")[1:-1].lower() in turn.prompt.lower()


@pytest.mark.parametrize("kind", list(KINDS), ids=lambda kind: kind.__name__)
def test_each_kind_of_part_can_be_asked_about(kind: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(errands, "KINDS", {kind: 1})
    answers = {turn.answer.split()[0] for number in range(40) for turn in errand(Random(number), size=12)}
    assert answers <= {"click", "type", "select"}
    turns = [turn for number in range(40) for turn in errand(Random(number), size=12)]
    assert len({turn.answer for turn in turns}) > 5
    assert any("LAST: none" not in turn.prompt for turn in turns)


def test_a_date_is_typed_as_its_field_holds_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(errands, "KINDS", {date_or_time: 1})
    typed = [
        parse_action(turn.answer) for n in range(60) for turn in errand(Random(n), size=8) if "type" in turn.answer
    ]
    texts = {action.text or "" for action in typed}
    assert len(texts) > 20
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d|\d\d:\d\d", text) for text in texts)


def test_the_same_seed_gives_the_same_errand() -> None:
    assert errand(Random(3), size=12) == errand(Random(3), size=12)
    assert errand(Random(3), size=12) != errand(Random(4), size=12)
    assert lesson(Random(3), size=12) != errand(Random(3), size=12)
