"""Estimates the memory and the disk of a training before anything is loaded, and finds settings that need less.

The estimate is the peak on each device: weights, gradients, the optimizer's moments, activations that the forward pass
keeps for the backward pass, and logits. Fragmentation and the workspaces of kernels are not counted; a tenth of each
device stays free for them.
"""

from __future__ import annotations

import json
import math
import re
import shutil
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any, Protocol, Self

from components.errors import InputError
from components.models.devices import Devices
from components.models.files import weight_files

USED = 0.9
"""The share of a device's memory that may be planned for."""
BYTES = {"bf16": 2, "fp32": 4}
MOST_LOGITS = 2**25
"""Logits that a training holds at once: 128 MB in fp32, and as much again for their gradient and their logarithms."""
MOST_DEVICES = 64
"""How many devices an error may recommend."""
HEADS = re.compile(r"embed|lm_head|wte|wpe")
SIZE_IN_NAME = re.compile(r"(\d+(?:\.\d+)?)([bBmM])(?![A-Za-z])")


class Settings(Protocol):
    """The settings of a distillation that memory depends on, by their names in the recipe."""

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

    @property
    def states(self) -> str: ...

    @property
    def lora_rank(self) -> int: ...

    @property
    def checkpoints_kept(self) -> int: ...

    def model_copy(self, *, update: dict[str, Any]) -> Self: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A model's sizes, known without loading it.

    Attributes:
        parameters: numbers in all its tensors.
        matrices: how many of them are in the layers' matrices.
        edges: the sum of rows and columns of these matrices: parameters of a LoRA of rank 1.
        kept: numbers that a layer keeps of each token for the backward pass, with fused attention.
        cached: keys and values that all layers keep of each token while a completion is written.
    """

    parameters: int
    matrices: int
    edges: int
    layers: int
    width: int
    kept: int
    cached: int


def read_shape(folder: Path) -> Shape:
    """The shape of a model folder, from its configuration and the headers of its weights.

    Raises:
        InputError: they cannot be read.
    """
    from huggingface_hub.errors import StrictDataclassError
    from transformers import AutoConfig

    try:
        config = AutoConfig.from_pretrained(folder).get_text_config()
        tensors = dict(_tensors(folder))
    except (OSError, ValueError, KeyError, struct.error, StrictDataclassError) as error:
        problem = f"the model's configuration or weights cannot be read: {error}"
        raise InputError(problem, where=str(folder), fix="save, copy or download it again") from error
    width, heads = config.hidden_size, config.num_attention_heads
    head_width = getattr(config, "head_dim", None) or width // heads
    grouped = getattr(config, "num_key_value_heads", None) or heads
    hidden = getattr(config, "intermediate_size", None) or 4 * width
    matrices = [sizes for name, sizes in tensors.items() if len(sizes) == 2 and not HEADS.search(name)]
    return Shape(
        parameters=sum(math.prod(sizes) for sizes in tensors.values()),
        matrices=sum(map(math.prod, matrices)),
        edges=sum(map(sum, matrices)),
        layers=config.num_hidden_layers,
        width=width,
        # two norms, which compute in fp32, and what comes out; queries, their mixture twice, keys and values; the
        # feed-forward's products
        kept=8 * width + (3 * heads + 2 * grouped) * head_width + 4 * hidden,
        cached=2 * grouped * head_width * config.num_hidden_layers,
    )


def named_shape(reference: str) -> Shape | None:
    """The number of parameters in a model's name, such as Llama-3.1-8B, with zeros for the rest; None without one."""
    numbers = [float(number) * (1e9 if unit in "bB" else 1e6) for number, unit in SIZE_IN_NAME.findall(reference)]
    return (
        Shape(parameters=int(max(numbers)), matrices=0, edges=0, layers=0, width=0, kept=0, cached=0)
        if numbers
        else None
    )


