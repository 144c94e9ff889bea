"""Routing profiles: how a mixture-of-experts spends its routers' probability, probe by probe.

A profile is specialization at its finest: its domains are the probes themselves, and within a probe the quarters of the
answer. What two profiles share is in which probes experts are used together, so it survives another numbering of
experts, another architecture, and answers in other words: only *where* answers differ from each other has to agree.

Known from the paper: that specialization is a habit which distillation carries over. All else here is ours.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from components.errors import InputError
from components.signatures.recording import Subject, write_tensors

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray

SCHEMA_VERSION = 1
SLICES = 4
"""Parts an answer is divided into, in order: openings are compared with openings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerProfile:
    """One layer's profile. `mass` is [probes, SLICES, experts]: mean router probability over the slice's tokens."""

    depth: float
    mass: NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A model's routing over one answer to each probe. Its size depends on the probes, not on the answers' length."""

    subject: Subject
    layers: tuple[LayerProfile, ...]

    def save(self, path: Path) -> None:
        """Writes the file, whole or not at all."""
        header = {
            "schema_version": SCHEMA_VERSION,
            "subject": asdict(self.subject),
            "depths": [layer.depth for layer in self.layers],
        }
        tensors = {str(index): layer.mass for index, layer in enumerate(self.layers)}
        write_tensors(path, tensors, metadata={"profile": json.dumps(header)})

    @classmethod
    def load(cls, path: Path) -> Profile:
        """Reads a file that `save` wrote.

        Raises:
            InputError: not a profile, or of another schema version.
        """
        from safetensors import SafetensorError, safe_open

        try:
            with safe_open(str(path), framework="numpy") as file:
                header = json.loads((file.metadata() or {})["profile"])
                if header["schema_version"] != SCHEMA_VERSION:
                    raise ValueError(f"schema version {header['schema_version']}, not {SCHEMA_VERSION}")
                layers = tuple(
                    LayerProfile(depth=depth, mass=file.get_tensor(str(index)))
                    for index, depth in enumerate(header["depths"])
                )
        except (SafetensorError, KeyError, ValueError, OSError) as error:
            raise InputError(
                f"not a routing profile: {error}", where=str(path), fix="delete the file; it is made again"
            ) from error
        return cls(subject=Subject(**header["subject"]), layers=layers)


class Slices:
    """Means of routers' probabilities by text and slice. `begin` says what the next batch holds, `add` gives one
    layer's routing of it."""

    def __init__(self, *, layers: int) -> None:
        self._weight: torch.Tensor | None = None  # [rows, SLICES, tokens], rows of each text's slices sum to 1
        self._mass: list[list[NDArray[np.float32]]] = [[] for _ in range(layers)]

    def begin(self, spans: Sequence[tuple[int, int]], *, tokens: int, device: torch.device) -> None:
        """Says what the next batch holds.

        Args:
            spans: of each text, the first position that counts and the one after the last.
            tokens: of every text with its padding.
        """
        self._weight = _weights(spans, tokens=tokens).to(device)

    def add(self, index: int, *, scores: torch.Tensor) -> None:
        """One layer's probabilities of the batch, [rows * tokens, experts]."""
        weight = self._weight
        if weight is None:
            raise RuntimeError("routing of a batch that was not announced")
        self._mass[index].append((weight @ scores.view(weight.shape[0], weight.shape[2], -1)).cpu().numpy())

    def profile(self, *, subject: Subject, depths: Sequence[float]) -> Profile:
        """All texts so far, in order."""
        layers = tuple(
            LayerProfile(depth=depth, mass=np.concatenate(mass)) for depth, mass in zip(depths, self._mass, strict=True)
        )
        return Profile(subject=subject, layers=layers)


def _weights(spans: Sequence[tuple[int, int]], *, tokens: int) -> torch.Tensor:
    """[rows, SLICES, tokens]: the weight of each token in each slice; a slice shorter than a token borrows one."""
    import torch

    weight = torch.zeros(len(spans), SLICES, tokens)
    for index, (start, after) in enumerate(spans):
        length = max(after - start, 1)
        first = min(start, after - 1)
        for part in range(SLICES):
            begin = part * length // SLICES
            end = max((part + 1) * length // SLICES, begin + 1)
            weight[index, part, first + begin : first + end] = 1 / (end - begin)
    return weight
