"""Signatures of routing: expert specialization and expert collaboration, per layer, from a recording.

Known from the paper: the two words, and that both are structural habits that distillation carries over. From the
authors' older code: specialization is P(domain | expert) over (token, slot) hits, collaboration is the co-activation
count within the top k, divided by its sum. Ours: *balanced* specialization, which gives every domain the same weight,
so that a model that merely writes more in one domain does not look specialised in it; and the router's probability
mass in place of hard hits, which carries the same information with far less noise in small recordings.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from components.signatures.arrays import Floats
from components.signatures.recording import LayerRecording, Recording

PRIOR = 1e-3
"""Mass that every (domain, expert) has: an expert that is never chosen has a flat specialization instead of none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerSignature:
    """One layer's signature.

    Attributes:
        specialization: [experts, domains], balanced P(domain | expert); rows sum to 1.
        raw_specialization: [experts, domains], P(domain | expert) as the authors' older code counts it.
        collaboration: [experts, experts], co-activation; symmetric, zero diagonal, sums to 1 (or 0 with top 1).
    """

    name: str
    depth: float
    specialization: Floats
    raw_specialization: Floats
    collaboration: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    domains: tuple[str, ...]
    layers: tuple[LayerSignature, ...]


def signature(recording: Recording, *, weights: Floats | None = None) -> Signature:
    """The signature of a recording.

    Args:
        weights: [replicates], how much each of them counts; all once when None.
    """
    counted = np.ones(recording.replicates) if weights is None else weights
    return Signature(domains=recording.domains, layers=tuple(_layer(layer, counted) for layer in recording.layers))


def _layer(layer: LayerRecording, weights: Floats) -> LayerSignature:
    mass = np.tensordot(weights, layer.mass, axes=1) + PRIOR
    share = mass / mass.sum(1, keepdims=True)
    together = np.tensordot(weights, layer.together, axes=1)
    return LayerSignature(
        name=layer.name,
        depth=layer.depth,
        specialization=(share / share.sum(0)).T,
        raw_specialization=(mass / mass.sum(0)).T,
        collaboration=together / max(together.sum(), 1e-12),
    )


def by_replicate(recording: Recording) -> list[Signature]:
    """One signature for each replicate."""
    return [signature(recording, weights=row) for row in np.eye(recording.replicates)]
