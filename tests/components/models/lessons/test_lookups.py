"""The base's lessons: answers that follow from the page, and nothing of the action language or of a benchmark."""

from __future__ import annotations

import json
import re
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from components.models.lessons.drills import FEWEST, MOST, drill
from components.models.lessons.lookups import ask
from components.models.lessons.make_base import lesson
from components.models.lessons.pages import make_page
from components.models.lessons.questions import amid

seeds = st.integers(0, 2**32)


@settings(max_examples=200, derandomize=True, deadline=None)
@given(seeds, st.integers(2, 30))
def test_an_answer_names_an_element_of_the_page_or_a_text_in_sight(seed: int, size: int) -> None:
    rng = Random(seed)
    page = make_page(rng, size=size)
    found = ask(rng, page, memory=rng.random() < 0.5)
    reference = re.match(r"\[(\d+)\] ?", found.answer)
    if reference:
        assert f"[{reference[1]}] " in page.text
    text = found.answer[reference.end() if reference else 0 :]
    if text:
        said = json.loads(text)
        assert said.lower() in found.question.lower() or json.dumps(said, ensure_ascii=False) in page.text


@settings(max_examples=100, derandomize=True, deadline=None)
@given(seeds, st.integers(4, 30))
def test_a_drill_asks_different_questions_of_which_each_is_answered_by_its_page(seed: int, size: int) -> None:
    page, *others = drill(Random(seed), size=size)
    assert FEWEST <= len(others) + 1 <= MOST
    assert len({(turn.prompt, turn.answer) for turn in [page, *others]}) == len(others) + 1
    for turn in [page, *others]:
        said = re.fullmatch(r" (?:\[(\d+)\])? ?(\".*\")?", turn.answer)
        assert said
        assert said[1] is None or f"[{said[1]}] " in page.prompt
        assert said[2] is None or said[2] in page.prompt or said[2][1:-1].lower() in turn.prompt.lower()


@settings(max_examples=100, derandomize=True, deadline=None)
@given(seeds)
def test_references_are_unique_and_each_line_is_printed_once(seed: int) -> None:
    page = make_page(Random(seed), size=12)
    refs = [line.ref for line in page.elements]
    assert len(refs) == len(set(refs))
    for ref in refs:
        assert page.text.count(f"[{ref}] ") == 1


@settings(max_examples=100, derandomize=True, deadline=None)
@given(seeds)
def test_what_is_said_around_a_question_names_nothing_else_of_the_page(seed: int) -> None:
    rng = Random(seed)
    page = make_page(rng, size=12)
    names = {word for line in page.lines for word in line.name.lower().split()}
    around = amid(rng, page, "|").lower().split("|")
    assert not names & {word for part in around for word in part.split()}


def test_no_lesson_speaks_the_action_language() -> None:
    rng = Random(0)
    lessons = (lesson(rng, size=20) for _ in range(400))
    text = "\n".join(turn.prompt + turn.answer for turns in lessons for turn in turns)
    for word in ("click", "type", "select", "press", "scroll", "go_back", "goto", "note", "stop"):
        assert not re.search(rf"\b{word} (\[|\"|up\b|down\b)", text), word
        assert f"ANSWER: {word}" not in text


def test_the_same_seed_gives_the_same_lesson() -> None:
    assert lesson(Random(3), size=9) == lesson(Random(3), size=9)
    assert lesson(Random(3), size=9) != lesson(Random(4), size=9)
