"""Reading what chat models answer: actions, reasons and remarks, and what is left around them."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.agents.answers import LONGEST_ANSWER, parse_chat, parse_remarks
from components.agents.retrieval import chosen
from tests.components.agents.turns import ACTION, REASON


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("REASON: it is there\nACTION: click [2]", [("click [2]", "it is there")]),
        ("<think>ACTION: click [1]</think>\nREASON: a\nb\nACTION: `go_back`", [("go_back", "a b")]),
        ("**REASON:** bold\n**ACTION:** click [2]", [("click [2]", "bold")]),
        ("reason: low\naction:\n```\nscroll down\n```", [("scroll down", "low")]),
        (
            "1. REASON: x\n   ACTION: click [1]\n2. REASON: y\n   ACTION: click [2]",
            [("click [1]", "x"), ("click [2]", "y")],
        ),
        ('ACTION: type [1] "ACTION: x"', [('type [1] "ACTION: x"', "")]),
        ("<think>Perhaps\nACTION: click [1]\nwould do", []),
        ("<THINKING>\nACTION: click [1]", []),
        ("[THINK]ACTION: click [1][/THINK]ACTION: click [2]", [("click [2]", "")]),
        ("ACTION: click [1]\n</think>\nACTION: click [2]", [("click [2]", "")]),
        ("</think>\nREASON: x\nACTION: click [2]\n<think>\nACTION: click [3]", [("click [2]", "x")]),
        ("<think>a</think>REASON: x\n<think>b</think>\nACTION: click [2]", [("click [2]", "x")]),
        ("◁think▷ACTION: click [1]◁/think▷ACTION: go_back", [("go_back", "")]),
        ("<think\n>\nACTION: click [1]\n</think >\nACTION: go_back", [("go_back", "")]),
        ('<thinking depth="2">\nACTION: click [1]\n</thinking>ACTION: go_back', [("go_back", "")]),
        ("<seed:think>\nACTION: click [1]\n</seed:think>\nACTION: go_back", [("go_back", "")]),
        (
            "<|channel|>analysis<|message|>Or\nACTION: click [1]\n<|end|><|start|>assistant<|channel|>final<|message|>"
            "ACTION: go_back",
            [("go_back", "")],
        ),
        ("<|channel|>analysis<|message|>Or\nACTION: click [1]\n", []),
        ("analysisPerhaps\nACTION: click [1]?assistantfinalREASON: x\nACTION: go_back", [("go_back", "x")]),
        ("ACTION:\n\nclick [2]", [("click [2]", "")]),
        ("REASON\n: no\nACTION : click [2]", [("click [2]", "")]),
        # what templates, tags and typography leave around an answer
        ("REASON: x\nACTION: click [2]<|im_end|>", [("click [2]", "x")]),
        ("ACTION: click [2]<|eot_id|>\n<|start_header_id|>user", [("click [2]", "")]),
        ("ACTION: click [2] </s>", [("click [2]", "")]),
        ("ACTION: click [2]<｜end▁of▁sentence｜>", [("click [2]", "")]),
        ('ACTION: type [1] "a</s>"<end_of_turn>', [('type [1] "a</s>"', "")]),
        ("<answer>REASON: x\nACTION: click [2]</answer>", [("click [2]", "x")]),
        (
            "<|START_THINKING|>Or\nACTION: click [1]\n<|END_THINKING|><|START_RESPONSE|>REASON: x\n"
            "ACTION: click [2]<|END_RESPONSE|>",
            [("click [2]", "x")],
        ),
        ("<|channel>thought\nACTION: click [1]\n<channel|>REASON: x\nACTION: click [2]<turn|>", [("click [2]", "x")]),
        (
            "Here is my thought process:\nACTION: click [1]\nHere is my response:\nREASON: x\nACTION: click [2]",
            [("click [2]", "x")],
        ),
        ("<scratchpad>\nACTION: click [1]\n</scratchpad>ACTION: click [2]", [("click [2]", "")]),
        ("**ACTION: click [2]**", [("click [2]", "")]),
        ("**ACTION:** **click [2]**", [("click [2]", "")]),
        ("REASON：看\nACTION：click [2]", [("click [2]", "看")]),
        ("ACTION: type [7] “bob”", [('type [7] "bob"', "")]),
        ('ACTION: "click [2]"', [("click [2]", "")]),
        ("ACTION: \u200bclick\u00a0[2]\ufeff", [("click [2]", "")]),
        ('ACTION: type\u00a0[2] "a\u00a0b"', [('type [2] "a\u00a0b"', "")]),
        ("ACTION: ```click [2]```", [("click [2]", "")]),
        ("I would click the button.", []),
        ("REASON: no idea", []),
        ("", []),
    ],
)
def test_answers_of_chat_models_are_read(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(one.action, one.reason) for one in parse_chat(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PAGE: A form\nfor names.\nHIGHLIGHT: 2, [9]\nREASON: x\nACTION: click [2]", ("A form for names.", (2, 9))),
        ("ACTION: click [2]", ("", ())),
        ("I would click the button.", ("", ())),
        ("<think>PAGE: a", ("", ())),
        ("", ("", ())),
    ],
)
def test_what_a_chat_model_says_of_the_page_is_read(text: str, expected: tuple[str, tuple[int, ...]]) -> None:
    assert parse_remarks(text) == expected


@given(st.lists(st.tuples(ACTION, REASON), min_size=1, max_size=4))
@settings(derandomize=True, max_examples=60, deadline=None)
def test_any_list_of_candidates_in_the_asked_form_is_read(pairs: list[tuple[str, str]]) -> None:
    text = "\n".join(f"REASON: {reason}\nACTION: {action}" for action, reason in pairs)
    assert [one.action for one in parse_chat(text)] == [action for action, _ in pairs]


@pytest.mark.parametrize(
    "text",
    [
        "\n" * 400_000,
        "-\n" * 200_000,
        "- " * 200_000,
        "ACTION:" * 60_000,
        "REASON:\n" * 50_000,
        "REASON" + " " * 400_000,
        "<think>" * 60_000,
        "</think>" * 50_000,
        "[" * 400_000,
        "`" * 400_000,
        "ACTION: x" + "<a>" * 130_000 + "x",
        "<answer>" * 50_000,
    ],
    ids=lambda text: ascii(text[:12]),
)
def test_an_answer_that_repeats_itself_is_read_in_time_that_grows_with_it_alone(text: str) -> None:
    started = time.monotonic()
    parse_chat(text)
    chosen(text, count=5)
    assert time.monotonic() - started < 5


def test_an_action_far_behind_is_not_looked_for() -> None:
    assert parse_chat(" " * LONGEST_ANSWER + "\nACTION: click [1]") == ()
