"""Checkpoints that a killed training goes on from, bit for bit.

One safetensors file each: weights, the optimizers' moments, torch's random state as a tensor, and the rest as JSON in
the file's own metadata, with a digest over all of it. A file appears whole or not at all, and only the newest few are
kept. One that a disk or a copy has torn is set aside, and the one before it is gone on from. Never pickle.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from components.files import whole

MOMENTS = ("exp_avg", "exp_avg_sq", "momentum_buffer")  # two of AdamW, one of Muon
RANDOM = "random.torch"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progressed:
    """What was restored: the number of finished steps, and what the loop noted so far."""

    step: int
    notes: dict[str, Any]


def _path(folder: Path, step: int) -> Path:
    return folder / f"step-{step:08d}.safetensors"


def checkpoints(folder: Path) -> list[Path]:
    """The finished checkpoints, oldest first."""
    return sorted(folder.glob("step-*.safetensors"))


def save_checkpoint(
    folder: Path, *, model: Any, optimizers: Sequence[Any], step: int, notes: dict[str, Any], keep: int
) -> Path:
    """Writes the state after `step` steps and removes all but the newest `keep` files."""
    import torch
    from safetensors.torch import save_file

    names = {id(parameter): name for name, parameter in model.named_parameters()}
    tensors = {f"model.{name}": parameter.detach().contiguous() for name, parameter in model.named_parameters()}
    for optimizer in optimizers:
        for parameter, state in optimizer.state.items():
            for moment in state.keys() & set(MOMENTS):
                tensors[f"{moment}.{names[id(parameter)]}"] = state[moment].contiguous()
    tensors[RANDOM] = torch.get_rng_state()
    said = {"step": str(step), "notes": json.dumps(notes)}
    folder.mkdir(parents=True, exist_ok=True)
    path = _path(folder, step)
    with whole(path) as part:
        save_file(tensors, part, metadata={**said, "digest": _digest(sorted(tensors.items()), said)})
    for old in checkpoints(folder)[:-keep]:
        old.unlink(missing_ok=True)
    return path


def restore_checkpoint(folder: Path, *, model: Any, optimizers: Sequence[Any]) -> Progressed | None:
    """Puts the newest whole checkpoint into model, optimizers and torch's random state; None where there is none."""
    import torch
    from safetensors import safe_open

    for part in folder.glob(".step-*"):  # what a killed writer left
        part.unlink(missing_ok=True)
    for path in reversed(checkpoints(folder)):
        if not _is_whole(path):
            path.replace(path.with_suffix(".torn"))
            print(f"distill: {path} is torn: set aside as {path.stem}.torn, going on from before it", flush=True)
            continue
        with safe_open(path, framework="pt") as file, torch.no_grad():
            said = file.metadata()
            step = int(said["step"])
            kept = set(file.keys())
            owners = {id(each): one for one in optimizers for group in one.param_groups for each in group["params"]}
            for name, parameter in model.named_parameters():
                parameter.copy_(file.get_tensor(f"model.{name}"))
                found = {moment: f"{moment}.{name}" for moment in MOMENTS if f"{moment}.{name}" in kept}
                moments = {moment: file.get_tensor(key).to(parameter.device) for moment, key in found.items()}
                owners[id(parameter)].state[parameter] = {"step": torch.tensor(float(step)), **moments}
            torch.set_rng_state(file.get_tensor(RANDOM))
        return Progressed(step=step, notes=json.loads(said["notes"]))
    return None


def _is_whole(path: Path) -> bool:
    """Whether a checkpoint holds what was written; one tensor at a time is in memory."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt") as file:
            said = dict(file.metadata() or {})
            written: str = said.pop("digest", "")
            tensors = ((name, file.get_tensor(name)) for name in sorted(file.keys()))
            return _digest(tensors, said) == written
    except (SafetensorError, OSError, ValueError):
        return False


def _digest(tensors: Iterable[tuple[str, Any]], said: Mapping[str, str]) -> str:
    """SHA-256 over the metadata and over every tensor's name, type, shape and bytes; tensors are in order of name."""
    import torch

    digest = hashlib.sha256(json.dumps(said, sort_keys=True).encode())
    for name, tensor in tensors:
        digest.update(f"{name}\0{tensor.dtype}\0{list(tensor.shape)}\n".encode())
        digest.update(tensor.cpu().reshape(-1).view(torch.uint8).numpy())
    return digest.hexdigest()
