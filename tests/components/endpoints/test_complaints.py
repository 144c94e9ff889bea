"""What endpoints and gateways say is wrong, in the forms they say it: whom it concerns, and what would help."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from components.endpoints.complaints import Passing, RequestRefused, check_reply, complaint_of, retry_after
from components.endpoints.wire import Reply
from components.errors import InputError


def reply(status: int, body: Any, **headers: str) -> Reply:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Reply(status=status, headers=headers, body=data)


def raised(status: int, body: Any, **headers: str) -> InputError | RequestRefused | Passing:
    with pytest.raises((InputError, RequestRefused, Passing)) as caught:
        check_reply(reply(status, body, **headers), where="http://there/v1", model="m", secret="sk-1234567")
    error = caught.value
    assert isinstance(error, InputError | RequestRefused | Passing)
    return error


FILTERED = {
    "message": "The response was filtered due to the prompt triggering our content management policy.",
    "type": None,
    "param": "prompt",
    "code": "content_filter",
    "innererror": {"code": "ResponsibleAIPolicyViolation", "content_filter_result": {"hate": {"filtered": False}}},
}


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, {"error": FILTERED}),
        (400, {"error": {**FILTERED, "code": "400", "message": "ContentPolicyViolationError: filtered"}}),
        (403, {"error": {"code": 403, "message": 'requires moderation and your input was flagged for "violence"'}}),
        (422, {"error": {"code": "bad_word_moderation", "message": "no"}}),
        (400, {"code": "data_inspection_failed", "message": "Input data may contain inappropriate content."}),
        (451, {"message": "blocked by our content policy"}),
        (403, "<!DOCTYPE html><title>Attention Required!</title>Sorry, you have been blocked"),
        (200, {"error": {"code": "content_filter", "message": "filtered"}}),
    ],
    ids=["azure", "gateway", "403", "422", "dashscope", "451", "firewall", "in-200"],
)
def test_a_filter_refuses_one_request(status: int, body: Any) -> None:
    error = raised(status, body)
    assert isinstance(error, RequestRefused)
    assert "filter" in error.fix
    assert not any(word in error.fix for word in ("sampling", "temperature", "tokens"))


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, {"error": {"code": "context_length_exceeded", "message": "too long", "param": "messages"}}),
        (
            400,
            {
                "object": "error",
                "message": "This model's maximum context length is 4096 tokens. However, you requested 4300 tokens "
                "(3788 in the messages, 512 in the completion).",
                "code": 400,
            },
        ),
        (500, {"error": {"code": 500, "message": "Context size has been exceeded.", "type": "server_error"}}),
        (
            200,
            {
                "error": {
                    "code": 400,
                    "message": "the request exceeds the available context size. try increasing it",
                    "type": "exceed_context_size_error",
                }
            },
        ),
        (400, {"error": {"message": "Requested tokens (2285) exceed context window of 2048"}}),
        (413, {"error": {"message": "Request too large for model `m` on tokens per minute", "code": "rate_limit"}}),
        (413, b"<html><h1>413 Request Entity Too Large</h1></html>"),
        (400, {"error": "prompt is too long: 210000 tokens > 200000 maximum"}),
        (400, {"object": "error", "message": "max_tokens must be at least 1, got -186.", "param": None, "code": 400}),
        (400, {"error": {"message": "max_tokens must be at least 1, got -9.", "param": "max_tokens", "code": 400}}),
    ],
    ids=[
        *("code", "vllm", "llama-500", "llama-in-200", "llama-cpp-python", "groq", "nginx", "text"),
        *("vllm-less-than-none", "vllm-less-than-none-of-a-setting"),
    ],
)
def test_a_page_that_is_too_long_is_one_request(status: int, body: Any) -> None:
    error = raised(status, body)
    assert isinstance(error, RequestRefused)
    assert "fewer tokens of page" in error.fix


@pytest.mark.parametrize(
    ("status", "body", "fix"),
    [
        (401, {"error": {"message": "bad key sk-1234567"}}, "api_key_env"),
        (402, {"error": {"message": "Insufficient credits"}}, "add credit"),
        (429, {"error": {"code": "insufficient_quota", "message": "You exceeded your current quota"}}, "add credit"),
        (
            400,
            {
                "error": {
                    "message": "litellm.BadRequestError: AnthropicException - You have reached your specified API "
                    "usage limits. You will regain access on 2026-09-01 at 00:00 UTC.",
                    "code": "400",
                }
            },
            "add credit",
        ),
        (400, {"error": {"message": "Your credit balance is too low to access the API."}}, "add credit"),
        (400, {"error": {"message": "Budget has been exceeded! Current cost: 10.02, Max budget: 10.0"}}, "add credit"),
        (429, {"error": {"message": "over", "type": "budget_exceeded", "code": None}}, "add credit"),
        (403, {"detail": "not for you"}, "may use this model"),
        (404, {"error": {"message": "The model `m` does not exist", "code": "model_not_found"}}, "model's name"),
        (404, b"404 page not found", "base_url"),
        (405, b"", "base_url"),
        (200, {"choices": None, "error": {"message": "No auth credentials found", "code": 401}}, "api_key_env"),
    ],
)
def test_key_account_model_and_address_are_the_users(status: int, body: Any, fix: str) -> None:
    error = raised(status, body)
    assert isinstance(error, InputError)
    assert fix in error.fix
    assert "sk-1234567" not in str(error)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (429, {"error": {"message": "Rate limit reached: too many tokens per minute", "code": "rate_limit_exceeded"}}),
        (429, [{"error": {"code": 429, "message": "quota, see billing details", "status": "RESOURCE_EXHAUSTED"}}]),
        (500, b""),
        (503, {"error": None}),
        (529, {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}),
        (408, b"slow"),
        (
            200,
            {
                "id": None,
                "choices": None,
                "usage": None,
                "error": {"message": "Provider returned error", "code": 429, "metadata": {"raw": "Too Many Requests"}},
            },
        ),
        (200, {"error": "upstream connect error"}),
        (200, {"choices": [{"finish_reason": "error", "message": None, "error": {"code": 502, "message": "died"}}]}),
        (200, {"error": {"message": {"deep": [1, 2]}, "code": ["odd"]}}),
        (302, b"elsewhere"),
        (300, {"error": {"code": 404, "message": "the status goes before the code"}}),
    ],
)
def test_what_may_pass_is_tried_again(status: int, body: Any) -> None:
    assert isinstance(raised(status, body), Passing)


@pytest.mark.parametrize(
    ("body", "fix"),
    [
        (
            [{"error": {"code": 400, "message": 'Invalid JSON payload. Unknown name "seed": Cannot find field.'}}],
            "send_seed",
        ),
        (
            {"error": {"message": 'Error from provider: {"message": "\'temperature\' does not support 0.0"}'}},
            "temperature",
        ),
        ({"detail": [{"loc": ["body", "max_tokens"], "msg": "Input should be less than 500"}]}, "lower max_tokens"),
        (
            {"error": {"message": "Unrecognized request argument supplied: max_completion_tokens"}},
            "max_tokens_name: max_tok",
        ),
        ({"message": "Only user, assistant and tool roles are supported, got system role"}, "system: false"),
        ({"detail": "something else"}, "correct the settings"),
    ],
    ids=["gemini", "nested", "validator", "older-server", "gemma", "unknown"],
)
def test_the_setting_that_is_named_is_the_one_to_change(body: Any, fix: str) -> None:
    error = raised(400, body)
    assert isinstance(error, RequestRefused)
    assert fix in error.fix


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        *((400, RequestRefused), ("422", RequestRefused), (399, Passing), (600, Passing), (599, Passing)),
        *(("４０４", InputError), (True, Passing), (None, Passing), (10**40, Passing), (404.0, Passing), ([], Passing)),
    ],
)
def test_the_code_of_an_error_inside_a_reply_that_says_200_is_its_status(code: Any, kind: type[Exception]) -> None:
    assert type(raised(200, {"error": {"code": code, "message": "no"}})) is kind


@pytest.mark.parametrize("body", [{}, {"error": None}, {"error": {}}, {"error": ""}, [], None, 3, "text"])
def test_a_reply_that_names_no_error_complains_of_nothing(body: Any) -> None:
    assert complaint_of(reply(200, body)) is None


def test_what_the_endpoint_says_is_one_line_and_no_book() -> None:
    error = raised(400, {"error": {"message": "a\nb " * 100_000}})
    assert "\n" not in str(error)
    assert len(str(error)) < 1000


NOW = datetime(2026, 11, 25, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("9", 9),
        ("0.5", 0.5),
        (" 3 ", 3),
        ("Wed, 25 Nov 2026 12:00:09 GMT", 9),
        ("Wed, 25 Nov 2026 12:00:09 -0000", 9),
        ("Wed, 25 Nov 2026 13:00:00 +0100", 0),
        ("Wed, 25 Nov 2026 11:00:00 GMT", 0),
        *[(odd, 0) for odd in ("", "nan", "inf", "-inf", "-5", "soon", "1e999", "Wed, 99 Nov 2026 12:00:00 GMT", "٣x")],
    ],
)
def test_both_forms_of_retry_after_are_read_and_odd_ones_are_nothing(value: str, seconds: float) -> None:
    assert retry_after(value, now=NOW) == seconds


def test_the_wait_that_is_asked_for_comes_with_the_error() -> None:
    error = raised(429, {}, **{"retry-after": "7"})
    assert isinstance(error, Passing)
    assert error.after == 7


@pytest.mark.parametrize(
    ("said", "headers", "seconds"),
    [
        ("", {"llm_provider-retry-after": "9"}, 9),
        ("", {"retry-after": "2", "llm_provider-retry-after": "9"}, 2),
        ("", {"retry-after-ms": "1500"}, 1.5),
        ("No deployments available for selected model, Try again in 60 seconds.", {}, 60),
        ("Rate limit reached on tokens per min. Please try again in 7.66s.", {}, 7.66),
        ("Please try again in 1m26.4s.", {}, 86.4),
        ("Please retry in 34.07s", {}, 34.07),
        ("try again in 20ms", {}, 0.02),
        ("Please retry after 2 minutes.", {}, 120),
        ("Try again in 60 seconds.", {"retry-after": "3"}, 3),
        ("Please try again in a while, or in 2027.", {}, 0),
    ],
)
def test_the_wait_is_read_where_gateways_and_vendors_write_it(
    said: str, headers: dict[str, str], seconds: float
) -> None:
    error = raised(429, {"error": {"message": said, "code": "429"}}, **headers)
    assert isinstance(error, Passing)
    assert error.after == pytest.approx(seconds)
