"""A model's weights in a file, a tensor at a time: of a model of billions nothing is in memory a second time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from components.tensor_files import write_tensors


def write_model(model: Any, path: Path) -> None:
    """Writes what of a model is trained."""
    write_tensors(path, dict(model.named_parameters()), metadata={})


def read_model(model: Any, path: Path) -> None:
    """Puts what `write_model` wrote into the model, wherever it lives."""
    import torch
    from safetensors import safe_open

    with safe_open(str(path), framework="pt") as file, torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_(file.get_tensor(name))
