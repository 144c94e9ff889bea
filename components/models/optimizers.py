"""The optimizers of training: AdamW for everything, or Muon for the layers' matrices and AdamW for the rest."""

from __future__ import annotations

from typing import Any

MATRICES = 1 / 3
"""Muon's learning rate, in AdamW's. At six times that a student of the shipped base learnt worse (docs/log.md)."""


def make_adamw(model: Any, *, weight_decay: float) -> list[Any]:
    import torch

    learnt = [each for each in model.parameters() if each.requires_grad]
    return [torch.optim.AdamW(learnt, betas=(0.9, 0.95), weight_decay=weight_decay)]


def make_muon(model: Any, *, weight_decay: float) -> list[Any]:
    """Muon (Jordan et al. 2024) for matrices of layers, AdamW for embeddings, norms and the head, in this order."""
    import torch

    words = {
        id(each.weight) for each in (model.get_input_embeddings(), model.get_output_embeddings()) if each is not None
    }
    learnt = [each for each in model.parameters() if each.requires_grad]
    matrices = [each for each in learnt if each.ndim == 2 and id(each) not in words]
    rest = [each for each in learnt if each.ndim != 2 or id(each) in words]
    return [
        torch.optim.Muon(matrices, momentum=0.95, weight_decay=weight_decay, adjust_lr_fn="match_rms_adamw"),
        torch.optim.AdamW(rest, betas=(0.9, 0.95), weight_decay=weight_decay),
    ]


def set_rate(optimizers: list[Any], rate: float) -> None:
    """Sets AdamW's learning rate, and Muon's in proportion."""
    import torch

    for optimizer in optimizers:
        share = MATRICES if isinstance(optimizer, torch.optim.Muon) else 1.0
        for group in optimizer.param_groups:
            group["lr"] = rate * share
