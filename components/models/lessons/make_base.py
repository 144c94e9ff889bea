"""Makes the shipped base: a tiny Llama that can find and copy, and has never seen the action language.

    python -m components.models.lessons.make_base --out components/models/base --seed 1 --steps 3000

Three lessons, each of which the next needs (measured: without the first nothing is learnt in the first minutes):
repeated random sequences (predict the second copy), look-ups on pages of three lines, and pages that grow by one line
whenever the running loss falls below a threshold. Same seed, steps and machine, same bytes.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from components.models.files import folder_digest
from components.models.lessons.lookups import ask
from components.models.lessons.pages import make_page
from components.models.tiny import TinyConfig, make_tiny
from components.models.tokenizer import train_tokenizer

SMALLEST, LARGEST = 3, 40
GROW_BELOW = 0.35
"""A page grows by a line when the running loss (nats per answer token) is below this."""
WARMUP = 300
"""Steps of copying before the first page."""
PERIOD, COPIES = 16, 4
"""Tokens of a copying sequence, and how often they stand in it."""
ROUND_TO = 32
"""Rows are padded to a multiple of this: bf16 kernels are compiled and kept for every new length."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """One training sequence; only the answer is learnt."""

    prompt: str
    answer: str


def lesson(rng: Random, *, size: int) -> Lesson:
    """One page with one to four questions before it and their answers after it."""
    page = make_page(rng, size=rng.randint(max(2, size // 3), size))
    asked = [ask(rng, page) for _ in range(rng.choice((1, 1, 1, 2, 3, 4)))]
    goal = " / ".join(each.question for each in asked)
    last = rng.choice((page.show(rng.choice(page.lines)).strip(), "none", "none"))
    prompt = f"GOAL: {goal}\nLAST: {last}\nPAGE:\n{page.text}\nANSWER:"
    return Lesson(prompt=prompt, answer=" " + " / ".join(each.answer for each in asked))


def learn_tokenizer(config: TinyConfig, *, seed: int, lessons: int = 6000) -> Any:
    rng = Random(f"tokenizer {seed}")
    made = (lesson(rng, size=rng.randint(SMALLEST, LARGEST)) for _ in range(lessons))
    return train_tokenizer(
        (each.prompt + each.answer for each in made), vocabulary=config.vocabulary, context=config.context
    )


def _copies(rng: Random, *, config: TinyConfig, count: int) -> list[tuple[list[int], int]]:
    """A few random tokens over and over; the loss begins with the second copy.

    Sixteen tokens four times taught copying in 200 steps; half of the sequence twice, or mixed periods, had not in 250.
    """
    rows = ([rng.randrange(2, config.vocabulary) for _ in range(PERIOD)] for _ in range(count))
    return [(row * COPIES, PERIOD + 1) for row in rows]


def _lessons(rng: Random, *, tokenizer: Any, config: TinyConfig, size: int, count: int) -> list[tuple[list[int], int]]:
    out: list[tuple[list[int], int]] = []
    while len(out) < count:
        made = [lesson(rng, size=size) for _ in range(count)]
        prompts = tokenizer([each.prompt for each in made])["input_ids"]
        answers = tokenizer([each.answer for each in made])["input_ids"]
        for prompt, answer in zip(prompts, answers, strict=True):
            if len(prompt) + len(answer) < config.context:
                out.append(([*prompt, *answer, tokenizer.eos_token_id], len(prompt)))
    return out[:count]


def _tensors(rows: list[tuple[list[int], int]], *, pad: int) -> tuple[Any, Any]:
    """Right-padded tokens (rows, longest) and the targets of each position (-100 where nothing is learnt)."""
    import torch

    longest = -(-max(len(ids) for ids, _ in rows) // ROUND_TO) * ROUND_TO
    tokens = torch.full((len(rows), longest), pad)
    targets = torch.full((len(rows), longest), -100)
    for row, (ids, start) in enumerate(rows):
        tokens[row, : len(ids)] = torch.tensor(ids)
        targets[row, start - 1 : len(ids) - 1] = torch.tensor(ids[start:])
    return tokens, targets


def _rate(step: int, *, steps: int, peak: float) -> float:
    """Learning rate: 50 steps up to twice the peak while copying, then the peak, and down over the last third."""
    if step < WARMUP:
        return 2 * peak * min(1.0, (step + 1) / 50)
    left = (steps - step) / (steps / 3)
    return peak * (1.0 if left >= 1 else 0.5 - 0.5 * math.cos(math.pi * left))


def train(*, config: TinyConfig, tokenizer: Any, seed: int, steps: int, batch: int, peak: float) -> tuple[Any, float]:
    """The trained model and its last running loss."""
    import torch
    from torch.nn.functional import cross_entropy

    model = make_tiny(config, end=tokenizer.eos_token_id, pad=tokenizer.pad_token_id, seed=seed)
    optimizer = torch.optim.AdamW(model.parameters(), lr=peak, betas=(0.9, 0.95), weight_decay=0.05, fused=True)
    rng = Random(f"lessons {seed}")
    size, running, began = SMALLEST, 3.0, time.monotonic()
    for step in range(steps):
        if step < WARMUP:
            rows = _copies(rng, config=config, count=batch)
        else:
            rows = _lessons(rng, tokenizer=tokenizer, config=config, size=size, count=batch)
        tokens, targets = _tensors(rows, pad=tokenizer.pad_token_id)
        for group in optimizer.param_groups:
            group["lr"] = _rate(step, steps=steps, peak=peak)
        with torch.autocast("cpu", torch.bfloat16):
            hidden = model.model(input_ids=tokens, use_cache=False).last_hidden_state
            learnt = targets != -100
            logits = model.lm_head(hidden[learnt])
        loss = cross_entropy(logits.float(), targets[learnt])
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        if step >= WARMUP:
            running = 0.97 * running + 0.03 * loss.item()
            if running < GROW_BELOW and size < LARGEST:
                size, running = size + 1, running + 0.03
        if step % 25 == 0:
            print(
                f"step {step} loss {loss.item():.3f} running {running:.3f} lines {size} "
                f"seconds {time.monotonic() - began:.0f}",
                flush=True,
            )
    return model, running


CARD = """\
# The shipped base

