"""Learning low-rank additions to a model's matrices instead of the matrices (Hu et al. 2021), through peft."""

from __future__ import annotations

from typing import Any


def add_lora(model: Any, *, rank: int, kept_in: str, seed: int) -> None:
    """Adds them to every matrix of the layers, in place, and freezes the rest; the same for the same seed."""
    import torch
    from peft import LoraConfig, inject_adapter_in_model

    torch.manual_seed(seed)
    inject_adapter_in_model(LoraConfig(r=rank, lora_alpha=2 * rank, target_modules="all-linear"), model)
    for parameter in model.parameters():
        if parameter.requires_grad:
            parameter.data = parameter.data.to(torch.float32 if kept_in == "fp32" else torch.bfloat16)


def merge_lora(model: Any) -> None:
    """Puts what was learnt into the matrices, in place: the model is then one of its kind like any other."""
    from peft.tuners.lora import LoraLayer

    for name, layer in [item for item in model.named_modules() if isinstance(item[1], LoraLayer)]:
        layer.merge()
        model.set_submodule(name, layer.get_base_layer())
