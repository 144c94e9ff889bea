"""Makes a base for students: a tiny Llama that can find and copy, and has never seen the action language.

    python -m components.models.lessons.make_base --start components/models/base --out out/base

It learns to look things up on pages that grow by schedule from four lines to forty. A page is asked about several
times, because a question costs far fewer tokens than another page. Without a base to go on from, repeated random
sequences come first (predict the second copy): without them nothing is learnt in the first minutes, and with them
looking up had still not come in 2,000 steps (docs/log.md). How the shipped base came about is told in
`components/models/base/README.md`. Same start, seed, steps and machine, same bytes.
"""

from __future__ import annotations

import argparse
import copy
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from components.models.attention import attention
from components.models.files import folder_digest
from components.models.lessons.lookups import ask
from components.models.lessons.pages import make_page
from components.models.optimizers import make_muon
from components.models.tiny import TinyConfig, make_tiny
from components.models.tokenizer import train_tokenizer
from components.models.weights import load_model

SMALLEST, LARGEST = 4, 40
"""Lines of the first pages and of the last ones."""
GROWING = (0.03, 0.75)
"""Shares of all steps at which pages begin and end to grow."""
MORE = 5
"""Questions about a page beside the first."""
WARMUP = 250
"""Steps of copying before the first page, where nothing is known yet."""
PERIOD, COPIES, ROWS = 16, 4, 32
"""Tokens of a copying sequence, how often they stand in it, and sequences of a step."""
ROUND_TO = 32
"""Rows are padded to a multiple of this: bf16 kernels are compiled and kept for every new length."""
DEALT = 8
"""Batches that are made at once and dealt by length, so that little is padded."""
COPYING, LOOKING_UP = (0.02, 0.01), (0.004, 0.001)
"""Peak learning rates of Muon (the layers' matrices) and of AdamW (embedding and norms) in each lesson."""
KEPT_EVERY = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A question in the form of a student's prompt, and its answer; only the answer is learnt."""

    prompt: str
    answer: str


