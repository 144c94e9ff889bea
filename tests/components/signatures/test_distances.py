"""Distances between signatures: what no renumbering may change, and what a distance has to be."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import jensenshannon

from components.errors import InputError
from components.signatures.distances import (
    compare,
    gromov_wasserstein,
    jensen_shannon,
    match_experts,
    match_layers,
    matched_collaboration,
    nearest_js,
    specialization_distance,
    total_variation,
)
from components.signatures.recording import LayerRecording, Recording, Subject
from components.signatures.signature import Signature, signature

SUBJECT = Subject(name="t", model_digest="", tokenizer_digest="", probe_digest="")
shapes = st.tuples(st.integers(2, 7), st.integers(2, 5), st.integers(0, 10_000))
fast = settings(derandomize=True, max_examples=25, deadline=None)


def recorded(
    seed: int, *, experts: int = 6, domains: int = 4, replicates: int = 8, layers: int = 2, tokens: int = 400
) -> Recording:
    """A recording of a made-up router: every (layer, expert) prefers some domains, each token takes the two best."""
    taste = np.random.default_rng(seed).normal(size=(layers, domains, experts)) * 2
    rng = np.random.default_rng(seed + 1)
    counts, together = (
        np.zeros((layers, replicates, domains, experts)),
        np.zeros((layers, replicates, experts, experts)),
    )
    for layer in range(layers):
        for replicate in range(replicates):
            for domain in range(domains):
                scores = taste[layer, domain] + rng.normal(size=(tokens // (replicates * domains) + 1, experts))
                hits = np.zeros_like(scores)
                np.put_along_axis(hits, np.argsort(-scores, axis=1)[:, :2], 1.0, axis=1)
                counts[layer, replicate, domain] = hits.sum(0)
                together[layer, replicate] += hits.T @ hits
    together[:, :, range(experts), range(experts)] = 0
    made = tuple(
        LayerRecording(
            name=f"layer {layer}",
            depth=layer / max(layers - 1, 1),
            top_k=2,
            counts=counts[layer],
            mass=counts[layer] / 2,
            entropy=np.ones((replicates, domains)),
            together=together[layer],
        )
        for layer in range(layers)
    )
    size = counts[0].sum(2) / 2
    return Recording(
        subject=SUBJECT, domains=tuple(f"d{i}" for i in range(domains)), tokens=size, items=size, layers=made
    )


def permuted(recording: Recording, seed: int) -> Recording:
    """The same routing with every layer's experts renumbered."""
    rng = np.random.default_rng(seed)
    layers = []
    for layer in recording.layers:
        order = rng.permutation(layer.counts.shape[2])
        layers.append(
            LayerRecording(
                name=layer.name,
                depth=layer.depth,
                top_k=layer.top_k,
                counts=layer.counts[:, :, order],
                mass=layer.mass[:, :, order],
                entropy=layer.entropy,
                together=layer.together[:, order][:, :, order],
            )
        )
    return Recording(
        subject=recording.subject,
        domains=recording.domains,
        tokens=recording.tokens,
        items=recording.items,
        layers=tuple(layers),
    )


def rows(experts: int, domains: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).dirichlet(np.ones(domains), size=experts)


@fast
@given(shapes)
def test_a_renumbered_copy_is_at_distance_zero_by_every_distance(shape: tuple[int, int, int]) -> None:
    experts, domains, seed = shape
    one = recorded(seed, experts=experts, domains=domains)
    found = compare(signature(one), signature(permuted(one, seed)))
    assert found.specialization == pytest.approx(0, abs=1e-9)
    assert found.collaboration == pytest.approx(0, abs=1e-9)
    assert found.nearest_js == pytest.approx(0, abs=1e-6)
    assert found.gromov_wasserstein == pytest.approx(0, abs=1e-5)


@fast
@given(shapes)
def test_the_order_of_experts_changes_no_distance_between_different_models(shape: tuple[int, int, int]) -> None:
    experts, domains, seed = shape
    a, b = (
        recorded(seed, experts=experts, domains=domains),
        recorded(seed + 1, experts=experts + seed % 2, domains=domains),
    )
    first = compare(signature(a), signature(b))
    second = compare(signature(permuted(a, 5)), signature(permuted(b, 6)))
    assert first.specialization == pytest.approx(second.specialization, abs=1e-9)
    assert first.nearest_js == pytest.approx(second.nearest_js, abs=1e-9)


@fast
@given(shapes, st.integers(2, 7))
def test_specialization_is_symmetric_and_within_bounds_for_any_counts_of_experts(
    shape: tuple[int, int, int], other: int
) -> None:
    experts, domains, seed = shape
    a, b = rows(experts, domains, seed), rows(other, domains, seed + 1)
    forth, plan = match_experts(a, b)
    back, _ = match_experts(b, a)
    assert forth == pytest.approx(back, abs=1e-9)
    assert 0 <= forth <= 1
    assert plan.sum(1) == pytest.approx(np.full(experts, 1 / experts))
    assert plan.sum(0) == pytest.approx(np.full(other, 1 / other))


@fast
@given(shapes)
def test_specialization_obeys_the_triangle_inequality(shape: tuple[int, int, int]) -> None:
    experts, domains, seed = shape
    a, b, c = (rows(experts + extra, domains, seed + extra) for extra in range(3))
    ab, bc, ac = (match_experts(x, y)[0] for x, y in ((a, b), (b, c), (a, c)))
    assert ac <= ab + bc + 1e-9


