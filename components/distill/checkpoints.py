"""Checkpoints that a killed training goes on from, bit for bit.

One safetensors file each: weights, both moments of AdamW, torch's random state as a tensor, and the rest as JSON in the
file's own metadata. A file appears whole or not at all, and only the newest few are kept. Never pickle.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from components.files import whole

MOMENTS = ("exp_avg", "exp_avg_sq")
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


def save_checkpoint(folder: Path, *, model: Any, optimizer: Any, step: int, notes: dict[str, Any], keep: int) -> Path:
    """Writes the state after `step` steps and removes all but the newest `keep` files."""
    import torch
    from safetensors.torch import save_file

    names = {id(parameter): name for name, parameter in model.named_parameters()}
    tensors = {f"model.{name}": parameter.detach() for name, parameter in model.named_parameters()}
    for parameter, state in optimizer.state.items():
        for moment in MOMENTS:
            tensors[f"{moment}.{names[id(parameter)]}"] = state[moment]
    tensors[RANDOM] = torch.get_rng_state()
    folder.mkdir(parents=True, exist_ok=True)
    path = _path(folder, step)
    with whole(path) as part:
        save_file(
            {name: tensor.contiguous() for name, tensor in tensors.items()},
            part,
            metadata={"step": str(step), "notes": json.dumps(notes)},
        )
    for old in checkpoints(folder)[:-keep]:
        old.unlink(missing_ok=True)
    return path


def restore_checkpoint(folder: Path, *, model: Any, optimizer: Any) -> Progressed | None:
    """Puts the newest checkpoint into model, optimizer and torch's random state; None where there is none."""
    import torch
    from safetensors import safe_open

    for part in folder.glob(".step-*"):  # what a killed writer left
        part.unlink(missing_ok=True)
    found = checkpoints(folder)
    if not found:
        return None
    with safe_open(found[-1], framework="pt") as file, torch.no_grad():
        metadata = file.metadata()
        step = int(metadata["step"])
        for name, parameter in model.named_parameters():
            parameter.copy_(file.get_tensor(f"model.{name}"))
            optimizer.state[parameter] = {
                "step": torch.tensor(float(step)),
                **{moment: file.get_tensor(f"{moment}.{name}") for moment in MOMENTS},
            }
        torch.set_rng_state(file.get_tensor(RANDOM))
    return Progressed(step=step, notes=json.loads(metadata["notes"]))
