"""A recording of routing as data and as a file: safetensors with its description in the header. No torch, no pickle."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from components.errors import InputError
from components.files import write_whole
from components.signatures.arrays import Floats

if TYPE_CHECKING:
    from numpy.typing import NDArray

SCHEMA_VERSION = 1
REMAKE = "delete the file and record again"
ARRAYS = ("counts", "mass", "entropy", "together")
"""A layer's arrays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What was recorded: whose routing, with which tokenizer, over which probes and answers."""

    name: str
    model_digest: str
    tokenizer_digest: str
    probe_digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerRecording:
    """One layer's counts.

    Attributes:
        depth: place of the layer between 0 and 1.
        counts: [replicates, domains, experts], how often a token chose the expert.
        mass: [replicates, domains, experts], summed router probability.
        entropy: [replicates, domains], summed entropy of the router's probabilities, in nats.
        together: [replicates, experts, experts], tokens that chose both; symmetric, zero diagonal.
    """

    name: str
    depth: float
    top_k: int
    counts: Floats
    mass: Floats
    entropy: Floats
    together: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """Routing of one model over one probe set. `tokens` and `items` are [replicates, domains]."""

    subject: Subject
    domains: tuple[str, ...]
    tokens: Floats
    items: Floats
    layers: tuple[LayerRecording, ...]

    @property
    def replicates(self) -> int:
        return int(self.tokens.shape[0])

    def elsewhere(self) -> Recording:
        """Every replicate in the place of the one before it: the same model, on other probes."""
        layers = tuple(
            replace(layer, **{name: np.roll(getattr(layer, name), -1, axis=0) for name in ARRAYS})
            for layer in self.layers
        )
        rolled = {name: np.roll(getattr(self, name), -1, axis=0) for name in ("tokens", "items")}
        return replace(self, layers=layers, **rolled)

    def save(self, path: Path) -> None:
        """Writes the file, whole or not at all."""
        tensors: dict[str, Any] = {"tokens": self.tokens, "items": self.items}
        for index, layer in enumerate(self.layers):
            for name in ARRAYS:
                tensors[f"{index}.{name}"] = np.ascontiguousarray(getattr(layer, name))
        header = {
            "schema_version": SCHEMA_VERSION,
            "subject": asdict(self.subject),
            "domains": self.domains,
            "layers": [{"name": layer.name, "depth": layer.depth, "top_k": layer.top_k} for layer in self.layers],
        }
        write_tensors(path, tensors, metadata={"recording": json.dumps(header)})

    @classmethod
    def load(cls, path: Path) -> Recording:
        """Reads a file that `save` wrote.

        Raises:
            InputError: no such file, not a recording, or of another schema version.
        """
        from safetensors import SafetensorError, safe_open

        try:
            with safe_open(str(path), framework="numpy") as file:
                header = json.loads((file.metadata() or {})["recording"])
                tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a mapping
        except FileNotFoundError as error:
            raise InputError("there is no recording", where=str(path), fix="record the model first") from error
        except (SafetensorError, KeyError, ValueError, OSError) as error:
            raise InputError(f"not a recording of routing: {error}", where=str(path), fix=REMAKE) from error
        if header.get("schema_version") != SCHEMA_VERSION:
            raise InputError(
                f"a recording of schema version {header.get('schema_version')}; this program reads {SCHEMA_VERSION}",
                where=str(path),
                fix=REMAKE,
            )
        layers = tuple(
            LayerRecording(
                **described,
                **{name: tensors[f"{index}.{name}"] for name in ARRAYS},
            )
            for index, described in enumerate(header["layers"])
        )
        return cls(
            subject=Subject(**header["subject"]),
            domains=tuple(header["domains"]),
            tokens=tensors["tokens"],
            items=tensors["items"],
            layers=layers,
        )


def write_tensors(path: Path, tensors: Mapping[str, NDArray[Any]], *, metadata: Mapping[str, str]) -> None:
    """Writes a safetensors file, whole or not at all."""
    from safetensors.numpy import save

    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, save(dict(tensors), metadata=dict(metadata)))