A Llama of {parameters:,} parameters ({layers} layers, width {width}) and a byte-level BPE tokenizer of {vocabulary}
tokens. It answers look-ups on synthetic pages (`components/models/pages.py`, `lookups.py`) and has never seen the
action language or any benchmark: as an agent it scores nothing until it is distilled.

Made by `{command}` in {seconds:.0f} s with {threads} threads; last running loss {loss:.3f} nats per answer token.
Weights are bfloat16. Digest (SHA-256 over names and contents of the other files): `{digest}`.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "base")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--steps", type=int, default=3000, help="training steps, the copying warm-up included")
    parser.add_argument("--batch", type=int, default=32, help="sequences per step")
    parser.add_argument("--rate", type=float, default=1e-3, help="peak learning rate")
    parser.add_argument("--shape", type=json.loads, default={}, help='fields of TinyConfig, like {"layers": 6}')
    arguments = parser.parse_args()

    import torch

    config, began = TinyConfig(**arguments.shape), time.monotonic()
    tokenizer = learn_tokenizer(config, seed=arguments.seed)
    model, loss = train(
        config=config,
        tokenizer=tokenizer,
        seed=arguments.seed,
        steps=arguments.steps,
        batch=arguments.batch,
        peak=arguments.rate,
    )
    arguments.out.mkdir(parents=True, exist_ok=True)
    model.to(torch.bfloat16).save_pretrained(arguments.out)
    tokenizer.save_pretrained(arguments.out)
    card = CARD.format(
        parameters=model.num_parameters(),
        command=f"python -m components.models.lessons.make_base --seed {arguments.seed} --steps {arguments.steps} "
        f"--batch {arguments.batch} --rate {arguments.rate:g} --shape '{json.dumps(arguments.shape)}'",
        seconds=time.monotonic() - began,
        threads=torch.get_num_threads(),
        loss=loss,
        digest=folder_digest(arguments.out),
        **config.model_dump(),
    )
    (arguments.out / "README.md").write_text(card)
    print(card)


if __name__ == "__main__":
    main()