def lesson(rng: Random, *, size: int) -> list[Turn]:
    """One page with one or two questions around it, as an agent's goal stands, and then more about the same page."""
    page = make_page(rng, size=rng.randint(max(2, size // 3), size))
    asked = [ask(rng, page) for _ in range(rng.choice((1, 1, 1, 2)))]
    goal = f"GOAL: {' / '.join(each.question for each in asked)}\n"
    last = rng.choice((page.show(rng.choice(page.lines)).strip(), "none", "none"))
    first = Turn(
        prompt=f"{goal}LAST: {last}\nPAGE:\n{page.text}\n{goal}ANSWER:",
        answer=" " + " / ".join(each.answer for each in asked),
    )
    more = (ask(rng, page) for _ in range(MORE))
    return [first, *(Turn(prompt=f"\nGOAL: {each.question}\nANSWER:", answer=f" {each.answer}") for each in more)]


def learn_tokenizer(config: TinyConfig, *, seed: int, lessons: int = 6000) -> Any:
    rng = Random(f"tokenizer {seed}")
    made = (lesson(rng, size=rng.randint(SMALLEST, LARGEST)) for _ in range(lessons))
    return train_tokenizer(
        (turn.prompt + turn.answer for turns in made for turn in turns),
        vocabulary=config.vocabulary,
        context=config.context,
    )


Row = tuple[list[int], list[int]]
"""Tokens, and for each token itself where it is learnt, else -100."""


def _copies(rng: Random, *, vocabulary: int) -> list[Row]:
    """A few random tokens over and over; the loss begins with the second copy.

    Sixteen tokens four times taught copying in 200 steps; half of the sequence twice, or mixed periods, had not in 250.
    """
    parts = ([rng.randrange(2, vocabulary) for _ in range(PERIOD)] for _ in range(ROWS))
    return [(part * COPIES, [-100] * PERIOD + part * (COPIES - 1)) for part in parts]


def _row(turns: list[Turn], tokenizer: Any) -> Row:
    tokens: list[int] = []
    learnt: list[int] = []
    for turn in turns:
        prompt, answer = tokenizer([turn.prompt, turn.answer])["input_ids"]
        answer.append(tokenizer.eos_token_id)
        tokens += prompt + answer
        learnt += [-100] * len(prompt) + answer
    return tokens, learnt


def _lessons(rng: Random, *, tokenizer: Any, steps: int, batch: int) -> Iterator[list[Row]]:
    """Batches of rows of about the same length, for ever; their pages are as large as the step wants them."""
    step = 0
    while True:
        rows: list[Row] = []
        while len(rows) < batch * DEALT:
            row = _row(lesson(rng, size=_lines(step, steps=steps)), tokenizer)
            if len(row[0]) <= tokenizer.model_max_length:
                rows.append(row)
        rows.sort(key=lambda row: len(row[0]))
        dealt = [rows[at : at + batch] for at in range(0, len(rows), batch)]
        rng.shuffle(dealt)
        yield from dealt
        step += DEALT


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
    """Of the peak learning rate: 50 steps up, and down to nothing over the last third."""
    left = (steps - step) / (steps / 3)
    return min(1.0, (step + 1) / 50) * (1.0 if left >= 1 else 0.5 - 0.5 * math.cos(math.pi * left))


def deepen(model: Any, layers: int) -> Any:
    """The model with so many layers, spread between its own: the new ones add nothing until they are trained."""
    import torch

    more = layers - len(model.model.layers)
    for new in range(more):
        at = (new + 1) * len(model.model.layers) // (more + 1) + new
        layer = copy.deepcopy(model.model.layers[at])
        with torch.no_grad():
            layer.self_attn.o_proj.weight.zero_()
            layer.mlp.down_proj.weight.zero_()
        model.model.layers.insert(at, layer)
    for at, layer in enumerate(model.model.layers):
        layer.self_attn.layer_idx = at
    model.config.num_hidden_layers = layers
    return model


def train(*, model: Any, tokenizer: Any, seed: int, steps: int, batch: int, warmup: int, out: Path) -> float:
    """Trains the model in place and keeps it every few hundred steps; the last running loss."""
    import torch
    from torch.nn.functional import cross_entropy

    optimizers = make_muon(model, weight_decay=0.01)
    rng = Random(f"lessons {seed}")
    lessons = _lessons(rng, tokenizer=tokenizer, steps=steps, batch=batch)
    running, began = math.nan, time.monotonic()
    for step in range(steps):
        copying = step < warmup
        rows = _copies(rng, vocabulary=len(tokenizer)) if copying else next(lessons)
        tokens, targets = _tensors(rows, pad=tokenizer.pad_token_id)
        for optimizer, peak in zip(optimizers, COPYING if copying else LOOKING_UP, strict=True):
            optimizer.param_groups[0]["lr"] = peak * _share(step, steps=steps)
        with attention(model, tokens):
            with torch.autocast("cpu", torch.bfloat16):
                hidden = model.model(input_ids=tokens, use_cache=False).last_hidden_state
                learnt = targets != -100
                logits = model.lm_head(hidden[learnt])
            loss = cross_entropy(logits.float(), targets[learnt])
            loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for optimizer in optimizers:
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        running = loss.item() if step in (0, warmup) else 0.97 * running + 0.03 * loss.item()
        if step % 25 == 0:
            seconds, lines = time.monotonic() - began, _lines(step, steps=steps)
            print(
                f"step {step} loss {loss.item():.3f} running {running:.3f} lines {lines} seconds {seconds:.0f}",
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

A Llama of {parameters:,} parameters ({layers} layers, width {width}) and a byte-level BPE tokenizer of {vocabulary}
tokens. It answers look-ups on synthetic pages (`components/models/lessons/pages.py`, `lookups.py`) and has never seen
the action language or any benchmark: as an agent it scores nothing until it is distilled.

Made by `{command}`
in {seconds:.0f} s with {threads} threads, {origin};
last running loss {loss:.3f} nats per answer token.

Weights are bfloat16. Digest (SHA-256 over names and contents of the other files): `{digest}`.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--start", type=Path, help="the base to go on from (default: random weights)")
    parser.add_argument("--out", type=Path, default=Path("out/base"))
    parser.add_argument("--layers", type=int, default=6, help="layers it shall have")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--steps", type=int, default=4000, help="training steps")
    parser.add_argument("--batch", type=int, default=16, help="pages per step")
    arguments = parser.parse_args()

    import torch
    from transformers import AutoTokenizer

    began = time.monotonic()
    if arguments.start:
        tokenizer = AutoTokenizer.from_pretrained(arguments.start)
        model = deepen(load_model(arguments.start), arguments.layers)
    else:
        config = TinyConfig(layers=arguments.layers)
        tokenizer = learn_tokenizer(config, seed=arguments.seed)
        model = make_tiny(config, end=tokenizer.eos_token_id, pad=tokenizer.pad_token_id, seed=arguments.seed)
    arguments.out.mkdir(parents=True, exist_ok=True)
    tokenizer.save_pretrained(arguments.out)
    loss = train(
        model=model,
        tokenizer=tokenizer,
        seed=arguments.seed,
        steps=arguments.steps,
        batch=arguments.batch,
        warmup=0 if arguments.start else WARMUP,
        out=arguments.out,
    )
    card = CARD.format(
        parameters=model.num_parameters(),
        layers=arguments.layers,
        width=model.config.hidden_size,
        vocabulary=model.config.vocab_size,
        command=f"python -m components.models.lessons.make_base {'--start FOLDER ' if arguments.start else ''}"
        f"--layers {arguments.layers} "
        f"--seed {arguments.seed} --steps {arguments.steps} --batch {arguments.batch}",
        origin=f"from the base of digest `{folder_digest(arguments.start)}`" if arguments.start else "from nothing",
        seconds=time.monotonic() - began,
        threads=torch.get_num_threads(),
        loss=loss,
        digest=folder_digest(arguments.out),
    )
    (arguments.out / "README.md").write_text(card)
    print(card)


if __name__ == "__main__":
    main()
