"""The training examples of a distillation: split, tokenized and checked before anything is trained, one at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from components.agents.prompts import TaskKind, completion, render
from components.distill.config import DistillConfig
from components.distill.rehearsal import rehearsed
from components.distill.sample_files import TRAIN, VALIDATION, SampleWriter
from components.distill.samples import Sample, Samples
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


def held_out(row: Mapping[str, Any], *, share: float) -> bool:
    """Whether the example's episode (task and seed) is kept from training; the same in every round."""
    digest = hashlib.sha256(f"{row['task_id']}/{row['seed']}".encode()).digest()
    return int.from_bytes(digest[:8], "big") < share * 2**64


def make_samples(
    rows: Iterable[Mapping[str, Any]], *, prompting: Prompting, config: DistillConfig, folder: Path, seed: int = 0
) -> Samples:
    """Tokenizes and splits the examples, one at a time, into files of a folder.

    Args:
        rows: in any order; what is made of them depends on none.
        folder: what another call left there is replaced.
        seed: of the errands that are rehearsed, where any are.

    Raises:
        InputError: there is nothing to learn, or tokenizer and data do not fit each other.
    """
    prompting.check_vocabulary()
    lengths, cut = [], 0
    learnt, measured = list[_Place](), list[_Place]()
    with SampleWriter(folder / TRAIN) as train, SampleWriter(folder / VALIDATION) as validation:
        for row in rows:
            if row["kind"] != "action" and not config.reason_weight * config.reason_share > 0:
                continue
            sample, whole = _sample(row, prompting=prompting, config=config)
            lengths.append(whole)
            cut += whole > config.context
            if sample is None:
                continue
            if held_out(row, share=config.validation_share):
                measured.append(_Place.of(sample, validation.add(sample)))
                continue
            learnt.append(_Place.of(sample, train.add(sample)))
            for number in range(config.variants):
                variant_row = variant(row, Random(f"{row['example_id']} {number}"))
                variant_sample = _sample(variant_row, prompting=prompting, config=config)[0]
                if variant_sample is not None:
                    learnt.append(_Place.of(variant_sample, train.add(variant_sample)))
        if not learnt and not cut:
            raise InputError(
                "there are no training examples", fix="explore and synthesize first, or let more episodes be kept"
            )
        histogram = length_histogram(lengths)
        if cut > config.longest_share * len(lengths):
            raise InputError(
                f"{cut} of {len(lengths)} examples are longer than the context of {config.context} tokens; lengths:\n"
                + show_histogram(histogram),
                where="distill.context",
                fix="raise context (and use a student that has it), or show less of each page",
            )
        if not learnt:
            raise InputError(
                f"no example to learn from fits the context of {config.context} tokens, not even without its page",
                where="distill.context",
                fix="raise context (and use a student that has it)",
            )
        learnt.sort()
        measured.sort()
        errands = _errands([place.kind for place in learnt], prompting=prompting, config=config, seed=seed)
        filling = [train.add(errand) for errand in errands]
        actions = [place.number for place in measured if place.kind == "action"]
        count = min(len(actions), config.validation_examples)
        return Samples(
            train=train.finish([place.number for place in learnt] + filling),
            validation=validation.finish(actions[at * len(actions) // count] for at in range(count)),
            cut=cut,
            histogram=histogram,
        )


class _Place(NamedTuple):
    """Where an example lies among those of its file; they are learnt in the order of their ids, variants as they were
    made."""

    example_id: str
    number: int
    kind: TaskKind

    @classmethod
    def of(cls, sample: Sample, number: int) -> _Place:
        return cls(str(sample.example_id), number, sample.kind)


def _errands(kinds: Sequence[TaskKind], *, prompting: Prompting, config: DistillConfig, seed: int) -> Iterator[Sample]:
    """As many errands as make up their share of what is visited."""
    visited = sum(1.0 if kind == "action" else config.reason_share for kind in kinds)
    count = round(visited * config.rehearse / (1 - config.rehearse))
    errands = rehearsed(prompting=prompting, longest=config.context // 2, seed=seed)
    for number, (prompt, end) in enumerate(islice(errands, count)):
        tokens = (*prompt, *end)
        yield Sample(example_id=f"errand {number}", kind="action", tokens=tokens, start=len(prompt), weight=1.0)


def _sample(row: Mapping[str, Any], *, prompting: Prompting, config: DistillConfig) -> tuple[Sample | None, int]:
    """The example as tokens, or None where they are too many even without the page; and how many there would be without
    cutting it."""
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
            return None, whole
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
