"""The optimizers of training: AdamW for everything, or Muon for the layers' matrices and AdamW for the rest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MATRICES = 1 / 3
"""Muon's learning rate, in AdamW's. At six times that a student of the shipped base learnt worse (docs/log.md)."""


def make_adamw(learnt: Mapping[str, Any], *, weight_decay: float) -> list[Any]:
    return [_adamw(list(learnt.values()), weight_decay)]


def make_muon(learnt: Mapping[str, Any], *, model: Any, weight_decay: float) -> list[Any]:
    """Muon (Jordan et al. 2024) for matrices of layers, AdamW for embeddings, norms and the head, in this order.

    Args:
        learnt: what is learnt, by its name in the model.
    """
    import torch

    ends = {
        id(each.weight) for each in (model.get_input_embeddings(), model.get_output_embeddings()) if each is not None
    }
    words = {name for name, each in model.named_parameters() if id(each) in ends}
    matrices = {name: each for name, each in learnt.items() if each.ndim == 2 and name not in words}
    rest = [each for name, each in learnt.items() if name not in matrices]
    return [
        torch.optim.Muon(
            list(matrices.values()), momentum=0.95, weight_decay=weight_decay, adjust_lr_fn="match_rms_adamw"
        ),
        _adamw(rest, weight_decay),
    ]


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
