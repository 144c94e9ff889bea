"""Recording through vLLM gives what recording through transformers gives, up to tokens whose experts are tied."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import Qwen3MoeConfig, Qwen3MoeForCausalLM

from components.errors import InputError
from components.signatures.hooks import RoutedText, find_routers
from components.signatures.reading import read
from components.signatures.recording import Recording, Subject
from components.signatures.tally import RoutedLayer, Tally
from components.signatures.vllm import routed_layers, tally_returned

torch.set_num_threads(1)
SUBJECT = Subject(name="t", model_digest="m", tokenizer_digest="k", probe_digest="p")
DOMAINS = ("a", "b", "c")


def mixture() -> Qwen3MoeForCausalLM:
    torch.manual_seed(0)
    shape = Qwen3MoeConfig(
        vocab_size=64,
        hidden_size=64,
        intermediate_size=64,
        moe_intermediate_size=64,
        num_hidden_layers=3,
        num_attention_heads=2,
        num_key_value_heads=2,
        head_dim=32,
        num_experts=8,
        num_experts_per_tok=2,
        decoder_sparse_step=1,
        mlp_only_layers=[0],
        norm_topk_prob=True,
        max_position_embeddings=64,
        tie_word_embeddings=False,
        pad_token_id=None,
        bos_token_id=None,
        eos_token_id=None,
        initializer_range=0.3,
    )
    return Qwen3MoeForCausalLM(shape).eval()


def texts(count: int) -> list[RoutedText]:
    rng = np.random.default_rng(0)
    return [
        RoutedText(
            ids=rng.integers(0, 64, size=rng.integers(4, 24)).tolist(), domain=n % 3, replicate=n % 2, start=n % 4
        )
        for n in range(count)
    ]


def expected(model: Any, rows: list[RoutedText]) -> Recording:
    return read(model, rows, subject=SUBJECT, domains=DOMAINS, replicates=2, batch=4).recording


def returned_by(model: Any, rows: list[RoutedText]) -> list[np.ndarray]:
    """What vLLM returns for each text: one row more for the token it wrote, and a layer for the dense one too."""
    routers, chosen = find_routers(model), list[Any]()
    hooks = [r.module.register_forward_hook(lambda _m, _i, out: chosen.append(out[2])) for r in routers]
    found = []
    for row in rows:
        chosen.clear()
        with torch.no_grad():
            model(input_ids=torch.tensor([list(row.ids)]))
        layers = [torch.zeros_like(chosen[0]), *chosen]
        stacked = torch.stack([layer.view(len(row.ids), -1) for layer in layers], dim=1)
        found.append(np.concatenate([stacked.numpy(), stacked[-1:].numpy()]).astype(np.uint8))
    for hook in hooks:
        hook.remove()
    return found


def test_returned_experts_give_the_counts_of_the_model_itself(tmp_path: Path) -> None:
    model, rows = mixture(), texts(12)
    model.save_pretrained(tmp_path)
    layers = routed_layers(tmp_path)
    assert [(layer.depth, layer.experts) for layer in layers] == [(0.5, 8), (1.0, 8)]
    tally = Tally(layers, domains=3, replicates=2, device=torch.device("cpu"))
    for part in (rows[:5], rows[5:]):
        tally_returned(tally, part, returned_by(model, part))
    ours, theirs = tally.recording(subject=SUBJECT, domains=DOMAINS), expected(model, rows)
    assert np.array_equal(ours.tokens, theirs.tokens)
    for a, b in zip(ours.layers, theirs.layers, strict=True):
        assert np.array_equal(a.counts, b.counts)
        assert np.array_equal(a.together, b.together)
        assert np.allclose(a.mass.sum(), b.mass.sum())  # spread evenly, for want of probabilities
        assert np.isnan(a.entropy).all()


def test_routing_of_too_few_tokens_is_refused() -> None:
    rows = texts(2)
    tally = Tally([RoutedLayer(name="l", depth=0.0, experts=8)], domains=3, replicates=2, device=torch.device("cpu"))
    short = [np.zeros((len(row.ids) - 1, 1, 2), dtype=np.uint8) for row in rows]
    with pytest.raises(InputError, match="vLLM returned the routing of"):
        tally_returned(tally, rows, short)
    with pytest.raises(InputError, match="routing of 0 of"):
        tally_returned(tally, rows, [None, None])


def test_a_model_in_vllm_is_recorded_as_in_transformers(tmp_path: Path) -> None:
    """Real vLLM, where it is installed (the `serve` extra)."""
    pytest.importorskip("vllm")
    from components.signatures.vllm import record_with_vllm

    model, rows = mixture(), texts(24)
    model.save_pretrained(tmp_path)
    (tmp_path / "generation_config.json").unlink(missing_ok=True)
    ours = record_with_vllm(
        tmp_path,
        iter(rows),
        subject=SUBJECT,
        domains=DOMAINS,
        replicates=2,
        batch=8,
        longest=max(len(r.ids) for r in rows),
    )
    theirs = expected(model, rows)
    assert np.array_equal(ours.tokens, theirs.tokens)
    assert np.array_equal(ours.items, theirs.items)
    assert len(ours.layers) == len(theirs.layers) == 2
    for a, b in zip(ours.layers, theirs.layers, strict=True):
        assert (a.depth, a.top_k) == (b.depth, b.top_k)
        moved = np.abs(a.counts - b.counts).sum() / b.counts.sum()
        assert moved < 0.01  # ties, and sums in another order
        assert np.allclose(a.mass, b.mass, rtol=1e-3, atol=1e-3)
        assert np.allclose(a.entropy, b.entropy, rtol=1e-3, atol=1e-3)
