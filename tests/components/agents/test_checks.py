"""An endpoint is asked before the run, in the form of the run, and what it refuses names the setting that helps."""

from __future__ import annotations

import json
from typing import Any

import pytest

from components.agents.checks import check_endpoint
from components.agents.config import ChatConfig
from components.errors import InputError
from tests.components.agents.protocol_server import Answer, ProtocolServer, serve


def make_config(server: ProtocolServer, **settings: Any) -> ChatConfig:
    return ChatConfig.model_validate(
        {"model": "tiny", "base_url": server.url, "timeout": 2.0, "retries": 1, "backoff": 0.01, **settings}
    )


def refused(answer: Answer, **settings: Any) -> InputError:
    with serve(answer) as server, pytest.raises(InputError) as raised:
        check_endpoint(make_config(server, **settings), where="teacher")
    return raised.value


def error(status: int, **body: Any) -> Answer:
    return Answer(status=status, raw=json.dumps({"error": body}).encode())


def test_a_working_endpoint_is_asked_once_with_the_settings_of_the_run() -> None:
    with serve() as server:
        check_endpoint(make_config(server, max_tokens=77, temperature=0.5), where="teacher")
        (request,) = server.requests
    assert (request["max_tokens"], request["temperature"]) == (77, 0.5)
    assert "seed" in request
    assert [message["role"] for message in request["messages"]] == ["system", "user"]


def test_an_endpoint_that_lists_no_models_will_do() -> None:
    with serve() as server:
        server.models_status = 404
        check_endpoint(make_config(server), where="teacher")


def test_the_question_can_be_the_runs_own() -> None:
    with serve(Answer("forty-two", finish="length")) as server:
        asked = [{"role": "user", "content": "How much is it?"}]
        check_endpoint(make_config(server), where="far", messages=asked)
        assert server.requests[0]["messages"] == asked


def test_an_unreachable_endpoint_is_named() -> None:
    with serve() as server:
        config = make_config(server)
    with pytest.raises(InputError, match="the endpoint of teacher cannot be reached") as caught:
        check_endpoint(config, where="teacher")
    assert config.base_url in caught.value.where
    assert "curl" in caught.value.fix


@pytest.mark.parametrize(("status", "words"), [(401, "refuses us"), (403, "refuses us"), (503, "is broken")])
def test_a_server_that_refuses_even_the_list_is_asked_nothing(status: int, words: str) -> None:
    with serve() as server:
        server.models_status = status
        with pytest.raises(InputError, match=words):
            check_endpoint(make_config(server), where="teacher")
        assert not server.requests


def test_a_wrong_model_is_named_with_what_is_served() -> None:
    assert "(it serves: tiny)" in refused(Answer(status=404, text="no such model"), model="huge").what


@pytest.mark.parametrize(
    "answer",
    [
        Answer(raw=b"<html>hello</html>", headers={"Content-Type": "text/html"}),
        Answer(raw=b'data: {"choices": [{"delta": {"content": "ACTION"}}]}\n\ndata: [DONE]\n\n'),
        Answer(raw=b"{}"),
        Answer(raw=b'{"choices": null, "error": {"message": "Provider returned error", "code": 429}}'),
        Answer(raw=b'{"choices": [{"finish_reason": "error", "message": null}]}'),
    ],
    ids=["html", "event-stream", "empty", "error-in-200", "null-message"],
)
def test_a_server_of_another_protocol_is_refused(answer: Answer) -> None:
    found = refused(answer)
    assert "no answer that can be used" in found.what
    assert "OpenAI protocol" in found.fix


@pytest.mark.parametrize(
    ("answer", "fix"),
    [
        (
            error(
                400,
                message="Unsupported parameter: 'max_tokens' is not supported with this model. Use "
                "'max_completion_tokens' instead.",
                param="max_tokens",
                code="unsupported_parameter",
            ),
            "max_tokens_name: max_completion_tokens",
        ),
        (
            error(
                400, message="Unsupported parameter: 'max_tokens' is not supported. Use 'max_completion_tokens' instead"
            ),
            "max_tokens_name: max_completion_tokens",
        ),
        (
            error(
                400,
                message="Unsupported value: 'temperature' does not support 0.0 with this model.",
                param="temperature",
                code="unsupported_value",
            ),
            "temperature: null",
        ),
        (
            Answer(
                status=422,
                raw=b'{"detail": [{"type": "extra_forbidden", "loc": ["body", "seed"], "msg": "Extra inputs are not '
                b'permitted", "input": 0}]}',
            ),
            "send_seed: false",
        ),
        (Answer(status=400, raw=b'{"object": "error", "message": "System role not supported"}'), "system: false"),
        (error(400, message="Developer instruction is not enabled for models/gemma-3"), "system: false"),
        (error(400, message="Conversation roles must alternate user/assistant; system role is unknown"), "system"),
    ],
    ids=["max-tokens", "max-tokens-in-words", "temperature", "seed", "system", "developer", "roles"],
)
def test_the_fix_names_the_setting_that_is_refused(answer: Answer, fix: str) -> None:
    found = refused(answer)
    assert fix in found.fix
    assert found.where == "teacher"


@pytest.mark.parametrize("code", ["content_filter", "context_length_exceeded"])
def test_no_sampling_is_blamed_for_a_filter_or_a_length(code: str) -> None:
    found = refused(error(400, message="no", code=code))
    assert "sampling" not in str(found)
    assert "temperature" not in found.fix


@pytest.mark.parametrize(
    "message",
    [
        {"content": None, "reasoning_content": "Let me see"},
        {"content": "<think>ACTION: click [1]"},
        {"content": "REASON: the button"},
    ],
)
def test_too_few_tokens_for_an_action_are_named_before_the_run(message: dict[str, Any]) -> None:
    found = refused(Answer(choice={"message": message, "finish_reason": "length"}), max_tokens=64)
    assert "max_tokens (64)" in found.what
    assert found.where == "teacher.max_tokens"


def test_a_server_that_keeps_the_words_is_named_before_the_run() -> None:
    message = {"content": None, "reasoning_content": "REASON: it is there\nACTION: click [1]"}
    found = refused(Answer(choice={"message": message, "finish_reason": "stop"}))
    assert "no text though the model wrote some" in found.what
    assert "parsers of this very model" in found.fix


def test_a_key_that_the_endpoint_repeats_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYMBIONT_TEST_KEY", "sk-secret-0123456789\n")
    found = refused(error(401, message="wrong key: sk-secret-0123456789"), api_key_env="SYMBIONT_TEST_KEY")
    assert "wrong key: ..." in str(found)
    assert "sk-secret" not in str(found)


def test_a_missing_key_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SYMBIONT_TEST_KEY", raising=False)
    assert "SYMBIONT_TEST_KEY" in refused(Answer(), api_key_env="SYMBIONT_TEST_KEY").what
