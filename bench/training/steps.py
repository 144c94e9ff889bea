"""One training by one contender, as a process of its own, or several under torchrun: `steps.py WHO SPEC`, where SPEC is
a file of JSON.

The first process prints one line of JSON. It reads everything it needs from files, so that it runs in TRL's environment
as well as in ours. Both count the tokens of the examples they learn from, padding left out, from the end of the first
quarter of the steps to the end of the last, in wall-clock and in CPU time, which a busy machine changes less; and, on a
GPU, the model's own arithmetic against what the GPU can do at most (MFU). Tokens, the processor's time and memory are
those of all processes.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from bench.training.shapes import make_model

Spec = dict[str, Any]
Mark = tuple[float, float]
"""Seconds by the clock, and of the processor."""


def mark() -> Mark:
    import torch

    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return time.monotonic(), time.process_time()


def total(value: float) -> float:
    """The sum over the processes of this training."""
    import torch
    from torch import distributed

    if not distributed.is_initialized():
        return value
    tensor = torch.tensor(value, dtype=torch.float64)
    distributed.all_reduce(tensor)
    return float(tensor)


def speeds(rows: Sequence[tuple[int, int]], start: Mark, ended: Mark, *, model: Any) -> dict[str, float]:
    """
    Args:
        rows: the length of each example that this process learnt from between the two, and how many of its tokens are
            learnt.
    """
    from components.models.devices import peak_flops
    from components.models.flops import work_of

    clock, processor = (end - begin for begin, end in zip(start, ended, strict=True))
    tokens = total(sum(length for length, _ in rows))
    rates = {"tokens_per_second": tokens / clock, "tokens_per_cpu_second": tokens / total(processor)}
    peak = peak_flops()
    return rates | ({"mfu": work_of(model).flops(rows) / clock / peak} if peak else {})


def load(spec: Spec) -> Any:
    from components.models.weights import load_model

    if spec["shape"]:
        return make_model(spec["shape"], lora_rank=spec["settings"].get("lora_rank", 0))
    return load_model(Path(spec["model"]))


def symbiont(spec: Spec, examples: list[dict[str, Any]], *, packed: bool) -> dict[str, float]:
    from components.distill.config import DistillConfig
    from components.distill.group import ALONE, joined
    from components.distill.samples import Sample, Samples
    from components.distill.train import Training
    from components.models.lora import add_lora

    steps = spec["steps"]
    samples = [
        Sample(
            example_id=str(number), kind="action", tokens=tuple(example["tokens"]), start=example["start"], weight=1.0
        )
        for number, example in enumerate(examples)
    ]
    config = DistillConfig.model_validate({**spec["settings"], "steps": steps, "packed": packed})
    model = load(spec)
    if config.lora_rank:
        add_lora(model, rank=config.lora_rank, kept_in=config.states, seed=1)
    together = joined(copies=True) if "RANK" in os.environ else nullcontext(ALONE)
    with tempfile.TemporaryDirectory() as folder, together as group:
        training = Training(
            model=model,
            samples=Samples(train=tuple(samples), validation=(), cut=0, histogram={}),
            config=config,
            pad=0,
            seed=1,
            checkpoints=Path(folder),
            group=group,
        )
        model.train()
        rows, marks = [], list[Mark]()
        for number, batch in zip(range(steps), training.plan.starting_at(0), strict=False):
            training.take_step(batch)
            if number >= steps // 4 and group.rank == 0:  # a step's examples are told to all
                rows += [(len(sample.tokens), len(sample.tokens) - sample.start) for sample in batch]
            if number in {steps // 4 - 1, steps - 1}:
                marks.append(mark())
        return ended(speeds(rows, *marks, model=model))


def trl(spec: Spec, examples: list[dict[str, Any]], *, way: str) -> dict[str, float]:
    import torch
    from datasets import Dataset
    from peft import LoraConfig
    from transformers import AutoTokenizer, TrainerCallback
    from trl import SFTConfig, SFTTrainer

    from components.models.devices import computed_in

    settings, steps = spec["settings"], spec["steps"]
    dataset = Dataset.from_list(
        [
            {
                "input_ids": example["tokens"],
                "completion_mask": [int(at >= example["start"]) for at in range(len(example["tokens"]))],
            }
            for example in examples
        ]
    )
    marks: list[Mark] = []

    class Clock(TrainerCallback):  # type: ignore[misc]
        def on_step_end(self, _arguments: Any, state: Any, *_: Any, **__: Any) -> None:
            if state.global_step in {steps // 4, steps}:
                marks.append(mark())

    packed = "packed" in way
    accumulate, rank = settings.get("accumulate", 1), settings.get("lora_rank", 0)
    at_once = settings["batch"] // accumulate // int(os.environ.get("WORLD_SIZE", "1"))
    with tempfile.TemporaryDirectory() as folder:
        trainer = SFTTrainer(
            model=load(spec),
            args=SFTConfig(
                output_dir=folder,
                max_steps=steps,
                per_device_train_batch_size=max(1, at_once // 4) if packed else at_once,
                gradient_accumulation_steps=accumulate,
                learning_rate=1e-3,
                bf16=computed_in("bf16") == "bf16",
                use_cpu=not torch.cuda.is_available(),
                max_length=settings["context"],
                packing=packed,
                packing_strategy="bfd" if torch.cuda.is_available() else "wrapped",
                completion_only_loss=True,
                train_sampling_strategy="group_by_length" if "grouped" in way else "random",
                gradient_checkpointing=settings.get("gradient_checkpointing", False),
                torch_compile="compiled" in way,
                report_to=[],
                save_strategy="no",
                logging_strategy="no",
                disable_tqdm=True,
            ),
            train_dataset=dataset,
            processing_class=AutoTokenizer.from_pretrained(spec["model"]),
            peft_config=LoraConfig(r=rank, lora_alpha=2 * rank, target_modules="all-linear") if rank else None,
            callbacks=[Clock()],
        )
        rows: list[list[tuple[int, int]]] = []
        collate = trainer.data_collator

        def counted(features: list[dict[str, Any]]) -> Any:
            rows.append(
                [(len(feature["labels"]), sum(label != -100 for label in feature["labels"])) for feature in features]
            )
            return collate(features)

        trainer.data_collator = counted
        trainer.train()
    first, last = (count * accumulate for count in (steps // 4, steps))
    return ended(speeds([example for batch in rows[first:last] for example in batch], *marks, model=trainer.model))


def ended(rates: dict[str, float]) -> dict[str, float]:
    """The figures of a training, computed while its processes are still connected."""
    return rates | {"peak_memory_mb": total(peak_memory())}


def peak_memory() -> float:
    """Most megabytes this process held of its GPU, or else of the machine's memory, as Linux counts since it began."""
    import torch

    if torch.cuda.is_available():
        return float(torch.cuda.max_memory_allocated() / 1e6)
    return int(re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())[0]) * 1024 / 1e6


def main() -> None:
    contender, spec_path = sys.argv[1:]
    spec = json.loads(Path(spec_path).read_text())
    examples = json.loads(Path(spec["examples"]).read_text())
    if contender.startswith("symbiont"):
        result = symbiont(spec, examples, packed="packed" in contender)
    else:
        result = trl(spec, examples, way=contender)
    if os.environ.get("RANK", "0") == "0":
        print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
