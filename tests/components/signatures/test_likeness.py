"""Likeness: unchanged by another numbering of experts, blind to chance, to domains, and to what everybody shares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from components.signatures.likeness import Likeness
from components.signatures.measurement import Measurement
from components.signatures.profile import SLICES, LayerProfile, Profile
from tests.components.signatures.drawn import PROBES, SUBJECT, drawn

DOMAINS = [index * 4 // PROBES for index in range(PROBES)]
REPLICATES = [index % 4 for index in range(PROBES)]


def instrument(profiles: Mapping[str, Profile], *, controls: Sequence[str] = ()) -> Likeness:
    measured = Measurement(first=profiles, second={})
    return Likeness(measured, domains=DOMAINS, replicates=REPLICATES, controls=controls)


def likeness(a: Profile, b: Profile) -> NDArray[np.float64]:
    return instrument({"a": a, "b": b}).of("a", "b")


def renumbered(profile: Profile, *, seed: int) -> Profile:
    rng = np.random.default_rng(seed)
    return replace(
        profile,
        layers=tuple(
            replace(layer, mass=layer.mass[..., rng.permutation(layer.mass.shape[-1])]) for layer in profile.layers
        ),
    )


@settings(max_examples=15, derandomize=True, deadline=None)
@given(st.integers(0, 10_000))
def test_renumbering_experts_changes_nothing_and_a_model_is_most_like_itself(seed: int) -> None:
    a, b = drawn(seed), drawn(seed + 1)
    assert likeness(a, a).min() > 0.97  # the penalty keeps it a little under 1
    assert likeness(a, renumbered(a, seed=seed)) == pytest.approx(likeness(a, a))
    assert likeness(a, b).max() < 0.5
    assert likeness(renumbered(a, seed=seed), b) == pytest.approx(likeness(a, b))
    assert likeness(a, b) == pytest.approx(likeness(b, a))


def test_profiles_that_share_nothing_are_not_alike_in_the_mean() -> None:
    """Matches are made on other probes than they are judged on, so chance earns nothing."""
    values = [likeness(drawn(2 * seed), drawn(2 * seed + 1)).mean() for seed in range(30)]
    assert abs(np.mean(values)) < 3 * np.std(values) / np.sqrt(len(values)) + 0.005


def test_shared_habits_are_found_under_noise_with_other_counts_of_experts_and_layers() -> None:
    a, stranger = drawn(1, experts=6), drawn(2, experts=9)
    rng = np.random.default_rng(3)
    split = np.repeat(a.layers[0].mass, 2, axis=-1)[..., :9] + rng.normal(0, 0.05, size=(PROBES, SLICES, 9))
    kin = Profile(subject=SUBJECT, layers=(LayerProfile(depth=0.0, mass=split.astype(np.float32)),))
    assert likeness(a, kin).mean() > likeness(a, stranger).mean() + 0.2


def shifted(profile: Profile, shifts: NDArray[np.float64]) -> Profile:
    """`shifts` are of [domains, experts]."""
    moved = tuple(
        replace(layer, mass=(layer.mass + shifts[DOMAINS][:, None, :]).astype(np.float32)) for layer in profile.layers
    )
    return replace(profile, layers=moved)


def test_using_the_same_experts_for_the_same_domains_is_no_likeness() -> None:
    shifts = np.random.default_rng(5).normal(size=(4, 6))
    a, b = drawn(1), drawn(2)
    assert likeness(shifted(a, shifts), shifted(b, shifts)) == pytest.approx(likeness(a, b), abs=1e-4)


def test_habits_that_differ_from_domain_to_domain_are_not_fitted() -> None:
    """In every domain the second is the first with experts renumbered, each time otherwise."""
    a = drawn(1)
    rng = np.random.default_rng(6)
    mixed = a.layers[0].mass.copy()
    for domain in range(4):
        rows = np.flatnonzero(np.asarray(DOMAINS) == domain)
        mixed[rows] = mixed[rows][..., rng.permutation(6)]
    one = replace(a, layers=a.layers[:1])
    assert likeness(one, replace(one, layers=(replace(a.layers[0], mass=mixed),))).mean() < 0.4
    assert likeness(one, one).mean() > 0.95


def test_a_part_that_is_noise_leaves_the_others_alone() -> None:
    """Parts are judged each by its own probes, so a verdict can tell how much they vary."""
    a = drawn(1)
    noise = drawn(7)
    rows = np.flatnonzero(np.asarray(REPLICATES) == 2)
    broken = tuple(replace(layer, mass=layer.mass.copy()) for layer in a.layers)
    for layer, other in zip(broken, noise.layers, strict=True):
        layer.mass[rows] = other.mass[rows]
    found = likeness(a, replace(a, layers=broken))
    assert found.shape == (4,)
    assert found[2] < 0.4
    assert np.delete(found, 2).min() > 0.6


def circle() -> dict[str, Profile]:
    """Six controls, a teacher, its student and a stranger, who all route mostly as the question wants it."""
    rng = np.random.default_rng(4)
    shape = (PROBES, SLICES, 6)
    shared, own = rng.normal(size=shape), rng.normal(size=shape)

    def routed(*parts: NDArray[np.float64]) -> Profile:
        mass = np.sum(parts, axis=0) + 0.2 * rng.normal(size=shape)
        return Profile(subject=SUBJECT, layers=(LayerProfile(depth=0.0, mass=mass.astype(np.float32)),))

    controls = {f"control {number}": routed(shared, 0.4 * rng.normal(size=shape)) for number in range(6)}
    return controls | {
        "teacher": routed(shared, 0.4 * own),
        "student": routed(shared, 0.4 * own),
        "stranger": routed(shared, 0.4 * rng.normal(size=shape)),
    }


def test_what_every_control_shares_says_nothing_about_two_and_what_they_alone_share_does() -> None:
    everybody = circle()
    controls = [name for name in everybody if name.startswith("control")]
    plain, beyond = instrument(everybody), instrument(everybody, controls=controls)
    assert plain.of("teacher", "stranger").mean() > 0.5
    assert abs(beyond.of("teacher", "stranger").mean()) < 0.15
    assert beyond.of("teacher", "student").mean() > 0.4
    assert beyond.of("teacher", "student") == pytest.approx(beyond.of("student", "teacher"))


def test_a_control_does_not_explain_itself_away_under_whatever_name_it_stands() -> None:
    everybody = circle()
    everybody["control 0 in disguise"] = everybody["control 0"]
    controls = [f"control {number}" for number in range(4)]
    beyond = instrument(everybody, controls=controls)
    spared = instrument(everybody, controls=controls[1:])
    disguised = beyond.of("teacher", "control 0 in disguise", without=["control 0"])
    assert disguised == pytest.approx(spared.of("teacher", "control 0"))
    assert disguised == pytest.approx(beyond.of("teacher", "control 0"))


def test_too_few_controls_explain_nothing() -> None:
    everybody = circle()
    few = instrument(everybody, controls=["control 0", "control 1"])
    assert few.of("teacher", "student") == pytest.approx(instrument(everybody).of("teacher", "student"))


def in_plain_steps(
    a: Profile, b: Profile, *, controls: Sequence[Profile] = (), ridge: float = 0.1
) -> NDArray[np.float64]:
    """The likeness of two profiles of one layer, step by step: what `likeness.py` says in its first lines."""
    domains, replicates = np.asarray(DOMAINS), np.asarray(REPLICATES)

    def centred(mass: NDArray[np.float32], piece: int) -> NDArray[np.float64]:
        own = mass[:, piece].astype(np.float64)
        for domain in set(DOMAINS):
            own[domains == domain] -= own[domains == domain].mean(0)
        return own

    def solved(known: NDArray[np.float64], true: NDArray[np.float64]) -> NDArray[np.float64]:
        products = known.T @ known
        penalty = ridge * np.trace(products) / len(products)
        found: NDArray[np.float64] = np.linalg.solve(products + penalty * np.eye(len(products)), known.T @ true)
        return found

    def prepared(profile: Profile, piece: int) -> NDArray[np.float64]:
        own = centred(profile.layers[0].mass, piece)
        if controls:
            shared = centred(np.mean([control.layers[0].mass for control in controls], axis=0), piece)
            own = own - shared @ solved(shared, own)
        return own / np.sqrt((own**2).sum(0))

    found = []
    for piece, (left, right) in product(range(SLICES), ((a, b), (b, a))):
        known, true = prepared(left, piece), prepared(right, piece)
        predicted = np.zeros_like(true)
        for domain in set(DOMAINS):
            elsewhere = domains != domain
            predicted[~elsewhere] = known[~elsewhere] @ solved(known[elsewhere], true[elsewhere])
        rows = [replicates == replicate for replicate in range(4)]
        found.append(
            [(predicted[r] * true[r]).sum() / np.sqrt((predicted[r] ** 2).sum() * (true[r] ** 2).sum()) for r in rows]
        )
    return np.mean(found, axis=0)


@pytest.mark.parametrize("experts", [6, 9])
def test_it_is_the_correlation_of_ridge_predictions_in_domains_that_were_not_fitted(experts: int) -> None:
    a, b = drawn(1, layers=1), drawn(2, layers=1, experts=experts)
    near = replace(a, layers=(replace(a.layers[0], mass=0.7 * a.layers[0].mass + 0.3 * drawn(3).layers[0].mass),))
    assert likeness(a, b) == pytest.approx(in_plain_steps(a, b))
    assert likeness(a, near) == pytest.approx(in_plain_steps(a, near))
    assert likeness(a, near) != pytest.approx(in_plain_steps(a, near, ridge=0.2))


def test_what_the_other_controls_explain_is_taken_away_first_and_two_explain_nothing() -> None:
    profiles = {name: drawn(seed, layers=1) for seed, name in enumerate(("a", "b", "one", "two", "three"))}
    a, b, one, two, three = profiles.values()
    of = instrument(profiles, controls=("one", "two", "three")).of
    assert of("a", "b") == pytest.approx(in_plain_steps(a, b, controls=(one, two, three)))
    assert of("a", "one") == pytest.approx(in_plain_steps(a, one, controls=(two, three)))
    assert of("one", "two") == pytest.approx(in_plain_steps(one, two, controls=(three,)))
    assert of("a", "b", without=("one",)) == pytest.approx(in_plain_steps(a, b, controls=(two, three)))
    assert instrument(profiles, controls=("one", "two")).of("a", "b") == pytest.approx(in_plain_steps(a, b))


def test_a_second_profile_is_not_the_first_whatever_the_models_are_called() -> None:
    first, second = drawn(1, layers=1), drawn(2, layers=1)
    measured = Measurement(first={"t": first, "t again": drawn(3, layers=1)}, second={"t": second})
    one = Likeness(measured, domains=DOMAINS, replicates=REPLICATES)
    assert one.to_second("t", "t") == pytest.approx(in_plain_steps(first, second))
    assert one.to_second("t again", "t") == pytest.approx(in_plain_steps(drawn(3, layers=1), second))
    assert one.of("t", "t again") == pytest.approx(in_plain_steps(first, drawn(3, layers=1)))
