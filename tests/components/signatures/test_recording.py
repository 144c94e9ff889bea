"""Recording routing: the same counts as counting by hand, for every family, in memory that does not grow."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import (
    DeepseekV2Config,
    DeepseekV2ForCausalLM,
    DeepseekV3Config,
    DeepseekV3ForCausalLM,
    LlamaConfig,
    LlamaForCausalLM,
    MixtralConfig,
    MixtralForCausalLM,
    OlmoeConfig,
    OlmoeForCausalLM,
    Qwen3MoeConfig,
    Qwen3MoeForCausalLM,
)

from components.errors import InputError
from components.signatures.hooks import Recorder, RoutedText, find_routers
from components.signatures.reading import read
from components.signatures.recording import SCHEMA_VERSION, Recording, Subject

torch.set_num_threads(1)
SUBJECT = Subject(name="t", model_digest="m", tokenizer_digest="k", probe_digest="p")
SHARED = {
    "vocab_size": 40,
    "hidden_size": 16,
    "intermediate_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "num_key_value_heads": 2,
    "max_position_embeddings": 32,
    "pad_token_id": 0,
}
LATENT = {"kv_lora_rank": 8, "q_lora_rank": 8, "qk_rope_head_dim": 4, "qk_nope_head_dim": 4, "v_head_dim": 8}
DEEPSEEK = {
    **SHARED,
    **LATENT,
    "moe_intermediate_size": 8,
    "n_routed_experts": 6,
    "n_shared_experts": 1,
    "num_experts_per_tok": 2,
    "first_k_dense_replace": 1,
    "num_hidden_layers": 3,
    "n_group": 1,
    "topk_group": 1,
}


def olmoe() -> Any:
    return OlmoeForCausalLM(OlmoeConfig(**SHARED, num_experts=5, num_experts_per_tok=2))


def mixtral() -> Any:
    return MixtralForCausalLM(MixtralConfig(**SHARED, num_local_experts=5, num_experts_per_tok=2))


def qwen() -> Any:
    return Qwen3MoeForCausalLM(
        Qwen3MoeConfig(**SHARED, moe_intermediate_size=8, num_experts=5, num_experts_per_tok=2, head_dim=8)
    )


def deepseek_v2() -> Any:
    return DeepseekV2ForCausalLM(DeepseekV2Config(**DEEPSEEK, topk_method="greedy"))


def deepseek_v3() -> Any:
    return DeepseekV3ForCausalLM(DeepseekV3Config(**DEEPSEEK))


FAMILIES = (olmoe, mixtral, qwen, deepseek_v2, deepseek_v3)


def made(build: Any) -> Any:
    torch.manual_seed(0)
    model = build().eval()
    for router in find_routers(model):  # some families begin with routers of zeros
        torch.nn.init.normal_(router.module.weight, std=1.0)
    return model


def texts(count: int, *, seed: int = 0, start: int = 0) -> Iterator[RoutedText]:
    rng = np.random.default_rng(seed)
    for index in range(count):
        ids = rng.integers(3, 40, size=rng.integers(4, 20)).tolist()
        yield RoutedText(ids=ids, domain=index % 3, replicate=index % 4, start=start)


def by_hand(model: Any, rows: list[RoutedText]) -> list[tuple[np.ndarray, np.ndarray]]:
    """Counts and co-activations per layer, one text at a time and one token at a time."""
    chosen: list[Any] = []
    routers = find_routers(model)
    hooks = [r.module.register_forward_hook(lambda _m, _i, out: chosen.append(out[2])) for r in routers]
    sums = [(np.zeros((4, 3, r.experts)), np.zeros((4, r.experts, r.experts))) for r in routers]
    for row in rows:
        chosen.clear()
        with torch.no_grad():
            model(input_ids=torch.tensor([list(row.ids)], device=model.device))
        for (counts, together), indices in zip(sums, chosen, strict=True):
            for experts in indices.view(len(row.ids), -1)[row.start :].tolist():
                for expert in experts:
                    counts[row.replicate, row.domain, expert] += 1
                    for other in experts:
                        together[row.replicate, expert, other] += other != expert
    for hook in hooks:
        hook.remove()
    return sums


@pytest.mark.parametrize("build", FAMILIES)
def test_a_recording_counts_what_each_token_chose(build: Any) -> None:
    model = made(build)
    rows = list(texts(13, start=2))
    found = read(model, rows, subject=SUBJECT, domains=["a", "b", "c"], replicates=4, batch=5).recording
    assert len(found.layers) == 2
    for layer, (counts, together) in zip(found.layers, by_hand(model, rows), strict=True):
        assert layer.counts == pytest.approx(counts)
        assert layer.together == pytest.approx(together)
        assert layer.top_k == 2
        assert layer.mass.sum() == pytest.approx(found.tokens.sum(), rel=1e-4)
        assert 0 <= layer.entropy.sum() / found.tokens.sum() <= np.log(6)
    assert found.tokens.sum() == sum(len(row.ids) - 2 for row in rows)
    assert found.items.sum() == 13


def test_a_dense_first_layer_and_shared_experts_stay_out() -> None:
    routers = find_routers(made(deepseek_v3))
    assert [router.depth for router in routers] == [0.5, 1.0]
    assert {router.experts for router in routers} == {6}


def test_the_size_of_a_batch_changes_nothing() -> None:
    model = made(olmoe)
    one, many = (
        read(model, texts(9), subject=SUBJECT, domains=["a", "b", "c"], replicates=4, batch=size).recording
        for size in (1, 9)
    )
    assert one.tokens == pytest.approx(many.tokens)
    assert one.layers[1].counts == pytest.approx(many.layers[1].counts)
    assert one.layers[1].mass == pytest.approx(many.layers[1].mass, abs=1e-4)


def test_memory_does_not_depend_on_the_number_of_probes() -> None:
    model = made(olmoe)

    def held(count: int) -> int:
        found = read(model, texts(count), subject=SUBJECT, domains=["a", "b", "c"], replicates=4, batch=4).recording
        return sum(getattr(layer, part).nbytes for layer in found.layers for part in ("counts", "mass", "together"))

    assert held(4) == held(40)


def test_hooks_are_gone_afterwards_even_after_a_failure() -> None:
    model = made(qwen)
    with pytest.raises(IndexError), Recorder(model, domains=2, replicates=1):
        raise IndexError
    assert all(not router.module._forward_hooks for router in find_routers(model))
    model(input_ids=torch.tensor([[1, 2, 3]], device=model.device))


def test_a_file_gives_the_recording_back(tmp_path: Path) -> None:
    found = read(made(qwen), texts(6), subject=SUBJECT, domains=["a", "b", "c"], replicates=4, batch=4).recording
    found.save(tmp_path / "one.safetensors")
    again = Recording.load(tmp_path / "one.safetensors")
    assert again.subject == SUBJECT
    assert again.domains == ("a", "b", "c")
    assert [(layer.name, layer.depth, layer.top_k) for layer in again.layers] == [
        (layer.name, layer.depth, layer.top_k) for layer in found.layers
    ]
    for part in ("counts", "mass", "entropy", "together"):
        assert (getattr(again.layers[1], part) == getattr(found.layers[1], part)).all()
    assert [path.name for path in tmp_path.iterdir()] == ["one.safetensors"]


def test_a_file_that_is_none_and_another_version_are_refused(tmp_path: Path) -> None:
    from safetensors.numpy import save

    with pytest.raises(InputError, match="there is no recording"):
        Recording.load(tmp_path / "missing")
    (tmp_path / "broken").write_bytes(b"not a recording")
    with pytest.raises(InputError, match="not a recording"):
        Recording.load(tmp_path / "broken")
    header = {"recording": json.dumps({"schema_version": SCHEMA_VERSION + 1})}
    (tmp_path / "newer").write_bytes(save({"tokens": np.zeros(1)}, metadata=header))
    with pytest.raises(InputError, match=f"schema version {SCHEMA_VERSION + 1}"):
        Recording.load(tmp_path / "newer")


def test_a_model_without_experts_is_refused_before_it_runs() -> None:
    model = LlamaForCausalLM(LlamaConfig(**SHARED))
    with pytest.raises(InputError, match="no routed experts") as caught:
        read(model, texts(2), subject=SUBJECT, domains=["a"], replicates=1, batch=1)
    assert "shadow" in caught.value.fix


def test_nothing_to_record_is_refused() -> None:
    with pytest.raises(InputError, match="no text"):
        read(made(olmoe), [], subject=SUBJECT, domains=["a"], replicates=1, batch=1)
