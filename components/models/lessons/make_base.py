"""Makes a base for students: a tiny model that can find and copy, and has run errands on made-up pages.

    python -m components.models.lessons.make_base --out out/base
    python -m components.models.lessons.make_base --start out/base --steps 800 --out out/better

It learns to look things up on pages that grow by a schedule from a few lines to many, and then to carry out goals on
them, step by step, in the action language. There are several questions about each page, because a question costs far
fewer tokens than another page. Some lessons only ask for the reference of each name, which teaches most per token. The
same seed, steps and machine give the same bytes.
"""

from __future__ import annotations

import argparse
import copy
import math
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from components.files import write_whole
from components.models.attention import attention
from components.models.devices import computed_in
from components.models.files import folder_digest
from components.models.lessons.drills import Turn, drill, list_names, turn_of
from components.models.lessons.errands import errand
from components.models.lessons.lookups import ask
from components.models.lessons.pages import make_pairs, page_up_to
from components.models.optimizers import make_optimizers
from components.models.prompting import load_prompting
from components.models.tiny import TinyConfig, make_tiny
from components.models.tokenizer import train_tokenizer
from components.models.weights import load_model

SMALLEST, LARGEST = 4, 40
"""Lines of the first pages and of the last ones."""
GROWING = (0.15, 0.5)
"""Shares of all steps at which pages begin and end to grow; questions are easy before."""
PAIRS, LISTS = (0.95, 0.1), (0.75, 0.4)
"""The share of lessons on pairs, and among the others that of lessons with many questions of one kind: at first, and
when pages grow."""
NAMES = 0.3
"""Share of these that ask for names; the others are drills of kinds that need two places of a page."""
ERRANDS = 0.75
"""Share of the lessons on errands, once pages have begun to grow."""
MOST_PAIRS = 8
MORE = 5
"""Questions about a page beside the first."""
ROUND_TO = 32
"""Rows are padded to a multiple of this: bf16 kernels are compiled and kept for every new length."""
DEALT = 8
"""Batches that are made together and sorted by length, so that little is padded."""
RATES = (0.002, 0.006)
"""Peak learning rates of Muon (the layers' matrices) and of AdamW (embedding, convolutions and norms)."""
KEPT_EVERY = 250


def lesson(rng: Random, *, size: int, easy: bool = False) -> list[Turn]:
    """One page with one or two questions placed like an agent's goal, then more questions about the same page."""
    page = page_up_to(rng, size=size)
    asked = [ask(rng, page, easy=easy, memory=not number) for number in range(rng.choice((1, 1, 1, 2)))]
    goal = f"GOAL: {' / '.join(each.question for each in asked)}\n"
    last = asked[0].last or rng.choice((page.show(rng.choice(page.lines)).strip(), "none", "none"))
    first = Turn(
        prompt=f"{goal}LAST: {last}\nPAGE:\n{page.text}\n{goal}ANSWER:",
        answer=" " + " / ".join(each.answer for each in asked),
    )
    return [first, *(turn_of(ask(rng, page, easy=easy)) for _ in range(MORE))]


def learn_tokenizer(config: TinyConfig, *, seed: int, lessons: int = 6000) -> Any:
    """A tokenizer trained on the texts of this many lessons."""
    rng = Random(f"tokenizer {seed}")
    made = (lesson(rng, size=rng.randint(SMALLEST, LARGEST)) for _ in range(lessons))
    return train_tokenizer(
        (turn.prompt + turn.answer for turns in made for turn in turns),
        vocabulary=config.vocabulary,
        context=config.context,
    )


Row = tuple[list[int], list[int]]
"""Tokens and labels of one sequence, of equal lengths: a label is the token itself, or -100 where it has no loss."""


def _row(turns: list[Turn], tokenizer: Any) -> Row:
    tokens: list[int] = []
    learnt: list[int] = []
    for turn in turns:
        prompt, answer = tokenizer([turn.prompt, turn.answer])["input_ids"]
        answer.append(tokenizer.eos_token_id)
        tokens += prompt + answer
        learnt += [-100] * len(prompt) + answer
    return tokens, learnt


