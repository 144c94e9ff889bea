"""How alike routing profiles are: how well one's experts can be predicted from another's, beyond what all share.

In every slice of matched layers, all experts of one side are predicted from all experts of the other by ridge
regression. What counts is the correlation of prediction and truth where nothing was fitted: a domain is predicted by
what the other domains' probes say, so neither chance nor a domain's own vocabulary counts. It is a little
under 1 for a model and itself, unchanged when experts are renumbered, and defined for unequal counts of experts.

Two that answer the same question route alike because the question is the same. So what the controls' mean profile
explains is first removed from both sides, if there are enough controls; what is left is how each differs from
everybody. All of this is ours.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from components.signatures.arrays import Floats
from components.signatures.distances import match_layers
from components.signatures.measurement import Measurement
from components.signatures.profile import LayerProfile, Profile

if TYPE_CHECKING:
    from numpy.typing import NDArray

RIDGE = 0.1
"""Penalty of a regression on experts, as a share of their mean variance."""
ENOUGH = 3
"""Controls needed to remove what everybody shares: besides two that are compared there must be another."""
KEPT = 96
"""Prepared profiles that are cached, the latest ones: each comparison of a suspect with a control uses other ones."""
SMALLEST = 1e-12


@dataclass(frozen=True, slots=True)
class _Side:
    """Which profile is meant: a source's first, or a teacher's second."""

    name: str
    second: bool = False


@dataclass(frozen=True, slots=True)
class _Layer:
    """A layer, ready to be compared.

    Attributes:
        mass: [slices, probes, experts], the probes domain by domain, centred in each.
        inverse: [domains, slices, experts, experts], of the penalised products over all other domains.
        power: [slices, replicates], the sum of a replicate's squares.
    """

    mass: Floats
    inverse: Floats
    power: Floats


class Likeness:
    """How alike any two profiles are that one instrument made: shadows of one training, or one mixture's readings."""

    def __init__(
        self,
        profiles: Measurement[Profile],
        *,
        domains: Sequence[int],
        replicates: Sequence[int],
        controls: Sequence[str] = (),
    ) -> None:
        """
        Args:
            domains: of each probe, from 0; two at least.
            replicates: of each probe, from 0; each gets a likeness of its own.
            controls: whose mean is explained away. They need the same experts; fewer than `ENOUGH` explain nothing.
        """
        self._order = np.argsort(domains, kind="stable")
        self._ends = np.cumsum(np.bincount(domains))[:-1]
        self._in_replicate = np.eye(max(replicates) + 1)[np.asarray(replicates)[self._order]]
        self._profiles = profiles
        self._controls = frozenset(controls) if len(controls) >= ENOUGH else frozenset()
        self._kept: dict[tuple[_Side, frozenset[str]], tuple[_Layer, ...]] = {}
        self._shared: dict[tuple[frozenset[str], int], tuple[Floats, Floats]] = {}

    def of(self, a: str, b: str, *, without: Collection[str] = ()) -> Floats:
        """[replicates]; symmetric. A control takes no part in explaining itself away, nor does any of `without`."""
        return self._compared(_Side(a), _Side(b), without=without)

    def to_second(self, a: str, teacher: str, *, without: Collection[str] = ()) -> Floats:
        """[replicates]: as `of`, to the teacher's second profile."""
        return self._compared(_Side(a), _Side(teacher, second=True), without=without)

    def _compared(self, a: _Side, b: _Side, *, without: Collection[str]) -> Floats:
        explaining = self._controls - {a.name, b.name} - set(without)
        left, right = self._prepared(a, explaining), self._prepared(b, explaining)
        depths = [[layer.depth for layer in self._layers(side)] for side in (a, b)]
        return np.asarray(np.mean([self._likeness(left[i], right[j]) for i, j in match_layers(*depths)], axis=0))

    def _layers(self, side: _Side) -> tuple[LayerProfile, ...]:
        return (self._profiles.second if side.second else self._profiles.first)[side.name].layers

    def _prepared(self, side: _Side, explaining: frozenset[str]) -> tuple[_Layer, ...]:
        key = (side, explaining)
        layers = self._kept.pop(key, None) or tuple(
            self._layer(layer, explaining, index) for index, layer in enumerate(self._layers(side))
        )
        if len(self._kept) >= KEPT:
            del self._kept[next(iter(self._kept))]
        self._kept[key] = layers
        return layers

    def _layer(self, layer: LayerProfile, explaining: frozenset[str], index: int) -> _Layer:
        mass = self._centred(layer.mass)
        if explaining:
            shared, inverse = self._shared_by_controls(explaining, index)
            mass = mass - shared @ (inverse @ _products(shared, mass))
        # Every expert counts alike, however much of the work it does: busy ones would drown the others' habits.
        mass = mass / np.maximum(np.sqrt((mass * mass).sum(1, keepdims=True)), SMALLEST)
        inverse = _penalised_inverse(self._products_outside_domain(mass, mass))
        return _Layer(mass=mass, inverse=inverse, power=self._by_replicate(mass, mass))

    def _shared_by_controls(self, explaining: frozenset[str], index: int) -> tuple[Floats, Floats]:
        """The mean of some controls in a layer, and the inverse of its penalised products."""
        key = (explaining, index)
        if key not in self._shared:
            masses = [self._profiles.first[control].layers[index].mass for control in sorted(explaining)]
            shared = self._centred(np.mean(masses, axis=0))
            self._shared[key] = shared, _penalised_inverse(_products(shared, shared))
        return self._shared[key]

    def _centred(self, mass: NDArray[np.float32]) -> Floats:
        """[slices, probes, experts], the probes domain by domain."""
        ordered = mass[self._order].astype(np.float64).transpose(1, 0, 2)
        return np.concatenate([domain - domain.mean(1, keepdims=True) for domain in self._split(ordered)], axis=1)

    def _split(self, ordered: Floats) -> list[Floats]:
        """By domain."""
        return np.split(ordered, self._ends, axis=1)

    def _products_outside_domain(self, a: Floats, b: Floats) -> Floats:
        """[domains, slices, experts of a, experts of b]: products over all other domains."""
        within = np.stack([_products(x, y) for x, y in zip(self._split(a), self._split(b), strict=True)])
        return np.asarray(within.sum(0) - within)

    def _likeness(self, a: _Layer, b: _Layer) -> Floats:
        """[replicates]: the mean over slices and both directions of the correlation of prediction and truth."""
        across = self._products_outside_domain(a.mass, b.mass)
        forth = self._predicted_correlation(a, b, a.inverse @ across)
        back = self._predicted_correlation(b, a, b.inverse @ across.swapaxes(-1, -2))
        return np.asarray((forth + back).mean(0) / 2)

    def _predicted_correlation(self, source: _Layer, true: _Layer, coefficients: Floats) -> Floats:
        """[slices, replicates]: correlation, over a replicate's probes and all experts, of truth and prediction."""
        domains = zip(self._split(source.mass), coefficients, strict=True)
        predicted = np.concatenate([mass @ fitted for mass, fitted in domains], axis=1)
        powers = self._by_replicate(predicted, predicted) * true.power
        return np.asarray(self._by_replicate(predicted, true.mass) / np.sqrt(np.maximum(powers, SMALLEST**2)))

    def _by_replicate(self, a: Floats, b: Floats) -> Floats:
        """[slices, replicates]: sums of products over a replicate's probes and all experts."""
        return np.asarray(np.einsum("spe,spe->sp", a, b) @ self._in_replicate)


def _products(a: Floats, b: Floats) -> Floats:
    """[slices, experts of a, experts of b]."""
    return a.swapaxes(-1, -2) @ b


def _penalised_inverse(products: Floats) -> Floats:
    """The inverse of the products with a penalty on their diagonal, a share of its own mean.

    Experts are as many as a domain has probes, or more, and their shares sum to 1: without a penalty a regression would
    fit chance, or have no solution. As a share it is the same for busy and idle layers.
    """
    experts = products.shape[-1]
    penalty = RIDGE * np.maximum(products.trace(axis1=-2, axis2=-1), SMALLEST) / experts
    return np.asarray(np.linalg.inv(products + penalty[..., None, None] * np.eye(experts)))
