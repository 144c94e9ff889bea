"""How alike routing profiles are: how well one's experts can be told from another's, beyond what everybody shares.

In every slice of matched layers, all experts of one side are predicted from all experts of the other by ridge
regression. What counts is the correlation of prediction and truth where nothing was fitted: a domain is predicted by
what the other domains' probes say, so neither chance nor a domain's own vocabulary is worth anything. It is a little
under 1 for a model and itself, unchanged when experts are renumbered, and defined for unequal counts of experts.

Two that answer the same question route alike because the question is the same. So what the controls' mean profile
explains is taken away from both sides first, where there are controls enough; what is left is what one of them does
otherwise than everybody. All of this is ours.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from components.signatures.distances import match_layers
from components.signatures.profile import LayerProfile, Profile

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

RIDGE = 0.1
"""Penalty of a regression on experts, as a share of their mean variance."""
ENOUGH = 3
"""Controls that it takes to explain away what everybody shares: two that are compared must leave one over."""
KEPT = 96
"""Profiles that are kept ready, those used last: a suspect is held against each control with another set of these."""
SMALLEST = 1e-12


@dataclass(frozen=True, slots=True)
class _Layer:
    """A layer, ready to be compared.

    Attributes:
        mass: [slices, probes, experts], the probes domain by domain, centred in each.
        inverse: [domains, slices, experts, experts], of the penalised products over all other domains.
        power: [slices, parts], the sum of a part's squares.
    """

    mass: Floats
    inverse: Floats
    power: Floats


class Likeness:
    """How alike any two profiles are that one instrument made: shadows of one training, or one mixture's readings."""

    def __init__(
        self,
        profiles: Mapping[str, Profile],
        *,
        domains: Sequence[int],
        parts: Sequence[int],
        controls: Sequence[str] = (),
    ) -> None:
        """
        Args:
            domains: of each probe, from 0; two at least.
            parts: of each probe, from 0: replicates, each of which gets a likeness of its own.
            controls: whose mean is explained away. They need the same experts; fewer than `ENOUGH` explain nothing.
        """
        self._order = np.argsort(domains, kind="stable")
        self._ends = np.cumsum(np.bincount(domains))[:-1]
        self._in_part = np.eye(max(parts) + 1)[np.asarray(parts)[self._order]]
        self._profiles = profiles
        self._controls = frozenset(controls) if len(controls) >= ENOUGH else frozenset()
        self._kept: dict[tuple[str, frozenset[str]], tuple[_Layer, ...]] = {}
        self._explanations: dict[tuple[frozenset[str], int], tuple[Floats, Floats]] = {}

    def of(self, a: str, b: str, *, without: Collection[str] = ()) -> Floats:
        """[parts]; symmetric. A control takes no part in explaining itself away, nor does any of `without`."""
        explaining = self._controls - {a, b} - set(without)
        left, right = self._ready(a, explaining), self._ready(b, explaining)
        depths = [[layer.depth for layer in self._profiles[name].layers] for name in (a, b)]
        return np.asarray(np.mean([self._alike(left[i], right[j]) for i, j in match_layers(*depths)], axis=0))

    def _ready(self, name: str, explaining: frozenset[str]) -> tuple[_Layer, ...]:
        key = (name, explaining)
        made = self._kept.pop(key, None) or tuple(
            self._layer(layer, explaining, index) for index, layer in enumerate(self._profiles[name].layers)
        )
        if len(self._kept) >= KEPT:
            del self._kept[next(iter(self._kept))]
        self._kept[key] = made
        return made

    def _layer(self, layer: LayerProfile, explaining: frozenset[str], index: int) -> _Layer:
        mass = self._centred(layer.mass)
        if explaining:
            shared, inverse = self._explanation(explaining, index)
            mass = mass - shared @ (inverse @ _products(shared, mass))
        mass = mass / np.maximum(np.sqrt((mass * mass).sum(1, keepdims=True)), SMALLEST)
        return _Layer(mass=mass, inverse=_inverse(self._elsewhere(mass, mass)), power=self._by_part(mass, mass))

    def _explanation(self, explaining: frozenset[str], index: int) -> tuple[Floats, Floats]:
        """The mean of some controls in a layer, and the inverse of its penalised products."""
        key = (explaining, index)
        if key not in self._explanations:
            each = [self._profiles[control].layers[index].mass for control in sorted(explaining)]
            shared = self._centred(np.mean(each, axis=0))
            self._explanations[key] = shared, _inverse(_products(shared, shared))
        return self._explanations[key]

    def _centred(self, mass: NDArray[np.float32]) -> Floats:
        """[slices, probes, experts], the probes domain by domain."""
        ordered = mass[self._order].astype(np.float64).transpose(1, 0, 2)
        return np.concatenate([one - one.mean(1, keepdims=True) for one in self._split(ordered)], axis=1)

    def _split(self, ordered: Floats) -> list[Floats]:
        """By domain."""
        return np.split(ordered, self._ends, axis=1)

    def _elsewhere(self, a: Floats, b: Floats) -> Floats:
        """[domains, slices, experts of a, experts of b]: products over all other domains."""
        here = np.stack([_products(x, y) for x, y in zip(self._split(a), self._split(b), strict=True)])
        return np.asarray(here.sum(0) - here)

    def _alike(self, a: _Layer, b: _Layer) -> Floats:
        """[parts]: the mean over slices and both directions of the correlation of prediction and truth."""
        across = self._elsewhere(a.mass, b.mass)
        forth = self._told(a, b, a.inverse @ across)
        back = self._told(b, a, b.inverse @ across.swapaxes(-1, -2))
        return np.asarray((forth + back).mean(0) / 2)

    def _told(self, known: _Layer, true: _Layer, coefficients: Floats) -> Floats:
        """[slices, parts]: correlation, over a part's probes and all experts, of truth and prediction."""
        pieces = zip(self._split(known.mass), coefficients, strict=True)
        guess = np.concatenate([domain @ told for domain, told in pieces], axis=1)
        powers = self._by_part(guess, guess) * true.power
        return np.asarray(self._by_part(guess, true.mass) / np.sqrt(np.maximum(powers, SMALLEST**2)))

    def _by_part(self, a: Floats, b: Floats) -> Floats:
        """[slices, parts]: sums of products over a part's probes and all experts."""
        return np.asarray(np.einsum("spe,spe->sp", a, b) @ self._in_part)


def _products(a: Floats, b: Floats) -> Floats:
    """[slices, experts of a, experts of b]."""
    return a.swapaxes(-1, -2) @ b


def _inverse(products: Floats) -> Floats:
    experts = products.shape[-1]
    penalty = RIDGE * np.maximum(products.trace(axis1=-2, axis2=-1), SMALLEST) / experts
    return np.asarray(np.linalg.inv(products + penalty[..., None, None] * np.eye(experts)))