def _tensors(folder: Path) -> Iterator[tuple[str, list[int]]]:
    for path in weight_files(folder):
        size = path.stat().st_size
        with path.open("rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            header = json.loads(file.read(min(length, size)))
        tensors = {name: about for name, about in header.items() if name != "__metadata__"}
        if size != 8 + length + max((about["data_offsets"][1] for about in tensors.values()), default=0):
            raise ValueError(f"{path.name} is cut short")
        yield from ((name, about["shape"]) for name, about in tensors.items())


def memory_needed(shape: Shape, settings: Settings, *, processes: int, shares: int = 0) -> dict[str, float]:
    """Bytes on each device, by what they are for.

    Args:
        shares: among how many processes weights, gradients and moments are divided (FSDP); 0: all of them.
    """
    shares = shares or processes
    compute, state = BYTES[settings.precision], BYTES[settings.states]
    learnt, moments = _learnt(shape, settings)
    weights = (compute * shape.parameters if settings.lora_rank else 0) + state * learnt
    copies = compute * learnt if compute < state else 0
    if shares > 1:  # the layer that is computed, the one fetched before its turn, embedding and head
        copies = compute * (shape.parameters - shape.matrices + 2 * shape.matrices // max(1, shape.layers))
    tokens = math.ceil(settings.batch / (settings.accumulate * processes)) * settings.context
    layer = shape.kept * compute
    per_token = (
        shape.layers * shape.width * compute + layer if settings.gradient_checkpointing else shape.layers * layer
    )
    return {
        "weights": weights / shares,
        "copies": copies,
        "gradients": state * learnt / shares,
        "moments": state * moments / shares,
        "activations": tokens * per_token,
        "logits": 3 * 4 * MOST_LOGITS,
    }


def _learnt(shape: Shape, settings: Settings) -> tuple[int, int]:
    """How many numbers are learnt, and how many the optimizer keeps of them."""
    added = settings.lora_rank * shape.edges
    learnt, matrices = (added, added) if settings.lora_rank else (shape.parameters, shape.matrices)
    return learnt, 2 * learnt - (matrices if settings.optimizer == "muon" else 0)


def check_disk_of_training(folder: Path, shape: Shape, settings: Settings, *, share: float = 1.0) -> None:
    """Whether a training's checkpoints, one more while it is written, and the student fit on its disk.

    Args:
        folder: below which they are written, perhaps not there yet; what lies there of an earlier try counts as room.
        share: the share of a checkpoint that this machine writes.

    Raises:
        InputError: they do not fit.
    """
    checkpoint = share * BYTES[settings.states] * sum(_learnt(shape, settings))
    needed = (settings.checkpoints_kept + 1) * checkpoint + BYTES["bf16"] * shape.parameters
    existing = next(parent for parent in (folder.absolute(), *folder.absolute().parents) if parent.exists())
    room = shutil.disk_usage(existing).free + sum(map(_size, folder.rglob("step-*.safetensors")))
    if needed <= room:
        return
    raise InputError(
        f"the training writes {needed / 1e9:.1f} GB: {settings.checkpoints_kept + 1} checkpoints of "
        f"{checkpoint / 1e9:.1f} GB and the student; the disk has {room / 1e9:.1f} GB for them",
        where=str(folder),
        fix="free some space, or give the place a work folder on a larger disk; lower distill.checkpoints_kept, set "
        "distill.states to bf16, or learn additions alone (distill.lora_rank)",
    )


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:  # a training beside has removed it meanwhile
        return 0


def check_memory(shape: Shape, settings: Settings, devices: Devices) -> bool:
    """Whether each device has room for the whole student; else the processes have to divide it (FSDP).

    Raises:
        InputError: it does not fit divided either; names the estimate and settings that would fit.
    """
    size, processes = devices.bytes_each, devices.processes
    if shares := _shares(shape, settings, processes=processes, room=USED * size):
        return shares == 1
    needed = memory_needed(shape, settings, processes=processes)
    lines = (f"  {name:<12}{size_needed / 1e9:9.1f} GB" for name, size_needed in needed.items() if size_needed)
    raise InputError(
        f"a student of {shape.parameters / 1e9:.2g} billion parameters needs {sum(needed.values()) / 1e9:.1f} GB on "
        f"{'the device' if processes == 1 else f'each of {processes} devices'} to be trained with these settings, "
        f"which has {size / 1e9:.1f} GB, of which {USED:.0%} may be used:\n" + "\n".join(lines),
        where="distill",
        fix=_smaller(shape, settings, devices),
    )


def _shares(shape: Shape, settings: Settings, *, processes: int, room: float) -> int:
    """Among how many processes a student has to be divided to fit: 1 or all of them; 0: it does not fit."""
    for shares in (1, processes):
        if sum(memory_needed(shape, settings, processes=processes, shares=shares).values()) <= room:
            return shares
    return 0


def _smaller(shape: Shape, settings: Settings, devices: Devices) -> str:
    """A fix in words: the fewest changes of settings that fit, the mildest first, else more devices."""
    slimmer: tuple[dict[str, Any], ...] = (
        {"gradient_checkpointing": True},
        {"accumulate": settings.batch},
        {"states": "bf16"},
        {"lora_rank": settings.lora_rank or 16},
    )
    room, processes = USED * devices.bytes_each, devices.processes
    while processes <= MOST_DEVICES:
        for count in range(len(slimmer) + 1):
            for changes in combinations(slimmer, count):
                changed = {name: value for change in changes for name, value in change.items()}
                changed_settings = settings.model_copy(update=changed)
                if _shares(shape, changed_settings, processes=processes, room=room):
                    changes_in_words = [f"distill.{name} to {json.dumps(value)}" for name, value in changed.items()]
                    if processes > devices.processes:
                        changes_in_words.append(
                            f"the place's training.processes to {processes}, with a device of this size each"
                        )
                    return "set " + " and ".join(changes_in_words)
        processes *= 2
    return "train a smaller student, or on devices with more memory"