def _lessons(rng: Random, *, tokenizer: Any, steps: int, batch: int, grown: bool) -> Iterator[list[Row]]:
    """Endless batches of rows of similar length. The size of their pages follows the schedule, or is the largest from
    the beginning where the model has `grown` before."""
    step = steps if grown else 0
    while True:
        rows: list[Row] = []
        while len(rows) < batch * DEALT:
            size, begun = _lines(step, steps=steps), min(1.0, step / (GROWING[0] * steps))
            if begun == 1 and rng.random() < ERRANDS:
                turns = errand(rng, size=rng.choice((size // 4, size // 2, size)))
            elif rng.random() < _between(PAIRS, begun):
                turns = list_names(rng, make_pairs(rng, size=rng.randint(2, MOST_PAIRS)))
            elif rng.random() < _between(LISTS, begun):
                turns = list_names(rng, page_up_to(rng, size=size)) if rng.random() < NAMES else drill(rng, size=size)
            else:
                turns = lesson(rng, size=size, easy=begun < 1)
            row = _row(turns, tokenizer)
            if 0 < len(row[0]) <= tokenizer.model_max_length:
                rows.append(row)
        rows.sort(key=lambda row: len(row[0]))
        dealt = [rows[at : at + batch] for at in range(0, len(rows), batch)]
        rng.shuffle(dealt)
        yield from dealt
        step += DEALT


def _between(ends: tuple[float, float], share: float) -> float:
    """The first of them for two fifths of the way, then straight to the second."""
    return ends[0] + (ends[1] - ends[0]) * max(0.0, share - 0.4) / 0.6


def _lines(step: int, *, steps: int) -> int:
    begins, ends = GROWING
    grown = (step / steps - begins) / (ends - begins)
    return round(SMALLEST + (LARGEST - SMALLEST) * min(1.0, max(0.0, grown)))


def _tensors(rows: list[Row], *, pad: int) -> tuple[Any, Any]:
    """Right-padded tokens (rows, longest) and the targets of each position (-100 where nothing is learnt)."""
    import torch

    longest = -(-max(len(tokens) for tokens, _ in rows) // ROUND_TO) * ROUND_TO
    padded = torch.full((len(rows), longest), pad)
    targets = torch.full((len(rows), longest), -100)
    for row, (tokens, learnt) in enumerate(rows):
        padded[row, : len(tokens)] = torch.tensor(tokens)
        targets[row, : len(tokens) - 1] = torch.tensor(learnt[1:])
    return padded, targets


def _share(step: int, *, steps: int) -> float:
    """Learning rate as a share of its peak: a warm-up of 50 steps, and a decay to zero over the last third."""
    left = (steps - step) / (steps / 3)
    return min(1.0, (step + 1) / 50) * (1.0 if left >= 1 else 0.5 - 0.5 * math.cos(math.pi * left))


def _exact(likeliest: Any, wanted: Any, *, end: int) -> float:
    """The share of answers whose every token is the likeliest one."""
    import torch

    ends = wanted == end
    answer = ends.cumsum(0) - ends.long()
    wrong = torch.zeros(int(ends.sum())).index_add(0, answer, (likeliest != wanted).float())
    return float((wrong == 0).float().mean())


def train(*, model: Any, tokenizer: Any, seed: int, steps: int, batch: int, out: Path, grown: bool) -> float:
    """Trains the model in place and keeps it every few hundred steps; returns a running mean of the share of right
    answers.

    Args:
        grown: the model was trained before, so pages are large from the beginning.
    """
    import torch
    from torch.nn.functional import cross_entropy

    cast = computed_in("bf16") == "bf16"
    optimizers = make_optimizers("muon", dict(model.named_parameters()), model=model, weight_decay=0.01)
    lessons = _lessons(Random(f"lessons {seed}"), tokenizer=tokenizer, steps=steps, batch=batch, grown=grown)
    running, began = math.nan, time.monotonic()
    for step in range(steps):
        tokens, targets = _tensors(next(lessons), pad=tokenizer.pad_token_id)
        for optimizer, peak in zip(optimizers, RATES, strict=True):
            optimizer.param_groups[0]["lr"] = peak * _share(step, steps=steps)
        with attention(model, tokens):
            with torch.autocast("cpu", torch.bfloat16, enabled=cast):
                hidden = model.model(input_ids=tokens, use_cache=False).last_hidden_state
                learnt = targets != -100
                logits = model.lm_head(hidden[learnt])
            loss = cross_entropy(logits.float(), targets[learnt])
            loss.backward()
        exact = _exact(logits.argmax(-1), targets[learnt], end=tokenizer.eos_token_id)
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for optimizer in optimizers:
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        running = exact if step == 0 else 0.97 * running + 0.03 * exact
        if step % 25 == 0:
            seconds, lines = time.monotonic() - began, _lines(steps if grown else step, steps=steps)
            print(
                f"step {step} loss {loss.item():.3f} right {running:.3f} lines {lines} seconds {seconds:.0f}",
                flush=True,
            )
        if (step + 1) % KEPT_EVERY == 0 or step + 1 == steps:
            copy.deepcopy(model).to(torch.bfloat16).save_pretrained(out)
    return running


CARD = """\
---
license: apache-2.0
---
# A base for students

An LFM2 of {parameters:,} parameters ({layers} layers, width {width}) and a byte-level BPE tokenizer of {vocabulary}
tokens. It answers look-ups and runs errands on synthetic pages (`components/models/lessons/`), of which no
name means anything. It has seen no page, sentence or episode of any benchmark.
What finding needs was laid out in its weights before training (`components/models/tiny.py`).

Made by `python -m components.models.lessons.make_base --seed {seed} --steps {steps} --batch {batch}`
in {seconds:.0f} s with {threads} threads, from {start};
at the end {right:.1%} of its answers were right to the last token, on pages of up to {largest} lines.

Weights are bfloat16. Digest (SHA-256 over names and contents of the other files): `{digest}`.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("out/base"))
    begun = "a base to go on from, with the largest pages from the beginning; else random weights"
    parser.add_argument("--start", type=Path, help=begun)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--steps", type=int, default=3000, help="training steps")
    parser.add_argument("--batch", type=int, default=24, help="pages per step")
    arguments = parser.parse_args()

    import torch

    began = time.monotonic()
    config = TinyConfig()
    if arguments.start:
        tokenizer, model = load_prompting(arguments.start).tokenizer, load_model(arguments.start)
    else:
        tokenizer = learn_tokenizer(config, seed=arguments.seed)
        model = make_tiny(config, end=tokenizer.eos_token_id, pad=tokenizer.pad_token_id, seed=arguments.seed)
    arguments.out.mkdir(parents=True, exist_ok=True)
    tokenizer.save_pretrained(arguments.out)
    right = train(
        model=model,
        tokenizer=tokenizer,
        seed=arguments.seed,
        steps=arguments.steps,
        batch=arguments.batch,
        out=arguments.out,
        grown=arguments.start is not None,
    )
    card = CARD.format(
        parameters=model.num_parameters(),
        layers=config.layers,
        width=config.width,
        vocabulary=config.vocabulary,
        seed=arguments.seed,
        steps=arguments.steps,
        batch=arguments.batch,
        seconds=time.monotonic() - began,
        start=f"the base of digest `{folder_digest(arguments.start)}`" if arguments.start else "random weights",
        threads=torch.get_num_threads(),
        right=right,
        largest=LARGEST,
        digest=folder_digest(arguments.out),
    )
    write_whole(arguments.out / "README.md", card)
    print(card)


if __name__ == "__main__":
    main()
