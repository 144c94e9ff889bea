"""The optimizers of training: AdamW for everything, or Muon for the layers' matrices and AdamW for the rest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from components.models.devices import computed_in

MUON_RATE = 1 / 3
"""Muon's learning rate as a share of AdamW's. With six times as much a student of the shipped base learnt worse
(docs/log.md)."""


def make_optimizers(
    kind: Literal["adamw", "muon"], learnt: Mapping[str, Any], *, model: Any, weight_decay: float
) -> list[Any]:
    """AdamW; or Muon (Jordan et al. 2024) for matrices of layers and AdamW for embeddings, norms and the head.

    Args:
        learnt: the parameters that are trained, by their names in the model.
    """
    if kind == "adamw":
        return [_adamw(list(learnt.values()), weight_decay)]
    names = matrices_of(model).keys() & learnt.keys()
    matrices = [tensor for name, tensor in learnt.items() if name in names]
    others = [tensor for name, tensor in learnt.items() if name not in names]
    return [_muon(matrices, weight_decay), _adamw(others, weight_decay)]


def matrices_of(model: Any) -> dict[str, Any]:
    """The two-dimensional parameters of a model's layers by name: all but its embedding and its head."""
    ends = (model.get_input_embeddings(), model.get_output_embeddings())
    words = {id(module.weight) for module in ends if module is not None}
    return {name: tensor for name, tensor in model.named_parameters() if tensor.ndim == 2 and id(tensor) not in words}


def _muon(matrices: list[Any], weight_decay: float) -> Any:
    import torch

    from components.models.muon import Muon

    optimizer_class = torch.optim.Muon if computed_in("bf16") == "bf16" else Muon
    return optimizer_class(matrices, momentum=0.95, weight_decay=weight_decay, adjust_lr_fn="match_rms_adamw")


def _adamw(learnt: list[Any], weight_decay: float) -> Any:
    """AdamW; on a GPU fused into one kernel, which needs no memory for intermediate results."""
    import torch

    fused = learnt[0].device.type == "cuda"
    return torch.optim.AdamW(learnt, betas=(0.9, 0.95), weight_decay=weight_decay, fused=fused)


def set_rate(optimizers: list[Any], rate: float) -> None:
    """Sets the learning rate: this one for AdamW, `MUON_RATE` of it for Muon."""
    import torch

    for optimizer in optimizers:
        share = MUON_RATE if isinstance(optimizer, torch.optim.Muon) else 1.0
        for group in optimizer.param_groups:
            group["lr"] = rate * share
