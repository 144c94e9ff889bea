"""Vectors from an endpoint: one for each text, in order, or an error of its kind."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from components.endpoints.complaints import Passing
from components.errors import InfraError, InputError
from components.trajectories import embeddings
from components.trajectories.budget import BudgetError
from components.trajectories.embeddings import Embedder, EmbeddingEndpoint, check_embedding, read_vectors
from components.trajectories.ledger import Ledger
from components.trajectories.open_store import open_store
from components.trajectories.schema import Cost
from components.trajectories.store import Store
from tests.components.agents.protocol_server import Answer, ProtocolServer, serve
from tests.conftest import OpenAIServer


def make_endpoint(server: ProtocolServer) -> EmbeddingEndpoint:
    return EmbeddingEndpoint(base_url=server.url, model="m", api_key_env="SYMBIONT_NO_SUCH_KEY", timeout=20)


def embed(endpoint: EmbeddingEndpoint, texts: list[str]) -> list[list[float]]:
    with closing(Embedder(endpoint)) as embedder:
        return embedder.embed(texts)


def vectors(*found: Any, **more: Any) -> str:
    return json.dumps({"data": [{"index": index, "embedding": vector} for index, vector in found], **more})


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embeddings, "BACKOFF", 0.01)


def test_likeness_of_texts_is_likeness_of_vectors(openai_server: OpenAIServer) -> None:
    endpoint = EmbeddingEndpoint(base_url=openai_server.base_url, model="m", api_key_env="SYMBIONT_NO_SUCH_KEY")
    first, second, third = embed(endpoint, ["a red fox", "a red fox", "nothing alike \ud83d"])
    assert first == second != third


def test_vectors_come_in_the_order_of_the_texts() -> None:
    assert read_vectors(vectors((1, [2.0]), (0, [1])), count=2) == ([[1.0], [2.0]], 0)


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


PAGE = "a" * 1000
GOOD = vectors((0, [1.0]), usage={"prompt_tokens": 1000, "total_tokens": 1000}).encode()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path / "store")


def spender(server: ProtocolServer, store: Store, **settings: Any) -> Embedder:
    """One process of a run."""
    endpoint = make_endpoint(server).model_copy(update=settings)
    return Embedder(endpoint, ledger=Ledger(store, run="r", model=endpoint.model))


def spent(store: Store, *, model: str = "m") -> Cost:
    ledger = Ledger(store, run="r", model=model)
    asyncio.run(ledger.read())
    return ledger.spent


def tried(embedders: list[Embedder], count: int) -> list[BudgetError | None]:
    """What became of `count` requests of each, all of them at once."""

    def once(embedder: Embedder) -> BudgetError | None:
        try:
            embedder.embed([PAGE])
        except BudgetError as error:
            return error
        return None

    with ThreadPoolExecutor(len(embedders) * count) as pool:
        return list(pool.map(once, embedders * count))


def test_requests_are_booked_at_their_price(store: Store) -> None:
    with serve(Answer(raw=GOOD)) as server, closing(spender(server, store, usd_per_million_prompt=20.0)) as embedder:
        embedder.embed(["a"])
        embedder.embed(["a"])
        assert spent(store) == Cost(prompt_tokens=2000, usd=0.04)


@pytest.mark.parametrize("usage", [None, {}, [], {"prompt_tokens": 0}, {"prompt_tokens": "9"}, {"prompt_tokens": True}])
def test_requests_without_a_count_are_booked_by_their_characters(store: Store, usage: Any) -> None:
    answer = Answer(raw=vectors((0, [1.0]), usage=usage).encode())
    with serve(answer) as server, closing(spender(server, store)) as embedder:
        embedder.embed(["a text of 40 characters" + 17 * "."])
    assert spent(store).prompt_tokens == 10


def test_a_retry_is_not_booked_twice(store: Store) -> None:
    broken = vectors((7, [1.0]), usage={"prompt_tokens": 1000}).encode()
    with serve(Answer(status=503), Answer(raw=broken), Answer(raw=GOOD)) as server:
        with closing(spender(server, store)) as embedder:
            embedder.embed(["a"])
        assert len(server.requests) == 3
    assert spent(store).prompt_tokens == 1000


def test_threads_of_a_process_share_its_budget(store: Store) -> None:
    """None of 8 requests is above the limit but the one that reaches it; what is refused is not asked."""
    with serve(Answer(raw=GOOD, hang=0.02)) as server:
        with closing(spender(server, store, budget_tokens=2500)) as embedder:
            found = tried([embedder], 8)
        assert len(server.requests) == 3
    assert [type(each) for each in found].count(BudgetError) == 5
    assert spent(store).prompt_tokens == 3000


def test_processes_of_a_run_share_its_budget_and_a_larger_one_goes_on(store: Store) -> None:
    with serve(Answer(raw=GOOD, hang=0.02)) as server:
        processes = [spender(server, store, budget_tokens=4000) for _ in range(2)]
        tried(processes, 6)
        assert 4 <= len(server.requests) <= 4 + 2
        before = len(server.requests)
        for each in processes:
            each.close()
        with closing(spender(server, store, budget_tokens=4000)) as later:
            with pytest.raises(BudgetError, match=r"budget of 4000 tokens .* used by 'm'"):
                later.embed(["a"])
            assert len(server.requests) == before
        with closing(spender(server, store, budget_tokens=40_000)) as larger:
            larger.embed(["a"])


def test_what_is_asked_after_closing_is_booked_too(store: Store) -> None:
    with serve(Answer(raw=GOOD)) as server:
        watching = Ledger(store, run="r", model="m")
        embedder = spender(server, store)
        for number in (1, 2, 3):
            embedder.embed(["a"])
            embedder.close()
            asyncio.run(watching.read())
            assert watching.spent.prompt_tokens == 1000 * number


def test_closing_ends_a_request_that_hangs() -> None:
    with serve(Answer(raw=GOOD, hang=1.0)) as server, ThreadPoolExecutor(1) as pool:
        embedder = Embedder(make_endpoint(server))
        asked = pool.submit(embedder.embed, ["a"])
        wait_for(lambda: bool(server.requests))
        embedder.close()
        assert asked.exception(timeout=20) is not None
    assert "vectors" not in {thread.name for thread in threading.enumerate()}


def wait_for(happened: Callable[[], bool]) -> None:
    while not happened():
        threading.Event().wait(0.005)


def test_a_budget_of_money_needs_a_price() -> None:
    with pytest.raises(ValueError, match="set usd_per_million_prompt"):
        EmbeddingEndpoint(base_url="http://127.0.0.1:9/v1", model="m", budget_usd=1.0)
