"""Completions as endpoints write them: what is read of them, and what is none."""

from __future__ import annotations

import json
from typing import Any

import pytest

from components.endpoints.completions import Completion, read_completion, read_continuation


def read(message: Any, **more: Any) -> Completion:
    choice = {"message": message, "finish_reason": "stop", **more}
    return read_completion(json.dumps({"choices": [choice], "usage": {"prompt_tokens": 5, "completion_tokens": 2}}))


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ({"content": "hello"}, "hello"),
        ({"content": None}, ""),
        ({}, ""),
        ({"content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}, "ab"),
        (
            {
                "content": [
                    {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]},
                    {"type": "text", "text": "a"},
                ]
            },
            "a",
        ),
        ({"content": [{"type": "reasoning", "text": "hm"}, {"type": "output_text", "text": "a"}]}, "a"),
        ({"content": ["a", {"text": "b"}, 3, None, {"type": "text", "text": None}, {"type": "image_url"}]}, "ab"),
        ({"content": {"type": "text", "text": "a"}}, "a"),
        ({"content": [{"type": "text", "text": {"value": "a", "annotations": []}}, {"text": {"value": 7}}]}, "a"),
        ({"content": []}, ""),
        ({"content": None, "refusal": "I cannot"}, "I cannot"),
        ({"content": "a", "refusal": 7, "reasoning_content": ["odd"], "reasoning": {"odd": 1}}, "a"),
        ({"content": None, "tool_calls": [{"function": {"name": "click", "arguments": "{"}}]}, ""),
        ({"content": None, "reasoning_content": "hm", "function_call": None, "annotations": "?"}, ""),
    ],
)
def test_the_text_is_what_was_said(message: Any, text: str) -> None:
    assert read(message).text == text


def test_thoughts_are_kept_apart() -> None:
    assert read({"content": "a", "reasoning_content": "b"}).choice.message.thought == "b"
    assert read({"content": "a", "reasoning": "c"}).choice.message.thought == "c"


@pytest.mark.parametrize(
    ("finish", "cut"),
    [
        *((said, True) for said in ("length", "max_tokens", "MAX_TOKENS", "model_length", "max_output_tokens")),
        *((said, False) for said in ("stop", "eos_token", "tool_calls", "lengthy", None, 7, [])),
    ],
)
def test_an_answer_that_was_cut_says_so(finish: Any, cut: bool) -> None:
    assert read({"content": "a"}, finish_reason=finish).cut is cut


@pytest.mark.parametrize(("content", "filtered"), [(None, True), ("", True), ("ACTION: go_back", False)])
def test_a_filtered_answer_is_one_without_words(content: str | None, filtered: bool) -> None:
    for said in ("content_filter", "content_filter: PROHIBITED_CONTENT", "SAFETY", "sensitive"):
        assert read({"content": content}, finish_reason=said).filtered is filtered


@pytest.mark.parametrize(
    ("message", "written", "finish", "unsaid"),
    [
        ({"content": None}, 700, "stop", True),
        ({"content": None, "reasoning": "ACTION: click [1]"}, None, "stop", True),
        ({"content": "", "tool_calls": [{"function": {"name": "click"}}]}, 20, "tool_calls", True),
        ({"content": None}, 4, "stop", False),  # marks of a template
        ({"content": None}, None, "stop", False),
        ({"content": "\n\n"}, 700, "stop", False),
        ({"content": None, "refusal": "I cannot"}, 700, "stop", False),
        ({"content": None, "reasoning": "hm"}, 700, "length", False),
    ],
)
def test_an_answer_whose_words_the_server_kept_says_so(
    message: Any, written: int | None, finish: str, unsaid: bool
) -> None:
    usage = None if written is None else {"prompt_tokens": 5, "completion_tokens": written}
    choice = {"message": message, "finish_reason": finish}
    assert read_completion(json.dumps({"choices": [choice], "usage": usage})).unsaid is unsaid


@pytest.mark.parametrize("finish", ["error", "network_error", "insufficient_system_resource", "ABORT"])
def test_an_answer_that_the_endpoint_broke_off_is_none(finish: str) -> None:
    with pytest.raises(ValueError, match="broke off"):
        read({"content": "ACTION: click [1]"}, finish_reason=finish)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "3",
        "[]",
        "{}",
        '"text"',
        "{",
        "[" * 100_000,
        '{"choices": ' + "[" * 5_000,
        "9" * 10_000,
        '{"choices": null}',
        '{"choices": []}',
        '{"choices": {}}',
        '{"choices": "a"}',
        '{"choices": [null]}',
        '{"choices": ["a"]}',
        '{"choices": [{}]}',
        '{"choices": [{"message": null}]}',
        '{"choices": [{"message": []}]}',
        '{"choices": [{"message": "hello"}]}',
        '{"choices": [{"message": {"content": 7}}]}',
        '{"choices": [{"message": {"content": true}}]}',
        '{"choices": [{"delta": {"content": "a"}}], "object": "chat.completion.chunk"}',
        '{"choices": [{"text": "a completion of the old kind"}]}',
        'data: {"choices": [{"delta": {"content": "a"}}]}\n\ndata: [DONE]\n\n',
        "event: message\ndata: {}",
        ": keep-alive\n\n",
        "<!doctype html><title>Bad gateway</title>",
    ],
)
def test_what_is_no_completion_is_a_value_error_with_its_beginning(text: str) -> None:
    with pytest.raises(ValueError) as raised:
        read_completion(text)
    assert len(str(raised.value)) < 600


def test_an_event_stream_is_called_one() -> None:
    with pytest.raises(ValueError, match="an event stream"):
        read_completion("data: {}\n\n")


def test_what_stands_around_a_completion_is_forgiven() -> None:
    found = read_completion(
        '\n\n {"choices": [{"message": {"content": "a"}, "logprobs": [[[]]]}, null, 7], "id": null, "usage": {}}\n'
    )
    assert found.text == "a"
    assert found.usage is None


USAGE = {"prompt_tokens": 5, "completion_tokens": 2}


def test_a_continuation_is_its_text_and_how_likely_it_was() -> None:
    choice = {"text": " click [1]", "logprobs": {"token_logprobs": [-0.5, -1, 0.0]}}
    found = read_continuation(json.dumps({"choices": [choice], "usage": USAGE}))
    assert (found.text, found.score, found.prompt_tokens, found.completion_tokens) == (" click [1]", -1.5, 5, 2)


@pytest.mark.parametrize(
    "reply",
    [
        "[]",
        "{}",
        '{"choices": []}',
        json.dumps({"choices": [{"text": "a", "logprobs": None}], "usage": USAGE}),
        json.dumps({"choices": [{"text": None, "logprobs": {"token_logprobs": []}}], "usage": USAGE}),
        json.dumps({"choices": [{"text": "a", "logprobs": {"token_logprobs": [None]}}], "usage": USAGE}),
        json.dumps({"choices": [{"text": "a", "logprobs": {"token_logprobs": [-1.0]}}]}),
        '{"choices": [{"text": "a", "logprobs": {"token_logprobs": [NaN]}}], "usage": {"prompt_tokens": 1, '
        '"completion_tokens": 1}}',
        "<html>",
    ],
)
def test_what_is_no_continuation_is_said_to_be_none(reply: str) -> None:
    with pytest.raises(ValueError):
        read_continuation(reply)
