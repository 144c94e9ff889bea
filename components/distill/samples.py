"""Examples as tokens, what a training learns from and is measured on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from components.agents.prompts import TaskKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One example as tokens; the loss is on `tokens[start:]`, the completion and the end of text.

    Attributes:
        weight: the example's own; the task's lambda is applied in the loss.
    """

    example_id: str
    kind: TaskKind
    tokens: Sequence[int]
    start: int
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Samples:
    """What is learnt and what it is measured on, both in the order of the example ids."""

    train: Sequence[Sample]
    validation: Sequence[Sample]
    cut: int
    histogram: Mapping[str, int]
