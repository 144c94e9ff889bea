"""Routing profiles: how a mixture-of-experts spends its routers' probability, probe by probe.

A profile is specialization at its finest: its domains are the probes themselves, and within a probe the quarters of the
answer. What two profiles share is in which probes experts are used together, so it survives another numbering of
experts, another architecture, and answers in other words: only *where* answers differ from each other has to agree.

Known from the paper: that specialization is a habit which distillation carries over. All else here is ours.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from components.errors import InputError
from components.signatures.hooks import RoutedText, Router, batches, find_routers, pad, scores_of
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


class _Slices:
    """Sums routers' probabilities by text and slice, while a context of it is open."""

    def __init__(self, routers: Sequence[Router]) -> None:
        self.routers = routers
        self.share: torch.Tensor | None = None  # [rows, SLICES, tokens], rows of each text's slices sum to 1
        self.found: list[list[NDArray[np.float32]]] = [[] for _ in routers]

    def hook(self, index: int) -> Any:
        router = self.routers[index]

        def accumulate(_module: Any, _inputs: Any, output: Any) -> None:
            share = self.share
            if share is None:
                raise RuntimeError("a forward pass without the texts' slices")
            scores = scores_of(router, output[0]).view(share.shape[0], share.shape[2], -1)
            self.found[index].append((share @ scores).cpu().numpy())

        return accumulate


def record_profile(model: Any, texts: Iterable[RoutedText], *, subject: Subject, batch: int) -> Profile:
    """Runs the model over the texts, `batch` at a time. Tokens from each text's `start` on count.

    Raises:
        InputError: the model has no routed experts, or there is no text.
    """
    import torch

    slices = _Slices(find_routers(model))
    training = model.training
    model.eval()
    handles = [router.module.register_forward_hook(slices.hook(index)) for index, router in enumerate(slices.routers)]
    try:
        with torch.inference_mode():
            for rows in batches(texts, batch):
                ids, mask, _counted = pad(rows)
                slices.share = _shares(rows, tokens=ids.shape[1]).to(model.device)
                model.base_model(input_ids=ids.to(model.device), attention_mask=mask.to(model.device), use_cache=False)
    finally:
        for handle in handles:
            handle.remove()
        model.train(training)
    if slices.share is None:
        raise InputError("there is no text to record the routing of", where=subject.name, fix="give at least one probe")
    layers = tuple(
        LayerProfile(depth=router.depth, mass=np.concatenate(found))
        for router, found in zip(slices.routers, slices.found, strict=True)
    )
    return Profile(subject=subject, layers=layers)


def _shares(rows: Sequence[RoutedText], *, tokens: int) -> torch.Tensor:
    """[rows, SLICES, tokens]: the weight of each token in each slice; a slice shorter than a token borrows one."""
    import torch

    share = torch.zeros(len(rows), SLICES, tokens)
    for index, row in enumerate(rows):
        length = max(len(row.ids) - row.start, 1)
        first = min(row.start, len(row.ids) - 1)
        for part in range(SLICES):
            begin = part * length // SLICES
            end = max((part + 1) * length // SLICES, begin + 1)
            share[index, part, first + begin : first + end] = 1 / (end - begin)
    return share
