"""Teaches a language model of yours to say which lines of a page hold something private, and where in them.

    python -m bench.privacy.teach [--base FOLDER] [--out FOLDER] [--passes 2]
    symbiont serve-model --model out/pretrained/reader --port 8002

Pages are made of the families of the sets that were read: up to eight fragments of one language, with new values every
time. The model stays as it is; of its hidden states two small networks learn the class of a line and of a token
(`components.models.reader`). A common limit from which on a line counts is set by lines that the networks had not
learnt from: the sets are dealt into groups, and each group is scored by networks that the others taught. How much surer
than that they must be of a class was set on a set that they had not learnt from either. Nothing is learnt from the
newest set. Without `--base` Gemma 3 270M is fetched, as `make test-models` does.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import torch
import typer
from safetensors.torch import save_file
from torch import Tensor

from bench.pretrained.fetch import GEMMA, OUT, fetch
from bench.privacy.asides import asides, head
from bench.privacy.labelled import NOTHING, Family, Page, families
from components.models.prompting import load_prompting
from components.models.reader import FILE, HEADS, NONE, Body, Head, ReaderConfig, layers_of
from components.models.weights import load_model, save_model
from components.progress import Progress

MOST = 8
"""Fragments of a page."""
FORMLESS = ("password", "health", "sensitive")
HEADED = 0.5
"""Share of the pages with an address and a title."""
TOGETHER = 16
"""Pages that are read at once."""
SHARES = (5 / 18, 1 / 2, 13 / 18)
"""Of a model's depth, of the layers whose states tell of lines; tokens are told by the last two."""
HIDDEN, NETWORKS, OF_TOKENS = 512, 3, 128
"""Width of each network for lines, how many of these are averaged, and width of the one for tokens."""
DROPPED, RATE, DECAY, BATCH = 0.3, 1e-3, 0.05, 256
EPOCHS, EPOCHS_OF_TOKENS = 20, 6
SHOWN = 0.35
"""Share of the tokens of no value that are learnt from."""
GROUPS = 4
LET = 0.01
"""Share of the lines without anything private that may be above the common limit."""
SURER, SURER_WITHOUT_FORM = 1.9, 7.3
"""How many times the odds of the common limit a class needs, and one that has no form; set on `fresh-12`."""


def main(
    base: Annotated[Path | None, typer.Option(help="A language model's folder; left out: Gemma 3 270M.")] = None,
    out: Annotated[Path, typer.Option(help="Where the reader goes.")] = OUT / "reader",
    passes: Annotated[int, typer.Option(min=1, help="How often each family is read, with new values.")] = 2,
    seed: Annotated[int, typer.Option(min=0)] = 0,
) -> None:
    """Writes a reader that `symbiont serve-model` serves as an analyzer."""
    pool = [*families("tuned"), *families("taught"), *asides()]
    config = teach(pool, base=base or fetch(GEMMA), out=out, passes=passes, seed=seed)
    print(f"taught by {len(pool)} families, limits {min(config.limits):.3f} to {max(config.limits):.3f}: {out}")


def teach(pool: Sequence[Family], *, base: Path, out: Path, passes: int, seed: int) -> ReaderConfig:
    """Writes a reader's folder."""
    torch.manual_seed(seed)
    labels = (NONE, *sorted({family.kind.upper() for family in pool} - {NOTHING.upper()}))
    layers = shortened(base, out)
    body = Body(out, of_lines=layers, of_tokens=layers[1:])
    lines, tokens = read(pool, body, labels, passes=passes, seed=seed)
    config = ReaderConfig(
        labels=labels, of_lines=layers, of_tokens=layers[1:], limits=limits(labels, common_limit(lines, len(labels)))
    )
    heads = {
        **named("lines", taught(lines, len(labels), hidden=HIDDEN, epochs=EPOCHS, networks=NETWORKS)),
        **named("tokens", taught(tokens, len(labels), hidden=OF_TOKENS, epochs=EPOCHS_OF_TOKENS, networks=1)),
    }
    save_file(heads, out / HEADS)
    (out / FILE).write_text(json.dumps(config.model_dump()) + "\n")
    return config


def shortened(base: Path, out: Path) -> tuple[int, ...]:
    """Writes the model up to the last layer that is read, and returns these layers."""
    model, prompting = load_model(base), load_prompting(base)
    layers = tuple(max(round(share * len(layers_of(model, base))), 1) for share in SHARES)
    config = model.config
    model.model.layers = model.model.layers[: layers[-1]]
    config.num_hidden_layers = layers[-1]
    if getattr(config, "layer_types", None):
        config.layer_types = config.layer_types[: layers[-1]]
    out.parent.mkdir(parents=True, exist_ok=True)
    save_model(model, folder=out, prompting=prompting)
    return layers


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples:
    """States (examples, layers x width), the label of each, the set it is of, and whether nothing private is near."""

    states: Tensor
    labels: Tensor
    sets: Sequence[str]
    public: Tensor

    def those(self, chosen: Tensor) -> Examples:
        at = chosen.nonzero().flatten()
        sets = [self.sets[each] for each in at.tolist()]
        return Examples(states=self.states[at], labels=self.labels[at], sets=sets, public=self.public[at])


Made = Sequence[tuple[Family, Page]]
"""A page: fragments, one below the other."""


def made_pages(pool: Sequence[Family], chance: random.Random, seed: str) -> Iterator[Made]:
    """Pages on which every family stands once, each page of one language; every second has an address and a title."""
    languages = sorted({family.language for family in pool})
    for language in languages:
        deck = [family for family in pool if family.language == language]
        chance.shuffle(deck)
        while deck:
            count = chance.randint(1, MOST)
            fragments = [head(language, len(deck))] if chance.random() < HEADED else []
            yield [(family, family.filled(f"{seed} {len(deck)}")) for family in (*fragments, *deck[:count])]
            deck = deck[count:]


