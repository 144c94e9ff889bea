"""Which examples a step learns from: shuffled anew each epoch, and grouped by length so that little is padded.

Every example is its own row, or has positions of its own in a packed one, so none can see another. Batches depend only
on the seed and the step: a resumed training needs no more than its step number to go on with the very next example.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import count
from typing import Any

import numpy as np

from components.distill.samples import Sample

GROUP = 16
"""Batches that are sorted by length together: enough to save most padding, few enough to stay random."""
ROUND_TO = 16
"""Rows are padded to a multiple of this: bf16 kernels are compiled anew for every new length."""


PLACES_TO = 64
"""The same for the number of places that logits are computed at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The order of examples, as a function of the step."""

    samples: Sequence[Sample]
    batch: int
    seed: int
    reason_share: float

    def starting_at(self, step: int) -> Iterator[list[Sample]]:
        """The examples of every step from this one on, counted from 0, without end."""
        for epoch in count():
            batches = self._epoch(epoch)
            for batch in batches[step:]:
                yield [self.samples[index] for index in batch]
            step = max(0, step - len(batches))

    def steps(self, epochs: int) -> int:
        """How many steps so many passes over the data take."""
        return sum(len(self._epoch(epoch)) for epoch in range(epochs))

    def _epoch(self, epoch: int) -> list[list[int]]:
        """The batches of one pass over the data; what does not fill a batch waits for another epoch's order."""
        rng = np.random.default_rng([self.seed, epoch])
        chosen = [
            index
            for index, draw in enumerate(rng.random(len(self.samples)))
            if self.samples[index].kind == "action" or draw < self.reason_share
        ] or list(range(len(self.samples)))
        order = [chosen[place] for place in rng.permutation(len(chosen))]
        size = min(self.batch, len(order))
        groups = [order[at : at + size * GROUP] for at in range(0, len(order), size * GROUP)]
        batches = [
            group[at : at + size]
            for group in (sorted(group, key=lambda index: len(self.samples[index].tokens)) for group in groups)
            for at in range(0, len(group) - size + 1, size)
        ]
        return [batches[place] for place in rng.permutation(len(batches))]


def divide(samples: Sequence[Sample], parts: int) -> list[list[Sample]]:
    """Cuts a step's examples, shortest first, into at most so many parts, the largest of them, padding included, as
    small as can be: processes wait for each other."""
    whole = len(samples) * _padded(len(samples[-1].tokens))
    largest = bisect_left(range(whole), True, key=lambda tokens: len(_cut(samples, tokens)) <= parts)
    return _cut(samples, largest)


def _cut(samples: Sequence[Sample], tokens: int) -> list[list[Sample]]:
    """Parts of at most so many tokens, or of one example."""
    parts: list[list[Sample]] = [[]]
    for sample in samples:
        if parts[-1] and (len(parts[-1]) + 1) * _padded(len(sample.tokens)) > tokens:
            parts.append([])
        parts[-1].append(sample)
    return parts


def _padded(length: int) -> int:
    return -(-length // ROUND_TO) * ROUND_TO


@dataclass(frozen=True, slots=True, kw_only=True)
class Tensors:
    """A batch for the model.

    Attributes:
        tokens: (rows, length) int64, padded on the right; with causal attention no real token sees the padding.
        positions: (1, length) int64 where all examples are packed into one row: each begins anew at 0, which tells
            attention where to end; the padding is like an example of its own.
        places: (kept,) int64: where something is predicted, counted over all rows; example by example, and then the
            first again, up to a multiple of `PLACES_TO`. Logits are computed at these alone.
        targets: (kept,) int64, the token that each place must predict, -100 where it only fills up.
        weights: (kept,) float32, what a target counts: its example's weight times its task's, divided by the number of
            its example's targets.
        counts: how many targets each example has.
    """

    tokens: Any
    positions: Any
    places: Any
    targets: Any
    weights: Any
    counts: tuple[int, ...]

    def on(self, device: Any) -> Tensors:
        """The same batch on another device."""
        attributes = {field.name: getattr(self, field.name) for field in fields(self)}
        return Tensors(
            **{name: value.to(device) if hasattr(value, "to") else value for name, value in attributes.items()}
        )


def to_tensors(samples: Sequence[Sample], *, pad: int, reason_weight: float, packed: bool = False) -> Tensors:
    import torch

    lengths = [len(sample.tokens) for sample in samples]
    length = _padded(sum(lengths) if packed else max(lengths))
    tokens = torch.full((1 if packed else len(samples), length), pad)
    positions = torch.arange(length)[None] if packed else None
    places, targets, weights = list[Any](), list[Any](), list[Any]()
    for number, sample in enumerate(samples):
        row, at = (0, sum(lengths[:number])) if packed else (number, 0)
        ids = torch.tensor(sample.tokens)
        tokens[row, at : at + len(ids)] = ids
        if positions is not None:
            positions[0, at + len(ids) :] = torch.arange(length - at - len(ids))
        first = row * length + at
        places.append(torch.arange(first + sample.start - 1, first + len(ids) - 1))
        targets.append(ids[sample.start :])
        weight = sample.weight * (1.0 if sample.kind == "action" else reason_weight)
        weights.append(torch.full((len(targets[-1]),), weight / len(targets[-1])))
    counts = tuple(map(len, targets))
    filling = -sum(counts) % PLACES_TO
    return Tensors(
        tokens=tokens,
        positions=positions,
        places=torch.cat([*places, places[0][:1].expand(filling)]),
        targets=torch.cat([*targets, torch.full((filling,), -100)]),
        weights=torch.cat([*weights, torch.zeros(filling)]),
        counts=counts,
    )
