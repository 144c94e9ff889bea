"""A language model that reads pages: which lines hold something private, and where in them.

The model is one of transformers up to some layer, and is left as it was. Two small networks are taught beside it (by
`bench.privacy.teach`): one tells from the mean hidden states of a line which class of private data is in it, the other
tells it of each token. Method: probing classifiers (Alain and Bengio 2016), with one hidden layer.

A folder of a reader is a model's, with `reader.json` and `heads.safetensors` beside.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from components.errors import InputError
from components.models.prompting import load_prompting
from components.models.weights import load_model

if TYPE_CHECKING:
    from torch import Tensor

FILE, HEADS = "reader.json", "heads.safetensors"
NONE = "O"
WINDOW, BEFORE = 448, 64
"""Tokens that are read at once, and how many of them were read before already."""
AT_ONCE = 8
WARM = 0.001
"""Of the share of a line's likeliest token: what the first and the last token of the place have at least."""


class ReaderConfig(BaseModel):
    """What the networks beside the model read and say.

    Attributes:
        labels: the classes, nothing first.
        of_lines, of_tokens: layers whose states each network reads, counted from 1.
        limits: of each label but the first, the share from which on a line counts; a reply's score is 0.5 there.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    labels: tuple[str, ...] = Field(min_length=2)
    of_lines: tuple[int, ...] = Field(min_length=1)
    of_tokens: tuple[int, ...] = Field(min_length=1)
    limits: tuple[Annotated[float, Field(gt=0, lt=1)], ...]

    @model_validator(mode="after")
    def _has_a_limit_for_each(self) -> Self:
        if len(self.limits) != len(self.labels) - 1:
            raise ValueError(f"{len(self.limits)} limits for {len(self.labels) - 1} classes")
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """Attributes: `start`, `end`: its place in the text; `line`: from 0."""

    number: int
    start: int
    end: int
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A text and its states: those of each token (tokens, layers x width), and each line's mean (lines, the same)."""

    tokens: list[Token]
    lines: Tensor
    states: Tensor


class Body:
    """A language model, read for the states of some of its layers.

    Raises:
        InputError: the folder holds none that can be read.
    """

    def __init__(self, folder: Path, *, of_lines: Sequence[int], of_tokens: Sequence[int]) -> None:
        self.prompting = load_prompting(folder)
        self.model = load_model(folder).eval()
        self._of_lines, self._of_tokens = tuple(of_lines), tuple(of_tokens)
        self._caught: dict[int, Tensor] = {}
        layers = layers_of(self.model, folder)
        for layer in {*of_lines, *of_tokens}:
            layers[layer - 1].register_forward_hook(self._catch(layer))

    def _catch(self, layer: int) -> Any:
        def catch(_module: Any, _inputs: Any, output: Any) -> None:
            self._caught[layer] = output[0] if isinstance(output, tuple) else output

        return catch

    def read(self, texts: Sequence[str]) -> list[Read]:
        import torch

        tokens = [[*self._tokens(text)] for text in texts]
        states: list[list[Tensor | None]] = [[None] * len(each) for each in tokens]
        windows = [(text, start) for text, each in enumerate(tokens) for start in range(0, len(each), WINDOW - BEFORE)]
        windows.sort(key=lambda window: len(tokens[window[0]][window[1] :][: WINDOW - BEFORE]))
        for first in range(0, len(windows), AT_ONCE):
            batch = windows[first : first + AT_ONCE]
            rows = [tokens[text][max(start - BEFORE, 0) : start + WINDOW - BEFORE] for text, start in batch]
            of_all = self._states([[token.number for token in row] for row in rows])
            for (text, start), row, of_row in zip(batch, rows, of_all, strict=True):
                new = len(row) - (start - max(start - BEFORE, 0))
                states[text][start : start + new] = of_row[len(row) - new : len(row)]
        return [
            self._pooled(each, torch.stack(found) if found else None)
            for each, found in zip(tokens, states, strict=True)
        ]

    def _tokens(self, text: str) -> Iterator[Token]:
        at = 0
        for line, words in enumerate(text.split("\n")):
            found = self.prompting.tokenizer(
                f"{words}\n", add_special_tokens=False, return_offsets_mapping=True, verbose=False
            )
            for number, (start, end) in zip(found["input_ids"], found["offset_mapping"], strict=True):
                yield Token(number=number, start=at + start, end=min(at + end, len(text)), line=line)
            at += len(words) + 1

    def _states(self, rows: Sequence[Sequence[int]]) -> Tensor:
        """(rows, tokens, layers, width) of all layers that are read, in their order."""
        import torch

        first = self.prompting.tokenizer.bos_token_id
        begin = [] if first is None else [first]
        width = max(map(len, rows)) + len(begin)
        numbers = torch.full((len(rows), width), self.prompting.pad)
        mask = torch.zeros((len(rows), width), dtype=torch.long)
        for at, row in enumerate(rows):
            numbers[at, : len(begin) + len(row)] = torch.tensor([*begin, *row])
            mask[at, : len(begin) + len(row)] = 1
        device = self.model.device
        with torch.inference_mode():
            self.model.model(input_ids=numbers.to(device), attention_mask=mask.to(device))
            return torch.stack([self._caught[layer] for layer in self._layers], 2)[:, len(begin) :].float().cpu()

    @property
    def _layers(self) -> list[int]:
        return sorted({*self._of_lines, *self._of_tokens})

    def _pooled(self, tokens: list[Token], states: Tensor | None) -> Read:
        import torch

        if states is None:
            return Read(tokens=[], lines=torch.zeros(0), states=torch.zeros(0))
        lines = torch.tensor([token.line for token in tokens])
        count = int(lines.max()) + 1
        sums = torch.zeros(count, *states.shape[1:]).index_add_(0, lines, states)
        means = sums / torch.bincount(lines, minlength=count).clamp(min=1)[:, None, None]
        return Read(
            tokens=tokens, lines=self._chosen(means, self._of_lines), states=self._chosen(states, self._of_tokens)
        )

    def _chosen(self, states: Tensor, layers: Sequence[int]) -> Tensor:
        return states[:, [self._layers.index(layer) for layer in layers]].flatten(1)


