"""Muon without bf16 is PyTorch's."""

from __future__ import annotations

import pytest
import torch

from components.models.muon import Muon, orthogonal

SHAPES = ((8, 8), (24, 8), (8, 24))


def optimizer(kind: type[torch.optim.Muon]) -> torch.optim.Muon:
    generator = torch.Generator().manual_seed(1)
    learnt = [torch.nn.Parameter(torch.randn(shape, generator=generator)) for shape in SHAPES]
    return kind(learnt, lr=0.02, momentum=0.95, weight_decay=0.1, adjust_lr_fn="match_rms_adamw")


def take_steps(made: torch.optim.Muon, *, seed: int, steps: int = 4) -> None:
    generator = torch.Generator().manual_seed(seed)
    for _ in range(steps):
        for each in made.param_groups[0]["params"]:
            each.grad = torch.randn(each.shape, generator=generator)
        made.step()


def test_it_takes_the_steps_of_pytorchs_as_exactly_as_bf16_allows() -> None:
    ours, theirs = optimizer(Muon), optimizer(torch.optim.Muon)
    begun = [each.detach().clone() for each in theirs.param_groups[0]["params"]]
    take_steps(ours, seed=2)
    take_steps(theirs, seed=2)
    for start, own, other in zip(begun, ours.param_groups[0]["params"], theirs.param_groups[0]["params"], strict=True):
        assert (own - other).norm() < 0.05 * (other - start).norm()


def test_a_checkpoint_of_one_goes_on_in_the_other() -> None:
    ours, theirs = optimizer(Muon), optimizer(torch.optim.Muon)
    take_steps(theirs, seed=3)
    ours.load_state_dict(theirs.state_dict())
    for own, other in zip(ours.param_groups[0]["params"], theirs.param_groups[0]["params"], strict=True):
        assert torch.equal(ours.state[own]["momentum_buffer"], theirs.state[other]["momentum_buffer"])


def test_what_has_no_gradient_is_left_as_it_is() -> None:
    made = optimizer(Muon)
    first, *others = made.param_groups[0]["params"]
    before = first.detach().clone()
    for each in others:
        each.grad = torch.ones_like(each)
    made.step()
    assert torch.equal(first, before)


@pytest.mark.parametrize("shape", SHAPES)
def test_an_orthogonal_matrix_has_singular_values_of_about_one(shape: tuple[int, int]) -> None:
    drawn = torch.randn(shape, generator=torch.Generator().manual_seed(4))
    values = torch.linalg.svdvals(orthogonal(drawn, coefficients=(3.4445, -4.775, 2.0315), steps=5, least=1e-7))
    assert values.min() > 0.5
    assert values.max() < 1.5