def text_of(made: Made) -> str:
    return "\n".join(page.text for _, page in made)


def values_in(made: Made) -> Iterator[tuple[int, int, str]]:
    """Start, end and label of each private value in the page's text."""
    at = 0
    for _, page in made:
        if page.kind is not None:
            yield at + page.start, at + page.end, page.kind.upper()
        at += len(page.text) + 1


def lines_in(made: Made) -> Iterator[tuple[int, int, str, bool]]:
    """Start and end of each line of the page's text, the set it is of, and whether nothing private is in its
    fragment."""
    at = 0
    for family, page in made:
        for line in page.text.split("\n"):
            yield at, at + len(line), family.lists[0].stem, page.kind is None
            at += len(line) + 1


def read(
    pool: Sequence[Family], body: Body, labels: Sequence[str], *, passes: int, seed: int
) -> tuple[Examples, Examples]:
    """Lines and tokens of made pages, and what is in them."""
    chance = random.Random(seed)
    pages = [page for number in range(passes) for page in made_pages(pool, chance, f"taught {seed} {number}")]
    lines, tokens = _Gathered(), _Gathered()
    with Progress("pages", len(pages)) as progress:
        for first in range(0, len(pages), TOGETHER):
            together = pages[first : first + TOGETHER]
            for made, found in zip(together, body.read([text_of(page) for page in together]), strict=True):
                values = [*values_in(made)]
                for states, (start, end, name, public) in zip(found.lines, lines_in(made), strict=True):
                    lines.add(states, labels.index(_label(values, start, end)), name, public=public)
                for states, token in zip(found.states, found.tokens, strict=True):
                    label = labels.index(_label(values, token.start, token.end))
                    if label or chance.random() < SHOWN:
                        tokens.add(states, label, "", public=not label)
                progress.advance()
    return lines.whole(), tokens.whole()


def _label(values: Sequence[tuple[int, int, str]], start: int, end: int) -> str:
    return next((label for first, last, label in values if start < last and end > first), NONE)


class _Gathered:
    """Examples that come one by one."""

    def __init__(self) -> None:
        self._states, self._labels, self._sets, self._public = list[Tensor](), list[int](), list[str](), list[bool]()

    def add(self, states: Tensor, label: int, name: str, *, public: bool) -> None:
        self._states.append(states.bfloat16())  # some states are beyond fp16
        self._labels.append(label)
        self._sets.append(name)
        self._public.append(public)

    def whole(self) -> Examples:
        return Examples(
            states=torch.stack(self._states),
            labels=torch.tensor(self._labels),
            sets=self._sets,
            public=torch.tensor(self._public),
        )


def limits(labels: Sequence[str], common: float) -> tuple[float, ...]:
    """Those of the classes, which are all labels but the first."""
    odds = common / (1 - common)
    surer = [odds * (SURER_WITHOUT_FORM if label.lower() in FORMLESS else SURER) for label in labels[1:]]
    return tuple(round(each / (1 + each), 4) for each in surer)


def common_limit(lines: Examples, count: int) -> float:
    """The share above which `LET` of the public lines are, each scored by networks that other sets taught."""
    names = sorted({*lines.sets})
    shares = torch.zeros(len(lines.labels))
    for group in range(GROUPS):
        left_out = torch.tensor([names.index(name) % GROUPS == group for name in lines.sets])
        head = Head(taught(lines.those(~left_out), count, hidden=HIDDEN, epochs=EPOCHS, networks=1))
        shares[left_out] = 1 - head.shares(lines.states[left_out].float())[:, 0]
    return float(torch.quantile(shares[lines.public], 1 - LET))


def taught(examples: Examples, count: int, *, hidden: int, epochs: int, networks: int) -> dict[str, Tensor]:
    """The tensors of a `Head`: of several networks, joined into one that says their mean."""
    states, labels = examples.states.float(), examples.labels
    mean, spread = states.mean(0), states.std(0) + 1e-3
    nets = [_network(states, mean, spread, labels, count, hidden=hidden, epochs=epochs) for _ in range(networks)]
    return {
        "mean": mean,
        "spread": spread,
        "in": torch.cat([net[1].weight for net in nets]).detach(),
        "in_bias": torch.cat([net[1].bias for net in nets]).detach(),
        "out": (torch.cat([net[4].weight for net in nets], 1) / networks).detach(),
        "out_bias": (torch.stack([net[4].bias for net in nets]).mean(0)).detach(),
    }


def _network(
    states: Tensor, mean: Tensor, spread: Tensor, labels: Tensor, count: int, *, hidden: int, epochs: int
) -> Any:
    nn = torch.nn
    width = states.shape[1]
    net = nn.Sequential(
        nn.Dropout(DROPPED), nn.Linear(width, hidden), nn.GELU(), nn.Dropout(DROPPED), nn.Linear(hidden, count)
    )
    optimizer = torch.optim.AdamW(net.parameters(), lr=RATE, weight_decay=DECAY)
    steps = epochs * -(-len(labels) // BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 1 - step / steps)
    for _ in range(epochs):
        for chosen in torch.randperm(len(labels)).split(BATCH):
            loss = nn.functional.cross_entropy(net((states[chosen] - mean) / spread), labels[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    return net


def named(part: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {f"{part}.{name}": each.contiguous() for name, each in tensors.items()}


if __name__ == "__main__":
    typer.run(main)
