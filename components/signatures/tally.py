"""Sums of routing by replicate and domain: what a recording is made of, wherever the routing comes from.

Nothing is kept per token, so memory depends on replicates x layers x experts x (domains + experts) and not on how much
is recorded. Hooks on a Hugging Face model (`hooks`) and vLLM (`vllm`) both fill one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from components.signatures.arrays import Floats
from components.signatures.recording import LayerRecording, Recording, Subject

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutedLayer:
    """A layer with routed experts. `depth` is its place between 0 (first layer of the model) and 1 (last)."""

    name: str
    depth: float
    experts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Batch:
    counted: torch.Tensor  # bool [rows, tokens]
    cell: torch.Tensor  # [rows], replicate * domains + domain
    replicate: torch.Tensor  # [rows]


class Tally:
    """Sums over batches. `begin` says what the next batch holds, `add` gives one layer's routing of it."""

    def __init__(self, layers: Sequence[RoutedLayer], *, domains: int, replicates: int, device: torch.device) -> None:
        import torch

        self.layers = tuple(layers)
        self._top_k = [0] * len(layers)
        self._shape = (replicates, domains)
        self._batch: _Batch | None = None
        cells = replicates * domains

        def zeros(*shape: int) -> torch.Tensor:
            return torch.zeros(shape, dtype=torch.float32 if device.type == "mps" else torch.float64, device=device)

        self._counts = [zeros(cells, layer.experts) for layer in layers]
        self._mass = [zeros(cells, layer.experts) for layer in layers]
        self._entropy = [zeros(cells) for _ in layers]
        self._together = [zeros(replicates, layer.experts, layer.experts) for layer in layers]
        self._tokens = zeros(cells)
        self._items = zeros(cells)

    def begin(self, *, counted: torch.Tensor, domains: Sequence[int], replicates: Sequence[int]) -> None:
        """Says what the next batch holds.

        Args:
            counted: bool [rows, tokens]; False for padding and for tokens that do not count.
            domains, replicates: of each row.
        """
        import torch

        device = self._tokens.device
        replicate = torch.tensor(list(replicates), device=device)
        cell = replicate * self._shape[1] + torch.tensor(list(domains), device=device)
        self._batch = _Batch(counted=counted.to(device), cell=cell, replicate=replicate)
        self._tokens.index_add_(0, cell, self._batch.counted.sum(1).to(self._tokens.dtype))
        self._items.index_add_(0, cell, torch.ones_like(cell, dtype=self._items.dtype))

    def add(self, index: int, *, chosen: torch.Tensor, scores: torch.Tensor | None) -> None:
        """One layer's routing of the batch.

        Args:
            chosen: [rows * tokens, top k], the experts' numbers.
            scores: [rows * tokens, experts], the router's probabilities; None where nobody tells them. Then a token's
                mass is spread evenly over the experts it chose, and the entropy is not a number.
        """
        import torch

        batch = self._batch
        if batch is None:
            raise RuntimeError("routing of a batch that was not announced")
        experts, (rows, tokens) = self.layers[index].experts, batch.counted.shape
        keep = batch.counted.unsqueeze(-1)
        top_k = self._top_k[index] = int(chosen.shape[-1])
        hits = torch.zeros(rows * tokens, experts, device=chosen.device)
        hits.scatter_(1, chosen.reshape(rows * tokens, -1).long(), 1.0)
        hits = hits.view(rows, tokens, -1) * keep
        kind = self._tokens.dtype
        self._counts[index].index_add_(0, batch.cell, hits.sum(1).to(kind))
        self._together[index].index_add_(0, batch.replicate, torch.bmm(hits.transpose(1, 2), hits).to(kind))
        if scores is None:
            self._mass[index].index_add_(0, batch.cell, hits.sum(1).to(kind) / top_k)
            self._entropy[index].fill_(float("nan"))
            return
        scores = scores.view(rows, tokens, -1)
        entropy = -(scores * scores.clamp_min(1e-20).log()).sum(-1) * batch.counted
        self._mass[index].index_add_(0, batch.cell, (scores * keep).sum(1).to(kind))
        self._entropy[index].index_add_(0, batch.cell, entropy.sum(1).to(kind))

    def recording(self, *, subject: Subject, domains: Sequence[str]) -> Recording:
        """What was summed so far."""
        replicates, count = self._shape

        def array(tensor: torch.Tensor, *tail: int) -> Floats:
            return np.asarray(tensor.cpu().double().numpy().reshape(replicates, *tail))

        layers = []
        for index, layer in enumerate(self.layers):
            together = array(self._together[index], layer.experts, layer.experts)
            together[:, range(layer.experts), range(layer.experts)] = 0.0
            layers.append(
                LayerRecording(
                    name=layer.name,
                    depth=layer.depth,
                    top_k=self._top_k[index],
                    counts=array(self._counts[index], count, layer.experts),
                    mass=array(self._mass[index], count, layer.experts),
                    entropy=array(self._entropy[index], count),
                    together=together,
                )
            )
        return Recording(
            subject=subject,
            domains=tuple(domains),
            tokens=array(self._tokens, count),
            items=array(self._items, count),
            layers=tuple(layers),
        )
