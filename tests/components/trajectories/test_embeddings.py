"""Vectors from an endpoint: one for each text, in order, or an error of its kind."""

from __future__ import annotations

import json
from typing import Any

import pytest

from components.endpoints.complaints import Passing
from components.errors import InfraError, InputError
from components.trajectories import embeddings
from components.trajectories.embeddings import EmbeddingEndpoint, check_embedding, embed, read_vectors
from tests.components.agents.protocol_server import Answer, ProtocolServer, serve
from tests.conftest import OpenAIServer


def make_endpoint(server: ProtocolServer) -> EmbeddingEndpoint:
    return EmbeddingEndpoint(base_url=server.url, model="m", api_key_env="SYMBIONT_NO_SUCH_KEY", timeout=20)


def vectors(*found: Any) -> str:
    return json.dumps({"data": [{"index": index, "embedding": vector} for index, vector in found]})


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embeddings, "BACKOFF", 0.01)


def test_likeness_of_texts_is_likeness_of_vectors(openai_server: OpenAIServer) -> None:
    endpoint = EmbeddingEndpoint(base_url=openai_server.base_url, model="m", api_key_env="SYMBIONT_NO_SUCH_KEY")
    first, second, third = embed(endpoint, ["a red fox", "a red fox", "nothing alike \ud83d"])
    assert first == second != third


def test_vectors_come_in_the_order_of_the_texts() -> None:
    assert read_vectors(vectors((1, [2.0]), (0, [1])), count=2) == [[1.0], [2.0]]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"data": null}',
        '{"data": [{"index": 0, "embedding": "AACAPw=="}]}',
        vectors((0, [])),
        vectors((0, [float("nan")])),
        vectors((0, None)),
        vectors(),
        vectors((0, [1.0]), (0, [1.0])),
        vectors((0, [1.0]), (1, [1.0])),
        vectors((5, [1.0])),
        "[" * 100_000,
    ],
)
def test_what_is_no_vector_for_each_text_is_tried_again(text: str) -> None:
    with pytest.raises(Passing):
        read_vectors(text, count=1)


def test_vectors_of_different_lengths_are_none() -> None:
    with pytest.raises(Passing, match="different lengths"):
        read_vectors(vectors((0, [1.0]), (1, [1.0, 2.0])), count=2)


def test_errors_that_may_pass_are_tried_again_and_end_as_infrastructure() -> None:
    good = Answer(raw=vectors((0, [1.0])).encode())
    with serve(Answer(status=500), Answer(raw=b"<html>"), good) as server:
        assert embed(make_endpoint(server), ["a"]) == [[1.0]]
    with serve(Answer(status=503)) as server:
        with pytest.raises(InfraError, match="after 5 attempts"):
            embed(make_endpoint(server), ["a"])
        assert len(server.requests) == 5


@pytest.mark.parametrize("status", [400, 401, 404, 413])
def test_what_the_user_must_mend_is_told_at_once(status: int) -> None:
    with serve(Answer(status=status, text="no")) as server:
        with pytest.raises(InputError) as raised:
            embed(make_endpoint(server), ["a"])
        assert len(server.requests) == 1
    assert raised.value.fix


def test_a_key_that_no_header_can_hold_is_refused_and_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYMBIONT_NO_SUCH_KEY", "sk-se\ncret")
    with serve(Answer(raw=vectors((0, [1.0])).encode())) as server, pytest.raises(InputError, match="one line") as told:
        embed(make_endpoint(server), ["a"])
    assert "cret" not in str(told.value)


def test_an_endpoint_without_vectors_is_named_before_the_run() -> None:
    with serve(Answer(raw=vectors((0, [1.0])).encode())) as server:
        check_embedding(make_endpoint(server))
    for answer in (Answer(raw=b"{}"), Answer(status=404, text="no such model"), Answer(status=500)):
        with serve(answer) as server, pytest.raises(InputError) as raised:
            check_embedding(make_endpoint(server))
        assert raised.value.fix
