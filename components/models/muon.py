"""PyTorch's Muon in fp32, for a CPU that has no bf16: `torch.optim.Muon` always multiplies in bf16.

This imports torch, so it is imported where an optimizer is made.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch


class Muon(torch.optim.Muon):  # type: ignore[misc]
    """The updates of `torch.optim.Muon` with Nesterov momentum and `adjust_lr_fn="match_rms_adamw"`, computed in fp32.

    Its state has the same names, so a checkpoint of one can be continued with the other.
    """

    @torch.no_grad()  # type: ignore[untyped-decorator]
    def step(self, closure: Any = None) -> None:  # noqa: ARG002
        for group in self.param_groups:
            learnt = [parameter for parameter in group["params"] if parameter.grad is not None]
            for parameter in learnt:
                state = self.state[parameter]
                if "momentum_buffer" not in state:
                    state["momentum_buffer"] = torch.zeros_like(parameter)
                momentum = state["momentum_buffer"]
                momentum.lerp_(parameter.grad, 1 - group["momentum"])
                update = orthogonal(
                    parameter.grad.lerp(momentum, group["momentum"]),
                    coefficients=group["ns_coefficients"],
                    steps=group["ns_steps"],
                    least=group["eps"],
                )
                parameter.mul_(1 - group["lr"] * group["weight_decay"])
                parameter.add_(update, alpha=-group["lr"] * 0.2 * max(parameter.shape) ** 0.5)


def orthogonal(matrix: Any, *, coefficients: Sequence[float], steps: int, least: float) -> Any:
    """The matrix with its singular values moved to about 1, by Newton-Schulz iterations (Jordan et al. 2024).

    Args:
        matrix: of shape (rows, columns); the result has the same.
        coefficients: of x, x^3 and x^5 in the polynomial of one iteration.
        least: lower bound of the Frobenius norm that the matrix is divided by.
    """
    wide = matrix if matrix.shape[0] <= matrix.shape[1] else matrix.T
    scaled = wide / wide.norm().clamp(min=least)
    linear, cubic, quintic = coefficients
    for _ in range(steps):
        gram = scaled @ scaled.T
        scaled = torch.addmm(scaled, torch.addmm(gram, gram, gram, beta=cubic, alpha=quintic), scaled, beta=linear)
    return scaled if wide is matrix else scaled.T
