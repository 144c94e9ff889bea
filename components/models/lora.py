"""LoRA (Hu et al. 2021) with peft: low-rank additions to a model's matrices are trained instead of the matrices."""

from __future__ import annotations

from typing import Any


def add_lora(model: Any, *, rank: int, kept_in: str, seed: int) -> None:
    """Adds adapters to every linear layer but the head, in place, and freezes the rest.

    Args:
        rank: a matrix of shape (m, n) gets factors of shapes (m, rank) and (rank, n).
        kept_in: data type of the adapters: fp32 or bf16.
        seed: of their initial values.
    """
    import torch
    from peft import LoraConfig, inject_adapter_in_model

    torch.manual_seed(seed)
    inject_adapter_in_model(LoraConfig(r=rank, lora_alpha=2 * rank, target_modules="all-linear"), model)
    for parameter in model.parameters():
        if parameter.requires_grad:
            parameter.data = parameter.data.to(torch.float32 if kept_in == "fp32" else torch.bfloat16)


def merge_lora(model: Any) -> None:
    """Adds the trained adapters to the matrices, in place; the model then has its original architecture again."""
    from peft.tuners.lora import LoraLayer

    for name, layer in [item for item in model.named_modules() if isinstance(item[1], LoraLayer)]:
        layer.merge()
        model.set_submodule(name, layer.get_base_layer())
