"""The optimizers of training: AdamW for everything, or Muon for the layers' matrices and AdamW for the rest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from components.models.devices import computed_in

MATRICES = 1 / 3
"""Muon's learning rate, in AdamW's. At six times that a student of the shipped base learnt worse (docs/log.md)."""


def make_optimizers(
    kind: Literal["adamw", "muon"], learnt: Mapping[str, Any], *, model: Any, weight_decay: float
) -> list[Any]:
    """AdamW; or Muon (Jordan et al. 2024) for matrices of layers and AdamW for embeddings, norms and the head.

    Args:
        learnt: what is learnt, by its name in the model.
    """
    if kind == "adamw":
        return [_adamw(list(learnt.values()), weight_decay)]
    names = matrices_of(model).keys() & learnt.keys()
    matrices = [tensor for name, tensor in learnt.items() if name in names]
    others = [tensor for name, tensor in learnt.items() if name not in names]
    return [_muon(matrices, weight_decay), _adamw(others, weight_decay)]


def matrices_of(model: Any) -> dict[str, Any]:
    """The matrices of a model's layers by name: neither its embedding nor its head."""
    ends = (model.get_input_embeddings(), model.get_output_embeddings())
    words = {id(module.weight) for module in ends if module is not None}
    return {name: tensor for name, tensor in model.named_parameters() if tensor.ndim == 2 and id(tensor) not in words}


def _muon(matrices: list[Any], weight_decay: float) -> Any:
    import torch

    from components.models.muon import Muon

    optimizer_class = torch.optim.Muon if computed_in("bf16") == "bf16" else Muon
    return optimizer_class(matrices, momentum=0.95, weight_decay=weight_decay, adjust_lr_fn="match_rms_adamw")


def _adamw(learnt: list[Any], weight_decay: float) -> Any:
    """On a GPU in one pass over the numbers, which borrows no memory for what lies between."""
    import torch

    fused = learnt[0].device.type == "cuda"
    return torch.optim.AdamW(learnt, betas=(0.9, 0.95), weight_decay=weight_decay, fused=fused)


def set_rate(optimizers: list[Any], rate: float) -> None:
    """Sets AdamW's learning rate, and Muon's in proportion."""
    import torch

    for optimizer in optimizers:
        share = MATRICES if isinstance(optimizer, torch.optim.Muon) else 1.0
        for group in optimizer.param_groups:
            group["lr"] = rate * share
