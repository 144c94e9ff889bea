"""Batched generation answers every prompt as if it were alone."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest

from components.models.generate import LOST, Ask, generate
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
    assert [one.tokens for one in together] == [one.tokens for one in alone] == [one.tokens for one in backwards]


def test_the_score_is_the_log_probability_of_the_whole_answer(model: Any) -> None:
    import torch

    ask = _asks(1)[0]
    written = generate(model, [ask], pad=1, end=0, max_new_tokens=6)[0]
    whole = [*ask.tokens, *written.tokens, *([0] if len(written.tokens) < 6 else [])]
    with torch.inference_mode():
        chances = torch.log_softmax(model(torch.tensor([whole], device=model.device)).logits[0].float(), -1)
    at = range(len(ask.tokens), len(whole))
    assert written.score == pytest.approx(sum(float(chances[place - 1, whole[place]]) for place in at), abs=1e-3)


def test_an_answer_ends_with_every_token_that_the_model_has_for_an_end(
    model: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asks, settings = _asks(8), {"pad": 1, "end": 0, "max_new_tokens": 12}
    whole = [one.tokens for one in generate(model, asks, **settings)]
    turn_end = max(whole, key=lambda tokens: len(set(tokens)))[-1]
    monkeypatch.setattr(model.generation_config, "eos_token_id", [0, turn_end])
    cut = [tokens[: tokens.index(turn_end)] if turn_end in tokens else tokens for tokens in whole]
    assert [one.tokens for one in generate(model, asks, **settings)] == cut != whole


class ThreeOdd:
    """Allows three odd tokens, each written as an x."""

    def begins(self, text: str) -> bool:
        return set(text) <= {"x"} and len(text) <= 3

    def ends(self, text: str) -> bool:
        return text == "xxx"


@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_a_row_that_is_held_to_something_writes_just_that(model: Any, temperature: float) -> None:
    free, *_ = asks = _asks(3)
    held = Ask(tokens=free.tokens, key=free.key, allowed=ThreeOdd())
    settings: dict[str, Any] = {"pad": 1, "end": 0, "max_new_tokens": 8, "temperature": temperature}
    letters = {"decode": lambda ids: "".join("x" if token % 2 else "y" for token in ids)}
    written = generate(model, [held, *asks], **letters, **settings)
    assert len(written[0].tokens) == 3
    assert all(token % 2 for token in written[0].tokens)
    assert [one.tokens for one in written[1:]] == [one.tokens for one in generate(model, asks, **settings)]


class OneToken:
    """Allows a single token, written as an x, and then the end."""

    def begins(self, text: str) -> bool:
        return text in ("", "x")

    def ends(self, text: str) -> bool:
        return text == "x"


def test_the_only_allowed_token_is_found_however_unlikely_it_is(model: Any) -> None:
    import torch

    ask = _asks(1)[0]
    with torch.inference_mode():
        least = int(model(torch.tensor([ask.tokens], device=model.device)).logits[0, -1, 1:].argmin()) + 1
    held = Ask(tokens=ask.tokens, allowed=OneToken())
    written = generate(
        model,
        [held],
        pad=1,
        end=0,
        max_new_tokens=4,
        decode=lambda ids: "".join("x" if id == least else "y" for id in ids),
    )
    assert written[0].tokens == [least]
    assert written[0].score > LOST


def test_greedy_is_what_transformers_generates(model: Any) -> None:
    import torch

    ask = _asks(1)[0]
    ours = generate(model, [ask], pad=1, end=0, max_new_tokens=10)[0].tokens
    theirs = model.generate(
        torch.tensor([ask.tokens], device=model.device),
        max_new_tokens=10,
        do_sample=False,
        pad_token_id=1,
        eos_token_id=0,
    )[0, len(ask.tokens) :].tolist()
    assert ours == [token for token in theirs if token != 0]


def test_samples_differ_by_key_and_repeat_for_the_same_key(model: Any) -> None:
    tokens = _asks(1)[0].tokens
    asks = [Ask(tokens=tokens, key=key) for key in ("a", "b", "c", "a")]
    written = generate(model, asks, pad=1, end=0, max_new_tokens=12, temperature=1.0)
    assert written[0].tokens == written[3].tokens
    assert len({tuple(each.tokens) for each in written}) > 1


def test_samples_follow_the_distribution(model: Any) -> None:
    """The share of each first token over many keys is near its probability."""
    import torch

    tokens = _asks(1)[0].tokens
    with torch.inference_mode():
        chances = torch.softmax(model(torch.tensor([tokens], device=model.device)).logits[0, -1] / 0.3, 0)
    likeliest = int(chances.argmax())
    asks = [Ask(tokens=tokens, key=str(number)) for number in range(600)]
    written = generate(model, asks, pad=1, end=-1, max_new_tokens=1, temperature=0.3)
    share = sum(each.tokens == [likeliest] for each in written) / len(written)
    assert abs(share - float(chances[likeliest])) < 0.08


class Nothing:
    """Allows what no single token makes."""

    def begins(self, text: str) -> bool:
        return len(text) > 99

    def ends(self, text: str) -> bool:
        return len(text) > 99


@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_a_row_that_can_no_longer_be_allowed_ends_and_loses_to_any_answer(model: Any, temperature: float) -> None:
    free, *others = _asks(3)
    lost = Ask(tokens=free.tokens, key=free.key, allowed=Nothing())
    settings: dict[str, Any] = {"pad": 1, "end": 0, "max_new_tokens": 12, "decode": str, "temperature": temperature}
    [written, *beside] = generate(model, [lost, *others], **settings)
    assert len(written.tokens) == 1
    assert written.score <= LOST
    assert [one.tokens for one in beside] == [one.tokens for one in generate(model, others, **settings)]
