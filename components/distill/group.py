"""The processes that train together: one alone, several with a copy of the student each, or several that each keep
their rows of every tensor (FSDP).

The training loop uses all in the same way, and the result is the same up to the last digits of floating point. A step's
examples are divided among the processes. Copies add up their gradients and then take the same step. If the student is
divided, each layer's weights are gathered from all processes when they are needed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import accumulate, groupby
from typing import Any, TypeVar

T = TypeVar("T")
BUCKET = 2**22
"""Numbers that are added up in one call. Every call wakes threads in every process, however little it sends: the 86
tensors of the laptop's student take 40 ms one by one, and 9 ms together."""


class Group:
    """One process by itself."""

    rank, size = 0, 1
    shares = 1
    """How many processes the student is divided among; 1: each process has all of it, and the first writes it."""
    loads_on = ""
    """The device a model is loaded to; the best at hand, if it is not said; `meta`: its shape, without its numbers."""

    def learner(self, model: Any, *, precision: str) -> Callable[..., Any]:  # noqa: ARG002
        """A function that calls another one with the model as first argument, while its weights are complete."""
        return lambda function, *arguments, **named: function(model, *arguments, **named)

    def add_up(self, learnt: Iterable[Any]) -> None:
        """Sums the gradients of all processes, in place, if the backward pass has not done so."""

    def total(self, value: float) -> float:
        """The sum of a number over the processes."""
        return value

    @property
    def leads(self) -> bool:
        """Whether this is the first process of its machine, which manages the files there."""
        return int(os.environ.get("LOCAL_RANK", "0")) == 0

    def gather(self, value: T) -> list[T]:
        """The values of all processes, in the order of their ranks."""
        return [value]

    def mine(self, parts: Sequence[T]) -> list[tuple[T, float]]:
        """(part, weight) of this process's parts; each process has the same number. The weight is 1, or 0 for a
        filler."""
        own_parts = list(parts[self.rank :: self.size])
        missing = -(-len(parts) // self.size) - len(own_parts)
        return [(part, 1.0) for part in own_parts] + [(parts[0], 0.0)] * missing

    def rows_of(self, rows: int) -> tuple[int, int]:
        """The first and the last row (exclusive) of a tensor of so many rows that are this process's."""
        share, place = -(-rows // self.shares), self.rank % self.shares
        return min(rows, place * share), min(rows, (place + 1) * share)


ALONE = Group()


class Many(Group):
    """Processes that torchrun started, joined by gloo, and by NCCL where each has a GPU."""

    def __init__(self, *, rank: int, size: int, device: str) -> None:
        self.rank, self.size, self.device = rank, size, device

    def total(self, value: float) -> float:
        import torch
        from torch import distributed

        tensor = torch.tensor(value, dtype=torch.float64)
        distributed.all_reduce(tensor)
        return float(tensor)

    def gather(self, value: T) -> list[T]:
        from torch import distributed

        values: list[Any] = [None] * self.size
        distributed.all_gather_object(values, value)
        return values


class Copies(Many):
    """Each process has the whole student. Gradients are the same everywhere once they are added up, so that all of them
    take the same steps from the same start."""

    def __init__(self, *, rank: int, size: int, device: str) -> None:
        super().__init__(rank=rank, size=size, device=device)
        self.loads_on = device

    def add_up(self, learnt: Iterable[Any]) -> None:
        import torch
        from torch import distributed

        gradients = [parameter.grad for parameter in learnt if parameter.grad is not None]
        ends = accumulate(gradient.numel() for gradient in gradients)
        for _, bucket in groupby(gradients, key=lambda _: next(ends) // BUCKET):
            gradients_of_bucket = list(bucket)
            summed = torch.cat([gradient.flatten() for gradient in gradients_of_bucket])
            distributed.all_reduce(summed)
            for gradient, part in zip(
                gradients_of_bucket, summed.split([gradient.numel() for gradient in gradients_of_bucket]), strict=True
            ):
                gradient.copy_(part.view_as(gradient))


class Shares(Many):
    """Each process keeps its rows of every tensor. The first reads the model; the others get their rows from it, a
    tensor at a time, and never hold all of it."""

    def __init__(self, *, rank: int, size: int, device: str) -> None:
        from torch.distributed.device_mesh import init_device_mesh

        super().__init__(rank=rank, size=size, device=device)
        self.shares = size
        self.loads_on = "meta" if rank else "cpu"
        self._mesh = init_device_mesh(device.split(":")[0], (size,))

    def learner(self, model: Any, *, precision: str) -> Callable[..., Any]:
        """Shards the model in place, a layer at a time, and what is left around the layers."""
        import torch
        from torch.distributed.fsdp import MixedPrecisionPolicy, fully_shard

        class Learner(torch.nn.Module):  # type: ignore[misc]
            """The root of what is sharded: in its forward pass embedding and head can be used from everywhere."""

            def __init__(self) -> None:
                super().__init__()
                self.model = model

            def forward(self, function: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
                return function(self.model, *arguments, **named)

        cast = torch.bfloat16 if precision == "bf16" and self.device != "cpu" else None  # a CPU's autocast casts
        policy = MixedPrecisionPolicy(param_dtype=cast, reduce_dtype=torch.float32, cast_forward_inputs=False)
        learner = Learner()
        whole = {name: tensor.detach() for name, tensor in _tensors(learner)}
        learner.to("meta")
        model.tie_weights()  # each move gives tied weights a tensor each
        for layer in layers_of(model):
            fully_shard(layer, mesh=self._mesh, mp_policy=policy)
        fully_shard(learner, mesh=self._mesh, mp_policy=policy)
        learner.to_empty(device=self.device)
        model.tie_weights()
        self._share_out(whole, learner)

        def call(function: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
            result = learner(function, *arguments, **named)
            if not torch.is_grad_enabled():  # else the backward pass does
                learner.reshard()
            return result

        for module in learner.modules():
            if hasattr(module, "set_gradient_divide_factor"):
                module.set_gradient_divide_factor(1.0)  # the loss is divided by all rows already
                module.set_force_sum_reduction_for_comms(True)
        return call

    def _share_out(self, whole: dict[str, Any], learner: Any) -> None:
        """Gives every process its rows of each tensor, and all of what is no parameter."""
        import torch
        from torch import distributed

        with torch.no_grad():
            for name, tensor in _tensors(learner):
                source = whole.pop(name)
                full = (
                    torch.empty(tensor.shape, dtype=tensor.dtype, device=self.device)
                    if self.rank
                    else source.to(self.device)
                )
                distributed.broadcast(full, src=0)
                begin, end = self.rows_of(tensor.shape[0]) if hasattr(tensor, "to_local") else (0, None)
                own_rows(tensor).copy_(full[begin:end] if tensor.ndim else full)


@contextmanager
def joined(*, copies: bool) -> Iterator[Group]:
    """This process among those that torchrun started with it.

    Args:
        copies: each of them has room for the whole student.
    """
    import torch
    from torch import distributed

    rank, size = int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"])
    if size == 1:
        yield ALONE
        return
    device = f"cuda:{os.environ['LOCAL_RANK']}" if torch.cuda.is_available() else "cpu"
    if device != "cpu":
        torch.cuda.set_device(device)
    distributed.init_process_group("cpu:gloo,cuda:nccl" if device != "cpu" else "gloo")
    try:
        yield (Copies if copies else Shares)(rank=rank, size=size, device=device)
    finally:
        distributed.destroy_process_group()


def layers_of(model: Any) -> Any:
    """The modules that are a model's layers, from the first to the last."""
    import torch

    return next(module for module in model.modules() if isinstance(module, torch.nn.ModuleList))


def _tensors(module: Any) -> Iterator[tuple[str, Any]]:
    yield from module.named_parameters()
    yield from module.named_buffers()


def own_rows(tensor: Any) -> Any:
    """This process's rows of a tensor, as a view to read and to write."""
    return tensor.to_local() if hasattr(tensor, "to_local") else tensor


def put_together(tensor: Any) -> Any:
    """The whole tensor, gathered from all processes; every process must call it."""
    return tensor.full_tensor() if hasattr(tensor, "full_tensor") else tensor
