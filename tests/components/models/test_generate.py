"""Batched generation answers every prompt as if it were alone."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest

from components.models.generate import Ask, generate
from components.models.weights import load_model


@pytest.fixture(scope="module")
def model(tiny_model: Path) -> Any:
    return load_model(tiny_model).eval()


def _asks(count: int) -> list[Ask]:
    rng = Random(5)
    return [
        Ask(tokens=[rng.randrange(2, 400) for _ in range(rng.randint(3, 60))], key=f"row {number}")
        for number in range(count)
    ]


@pytest.mark.parametrize("temperature", [0.0, 0.8])
def test_an_answer_does_not_depend_on_the_batch(model: Any, temperature: float) -> None:
    asks = _asks(24)
    settings: dict[str, Any] = {"pad": 1, "end": 0, "max_new_tokens": 12, "temperature": temperature}
    together = generate(model, asks, **settings)
    alone = [generate(model, [ask], **settings)[0] for ask in asks]
    backwards = generate(model, asks[::-1], **settings)[::-1]
    assert together == alone == backwards


def test_greedy_is_what_transformers_generates(model: Any) -> None:
    import torch

    ask = _asks(1)[0]
    ours = generate(model, [ask], pad=1, end=0, max_new_tokens=10)[0]
    theirs = model.generate(
        torch.tensor([ask.tokens]), max_new_tokens=10, do_sample=False, pad_token_id=1, eos_token_id=0
    )[0, len(ask.tokens) :].tolist()
    assert ours == [token for token in theirs if token != 0]


def test_samples_differ_by_key_and_repeat_for_the_same_key(model: Any) -> None:
    tokens = _asks(1)[0].tokens
    asks = [Ask(tokens=tokens, key=key) for key in ("a", "b", "c", "a")]
    written = generate(model, asks, pad=1, end=0, max_new_tokens=12, temperature=1.0)
    assert written[0] == written[3]
    assert len({tuple(each) for each in written}) > 1


def test_samples_follow_the_distribution(model: Any) -> None:
    """The share of each first token over many keys is near its probability."""
    import torch

    tokens = _asks(1)[0].tokens
    with torch.inference_mode():
        chances = torch.softmax(model(torch.tensor([tokens])).logits[0, -1] / 0.3, 0)
    likeliest = int(chances.argmax())
    asks = [Ask(tokens=tokens, key=str(number)) for number in range(600)]
    written = generate(model, asks, pad=1, end=-1, max_new_tokens=1, temperature=0.3)
    share = sum(each[0] == likeliest for each in written) / len(written)
    assert abs(share - float(chances[likeliest])) < 0.08
