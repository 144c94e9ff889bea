"""Distances between signatures that no renumbering of experts can change.

The words of paper and older code: Wasserstein distance between routing patterns (secondary source), a one-sided
nearest-neighbour Jensen-Shannon distance (authors' older code, `nearest_js`). The rest is our reconstruction: experts
as a uniform measure on the simplex of domains, compared by the optimal matching (equal counts: an assignment; unequal
counts: exact transport); collaboration under that same matching, and by Gromov-Wasserstein on its own; layers matched
by their depth.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from components.errors import InputError
from components.lean import without
from components.signatures.arrays import Floats
from components.signatures.signature import LayerSignature, Signature

GW_ITERATIONS = 25  # of the conditional gradient; more changes the third digit and takes four times as long


@dataclass(frozen=True, slots=True, kw_only=True)
class Distances:
    """Means over the matched layers.

    Attributes:
        specialization: in [0, 1] with total variation as ground cost; a metric for equal depths.
        collaboration: total variation of the co-activation under the matching, in [0, 1].
        gromov_wasserstein: of the co-activation matrices, scaled by the number of experts; a local optimum.
        nearest_js: one-sided, from the first signature's experts to their nearest of the second's, in nats^0.5.
    """

    specialization: float
    collaboration: float
    gromov_wasserstein: float
    nearest_js: float


def compare(a: Signature, b: Signature) -> Distances:
    """Every distance between two signatures, over the domains they share.

    Raises:
        InputError: fewer than two domains in common.
    """
    columns_a, columns_b = _common(a, b)
    pairs = match_layers([layer.depth for layer in a.layers], [layer.depth for layer in b.layers])
    specialization, collaboration, gromov, nearest = [], [], [], []
    for i, j in pairs:
        left, right = a.layers[i], b.layers[j]
        rows_a, rows_b = _columns(left.specialization, columns_a), _columns(right.specialization, columns_b)
        cost, plan = match_experts(rows_a, rows_b)
        specialization.append(cost)
        collaboration.append(matched_collaboration(left.collaboration, right.collaboration, plan))
        gromov.append(gromov_wasserstein(left.collaboration, right.collaboration))
        nearest.append(_nearest_js(left, right, columns_a, columns_b))
    return Distances(
        specialization=float(np.mean(specialization)),
        collaboration=float(np.mean(collaboration)),
        gromov_wasserstein=float(np.mean(gromov)),
        nearest_js=float(np.mean(nearest)),
    )


def specialization_distance(a: Signature, b: Signature) -> float:
    """`compare(...).specialization` alone, which is much the cheapest."""
    columns_a, columns_b = _common(a, b)
    pairs = match_layers([layer.depth for layer in a.layers], [layer.depth for layer in b.layers])
    costs = [
        match_experts(
            _columns(a.layers[i].specialization, columns_a),
            _columns(b.layers[j].specialization, columns_b),
        )[0]
        for i, j in pairs
    ]
    return float(np.mean(costs))


def match_layers(a: list[float], b: list[float]) -> list[tuple[int, int]]:
    """Pairs of layer indices: one to one for equal counts, else each layer of the deeper to the nearest in depth."""
    if len(a) == len(b):
        return [(index, index) for index in range(len(a))]
    if len(a) > len(b):
        return [(i, int(np.argmin([abs(x - y) for y in b]))) for i, x in enumerate(a)]
    return [(int(np.argmin([abs(x - y) for x in a])), j) for j, y in enumerate(b)]


def match_experts(a: Floats, b: Floats) -> tuple[float, Floats]:
    """The Wasserstein-1 distance of two sets of experts and the plan that attains it.

    Args:
        a, b: [experts, domains], rows on the simplex. The counts of experts may differ.

    Returns:
        The cost, and the plan [experts of a, experts of b] with uniform marginals.
    """
    cost = total_variation(a, b)
    if len(a) == len(b):
        from scipy.optimize import linear_sum_assignment

        rows, columns = linear_sum_assignment(cost)
        plan = np.zeros_like(cost)
        plan[rows, columns] = 1 / len(a)
        return float(cost[rows, columns].mean()), plan
    ot = _pot()
    plan = np.asarray(ot.emd(np.full(len(a), 1 / len(a)), np.full(len(b), 1 / len(b)), cost))
    return float((plan * cost).sum()), plan


def total_variation(a: Floats, b: Floats) -> Floats:
    """[experts of a, experts of b]."""
    return np.asarray(0.5 * np.abs(a[:, None] - b[None]).sum(-1))


def jensen_shannon(a: Floats, b: Floats) -> Floats:
    """[experts of a, experts of b]: the distance, so the root of the divergence, with the natural logarithm."""
    middle = np.clip(0.5 * (a[:, None] + b[None]), 1e-300, None)
    divergence = 0.5 * (_kl(a[:, None], middle) + _kl(b[None], middle))
    return np.asarray(np.sqrt(np.clip(divergence, 0.0, None)))


def _kl(p: Floats, q: Floats) -> Floats:
    return np.asarray(np.where(p > 0, p * np.log(np.clip(p, 1e-300, None) / q), 0.0).sum(-1))


def nearest_js(a: Floats, b: Floats) -> float:
    """Mean over a's experts of the Jensen-Shannon distance to the nearest of b's. Not symmetric (authors' code)."""
    return float(jensen_shannon(a, b).min(1).mean())


def matched_collaboration(a: Floats, b: Floats, plan: Floats) -> float:
    """Total variation of two co-activation matrices when experts correspond as the plan says.

    A plan between unequal counts splits an expert's co-activation over those it corresponds to, in both directions,
    and the mean of the two keeps the distance symmetric.
    """
    to_b = plan / plan.sum(1, keepdims=True)  # [a, b], rows sum to 1: where a's experts go
    to_a = (plan / plan.sum(0, keepdims=True)).T
    forth = 0.5 * np.abs(to_b.T @ a @ to_b - b).sum()
    back = 0.5 * np.abs(to_a.T @ b @ to_a - a).sum()
    return float(0.5 * (forth + back))


def gromov_wasserstein(a: Floats, b: Floats) -> float:
    """Gromov-Wasserstein distance of two co-activation matrices with uniform weights on experts.

    The problem is not convex. We start from the transport between sorted rows, which finds the permutation wherever
    rows differ, and take the pair in an order that depends on neither the arguments' nor the experts', so that ties
    are broken alike in both directions. Matrices are scaled so that their mean entry is 1, which makes distances of
    different counts of experts comparable.
    """
    ot = _pot()
    a, b = sorted((a * a.size, b * b.size), key=lambda matrix: (len(matrix), np.sort(matrix, axis=None).tolist()))
    p, q = np.full(len(a), 1 / len(a)), np.full(len(b), 1 / len(b))
    quantiles = np.linspace(0, 1, max(len(a), len(b)))
    rows_a, rows_b = np.quantile(a, quantiles, axis=1).T, np.quantile(b, quantiles, axis=1).T
    start = np.asarray(ot.emd(p, q, np.abs(rows_a[:, None] - rows_b[None]).mean(-1)))
    squared = ot.gromov.gromov_wasserstein2(a, b, p, q, G0=start, symmetric=True, max_iter=GW_ITERATIONS)
    return float(np.sqrt(max(float(squared), 0.0)))


@cache
def _pot() -> Any:
    """Python Optimal Transport. Scikit-learn and networkx would take half a second, and serve other parts of it."""
    with without("sklearn", "networkx"):
        import ot
    return ot


def _nearest_js(a: LayerSignature, b: LayerSignature, columns_a: list[int], columns_b: list[int]) -> float:
    return nearest_js(_columns(a.raw_specialization, columns_a), _columns(b.raw_specialization, columns_b))


def _common(a: Signature, b: Signature) -> tuple[list[int], list[int]]:
    shared = [domain for domain in a.domains if domain in b.domains]
    if len(shared) < 2:
        raise InputError(
            f"the two recordings share {len(shared)} domains; specialization needs at least two",
            where=f"{', '.join(a.domains[:8])} / {', '.join(b.domains[:8])}",
            fix="record both models over the same probes",
        )
    return [a.domains.index(name) for name in shared], [b.domains.index(name) for name in shared]


def _columns(rows: Floats, columns: list[int]) -> Floats:
    chosen = rows[:, columns]
    return np.asarray(chosen / chosen.sum(1, keepdims=True))
