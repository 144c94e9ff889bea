"""Training a shadow: by responses or by a teacher's distribution, deterministic by seed, resumable without pickle."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from components.tensor_files import write_tensors

WARM_UP = 10
DECAY = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """Token ids; the loss is on the tokens from `start` on."""

    ids: Sequence[int]
    start: int


def train(
    model: Any,
    examples: Sequence[Example],
    *,
    steps: int,
    rate: float,
    batch: int,
    seed: int,
    checkpoint: Path,
    every: float,
    keep: bool = False,
    teacher: Any = None,
) -> float:
    """AdamW without decay; every epoch in a new order, fixed by the seed.

    The rate rises over ten steps, stays, and falls to nothing over the last `DECAY` of the steps.

    Args:
        checkpoint: a folder-less file name; weights, optimizer state and step are kept there every `every` seconds,
            and a run that finds it continues from it.
        keep: leave the last checkpoint behind, so that a finished stage is not trained again.
        teacher: a model of the same vocabulary whose next-token distribution is learnt in place of the tokens.

    Returns:
        The loss of the last step; nan when nothing was left to do.
    """
    import torch

    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=0.0, fused=True)
    first = _resume(model, optimizer, checkpoint)
    saved, loss = time.monotonic(), float("nan")
    model.train()
    for step, rows in enumerate(_schedule(len(examples), steps=steps, batch=batch, seed=seed)):
        if step < first:
            continue
        optimizer.param_groups[0]["lr"] = rate * _share(step, steps=steps)
        loss = _step(model, optimizer, [examples[row] for row in rows], teacher=teacher)
        if time.monotonic() - saved >= every:
            _save(model, optimizer, checkpoint, step=step + 1)
            saved = time.monotonic()
    model.eval()
    if keep and first < steps:
        _save(model, optimizer, checkpoint, step=steps)
    elif not keep:
        checkpoint.unlink(missing_ok=True)
    return loss


def _share(step: int, *, steps: int) -> float:
    """Of the full rate, at a step counted from 0."""
    return min(1.0, (step + 1) / WARM_UP, (steps - step) / max(DECAY * steps, 1.0))


def _schedule(count: int, *, steps: int, batch: int, seed: int) -> Iterator[list[int]]:
    """`steps` batches of row numbers; every row once per epoch."""
    import torch

    generator = torch.Generator().manual_seed(seed)
    queue: list[int] = []
    for _ in range(steps):
        while len(queue) < batch:
            queue.extend(torch.randperm(count, generator=generator).tolist())
        yield queue[:batch]
        del queue[:batch]


def _step(model: Any, optimizer: Any, rows: Sequence[Example], *, teacher: Any) -> float:
    import torch

    longest = max(len(row.ids) for row in rows)
    ids = torch.zeros(len(rows), longest, dtype=torch.long)
    mask = torch.zeros(len(rows), longest, dtype=torch.long)
    labels = torch.full((len(rows), longest), -100)
    for index, row in enumerate(rows):
        tokens = torch.tensor(list(row.ids))
        ids[index, : len(tokens)] = tokens
        mask[index, : len(tokens)] = 1
        labels[index, row.start : len(tokens)] = tokens[row.start :]
    device = model.device
    inputs = {"input_ids": ids.to(device), "attention_mask": mask.to(device), "use_cache": False}
    labels = labels[:, 1:].to(device)
    learnt = labels != -100
    target = labels[learnt]
    if teacher is not None:
        with torch.no_grad():
            target = teacher(**inputs).logits[:, :-1][learnt].float().softmax(-1)
    loss = torch.nn.functional.cross_entropy(model(**inputs).logits[:, :-1][learnt].float(), target)
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    return float(loss.item())


def _save(model: Any, optimizer: Any, path: Path, *, step: int) -> None:
    tensors = {f"model.{name}": tensor for name, tensor in model.named_parameters()}
    for index, parameter in enumerate(model.parameters()):
        for name, value in optimizer.state.get(parameter, {}).items():
            tensors[f"optimizer.{index}.{name}"] = value
    write_tensors(path, tensors, metadata={"step": str(step)})


def _resume(model: Any, optimizer: Any, path: Path) -> int:
    """Loads a checkpoint into model and optimizer; the number of steps it had made, 0 when there is none."""
    if not path.exists():
        return 0
    import torch
    from safetensors import safe_open

    with safe_open(str(path), framework="pt") as file:
        names = set(file.keys())
        step = int((file.metadata() or {})["step"])
        with torch.no_grad():
            for index, (name, parameter) in enumerate(model.named_parameters()):
                parameter.copy_(file.get_tensor(f"model.{name}"))
                prefix = f"optimizer.{index}."
                state = {
                    key.removeprefix(prefix): file.get_tensor(key).to(parameter.device)
                    for key in names
                    if key.startswith(prefix)
                }
                if state:
                    optimizer.state[parameter] = state
    return step
