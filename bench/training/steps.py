"""One training by one contender, as a process of its own: `steps.py WHO MODEL EXAMPLES STEPS BATCH OPTIMIZER`.

Prints one line of JSON. Everything it needs it is told in files, so that it runs in TRL's environment as well as in
ours. Both count the tokens of the examples they learn from, padding left out, from the end of the first quarter of
the steps to the end of the last, by the clock and by the processor's time, of which a busy machine takes less away.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

LENGTH = 1024
Spent = tuple[float, float]
"""Seconds by the clock, and of the processor."""


Speeds = dict[str, float]


def spent() -> Spent:
    return time.monotonic(), time.process_time()


def speeds(tokens: int, begun: Spent, ended: Spent) -> Speeds:
    clock, processor = (end - begin for begin, end in zip(begun, ended, strict=True))
    return {"tokens_per_second": tokens / clock, "tokens_per_cpu_second": tokens / processor}


def symbiont(model: Path, examples: list[dict[str, Any]], *, steps: int, batch: int, optimizer: str) -> Speeds:
    from components.distill.config import DistillConfig
    from components.distill.examples import Sample, Samples
    from components.distill.train import Training
    from components.models.weights import load_model

    warm, marks = steps // 4, dict[int, Spent]()
    made = tuple(
        Sample(example_id=str(number), kind="action", tokens=tuple(each["tokens"]), start=each["start"], weight=1.0)
        for number, each in enumerate(examples)
    )
    with tempfile.TemporaryDirectory() as folder:
        curve = Training(
            model=load_model(model),
            samples=Samples(train=made, validation=(), cut=0, histogram={}),
            config=DistillConfig.model_validate(
                {"steps": steps, "batch": batch, "context": LENGTH, "checkpoint_every": 10**6, "optimizer": optimizer}
                | {"validate_every": warm}
            ),
            pad=0,
            seed=1,
            checkpoints=Path(folder),
        ).run(lambda point: marks.update({point.step: spent()}))
    begun = next(point for point in curve if point.step == warm)
    return speeds(curve[-1].tokens - begun.tokens, marks[warm], marks[steps])


def trl(model: Path, examples: list[dict[str, Any]], *, steps: int, batch: int, packed: bool) -> Speeds:
    import torch
    from datasets import Dataset
    from transformers import AutoModelForCausalLM, AutoTokenizer, TrainerCallback
    from trl import SFTConfig, SFTTrainer

    rows = Dataset.from_list(
        [
            {
                "input_ids": each["tokens"],
                "completion_mask": [int(at >= each["start"]) for at in range(len(each["tokens"]))],
            }
            for each in examples
        ]
    )
    marks: list[Spent] = []

    class Clock(TrainerCallback):  # type: ignore[misc]
        def on_step_end(self, *_: Any, **__: Any) -> None:
            marks.append(spent())

    with tempfile.TemporaryDirectory() as folder:
        settings = SFTConfig(
            output_dir=folder,
            max_steps=steps,
            per_device_train_batch_size=max(1, batch // 4) if packed else batch,
            learning_rate=1e-3,
            bf16=True,
            use_cpu=not torch.cuda.is_available(),
            max_length=LENGTH,
            packing=packed,
            packing_strategy="bfd" if torch.cuda.is_available() else "wrapped",
            completion_only_loss=True,
            train_sampling_strategy="random" if packed else "group_by_length",
            gradient_checkpointing=False,
            report_to=[],
            save_strategy="no",
            logging_strategy="no",
            disable_tqdm=True,
        )
        trainer = SFTTrainer(
            model=AutoModelForCausalLM.from_pretrained(model, dtype=torch.float32),
            args=settings,
            train_dataset=rows,
            processing_class=AutoTokenizer.from_pretrained(model),
            callbacks=[Clock()],
        )
        counts: list[int] = []
        collate = trainer.data_collator

        def counted(features: list[dict[str, Any]]) -> Any:
            counts.append(sum(len(each["input_ids"]) for each in features))
            return collate(features)

        trainer.data_collator = counted
        trainer.train()
    warm = steps // 4
    return speeds(sum(counts[warm:steps]), marks[warm - 1], marks[-1])


def peak_memory() -> float:
    """Most megabytes this process held of its GPU, or else of the machine's memory, as Linux counts since it began."""
    import torch

    if torch.cuda.is_available():
        return float(torch.cuda.max_memory_allocated() / 1e6)
    return int(re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())[0]) * 1024 / 1e6


def main() -> None:
    who, model, examples, steps, batch, optimizer = sys.argv[1:]
    rows = json.loads(Path(examples).read_text())
    if who == "symbiont":
        found = symbiont(Path(model), rows, steps=int(steps), batch=int(batch), optimizer=optimizer)
    else:
        found = trl(Path(model), rows, steps=int(steps), batch=int(batch), packed=who == "trl, packed")
    print(json.dumps(found | {"peak_memory_mb": peak_memory()}), flush=True)


if __name__ == "__main__":
    main()
