"""What a small model's hidden states tell of private lines, on a set that nobody had read, beside the rules.

    python -m bench.privacy.states [--model FOLDER] [--sets 13]

Every family, and every line on which nothing is private, is one text, filled in once and alone. A logistic regression
on the mean hidden states of two layers learns which texts are private from the sets that were read. From which score
on a text counts is set by those sets too: a share of their public lines is above it, each set scored by a regression
that did not learn from it. So nothing is chosen by the new set. Counted are texts in which anything is found, a
coarser measure than `score`'s of whole values.

Without `--model` Gemma 3 270M is fetched, as `make test-models` does. `--model components/models/base` is the control:
a model that has read nothing but made-up pages. Method: linear probing (Alain and Bengio 2016).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from numpy.typing import NDArray

from bench.pretrained.fetch import GEMMA, fetch
from bench.privacy.labelled import Page, Part, alone
from components.models.prompting import load_prompting
from components.models.weights import load_model
from components.privacy.config import PrivacyConfig
from components.privacy.rules import Rules
from components.progress import Progress
from components.statistics import wilson

NEW: Part = "fresh-11"
_FORMLESS = frozenset(("password", "health", "sensitive"))
KINDS: dict[str, Callable[[str | None], bool]] = {
    "values with a form": lambda kind: kind is not None and kind not in _FORMLESS,
    "other values": lambda kind: kind in _FORMLESS,
    "public lines": lambda kind: kind is None,
}
LONGEST, AT_ONCE = 256, 32
"""Tokens of a text that are read, and texts read at once."""
DECAY, ROUNDS = 3e-3, 60
"""Of the regression: how much weights are held down, and most rounds of L-BFGS."""
ABOVE = (0.03, 0.05, 0.1)
"""Shares of the read sets' public lines that are let above the limit."""
SURE = 0.02
"""Share of the read sets' private lines below the score from which on the rules are believed."""

Floats = NDArray[np.float32]
Marks = NDArray[np.bool_]


def main(
    model: Annotated[Path | None, typer.Option(help="A folder with a model; left out: Gemma 3 270M.")] = None,
    sets: Annotated[int, typer.Option(min=2, help="How many of the read sets to learn from, the newest first.")] = 13,
) -> None:
    """Prints the share of texts called private, by kind: rules, states, both."""
    read = [*dict.fromkeys(name for name, _ in alone("tuned"))][-sets:]
    texts = [each for each in (*alone("tuned"), *alone(NEW)) if each[0] in {*read, NEW}]
    names = np.array([name for name, _ in texts])
    pages = [page for _, page in texts]
    private = np.array([page.kind is not None for page in pages])
    new = names == NEW
    states = hidden_states(model or fetch(GEMMA), [page.text for page in pages])
    states = (states - states[~new].mean(0)) / (states[~new].std(0) + 1e-3)

    scores = np.zeros(len(pages), dtype=np.float32)
    for name in [*read, NEW]:  # the new set is scored by what all others taught
        learnt_from = ~new & (names != name)
        scores[names == name] = regression(states[learnt_from], private[learnt_from])(states[names == name])
    rules = Rules(PrivacyConfig())
    by_rules = np.array([bool(rules.scan(page.text)) for page in pages])
    believed = by_rules & (scores >= np.quantile(scores[~new & private], SURE))

    print(f"{int((~new).sum())} texts of {len(read)} sets to learn from, {int(new.sum())} of {NEW} to be judged")
    print(f"| percent called private | {' | '.join(KINDS)} |")
    print("|---|---|---|---|")
    print(row("rules", by_rules, pages, new))
    for share in ABOVE:
        above = scores >= np.quantile(scores[~new & ~private], 1 - share)
        print(row(f"states, {share:.0%} of public lines that were read", above, pages, new))
        print(row("these, or rules that the states do not doubt", above | believed, pages, new))


def hidden_states(folder: Path, texts: Sequence[str]) -> Floats:
    """(texts, 2 x width): of each text the mean states of the layers at half and three quarters of the depth."""
    import torch

    prompting, model = load_prompting(folder), load_model(folder).eval()
    tokens = [prompting.tokenizer(text, verbose=False)["input_ids"][:LONGEST] for text in texts]
    order = sorted(range(len(texts)), key=lambda number: len(tokens[number]))
    found: list[Any] = [None] * len(texts)
    with Progress("texts", len(texts)) as progress, torch.inference_mode():
        for at in range(0, len(order), AT_ONCE):
            chosen = order[at : at + AT_ONCE]
            width = max(len(tokens[number]) for number in chosen)
            rows = torch.full((len(chosen), width), prompting.pad)
            mask = torch.zeros((len(chosen), width), dtype=torch.long)
            for row_, number in enumerate(chosen):
                rows[row_, : len(tokens[number])] = torch.tensor(tokens[number])
                mask[row_, : len(tokens[number])] = 1
            layers = model.model(input_ids=rows, attention_mask=mask, output_hidden_states=True).hidden_states
            weights = (mask / mask.sum(1, keepdim=True))[..., None]
            deep = len(layers) - 1
            means = torch.cat([(layers[layer] * weights).sum(1) for layer in (deep // 2, 3 * deep // 4)], 1)
            for number, mean in zip(chosen, means.numpy(), strict=True):
                found[number] = mean
                progress.advance()
    return np.stack(found)


def regression(states: Floats, private: Marks) -> Callable[[Floats], Floats]:
    """Logistic regression: from states to scores, positive where a text is likelier private."""
    import torch

    given, wanted = torch.tensor(states), torch.tensor(private, dtype=torch.float32)
    weights = torch.zeros(states.shape[1], requires_grad=True)
    bias = torch.zeros(1, requires_grad=True)
    steps = torch.optim.LBFGS([weights, bias], max_iter=ROUNDS, line_search_fn="strong_wolfe")

    def loss() -> Any:
        steps.zero_grad()
        wrong = torch.nn.functional.binary_cross_entropy_with_logits(given @ weights + bias, wanted)
        total = wrong + DECAY * weights.square().sum()
        total.backward()
        return total

    steps.step(loss)
    kept, shift = weights.detach().numpy(), bias.item()
    return lambda others: others @ kept + shift


def row(who: str, hits: Marks, pages: Sequence[Page], new: Marks) -> str:
    """A line of the table: percent of the new set's texts with a hit, with 95 % intervals."""
    shares = []
    for belongs in KINDS.values():
        of_kind = hits[new & np.array([belongs(page.kind) for page in pages])]
        low, high = wilson(int(of_kind.sum()), len(of_kind))
        shares.append(f"{100 * of_kind.mean():.1f} ({100 * low:.0f}-{100 * high:.0f})")
    return f"| {' | '.join([who, *shares])} |"


if __name__ == "__main__":
    typer.run(main)
