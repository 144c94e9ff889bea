"""Batched generation: many prompts at once, each answered as if it were alone.

A loop of our own over the model's key-value cache instead of `generate`: every row draws from its own random state, so
that a sampled answer depends on the row's key and never on what else is in the batch, and a row ends at its own stop.
Prompts are padded on the left and masked. Padding changes the order of sums in a matrix product, which in float32
moves a logit by about one part in a million: two tokens would have to be that close for a batch to change an answer.
A row may be held to what is `Allowed`: it then takes the likeliest token, or draws one, among those that lead on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Protocol

import numpy as np

ROWS = 16
"""Prompts computed together; they are sorted by length first, so that little is padded."""


TINY = 50_000_000
"""Models with fewer parameters run on one thread. The browser's pages need the other cores, and threads that wait for
each other on busy cores are slow (measured on two busy cores: 65 decisions/s with one thread, 11 with two)."""
TRIED, DRAWN = 4096, 64
"""How many of the likeliest tokens are tried for an allowed one: where the likeliest is taken, and where one is drawn.

In a copied text the only allowed token may be hundreds of places down. Where none is allowed the likeliest is written
and the row ends, because nothing that follows could be allowed (an untrained student would go on to the limit).
"""
LOST = -1e4
"""The score of such a last token: lower than any answer's, and finite, because it is sent as JSON."""
Decode = Callable[[Sequence[int]], str]


class Allowed(Protocol):
    """A constraint on the text of a row."""

    def begins(self, text: str) -> bool:
        """Whether an allowed text begins with this one; a U+FFFD at its end stands for part of a character."""

    def ends(self, text: str) -> bool:
        """Whether this is a whole allowed text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One prompt.

    Attributes:
        tokens: the prompt.
        key: seeds the random state of a sampled answer.
        allowed: which answers may be written; None: any.
    """

    tokens: Sequence[int]
    key: str = ""
    allowed: Allowed | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """An answer, the end-of-text token left out.

    Attributes:
        tokens: the answer.
        scores: natural logarithm of the model's probability of each token, then that of end-of-text where the answer
            ended so; `LOST` for a token after which nothing is allowed.
    """

    tokens: list[int]
    scores: list[float]

    @property
    def score(self) -> float:
        """Natural logarithm of the model's probability of the whole answer."""
        return sum(self.scores)


@dataclass(slots=True)
class _Row:
    ask: Ask
    rng: np.random.Generator
    written: list[int] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)
    lost: bool = False
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
    decode: Decode | None = None,
) -> list[Written]:
    """The answer to each prompt, in order.

    Args:
        pad, end: the tokenizer's padding and end-of-text tokens. An answer also ends with any other token that the
            model's `generation_config` has for an end, such as that of a turn of a chat.
        max_new_tokens: most tokens of an answer.
        temperature: 0 takes the likeliest token; above, tokens are drawn from softmax(logits / temperature).
        decode: from tokens to text; without it no constraint of a prompt holds.
    """
    rows = [_Row(ask, row_generator(ask.key)) for ask in asks]
    choose = _Chooser(end=end, ends=_ends(model) | {end}, temperature=temperature, decode=decode)
    ordered = sorted(rows, key=lambda row: len(row.ask.tokens))
    for at in range(0, len(ordered), ROWS):
        _generate(
            model,
            ordered[at : at + ROWS],
            pad=pad,
            max_new_tokens=max_new_tokens,
            choose=choose,
        )
    return [Written(tokens=row.written, scores=row.scores) for row in rows]


def _ends(model: Any) -> set[int]:
    ends = model.generation_config.eos_token_id
    return set(ends if isinstance(ends, list) else [] if ends is None else [ends])


def _generate(
    model: Any,
    rows: Sequence[_Row],
    *,
    pad: int,
    max_new_tokens: int,
    choose: _Chooser,
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
            logits = output.logits[:, -1].float().cpu()
            scores = torch.log_softmax(logits, -1)
            chosen = choose(rows, logits)
            for row, token, score in zip(rows, chosen, scores, strict=True):
                if row.done:
                    continue
                row.scores.append(LOST if row.lost else float(score[token]))
                if token in choose.ends:
                    row.done = True
                else:
                    row.written.append(token)
                    row.done = row.lost
            if all(row.done for row in rows):
                return
            tokens = torch.tensor(chosen, device=model.device)[:, None]
            width += 1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chooser:
    """Chooses the next token of each row; where no likely one is allowed `end` may be, of all `ends`."""

    end: int
    ends: Set[int]
    temperature: float
    decode: Decode | None

    def __call__(self, rows: Sequence[_Row], logits: Any) -> list[int]:
        chosen = self._sample(rows, logits) if self.temperature else [int(token) for token in logits.argmax(-1)]
        return [
            token if row.done or self._leads_on(row, token) else self._constrain(row, logits[index])
            for index, (row, token) in enumerate(zip(rows, chosen, strict=True))
        ]

    def _sample(self, rows: Sequence[_Row], logits: Any) -> list[int]:
        """A token for each row, drawn with its own random state from its cumulative distribution."""
        weights = self._weights(logits.double().numpy())
        return [_draw(weights[index], row.rng) for index, row in enumerate(rows)]

    def _weights(self, logits: Any) -> Any:
        scaled = logits / self.temperature
        return np.exp(scaled - scaled.max(-1, keepdims=True))

    def _constrain(self, row: _Row, logits: Any) -> int:
        """The likeliest token that is allowed, or one drawn among the likeliest that are."""
        looked_at = min(DRAWN if self.temperature else TRIED, len(logits))
        likeliest: list[int] = [*logits.topk(looked_at).indices.tolist(), self.end]
        allowed = (token for token in likeliest if self._leads_on(row, token))
        fitting = list(allowed if self.temperature else islice(allowed, 1))
        if not fitting:
            row.lost = True
            return likeliest[0]
        if len(fitting) == 1:
            return fitting[0]
        return fitting[_draw(self._weights(logits.double().numpy()[fitting]), row.rng)]

    def _leads_on(self, row: _Row, token: int) -> bool:
        allowed = row.ask.allowed
        if allowed is None or self.decode is None:
            return True
        if token in self.ends:
            return allowed.ends(self.decode(row.written))
        return allowed.begins(self.decode([*row.written, token]))


def _draw(weights: Any, rng: np.random.Generator) -> int:
    total = weights.cumsum()
    return min(int(np.searchsorted(total, rng.random() * total[-1], side="right")), len(total) - 1)
