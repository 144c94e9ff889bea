"""What a model answers when it is asked for tasks: whatever that is, some ideas or none."""

from __future__ import annotations

import json
import time
from random import Random
from typing import Any

import pytest

from components.propose.by_model import read_ideas

GOOD = [{"intent": "Look up the boots.", "start": "/shelf/1", "ends_on": "/thing/7/"}]
SAID = json.dumps(GOOD)


@pytest.mark.parametrize(
    ("answer", "count"),
    [
        (SAID, 1),
        (f"<think>[maybe] the [boots]?</think>\n```json\n{SAID}\n```\nHope [this] helps", 1),
        (json.dumps({"tasks": GOOD}), 1),
        (json.dumps([*GOOD, "Look up", None, 7, [], {"intent": None}]), 1),
        (json.dumps(GOOD * 50), 8),
        (json.dumps([{"intent": "Buy", "start": "/", "sends": {"path": "/buy", "form": {"count": 2}}}]), 1),
        (json.dumps([{"intent": "Buy", "start": "/", "sends": {"path": "/buy", "form": {"count": [2]}}}]), 0),
        (SAID[:-1], 0),
        ("[" * 100_000 + "]" * 100_000, 0),
        ("[{" * 50_000, 0),
        (f'[{{"intent": {"9" * 5000}}}]', 0),
        ("[" + " " * 200_000, 0),
        *(("", 0), ("null", 0), ("[]", 0), ("[1e999]", 0), ("I cannot help with that.", 0)),
    ],
)
def test_ideas_are_read_from_any_answer_in_time(answer: str, count: int) -> None:
    began = time.monotonic()
    assert len(read_ideas(answer)) == count
    assert time.monotonic() - began < 5


def test_half_a_character_of_an_idea_is_replaced() -> None:
    [idea] = read_ideas('[{"intent": "Say \\ud83d", "start": "/"}]')
    assert idea.intent == "Say \ufffd"


def test_three_hundred_answers_with_something_wrong_in_them() -> None:
    rng = Random(11)
    odd: list[Any] = ["null", "[[]]", "{}", "-1", '"', "\\", "\ud83d", "\0", "}", "]", "[{", "1e999", "\\ud83d"]
    read = 0
    for _ in range(300):
        text = json.dumps(GOOD * 3)
        for _ in range(rng.randint(1, 3)):
            at = rng.randrange(len(text))
            text = text[:at] + rng.choice(odd) + text[at + rng.choice((0, 1, 9)) :]
        for idea in read_ideas(text):
            idea.model_dump_json().encode()
            read += 1
    assert read > 20
