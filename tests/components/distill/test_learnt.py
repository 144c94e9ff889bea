"""What is learnt in fp32 of a student that computes in bf16, as on a GPU."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from components.distill.learnt import Learnt, Masters
from components.models.lora import add_lora
from components.models.optimizers import make_optimizers
from components.models.weights import load_model


def stepped(model: Any, learnt: Learnt, *, times: int, rate: float) -> None:
    """So many steps, each of two backward passes."""
    import torch

    (optimizer,) = make_optimizers("adamw", learnt.tensors, model=model, weight_decay=0.0)
    optimizer.param_groups[0]["lr"] = rate
    for _ in range(times):
        for seed in (1, 2):
            tokens = torch.randint(5, 200, (2, 32), generator=torch.Generator().manual_seed(seed)).to(model.device)
            model(input_ids=tokens, labels=tokens, use_cache=False).loss.backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        learnt.hand_out()


def test_changes_too_small_for_bf16_add_up(tiny_model: Path) -> None:
    import torch

    changed = []
    for make in (Learnt, Masters):
        model = load_model(tiny_model, kept_in="bf16" if make is Learnt else "fp32")
        before = model.lm_head.weight.detach().clone().to(torch.bfloat16)
        stepped(model, make(model), times=20, rate=2e-5)
        assert model.lm_head.weight.dtype == torch.bfloat16
        large = before.abs() > 0.1  # a step is a hundredth of what bf16 tells apart there
        changed.append(float((model.lm_head.weight != before)[large].float().mean()))
    assert changed[0] < 0.05
    assert changed[1] > 2 * changed[0] + 0.02


def test_gradients_of_all_parts_of_a_step_are_added_up(tiny_model: Path) -> None:
    import torch

    found = []
    for make in (Learnt, Masters):
        model = load_model(tiny_model)
        learnt = make(model)
        for seed in (1, 2):
            tokens = torch.randint(5, 200, (2, 32), generator=torch.Generator().manual_seed(seed)).to(model.device)
            model(input_ids=tokens, labels=tokens, use_cache=False).loss.backward()
        assert make is Learnt or all(each.grad is None for each in model.parameters())
        found.append(torch.cat([each.grad.flatten() for each in learnt.tensors.values()]))
    assert found[1].dtype == torch.float32
    assert float((found[0] - found[1]).norm() / found[0].norm()) < 0.1


def test_what_is_frozen_has_no_master(tiny_model: Path) -> None:
    model = load_model(tiny_model, kept_in="bf16")
    add_lora(model, rank=2, kept_in="fp32", seed=1)
    learnt = Masters(model)
    assert learnt.tensors.keys() == {name for name, each in model.named_parameters() if each.requires_grad}
    assert all("lora" in name for name in learnt.tensors)
    stepped(model, learnt, times=1, rate=1e-3)
    for name, each in model.named_parameters():
        if name in learnt.tensors:
            kept, master = (tensor.detach().float().cpu() for tensor in (each, learnt.tensors[name]))
            assert kept == pytest.approx(master, rel=1e-2, abs=1e-6)
