"""The arithmetic that learning takes is that of the products that are computed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from components.models.flops import work_of
from components.models.lora import add_lora


def made() -> Any:
    from transformers import LlamaConfig, LlamaForCausalLM

    shape = {"hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 3, "num_attention_heads": 4}
    return LlamaForCausalLM(LlamaConfig(**shape, num_key_value_heads=2, vocab_size=500, attn_implementation="eager"))


@pytest.mark.parametrize("rank", [0, 4])
def test_as_pytorch_counts_it(rank: int) -> None:
    """Of plain attention, which computes both halves of all pairs, and with a head that reads every token."""
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    model, length = made(), 80
    if rank:
        add_lora(model, rank=rank, kept_in="fp32", seed=0)
        model.get_input_embeddings().register_forward_hook(lambda *said: said[2].requires_grad_())
    work = work_of(model)
    with FlopCounterMode(display=False) as counted:
        model(input_ids=torch.ones(1, length, dtype=torch.long), use_cache=False).logits.sum().backward()
    both_halves = work.pair * length * (length - 1) / 2
    assert work.flops([(length, length)]) + both_halves == pytest.approx(counted.get_total_flops(), rel=0.02)


def test_convolutions_have_no_pairs(tiny_model: Path) -> None:
    from components.models.weights import load_model

    model = load_model(tiny_model)
    attending = sum(kind == "full_attention" for kind in model.config.layer_types)
    assert 0 < attending < model.config.num_hidden_layers
    assert work_of(model).pair == 12 * attending * model.config.hidden_size
