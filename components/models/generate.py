"""Batched generation: many prompts at once, each answered as if it were alone.

A loop of our own over the model's key-value cache instead of `generate`: every row draws from its own random state, so
that a sampled answer depends on the row's key and never on what else is in the batch, and a row ends at its own stop.
Prompts are padded on the left and masked. Padding changes the order of sums in a matrix product, which in float32
moves a logit by about one part in a million: two tokens would have to be that close for a batch to change an answer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

ROWS = 16
"""Prompts computed together; they are sorted by length first, so that little is padded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One prompt.

    Attributes:
        key: what the row's random state is derived from when it is sampled.
    """

    tokens: Sequence[int]
    key: str = ""


@dataclass(slots=True)
class _Row:
    ask: Ask
    rng: np.random.Generator
    written: list[int] = field(default_factory=list)
    done: bool = False


def row_generator(key: str) -> np.random.Generator:
    """The random state of a key: the same on every machine and in every batch."""
    return np.random.default_rng(int.from_bytes(hashlib.sha256(key.encode()).digest()[:16], "big"))


def generate(
    model: Any,
    asks: Sequence[Ask],
    *,
    pad: int,
    end: int,
    max_new_tokens: int,
    temperature: float = 0.0,
) -> list[list[int]]:
    """The tokens written after each prompt, in order, the end-of-text token left out.

    Args:
        temperature: 0 takes the likeliest token; above, tokens are drawn from the softened distribution.
    """
    rows = [_Row(ask, row_generator(ask.key)) for ask in asks]
    ordered = sorted(rows, key=lambda row: len(row.ask.tokens))
    for at in range(0, len(ordered), ROWS):
        _generate(
            model,
            ordered[at : at + ROWS],
            pad=pad,
            end=end,
            max_new_tokens=max_new_tokens,
            temperature=temperature,
        )
    return [row.written for row in rows]


def _generate(
    model: Any,
    rows: Sequence[_Row],
    *,
    pad: int,
    end: int,
    max_new_tokens: int,
    temperature: float,
) -> None:
    import torch

    longest = max(len(row.ask.tokens) for row in rows)
    tokens = torch.full((len(rows), longest), pad)
    mask = torch.zeros((len(rows), longest + max_new_tokens), dtype=torch.long)
    for index, row in enumerate(rows):
        tokens[index, longest - len(row.ask.tokens) :] = torch.tensor(row.ask.tokens)
        mask[index, longest - len(row.ask.tokens) :] = 1
    tokens, mask = tokens.to(model.device), mask.to(model.device)
    # Rows of one length need no mask, and attention is faster without.
    even = all(len(row.ask.tokens) == longest for row in rows)
    places = (mask.cumsum(1) - 1).clamp(min=0)
    cache, width = None, longest
    with torch.inference_mode():
        for _ in range(max_new_tokens):
            output = model(
                input_ids=tokens,
                attention_mask=None if even else mask[:, :width],
                position_ids=places[:, width - tokens.shape[1] : width],
                past_key_values=cache,
                use_cache=True,
                logits_to_keep=1,
            )
            cache = output.past_key_values
            chosen = _choose(rows, output.logits[:, -1].float().cpu(), temperature=temperature)
            for row, token in zip(rows, chosen, strict=True):
                if row.done:
                    continue
                if token == end:
                    row.done = True
                else:
                    row.written.append(token)
            if all(row.done for row in rows):
                return
            tokens = torch.tensor(chosen, device=model.device)[:, None]
            width += 1


def _choose(rows: Sequence[_Row], logits: Any, *, temperature: float) -> list[int]:
    """The next token of each row; a sampled one by inverting the row's own cumulative distribution."""
    if temperature == 0:
        return [int(token) for token in logits.argmax(-1)]
    scaled = logits.double().numpy() / temperature
    weights = np.exp(scaled - scaled.max(1, keepdims=True))
    total = weights.cumsum(1)
    return [
        min(int(np.searchsorted(total[index], row.rng.random() * total[index, -1], side="right")), total.shape[1] - 1)
        for index, row in enumerate(rows)
    ]
