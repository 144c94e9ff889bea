"""The training examples of a distillation: split, tokenized and checked before anything is trained."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from random import Random
from typing import Any

from components.agents.prompts import TaskKind, completion, render
from components.distill.config import DistillConfig
from components.distill.rehearsal import rehearsed
from components.distill.variants import variant
from components.errors import InputError
from components.models.prompting import Prompting

COLUMNS = (
    "example_id",
    "kind",
    "prompt_intent",
    "history",
    "observation",
    "reason",
    "action",
    "weight",
    "task_id",
    "seed",
)


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


def held_out(row: Mapping[str, Any], *, share: float) -> bool:
    """Whether the example's episode (task and seed) is kept from training; the same in every round."""
    digest = hashlib.sha256(f"{row['task_id']}/{row['seed']}".encode()).digest()
    return int.from_bytes(digest[:8], "big") < share * 2**64


def make_samples(
    rows: Iterable[Mapping[str, Any]], *, prompting: Prompting, config: DistillConfig, seed: int = 0
) -> Samples:
    """Tokenizes and splits the examples.

    Args:
        seed: of the errands that are rehearsed, where any are.

    Raises:
        InputError: there is nothing to learn, or tokenizer and data do not fit each other.
    """
    wanted = [row for row in rows if row["kind"] == "action" or config.reason_weight * config.reason_share > 0]
    wanted.sort(key=lambda row: str(row["example_id"]))
    if not any(not held_out(row, share=config.validation_share) for row in wanted):
        raise InputError(
            "there are no training examples", fix="explore and synthesize first, or let more episodes be kept"
        )
    prompting.check_vocabulary()
    lengths, cut = [], 0
    train: list[Sample] = []
    validation: list[Sample] = []
    for row in wanted:
        sample, whole = _sample(row, prompting=prompting, config=config)
        lengths.append(whole)
        cut += whole > config.context
        if held_out(row, share=config.validation_share):
            validation.append(sample)
            continue
        train.append(sample)
        for number in range(config.variants):
            other = variant(row, Random(f"{row['example_id']} {number}"))
            train.append(_sample(other, prompting=prompting, config=config)[0])
    train += _errands(train, prompting=prompting, config=config, seed=seed)
    histogram = length_histogram(lengths)
    if cut > config.longest_share * len(lengths):
        raise InputError(
            f"{cut} of {len(lengths)} examples are longer than the context of {config.context} tokens; lengths:\n"
            + show_histogram(histogram),
            where="distill.context",
            fix="raise context (and use a student that has it), or show less of each page",
        )
    actions = [each for each in validation if each.kind == "action"]
    count = min(len(actions), config.validation_examples)
    measured = tuple(actions[at * len(actions) // count] for at in range(count))
    return Samples(train=tuple(train), validation=measured, cut=cut, histogram=histogram)


def _errands(train: Sequence[Sample], *, prompting: Prompting, config: DistillConfig, seed: int) -> Iterator[Sample]:
    """As many errands as make up their share of what is visited."""
    visited = sum(1.0 if each.kind == "action" else config.reason_share for each in train)
    count = round(visited * config.rehearse / (1 - config.rehearse))
    made = rehearsed(prompting=prompting, longest=config.context // 2, seed=seed)
    for number, (prompt, end) in enumerate(islice(made, count)):
        tokens = (*prompt, *end)
        yield Sample(example_id=f"errand {number}", kind="action", tokens=tokens, start=len(prompt), weight=1.0)


def _sample(row: Mapping[str, Any], *, prompting: Prompting, config: DistillConfig) -> tuple[Sample, int]:
    """The example as tokens, and how many there would be without cutting the page."""
    kind: TaskKind = row["kind"]
    end = prompting.encode_completion(completion(action=row["action"], reason=row["reason"] or "", kind=kind))
    fields = {"intent": row["prompt_intent"], "last": row["history"], "observation": row["observation"]}
    fields |= {name: row[name] or "" for name in config.reads}
    tokens = prompting.encode_prompt(render(**fields, kind=kind))
    whole = len(tokens) + len(end)
    if whole > config.context:
        room = config.context - len(end)
        text = render(**fields, kind=kind, fits=lambda text: len(prompting.encode_prompt(text)) <= room)
        tokens = prompting.encode_prompt(text)
        if len(tokens) > room:
            raise InputError(
                f"the goal and the answer of example {row['example_id']} alone are longer than {config.context} tokens",
                where="distill.context",
                fix="raise context",
            )
    return (
        Sample(
            example_id=row["example_id"],
            kind=kind,
            tokens=(*tokens, *end),
            start=len(tokens),
            weight=float(row["weight"]),
        ),
        whole,
    )


def length_histogram(lengths: Sequence[int]) -> dict[str, int]:
    """How many examples have up to 64, 128, 256 ... tokens."""
    edges, counts = [64], {}
    while lengths and edges[-1] < max(lengths):
        edges.append(edges[-1] * 2)
    for low, high in zip([0, *edges], edges, strict=False):
        counts[f"{low + 1}-{high}"] = sum(low < length <= high for length in lengths)
    return counts


def show_histogram(histogram: Mapping[str, int]) -> str:
    """The histogram as lines of text, each with a bar of at most 40 marks."""
    most = max([*histogram.values(), 1])
    return "\n".join(f"  {name:>11} {count:6} {'#' * round(40 * count / most)}" for name, count in histogram.items())
