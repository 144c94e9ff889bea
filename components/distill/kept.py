"""Tokenized examples in files that processes map into their memory: 4 bytes a token, read as they are needed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, overload

import numpy as np

from components.agents.prompts import TaskKind
from components.distill.examples import Sample, Samples

KINDS: tuple[TaskKind, ...] = ("action", "reason_action")


class Kept(Sequence[Sample]):
    """Samples of a folder that `keep` wrote."""

    def __init__(self, folder: Path) -> None:
        self._tokens = np.load(folder / "tokens.npy", mmap_mode="r")
        self._ends = np.load(folder / "ends.npy")
        self._about = np.load(folder / "about.npy")

    def __len__(self) -> int:
        return len(self._ends)

    @overload
    def __getitem__(self, at: int) -> Sample: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Sample]: ...
    def __getitem__(self, at: int | slice) -> Any:
        if isinstance(at, slice):
            return [self[each] for each in range(*at.indices(len(self)))]
        number = range(len(self))[at]
        start, kind, weight = self._about[number].tolist()
        return Sample(
            example_id=str(number),
            kind=KINDS[int(kind)],
            tokens=self._tokens[self._ends[number - 1] if number else 0 : self._ends[number]],
            start=int(start),
            weight=weight,
        )


def keep(samples: Samples, folder: Path) -> None:
    """Writes what is learnt and what is measured."""
    for name, each in (("train", samples.train), ("validation", samples.validation)):
        place = folder / name
        place.mkdir(parents=True, exist_ok=True)
        ends = np.cumsum([len(sample.tokens) for sample in each], dtype=np.int64)
        _write_tokens(each, place / "tokens.npy", count=int(ends[-1]) if len(ends) else 0)
        np.save(place / "ends.npy", ends)
        about = [(sample.start, KINDS.index(sample.kind), sample.weight) for sample in each]
        np.save(place / "about.npy", np.array(about, dtype=np.float64).reshape(-1, 3))


def _write_tokens(samples: Sequence[Sample], path: Path, *, count: int) -> None:
    """All tokens in a row. Not by a mapping into memory, which a full disk turns into a signal that kills."""
    with path.open("wb") as file:
        about = np.lib.format.header_data_from_array_1_0(np.empty(0, np.int32)) | {"shape": (count,)}
        np.lib.format.write_array_header_1_0(file, about)
        for sample in samples:
            file.write(np.asarray(sample.tokens, dtype=np.int32).tobytes())


def kept(folder: Path) -> Samples:
    """What `keep` wrote there."""
    return Samples(train=Kept(folder / "train"), validation=Kept(folder / "validation"), cut=0, histogram={})
