"""The processes that train together: one by itself, many with a copy of the student each, or many of which each keeps
its rows of every tensor (FSDP).

What the loop asks of them is the same; that many give what one gives, to the last digits of floating point, is theirs
to see to. A step's examples are divided among them. Copies add up their gradients and then take the same step; where a
student is divided, its weights are put together from all, layer by layer.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import accumulate, groupby
from typing import Any, TypeVar

T = TypeVar("T")
BUCKET = 2**22
"""Numbers that are added up at once. A call wakes threads in every process, however little it sends: the 86 tensors of
the laptop's student took 40 ms one by one, and take 9 ms together."""


class Group:
    """One process by itself."""

    rank, size = 0, 1
    shares = 1
    """Processes that the student is divided among; 1: each of them has all of it, and the first writes it."""
    loads_on = ""
    """The device a model is loaded to; the best at hand, if it is not said; `meta`: its shape, without its numbers."""

    def learner(self, model: Any, *, precision: str) -> Callable[..., Any]:  # noqa: ARG002
        """Calls functions with the model as their first argument, when its weights are there to be used."""
        return lambda function, *told, **named: function(model, *told, **named)

    def add_up(self, learnt: Iterable[Any]) -> None:
        """Makes the gradients those of the whole step, where the backward pass has not done so."""

    def total(self, value: float) -> float:
        """The sum of a number over the processes."""
        return value

    @property
    def leads(self) -> bool:
        """Whether this is the first process of its machine, which minds the files there."""
        return int(os.environ.get("LOCAL_RANK", "0")) == 0

    def each(self, value: T) -> list[T]:
        """What every process says, in their order."""
        return [value]

    def mine(self, parts: Sequence[T]) -> list[tuple[T, float]]:
        """This process's parts, the same number in each process, with what they count: 0 for one that only fills in."""
        own = list(parts[self.rank :: self.size])
        missing = -(-len(parts) // self.size) - len(own)
        return [(part, 1.0) for part in own] + [(parts[0], 0.0)] * missing

    def rows_of(self, rows: int) -> tuple[int, int]:
        """Which rows of a tensor are this process's: from, and up to."""
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

        held = torch.tensor(value, dtype=torch.float64)
        distributed.all_reduce(held)
        return float(held)

    def each(self, value: T) -> list[T]:
        from torch import distributed

        said: list[Any] = [None] * self.size
        distributed.all_gather_object(said, value)
        return said


class Copies(Many):
    """Each process has the whole student. Gradients are the same everywhere once they are added up, so that all of them
    take the same steps from the same start."""

    def __init__(self, *, rank: int, size: int, device: str) -> None:
        super().__init__(rank=rank, size=size, device=device)
        self.loads_on = device

    def add_up(self, learnt: Iterable[Any]) -> None:
        import torch
        from torch import distributed

        gradients = [each.grad for each in learnt if each.grad is not None]
        ends = accumulate(each.numel() for each in gradients)
        for _, bucket in groupby(gradients, key=lambda _: next(ends) // BUCKET):
            some = list(bucket)
            summed = torch.cat([each.flatten() for each in some])
            distributed.all_reduce(summed)
            for each, part in zip(some, summed.split([each.numel() for each in some]), strict=True):
                each.copy_(part.view_as(each))


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

            def forward(self, function: Callable[..., Any], *told: Any, **named: Any) -> Any:
                return function(self.model, *told, **named)

        cast = torch.bfloat16 if precision == "bf16" and self.device != "cpu" else None  # a CPU's autocast casts
        policy = MixedPrecisionPolicy(param_dtype=cast, reduce_dtype=torch.float32, cast_forward_inputs=False)
        learner = Learner()
        whole = {name: each.detach() for name, each in _tensors(learner)}
        learner.to("meta")
        model.tie_weights()  # each move gives tied weights a tensor each
        for layer in layers_of(model):
            fully_shard(layer, mesh=self._mesh, mp_policy=policy)
        fully_shard(learner, mesh=self._mesh, mp_policy=policy)
        learner.to_empty(device=self.device)
        model.tie_weights()
        self._share_out(whole, learner)

        def call(function: Callable[..., Any], *told: Any, **named: Any) -> Any:
            said = learner(function, *told, **named)
            if not torch.is_grad_enabled():  # else the backward pass does
                learner.reshard()
            return said

        for each in learner.modules():
            if hasattr(each, "set_gradient_divide_factor"):
                each.set_gradient_divide_factor(1.0)  # the loss is divided by all rows already
                each.set_force_sum_reduction_for_comms(True)
        return call

    def _share_out(self, whole: dict[str, Any], learner: Any) -> None:
        """Gives every process its rows of each tensor, and all of what is no parameter."""
        import torch
        from torch import distributed

        with torch.no_grad():
            for name, each in _tensors(learner):
                read = whole.pop(name)
                full = (
                    torch.empty(each.shape, dtype=each.dtype, device=self.device) if self.rank else read.to(self.device)
                )
                distributed.broadcast(full, src=0)
                begin, end = self.rows_of(each.shape[0]) if hasattr(each, "to_local") else (0, None)
                own_rows(each).copy_(full[begin:end] if each.ndim else full)


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

    return next(each for each in model.modules() if isinstance(each, torch.nn.ModuleList))


def _tensors(module: Any) -> Iterator[tuple[str, Any]]:
    yield from module.named_parameters()
    yield from module.named_buffers()


def own_rows(tensor: Any) -> Any:
    """What of a tensor this process holds: a view, to read and to write."""
    return tensor.to_local() if hasattr(tensor, "to_local") else tensor


def put_together(tensor: Any) -> Any:
    """A whole tensor again; every process has to ask."""
    return tensor.full_tensor() if hasattr(tensor, "full_tensor") else tensor
