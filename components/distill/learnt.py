"""What of a student is learnt, and in which precision.

On a GPU everything is computed in bf16, in which a change by less than 1/256 of a weight is lost. So what is learnt has
a master copy in fp32 (Micikevicius et al. 2018): gradients are added up in it, the optimizer changes it, and the model
gets it rounded after each step. Autocast, as a CPU has it, keeps in fp32 what lies between the products.
"""

from __future__ import annotations

from typing import Any


class Learnt:
    """The model's own weights.

    Attributes:
        tensors: what the optimizer changes, by its name in the model.
    """

    def __init__(self, model: Any) -> None:
        self.tensors = {name: tensor for name, tensor in model.named_parameters() if tensor.requires_grad}

    def hand_out(self) -> None:
        """Gives the model what the tensors have become."""


class Masters(Learnt):
    """Copies in fp32 of weights that the model, changed in place, has in bf16."""

    def __init__(self, model: Any) -> None:
        import torch

        super().__init__(model)
        self._used = list(self.tensors.values())
        self.tensors = {name: torch.nn.Parameter(tensor.data.float()) for name, tensor in self.tensors.items()}
        for parameter in model.parameters():
            parameter.data = parameter.data.to(torch.bfloat16)
        for master, used in zip(self.tensors.values(), self._used, strict=True):
            used.register_post_accumulate_grad_hook(_collector(master))

    def hand_out(self) -> None:
        import torch

        with torch.no_grad():
            torch._foreach_copy_(self._used, list(self.tensors.values()))


def _collector(master: Any) -> Any:
    def collect(used: Any) -> None:
        if master.grad is None:
            master.grad = used.grad.float()
        else:
            master.grad.add_(used.grad)
        used.grad = None

    return collect
