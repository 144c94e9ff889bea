"""Serves a model that names the class of each token, by the protocol of Presidio Analyzer.

A text is read line by line, as many lines at once as the model takes; a separator stands behind each. Of a line in
which a token's score reaches the threshold, the place is from the first to the last token that has a quarter of it,
widened to whole words: a value is seldom told by all of its tokens alike.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from components.errors import InputError
from components.lean import prepare_transformers
from components.models.files import weight_files

LONGEST = 384
"""Tokens that are read at once, at most."""
OVERLAP = 4
"""Neighbouring parts share a share of 1 in so many of these."""
WARM = 4
AT_ONCE = 16
NONE = "O"


class AnalyzeRequest(BaseModel):
    """The fields of a request that this server reads; it ignores all others, the text's language too."""

    model_config = ConfigDict(extra="ignore")

    text: str
    score_threshold: float = Field(0.5, gt=0, le=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A token of a text: its number, its place, and its line, from 0."""

    number: int
    start: int
    end: int
    line: int


class Reader:
    """A model for token classification and its tokenizer.

    Raises:
        InputError: the folder holds none that can be read.
    """

    def __init__(self, folder: Path) -> None:
        prepare_transformers()
        import torch
        from transformers import AutoModelForTokenClassification, AutoTokenizer

        weight_files(folder)
        try:
            self._tokenizer = AutoTokenizer.from_pretrained(folder)
            self._model = AutoModelForTokenClassification.from_pretrained(folder, use_safetensors=True).eval()
        except (OSError, ValueError, KeyError) as error:
            raise InputError(f"the model cannot be loaded: {error}", where=str(folder), fix="copy it again") from error
        self._device = "cuda" if torch.cuda.is_available() else "cpu"
        self._model.to(self._device)
        self._labels = [self._model.config.id2label[number] for number in range(self._model.config.num_labels)]

    @property
    def entities(self) -> list[str]:
        return sorted({_entity(label) for label in self._labels} - {NONE})

    def places(self, text: str, *, threshold: float) -> list[dict[str, Any]]:
        """What a text holds: entity_type, start, end (characters) and score of each place, in the order of the text."""
        tokens = [*self._tokens(text)]
        scores = self._scores(tokens)
        found = []
        for line in dict.fromkeys(token.line for token in tokens):
            warm = [
                (token, score)
                for token, score in zip(tokens, scores, strict=True)
                if token.line == line and score[0] >= threshold / WARM
            ]
            if warm and (best := max(score for _, score in warm))[0] >= threshold:
                start, end = _whole_words(text, warm[0][0].start, warm[-1][0].end)
                found.append({"entity_type": best[1], "start": start, "end": end, "score": best[0]})
        return found

    def _tokens(self, text: str) -> Iterator[Token]:
        """The tokens of all lines; the separator behind a line is a token without letters."""
        at = 0
        for line, words in enumerate(text.split("\n")):
            encoded = self._tokenizer(words, add_special_tokens=False, return_offsets_mapping=True, verbose=False)
            for number, (start, end) in zip(encoded["input_ids"], encoded["offset_mapping"], strict=True):
                yield Token(number=number, start=at + start, end=at + end, line=line)
            at += len(words)
            yield Token(number=self._tokenizer.sep_token_id, start=at, end=at, line=line)
            at += 1

    def _scores(self, tokens: Sequence[Token]) -> list[tuple[float, str]]:
        """Of each token how sure it is that it is private, from 0 to 1, and its likeliest entity."""
        import torch

        size = LONGEST - 1
        starts = range(0, max(len(tokens) - size // OVERLAP, 1), size - size // OVERLAP)
        parts = [tokens[start : start + size] for start in starts]
        best: list[tuple[float, str]] = [(0.0, NONE)] * len(tokens)
        for first in range(0, len(parts), AT_ONCE):
            rows = [
                [self._tokenizer.cls_token_id, *(token.number for token in part)] for part in parts[first:][:AT_ONCE]
            ]
            batch = self._tokenizer.pad({"input_ids": rows}, return_tensors="pt").to(self._device)
            with torch.inference_mode():
                shares = self._model(**batch).logits.float().softmax(-1).cpu().numpy()
            for start, row, share in zip(starts[first:], rows, shares, strict=False):
                for place in range(1, len(row)):
                    best[start + place - 1] = max(best[start + place - 1], self._best(share[place]))
        return best

    def _best(self, shares: Any) -> tuple[float, str]:
        by_entity = dict[str, float]()
        for label, share in zip(self._labels, shares, strict=True):
            by_entity[_entity(label)] = by_entity.get(_entity(label), 0.0) + float(share)
        nothing = by_entity.pop(NONE, 0.0)
        return 1 - nothing, max(by_entity, key=by_entity.__getitem__)


def _entity(label: str) -> str:
    """An entity without the mark of a beginning or an inside (B-EMAIL)."""
    return label[2:] if label[:2] in ("B-", "I-", "E-", "S-") else label


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    while start > 0 and not _is_edge(text[start - 1]):
        start -= 1
    while end < len(text) and not _is_edge(text[end]):
        end += 1
    return start, end


def _is_edge(letter: str) -> bool:
    return letter.isspace() or letter == '"'


def names_tokens(folder: Path) -> bool:
    """Whether the folder's model names the class of each token."""
    try:
        architectures = json.loads((folder / "config.json").read_text()).get("architectures") or []
    except (OSError, ValueError) as error:
        raise InputError(
            f"the model's configuration cannot be read: {error}", where=str(folder), fix="copy it again"
        ) from error
    return any(name.endswith("ForTokenClassification") for name in architectures)


def make_analyzer(folder: Path) -> Any:
    """A FastAPI application that answers as Presidio Analyzer does."""
    from fastapi import FastAPI

    app, reader = FastAPI(title="Symbiont: analyzer"), Reader(folder)

    @app.get("/health")
    async def health() -> str:
        return "ok"

    @app.get("/supportedentities")
    async def entities() -> list[str]:
        return reader.entities

    @app.post("/analyze")
    async def analyze(request: AnalyzeRequest) -> list[dict[str, Any]]:
        return await asyncio.to_thread(reader.places, request.text, threshold=request.score_threshold)

    return app


def serve_analyzer(folder: Path, *, host: str, port: int) -> None:
    """Serves until it is interrupted."""
    import uvicorn

    uvicorn.run(make_analyzer(folder), host=host, port=port, log_level="warning")