def layers_of(model: Any, folder: Path) -> Any:
    """The layers of a language model, in their order.

    Raises:
        InputError: it keeps them elsewhere than most do.
    """
    layers = getattr(getattr(model, "model", None), "layers", None)
    if layers is None:
        fix = "take a model like Gemma, Llama or Qwen"
        raise InputError(
            f"{type(model).__name__} has no layers that can be read one by one", where=str(folder), fix=fix
        )
    return layers


class Head:
    """A network with one hidden layer: from states to shares of the labels. Args: `weights`: its tensors by name."""

    def __init__(self, weights: Mapping[str, Tensor]) -> None:
        self.weights = dict(weights)

    def shares(self, states: Tensor) -> Tensor:
        import torch
        from torch.nn.functional import gelu, linear

        weights = self.weights
        hidden = gelu(linear((states - weights["mean"]) / weights["spread"], weights["in"], weights["in_bias"]))
        return torch.softmax(linear(hidden, weights["out"], weights["out_bias"]), -1)


class Reader:
    """A model and its two networks.

    Raises:
        InputError: the folder holds none that can be read.
    """

    def __init__(self, folder: Path) -> None:
        from safetensors import SafetensorError
        from safetensors.torch import load_file

        try:
            self.config = ReaderConfig.model_validate_json((folder / FILE).read_text())
            weights = load_file(folder / HEADS)
        except (OSError, ValidationError, SafetensorError) as error:
            fix = "teach it again: python -m bench.privacy.teach"
            raise InputError(f"the reader cannot be loaded: {error}", where=str(folder), fix=fix) from error
        self._body = Body(folder, of_lines=self.config.of_lines, of_tokens=self.config.of_tokens)
        self._of_lines, self._of_tokens = (
            Head({name.removeprefix(f"{part}."): each for name, each in weights.items() if name.startswith(f"{part}.")})
            for part in ("lines", "tokens")
        )

    def places(self, text: str, *, threshold: float) -> list[dict[str, Any]]:
        """What a text holds: entity_type, start, end (characters) and score of a place of each line, in their order."""
        import torch

        (read,) = self._body.read([text])
        if not read.tokens:
            return []
        shares = self._of_lines.shares(read.lines)
        kinds = shares[:, 1:].argmax(-1)
        scores = _scored(1 - shares[:, 0], limits=torch.tensor(self.config.limits)[kinds])
        warmth = (1 - self._of_tokens.shares(read.states)[:, 0]).tolist()
        by_line = defaultdict[int, list[tuple[Token, float]]](list)
        for token, warm in zip(read.tokens, warmth, strict=True):
            by_line[token.line].append((token, warm))
        found = []
        for line in (scores >= threshold).nonzero().flatten().tolist():
            start, end = _place(text, by_line[line])
            if start < end:
                label = self.config.labels[1 + int(kinds[line])]
                found.append({"entity_type": label, "start": start, "end": end, "score": float(scores[line])})
        return found


def _scored(shares: Tensor, *, limits: Tensor) -> Tensor:
    """Shares moved, by their odds, so that the limit of each is at 0.5."""
    return shares * (1 - limits) / (shares * (1 - limits) + (1 - shares) * limits)


def is_reader(folder: Path) -> bool:
    return (folder / FILE).is_file()


def _place(text: str, tokens: Sequence[tuple[Token, float]]) -> tuple[int, int]:
    """Where in a line something private stands: in what is quoted around its likeliest token, or between quotations."""
    hottest, most = max(tokens, key=lambda each: each[1])
    first = text.rfind('"', tokens[0][0].start, hottest.start + 1) + 1 or tokens[0][0].start
    last = text.find('"', max(hottest.start, first), tokens[-1][0].end)
    last = tokens[-1][0].end if last < 0 else last
    warm = [token for token, share in tokens if share >= WARM * most and token.start < last and token.end > first]
    return _whole_words(text, max(warm[0].start, first), min(warm[-1].end, last)) if warm else (first, first)


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """The place widened to whole words, without space around."""
    while start > 0 and not _is_edge(text[start - 1]):
        start -= 1
    while end < len(text) and not _is_edge(text[end]):
        end += 1
    inside = text[start:end]
    return start + len(inside) - len(inside.lstrip()), end - len(inside) + len(inside.rstrip())


def _is_edge(letter: str) -> bool:
    return letter.isspace() or letter == '"'
