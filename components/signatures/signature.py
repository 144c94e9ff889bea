"""Signatures of routing: expert specialization and expert collaboration, per layer, from a recording.

Known from the paper: the two words, and that both are structural habits that distillation carries over. From the
authors' older code: specialization is P(domain | expert) over (token, slot) hits, collaboration is the co-activation
count within the top k, divided by its sum. Ours: *balanced* specialization, which gives every domain the same weight,
so that a model that merely writes more in one domain does not look specialised in it; the router's probability mass
in place of hard hits, which carries the same information with far less noise in small recordings; groups to resample.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from components.signatures.recording import LayerRecording, Recording

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Evidence = Literal["hits", "mass"]
PRIOR = 1e-3
"""Pseudo-hits per (domain, expert): an expert that no token chose has a flat specialization instead of none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerSignature:
    """One layer's signature.

    Attributes:
        specialization: [experts, domains], balanced P(domain | expert); rows sum to 1.
        raw_specialization: [experts, domains], P(domain | expert) as the authors' older code counts it.
        share: [domains, experts], P(expert | domain); rows sum to 1.
        collaboration: [experts, experts], co-activation; symmetric, zero diagonal, sums to 1 (or 0 with top 1).
        usage: [experts], share of all hits.
        entropy: mean entropy of the router's probabilities, in nats.
        expert_entropy: [experts], entropy of each row of `specialization`: low means specialised.
    """

    name: str
    depth: float
    specialization: Floats
    raw_specialization: Floats
    share: Floats
    collaboration: Floats
    usage: Floats
    entropy: float
    expert_entropy: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    domains: tuple[str, ...]
    layers: tuple[LayerSignature, ...]


def signature(recording: Recording, *, evidence: Evidence = "hits", weights: Floats | None = None) -> Signature:
    """The signature of a recording.

    Args:
        evidence: count the chosen experts, or sum the router's probabilities.
        weights: [groups], how often each group counts (bootstrap); all once when None.
    """
    w = np.ones(recording.groups) if weights is None else np.asarray(weights, dtype=np.float64)
    tokens = float(np.tensordot(w, recording.tokens, axes=1).sum())
    return Signature(
        domains=recording.domains,
        layers=tuple(_layer(layer, w, tokens, evidence=evidence) for layer in recording.layers),
    )


def _layer(layer: LayerRecording, weights: Floats, tokens: float, *, evidence: Evidence) -> LayerSignature:
    counts = np.tensordot(weights, layer.counts if evidence == "hits" else layer.mass, axes=1) + PRIOR
    share = counts / counts.sum(1, keepdims=True)
    specialization = (share / share.sum(0)).T
    together = np.tensordot(weights, layer.together, axes=1)
    return LayerSignature(
        name=layer.name,
        depth=layer.depth,
        specialization=specialization,
        raw_specialization=(counts / counts.sum(0)).T,
        share=share,
        collaboration=together / max(together.sum(), 1e-12),
        usage=counts.sum(0) / counts.sum(),
        entropy=float(np.tensordot(weights, layer.entropy, axes=1).sum() / max(tokens, 1.0)),
        expert_entropy=-(specialization * np.log(np.clip(specialization, 1e-20, None))).sum(1),
    )


def by_group(recording: Recording) -> list[Signature]:
    """One signature per group, from the router's probabilities."""
    return [signature(recording, evidence="mass", weights=row) for row in np.eye(recording.groups)]


def resamples(groups: int, *, count: int, seed: int) -> Iterator[Floats]:
    """Bootstrap weights [groups]. The same seed resamples two models' recordings alike, which keeps them paired."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        yield rng.multinomial(groups, np.full(groups, 1 / groups)).astype(np.float64)


def interval(
    recording: Recording, *, count: int = 200, seed: int = 0, level: float = 0.95, evidence: Evidence = "hits"
) -> list[tuple[Floats, Floats]]:
    """Per layer (low, high), each [experts, domains]: bootstrap percentiles of the specialization over groups."""
    drawn = [
        signature(recording, evidence=evidence, weights=w) for w in resamples(recording.groups, count=count, seed=seed)
    ]
    tail = (1 - level) / 2
    bounds = []
    for index in range(len(recording.layers)):
        stack = np.stack([one.layers[index].specialization for one in drawn])
        low, high = np.quantile(stack, [tail, 1 - tail], axis=0)
        bounds.append((low, high))
    return bounds
