"""How much memory a training needs, summed before anything is loaded, and what would make it need less.

The sum is of what each device holds at its fullest: weights, gradients, the optimizer's moments, what the forward pass
keeps for the backward pass, and logits. It leaves out what allocators waste and kernels borrow, for which a tenth of a
device stays free.
"""

from __future__ import annotations

import json
import math
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any, Protocol, Self

from components.errors import InputError
from components.models.devices import Devices

USED = 0.9
"""The share of a device's memory that may be planned for."""
BYTES = {"bf16": 2, "fp32": 4}
LOGITS = 3 * 4 * 2**25
"""Bytes of a piece's logits, their gradient and their logarithms (see `distill.loss.MOST_LOGITS`)."""
HEADS = re.compile(r"embed|lm_head|wte|wpe")
SAID = re.compile(r"(\d+(?:\.\d+)?)([bBmM])(?![A-Za-z])")


class Settings(Protocol):
    """What memory depends on of a distillation's settings, by their names in the recipe."""

    @property
    def batch(self) -> int: ...

    @property
    def accumulate(self) -> int: ...

    @property
    def context(self) -> int: ...

    @property
    def precision(self) -> str: ...

    @property
    def optimizer(self) -> str: ...

    @property
    def gradient_checkpointing(self) -> bool: ...

    def model_copy(self, *, update: dict[str, Any]) -> Self: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A model's sizes, known without loading it.

    Attributes:
        parameters: numbers in all its tensors.
        matrices: of them, those in matrices of layers.
        kept: numbers a token leaves in a layer for the backward pass, attention fused.
    """

    parameters: int
    matrices: int
    layers: int
    width: int
    kept: int


def read_shape(folder: Path) -> Shape:
    """The shape of a model folder, from its configuration and the headers of its weights.

    Raises:
        InputError: they cannot be read.
    """
    from transformers import AutoConfig

    try:
        config = AutoConfig.from_pretrained(folder).get_text_config()
        tensors = dict(_tensors(folder))
    except (OSError, ValueError, KeyError, struct.error) as error:
        raise InputError(
            f"the model's configuration or weights cannot be read: {error}", where=str(folder), fix="save it again"
        ) from error
    width, heads = config.hidden_size, config.num_attention_heads
    each = getattr(config, "head_dim", None) or width // heads
    grouped = getattr(config, "num_key_value_heads", None) or heads
    hidden = getattr(config, "intermediate_size", None) or 4 * width
    return Shape(
        parameters=sum(math.prod(sizes) for sizes in tensors.values()),
        matrices=sum(math.prod(sizes) for name, sizes in tensors.items() if len(sizes) == 2 and not HEADS.search(name)),
        layers=config.num_hidden_layers,
        width=width,
        # two norms and what goes in and out of them; queries, keys, values, their mixture; the feed-forward's products
        kept=6 * width + 2 * (heads + grouped) * each + 4 * hidden,
    )


def named_shape(reference: str) -> Shape | None:
    """What the name of a model says, such as Llama-3.1-8B: how many parameters, and nothing of the rest."""
    told = [float(number) * (1e9 if unit in "bB" else 1e6) for number, unit in SAID.findall(reference)]
    return Shape(parameters=int(max(told)), matrices=0, layers=0, width=0, kept=0) if told else None


def _tensors(folder: Path) -> Iterator[tuple[str, list[int]]]:
    for path in sorted(folder.glob("*.safetensors")):
        with path.open("rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            header = json.loads(file.read(length))
        yield from ((name, about["shape"]) for name, about in header.items() if name != "__metadata__")


def memory_needed(shape: Shape, settings: Settings) -> dict[str, float]:
    """Bytes, by what they are for."""
    compute = BYTES[settings.precision]
    moments = 2 * shape.parameters - (shape.matrices if settings.optimizer == "muon" else 0)
    tokens = math.ceil(settings.batch / settings.accumulate) * settings.context
    layer = shape.kept * compute
    return {
        "weights": 4 * shape.parameters,
        "rounded": compute * shape.parameters if compute < 4 else 0,
        "gradients": 4 * shape.parameters,
        "moments": 4 * moments,
        "activations": tokens
        * (shape.layers * shape.width * compute + layer if settings.gradient_checkpointing else shape.layers * layer),
        "logits": LOGITS,
    }


def check_memory(shape: Shape, settings: Settings, devices: Devices) -> None:
    """Whether a training fits its device.

    Raises:
        InputError: it does not; with the sum, and the settings that would make it fit.
    """
    room = USED * devices.bytes_each
    needed = memory_needed(shape, settings)
    total = sum(needed.values())
    if total <= room:
        return
    lines = (f"  {name:<12}{size / 1e9:9.1f} GB" for name, size in needed.items())
    raise InputError(
        f"a student of {shape.parameters / 1e9:.2g} billion parameters needs {total / 1e9:.1f} GB to be trained so, "
        f"and of the device's {devices.bytes_each / 1e9:.1f} GB {room / 1e9:.1f} may be used:\n" + "\n".join(lines),
        where="distill",
        fix=_smaller(shape, settings, room=room),
    )


def _smaller(shape: Shape, settings: Settings, *, room: float) -> str:
    """The fewest and mildest changes that fit."""
    slimmer: tuple[dict[str, Any], ...] = ({"gradient_checkpointing": True}, {"accumulate": settings.batch})
    for count in range(1, len(slimmer) + 1):
        for changes in combinations(slimmer, count):
            changed = {name: value for change in changes for name, value in change.items()}
            if sum(memory_needed(shape, settings.model_copy(update=changed)).values()) <= room:
                return " and ".join(f"set distill.{name} to {json.dumps(value)}" for name, value in changed.items())
    return "train a smaller student, or on a device with more memory"
