"""Routing profiles: what they hold, and how they are kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import Qwen3MoeConfig, Qwen3MoeForCausalLM

from components.errors import InputError
from components.signatures.hooks import RoutedText
from components.signatures.profile import SLICES, Profile
from components.signatures.reading import read
from tests.components.signatures.drawn import SUBJECT, drawn

torch.set_num_threads(1)


def read_profile(model: Any, texts: list[RoutedText], *, batch: int) -> Profile:
    return read(model, texts, subject=SUBJECT, domains=("all",), replicates=1, batch=batch).profile


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


def test_a_profile_is_the_mean_of_what_the_router_gives_to_each_quarter_of_the_answer() -> None:
    model = mixture()
    texts = [RoutedText(ids=list(range(3, 3 + n)), domain=0, replicate=0, start=3) for n in (5, 11, 7)]
    made = read_profile(model, texts, batch=2)
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
    made = read_profile(mixture(), [RoutedText(ids=[3, 4], domain=0, replicate=0, start=1)], batch=1)
    assert np.isfinite(made.layers[0].mass).all()


def test_no_text_is_refused() -> None:
    with pytest.raises(InputError, match="no text"):
        read_profile(mixture(), [], batch=1)


def test_a_profile_is_read_back_and_another_file_is_refused(tmp_path: Path) -> None:
    made = drawn(5)
    made.save(tmp_path / "p.safetensors")
    again = Profile.load(tmp_path / "p.safetensors")
    assert again.subject == made.subject
    assert all((x.mass == y.mass).all() for x, y in zip(again.layers, made.layers, strict=True))
    (tmp_path / "q.safetensors").write_bytes(b"nothing")
    with pytest.raises(InputError, match="not a routing profile"):
        Profile.load(tmp_path / "q.safetensors")
