"""How alike routing profiles are: how well one's experts can be told from another's, beyond what everybody shares.

In every slice of matched layers, all experts of one side are predicted from all experts of the other by ridge
regression on the other folds' probes; what counts is the correlation of prediction and truth on the fold's own probes,
so that what was fitted to chance is worth nothing. It is a little under 1 for a model and itself, unchanged when
experts are renumbered, and defined for unequal counts of experts.

Two that answer the same question route alike because the question is the same. So what the controls' mean profile
explains is taken away from both sides first, where there are controls enough; what is left is what one of them does
otherwise than everybody. All of this is ours.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from components.detect.distances import match_layers
from components.detect.profiles import LayerProfile, Profile

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
    """A layer, ready to be compared. Folds are apart, each centred.

    Attributes:
        mass: by fold, [slices, probes of the fold, experts].
        own: [folds, slices, experts, experts], the experts' products within each fold.
        inverse: of the penalised products of all other folds, the same shape.
    """

    mass: tuple[Floats, ...]
    own: Floats
    inverse: Floats


class Likeness:
    """How alike any two profiles are that one instrument made: shadows of one training, or one mixture's readings."""

    def __init__(self, profiles: Mapping[str, Profile], *, folds: Sequence[int], controls: Sequence[str] = ()) -> None:
        """
        Args:
            folds: of each probe, from 0.
            controls: whose mean is explained away. They need the same experts; fewer than `ENOUGH` explain nothing.
        """
        groups = np.asarray(folds)
        self._rows = [np.flatnonzero(groups == fold) for fold in range(int(groups.max()) + 1)]
        self._profiles = profiles
        self._controls = frozenset(controls) if len(controls) >= ENOUGH else frozenset()
        self._kept: dict[tuple[str, frozenset[str]], tuple[_Layer, ...]] = {}
        self._explanations: dict[tuple[frozenset[str], int], tuple[list[Floats], Floats]] = {}

    def of(self, a: str, b: str, *, without: Collection[str] = ()) -> Floats:
        """[folds]; symmetric. A control takes no part in explaining itself away, nor does any of `without`."""
        explaining = self._controls - {a, b} - set(without)
        left, right = self._ready(a, explaining), self._ready(b, explaining)
        depths = [[layer.depth for layer in self._profiles[name].layers] for name in (a, b)]
        return np.asarray(np.mean([_alike(left[i], right[j]) for i, j in match_layers(*depths)], axis=0))

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
        mass = list(self._centred(layer.mass))
        if explaining:
            shared, inverse = self._explanation(explaining, index)
            across = np.sum([_products(fold, own) for fold, own in zip(shared, mass, strict=True)], axis=0)
            told = inverse @ across
            mass = [own - fold @ told for fold, own in zip(shared, mass, strict=True)]
        spread = np.sqrt(np.sum([(fold * fold).sum(1, keepdims=True) for fold in mass], axis=0))
        mass = [fold / np.maximum(spread, SMALLEST) for fold in mass]
        own = np.stack([_products(fold, fold) for fold in mass])
        return _Layer(mass=tuple(mass), own=own, inverse=_inverse(own.sum(0) - own))

    def _explanation(self, explaining: frozenset[str], index: int) -> tuple[list[Floats], Floats]:
        """The mean of some controls in a layer, by fold, and the inverse of its penalised products."""
        key = (explaining, index)
        if key not in self._explanations:
            each = [self._profiles[control].layers[index].mass for control in sorted(explaining)]
            shared = list(self._centred(np.mean(each, axis=0)))
            self._explanations[key] = shared, _inverse(np.sum([_products(fold, fold) for fold in shared], axis=0))
        return self._explanations[key]

    def _centred(self, mass: NDArray[np.float32]) -> Iterator[Floats]:
        """By fold, [slices, probes, experts]."""
        for rows in self._rows:
            fold = mass[rows].astype(np.float64).transpose(1, 0, 2)
            yield fold - fold.mean(1, keepdims=True)


def _alike(a: _Layer, b: _Layer) -> Floats:
    """[folds]: the mean over slices and both directions of the correlation of prediction and truth."""
    across = np.stack([_products(x, y) for x, y in zip(a.mass, b.mass, strict=True)])
    rest = across.sum(0) - across
    forth = _told(a, b, across, a.inverse @ rest)
    back = _told(b, a, across.swapaxes(-1, -2), b.inverse @ rest.swapaxes(-1, -2))
    return np.asarray((forth + back).mean(1) / 2)


def _told(a: _Layer, b: _Layer, across: Floats, coefficients: Floats) -> Floats:
    """[folds, slices]: correlation, over a fold's probes and all experts, of b's with what a's experts predict."""
    hit = (coefficients * across).sum((-1, -2))
    predicted = (coefficients * (a.own @ coefficients)).sum((-1, -2))
    true = b.own.trace(axis1=-2, axis2=-1)
    return np.asarray(hit / np.sqrt(np.maximum(predicted * true, SMALLEST**2)))


def _products(a: Floats, b: Floats) -> Floats:
    """[slices, experts of a, experts of b]."""
    return a.swapaxes(-1, -2) @ b


def _inverse(products: Floats) -> Floats:
    experts = products.shape[-1]
    penalty = RIDGE * np.maximum(products.trace(axis1=-2, axis2=-1), SMALLEST) / experts
    return np.asarray(np.linalg.inv(products + penalty[..., None, None] * np.eye(experts)))
