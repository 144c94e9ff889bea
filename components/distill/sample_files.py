"""Tokenized examples in files that processes map into their memory: 4 bytes a token, written one by one and read as
needed, so that they are never all in memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self, overload

import numpy as np

from components.agents.prompts import TaskKind
from components.distill.samples import Sample, Samples

KINDS: tuple[TaskKind, ...] = ("action", "reason_action")
TOKENS, ABOUT = "tokens.npy", "about.npy"
TRAIN, VALIDATION = "train", "validation"


class StoredSamples(Sequence[Sample]):
    """Samples of a folder that a `SampleWriter` wrote."""

    def __init__(self, folder: Path) -> None:
        self._tokens = np.load(folder / TOKENS, mmap_mode="r").view(np.ndarray)
        self._about = np.load(folder / ABOUT)

    def __len__(self) -> int:
        return len(self._about)

    @overload
    def __getitem__(self, at: int) -> Sample: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Sample]: ...
    def __getitem__(self, at: int | slice) -> Any:
        if isinstance(at, slice):
            return [self[number] for number in range(*at.indices(len(self)))]
        number = range(len(self))[at]
        begin, end, start, kind, weight = self._about[number].tolist()
        return Sample(
            example_id=str(number),
            kind=KINDS[int(kind)],
            tokens=self._tokens[int(begin) : int(end)],
            start=int(start),
            weight=weight,
        )


class SampleWriter:
    """Writes samples to a folder, one after the other; `finish` says which of them count, and in which order.

    Plain writes: on a full disk a write to mapped memory would kill the process by a signal.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._tokens = folder, 0
        self._about: list[tuple[int, int, int, int, float]] = []
        self._file = (folder / TOKENS).open("wb")
        self._write_header()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def __len__(self) -> int:
        return len(self._about)

    def add(self, sample: Sample) -> int:
        """Writes a sample; returns its number, from 0."""
        tokens = np.asarray(sample.tokens, dtype=np.int32)
        self._file.write(tokens.tobytes())
        begin, self._tokens = self._tokens, self._tokens + len(tokens)
        self._about.append((begin, self._tokens, sample.start, KINDS.index(sample.kind), sample.weight))
        return len(self._about) - 1

    def finish(self, order: Iterable[int]) -> StoredSamples:
        """Ends the file; returns the samples with these numbers, in this order."""
        self._file.seek(0)
        self._write_header()
        self._file.close()
        about = [self._about[number] for number in order]
        np.save(self._folder / ABOUT, np.array(about, dtype=np.float64).reshape(-1, 5))
        return StoredSamples(self._folder)

    def _write_header(self) -> None:
        """As long for any number of tokens: numpy leaves room for the first axis to grow."""
        about = np.lib.format.header_data_from_array_1_0(np.empty(0, np.int32)) | {"shape": (self._tokens,)}
        np.lib.format.write_array_header_1_0(self._file, about)


def read_samples(folder: Path) -> Samples:
    """What was kept there to be learnt and to be measured."""
    return Samples(
        train=StoredSamples(folder / TRAIN), validation=StoredSamples(folder / VALIDATION), cut=0, histogram={}
    )