def test_assignment_and_transport_agree_where_counts_are_equal() -> None:
    import ot

    a, b = rows(9, 5, 1), rows(9, 5, 2)
    cost = total_variation(a, b)
    assert match_experts(a, b)[0] == pytest.approx(float(ot.emd2([], [], cost)), abs=1e-9)


def test_a_model_whose_experts_are_all_split_in_two_is_at_distance_zero() -> None:
    a = rows(4, 3, 3)
    assert match_experts(a, np.repeat(a, 2, axis=0))[0] == pytest.approx(0, abs=1e-9)


def test_jensen_shannon_is_scipys() -> None:
    a, b = rows(3, 4, 1), rows(5, 4, 2)
    a[0] = [1, 0, 0, 0]
    expected = np.array([[jensenshannon(x, y) for y in b] for x in a])
    assert jensen_shannon(a, b) == pytest.approx(expected, abs=1e-12)


def test_the_authors_distance_is_one_sided() -> None:
    a = rows(2, 3, 1)
    b = np.vstack([a, [[0.98, 0.01, 0.01]]])
    assert nearest_js(a, b) == pytest.approx(0, abs=1e-9)
    assert nearest_js(b, a) > 0.05


@fast
@given(shapes)
def test_gromov_wasserstein_is_symmetric(shape: tuple[int, int, int]) -> None:
    experts, _, seed = shape
    a = signature(recorded(seed, experts=experts, layers=1)).layers[0].collaboration
    b = signature(recorded(seed + 1, experts=experts + 1, layers=1)).layers[0].collaboration
    assert gromov_wasserstein(a, b) == pytest.approx(gromov_wasserstein(b, a), abs=1e-6)


def test_collaboration_depends_on_the_matching_and_is_symmetric() -> None:
    one = recorded(4, experts=5, layers=1)
    a = signature(one).layers[0]
    b = signature(permuted(one, 9)).layers[0]
    _, plan = match_experts(a.specialization, b.specialization)
    assert matched_collaboration(a.collaboration, b.collaboration, plan) == pytest.approx(0, abs=1e-9)
    wrong = np.roll(plan, 1, axis=1)
    assert matched_collaboration(a.collaboration, b.collaboration, wrong) > 0.01
    other = signature(recorded(5, experts=7, layers=1)).layers[0]
    _, plan = match_experts(a.specialization, other.specialization)
    forth = matched_collaboration(a.collaboration, other.collaboration, plan)
    assert forth == pytest.approx(matched_collaboration(other.collaboration, a.collaboration, plan.T), abs=1e-9)


def test_layers_of_unequal_depth_are_matched_by_their_place() -> None:
    assert match_layers([0, 0.5, 1], [0, 0.4, 1]) == [(0, 0), (1, 1), (2, 2)]
    assert match_layers([0, 1], [0, 0.3, 0.6, 1]) == [(0, 0), (0, 1), (1, 2), (1, 3)]
    assert match_layers([0, 0.3, 0.6, 1], [0, 1]) == [(0, 0), (1, 0), (2, 1), (3, 1)]


def test_a_signature_is_stable_under_resampling_and_more_probes_make_it_more_so() -> None:
    def spread(tokens: int) -> float:
        one = recorded(1, replicates=16, tokens=tokens)
        whole = signature(one)
        drawn = np.random.default_rng(3).multinomial(one.replicates, np.full(16, 1 / 16), size=20).astype(float)
        return float(np.mean([specialization_distance(whole, signature(one, weights=weights)) for weights in drawn]))

    few, many = spread(1600), spread(16000)
    apart = specialization_distance(signature(recorded(1, tokens=16000)), signature(recorded(2, tokens=16000)))
    assert many < 0.7 * few
    assert many < apart / 10


def test_length_of_answers_in_a_domain_does_not_change_balanced_specialization() -> None:
    one = recorded(3, layers=1)
    longer = one.layers[0].counts.copy()
    longer[:, 0] *= 5
    layer = one.layers[0]
    changed = LayerRecording(
        name=layer.name,
        depth=0,
        top_k=2,
        counts=longer,
        mass=longer / 2,
        entropy=layer.entropy,
        together=layer.together,
    )
    other = Recording(subject=one.subject, domains=one.domains, tokens=one.tokens, items=one.items, layers=(changed,))
    a, b = signature(one).layers[0], signature(other).layers[0]
    assert a.specialization == pytest.approx(b.specialization, abs=1e-4)
    assert np.abs(a.raw_specialization - b.raw_specialization).max() > 0.1


def test_only_shared_domains_count_and_one_is_not_enough() -> None:
    a = signature(recorded(1, domains=4))
    b = signature(recorded(1, domains=3))
    assert compare(a, b).specialization >= 0
    alone = Signature(domains=("d0", "x", "y"), layers=b.layers)
    with pytest.raises(InputError, match="share 1 domains"):
        compare(a, alone)


def test_sixty_four_experts_sixteen_layers_nine_domains_take_under_a_second() -> None:
    a = signature(recorded(1, experts=64, layers=16, domains=9, replicates=2, tokens=4000))
    b = signature(recorded(2, experts=64, layers=16, domains=9, replicates=2, tokens=4000))
    compare(a, b)  # imports
    began = time.process_time()
    compare(a, b)
    assert time.process_time() - began < 1.0
