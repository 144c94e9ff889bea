"""Teaches an encoder to say where in a page something private stands, from the families that were read.

    python -m bench.privacy.teach [--base FOLDER] [--out FOLDER] [--passes 12]
    symbiont serve-model --model out/pretrained/analyzer --port 8002

Pages are made as `labelled` makes them: up to eight fragments of one language, each of which may hold a value, with new
values every time. The encoder learns the class of every token (AdamW, word embeddings as they were); what stands beside
a value in its fragment is left out, because a label may be called private with it. Nothing of the newest set is learnt
from. Without `--base` multilingual-e5-small is fetched, as `make test-models` does. Ours.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from bench.pretrained.fetch import E5, OUT, fetch
from bench.privacy.labelled import NOTHING, Family, Page, families
from components.models.analyze import LONGEST, NONE
from components.progress import Progress

SKIPPED = -100
"""torch's mark of a token whose class is not learnt."""
MOST = 8
"""Fragments of a page."""
PRIVATE = 0.5
"""Share of the fragments that hold a value."""
PAGES = 4
"""Of a step."""
SORTED = 8
"""Steps whose pages are sorted by length, so that little is padded."""
RATE, WARMING, DECAY = 1.5e-4, 60, 0.01
"""Of AdamW: highest rate, steps to it, and weight decay; the rate ends at nought."""


def main(
    base: Annotated[Path | None, typer.Option(help="An encoder's folder; left out: multilingual-e5-small.")] = None,
    out: Annotated[Path, typer.Option(help="Where the taught model goes.")] = OUT / "analyzer",
    passes: Annotated[int, typer.Option(min=1, help="How often each family is seen.")] = 12,
    seed: Annotated[int, typer.Option(min=0)] = 0,
) -> None:
    """Writes a model that `symbiont serve-model` serves as an analyzer."""
    pool = [*families("tuned")]
    tokenizer, model = taught(pool, base=base or fetch(E5), passes=passes, seed=seed)
    model.save_pretrained(out)
    tokenizer.save_pretrained(out)
    print(f"taught by {len(pool)} families: {out}")


def taught(pool: Sequence[Family], *, base: Path, passes: int, seed: int) -> tuple[Any, Any]:
    """A tokenizer and its model, which has seen every family so many times."""
    import torch

    torch.manual_seed(seed)
    chance = random.Random(seed)
    labels = [NONE, *sorted({family.kind.upper() for family in pool} - {NOTHING.upper()})]
    tokenizer, model = load(base, labels)
    trained = [weights for weights in model.parameters() if weights.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=RATE, weight_decay=DECAY)
    steps = passes * len(pool) * 2 // (PAGES * (MOST + 1))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, (step + 1) / WARMING) * max(0.0, 1 - step / steps)
    )
    made = batches(pool, chance, lambda page: encoded(page, tokenizer, labels))
    with Progress("steps", steps) as progress:
        for _ in range(steps):
            loss = model(**padded(next(made), pad=tokenizer.pad_token_id)).loss
            loss.backward()
            torch.nn.utils.clip_grad_norm_(trained, 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
            progress.advance()
    return tokenizer, model.eval()


def load(folder: Path, labels: Sequence[str]) -> tuple[Any, Any]:
    """An encoder's tokenizer, and it with a new head for the labels."""
    from transformers import AutoModelForTokenClassification, AutoTokenizer

    model = AutoModelForTokenClassification.from_pretrained(
        folder, id2label=dict(enumerate(labels)), label2id={label: at for at, label in enumerate(labels)}
    ).train()
    model.get_input_embeddings().weight.requires_grad = False
    return AutoTokenizer.from_pretrained(folder), model


def made_pages(pool: Sequence[Family], chance: random.Random) -> Iterator[list[Page]]:
    """Fragments of one language that stand on one page; every family is drawn before one is drawn again."""
    groups = defaultdict[tuple[str, bool], list[Family]](list)
    for family in pool:
        groups[family.language, family.kind == NOTHING].append(family)
    languages = sorted({family.language for family in pool})
    sizes = [sum(family.language == language for family in pool) for language in languages]
    decks = defaultdict[tuple[str, bool], list[Family]](list)
    number = 0
    while True:
        (language,) = chance.choices(languages, sizes)
        fragments = []
        for _ in range(chance.randint(1, MOST)):
            group = language, chance.random() >= PRIVATE
            if not decks[group]:
                decks[group] = chance.sample(groups[group], len(groups[group]))
            number += 1
            fragments.append(decks[group].pop().filled(f"taught {number}"))
        yield fragments


Row = tuple[list[int], list[int]]
"""Tokens of a page, and the label of each."""


def encoded(fragments: Sequence[Page], tokenizer: Any, labels: Sequence[str]) -> Row:
    """A page as `components.models.analyze` reads it: line by line, with a separator behind each."""
    tokens, wanted = [tokenizer.cls_token_id], [SKIPPED]
    for page in fragments:
        at = 0
        for line in page.text.split("\n"):
            found = tokenizer(line, add_special_tokens=False, return_offsets_mapping=True, verbose=False)
            for token, (start, end) in zip(found["input_ids"], found["offset_mapping"], strict=True):
                tokens.append(token)
                if page.kind is None:
                    wanted.append(labels.index(NONE))
                elif at + start < page.end and at + end > page.start:
                    wanted.append(labels.index(page.kind.upper()))
                else:
                    wanted.append(SKIPPED)
            tokens.append(tokenizer.sep_token_id)
            wanted.append(SKIPPED)
            at += len(line) + 1
    return tokens[:LONGEST], wanted[:LONGEST]


def batches(pool: Sequence[Family], chance: random.Random, encode: Any) -> Iterator[list[Row]]:
    made = made_pages(pool, chance)
    while True:
        rows = sorted((encode(next(made)) for _ in range(PAGES * SORTED)), key=lambda row: len(row[0]))
        together = [rows[at : at + PAGES] for at in range(0, len(rows), PAGES)]
        yield from chance.sample(together, len(together))


def padded(rows: Sequence[Row], *, pad: int) -> dict[str, Any]:
    """Arguments of the model."""
    import torch

    width = max(len(tokens) for tokens, _ in rows)

    def square(lists: Sequence[list[int]], filler: int) -> Any:
        return torch.tensor([[*each, *[filler] * (width - len(each))] for each in lists])

    return {
        "input_ids": square([tokens for tokens, _ in rows], pad),
        "attention_mask": square([[1] * len(tokens) for tokens, _ in rows], 0),
        "labels": square([wanted for _, wanted in rows], SKIPPED),
    }


if __name__ == "__main__":
    typer.run(main)
