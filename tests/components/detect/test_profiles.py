"""Routing profiles: what they hold, and a likeness that no renumbering of experts changes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from transformers import Qwen3MoeConfig, Qwen3MoeForCausalLM

from components.detect.likeness import Likeness
from components.detect.profiles import SLICES, LayerProfile, Profile, record_profile
from components.detect.record import RoutedText
from components.detect.recording import Subject
from components.errors import InputError

torch.set_num_threads(1)
SUBJECT = Subject(name="m", model_digest="a", tokenizer_digest="b", probe_digest="c")
PROBES = 48
FOLDS = [index % 4 for index in range(PROBES)]


def drawn(seed: int, *, experts: int = 6, layers: int = 2) -> Profile:
    rng = np.random.default_rng(seed)
    return Profile(
        subject=SUBJECT,
        layers=tuple(
            LayerProfile(
                depth=index / max(layers - 1, 1),
                mass=rng.dirichlet(np.full(experts, 0.3), size=(PROBES, SLICES)).astype(np.float32),
            )
            for index in range(layers)
        ),
    )


def likeness(a: Profile, b: Profile) -> NDArray[np.float64]:
    return Likeness({"a": a, "b": b}, folds=FOLDS).of("a", "b")


def renumbered(profile: Profile, *, seed: int) -> Profile:
    rng = np.random.default_rng(seed)
    return replace(
        profile,
        layers=tuple(
            replace(layer, mass=layer.mass[..., rng.permutation(layer.mass.shape[-1])]) for layer in profile.layers
        ),
    )


def mixture() -> Qwen3MoeForCausalLM:
    torch.manual_seed(0)
    return Qwen3MoeForCausalLM(
        Qwen3MoeConfig(
            vocab_size=50,
            hidden_size=16,
            intermediate_size=16,
            moe_intermediate_size=8,
            num_hidden_layers=2,
            num_attention_heads=2,
            num_key_value_heads=2,
            head_dim=8,
            num_experts=4,
            num_experts_per_tok=2,
            decoder_sparse_step=1,
        )
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


def test_a_profile_is_the_mean_of_what_the_router_gives_to_each_quarter_of_the_answer() -> None:
    model = mixture()
    texts = [RoutedText(ids=list(range(3, 3 + n)), domain=0, group=0, start=3) for n in (5, 11, 7)]
    made = record_profile(model, texts, subject=SUBJECT, batch=2)
    seen = []
    handle = model.model.layers[1].mlp.gate.register_forward_hook(lambda _m, _i, out: seen.append(out[0]))
    with torch.inference_mode():
        model(input_ids=torch.tensor([texts[1].ids]))
    handle.remove()
    scores = seen[0].softmax(-1).numpy()[3:]  # eight tokens of the answer, two in each quarter
    assert made.layers[1].mass[1] == pytest.approx(scores.reshape(SLICES, 2, -1).mean(1), abs=1e-5)
    assert made.layers[0].mass.shape == (3, SLICES, 4)
    assert made.layers[0].mass.sum(-1) == pytest.approx(np.ones((3, SLICES)), abs=1e-5)


def test_an_empty_answer_has_a_profile_too() -> None:
    made = record_profile(mixture(), [RoutedText(ids=[3, 4], domain=0, group=0, start=1)], subject=SUBJECT, batch=1)
    assert np.isfinite(made.layers[0].mass).all()


def test_no_text_is_refused() -> None:
    with pytest.raises(InputError, match="no text"):
        record_profile(mixture(), [], subject=SUBJECT, batch=1)


def test_a_profile_is_read_back_and_another_file_is_refused(tmp_path: Path) -> None:
    made = drawn(5)
    made.save(tmp_path / "p.safetensors")
    again = Profile.load(tmp_path / "p.safetensors")
    assert again.subject == made.subject
    assert all((x.mass == y.mass).all() for x, y in zip(again.layers, made.layers, strict=True))
    (tmp_path / "q.safetensors").write_bytes(b"nothing")
    with pytest.raises(InputError, match="not a routing profile"):
        Profile.load(tmp_path / "q.safetensors")
