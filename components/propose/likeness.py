"""How alike two intents are: by the sets of their words, or by vectors where an endpoint gives them."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from components.benchmarks.split import normalise
from components.trajectories.embeddings import EmbeddingEndpoint, embed

_WORD = re.compile(r"[^\W_]+")
_VARIABLE = re.compile(r"\{\w*\}")
_ENDING = re.compile(r"(?:ing|ed|es|s)$")
EMPTY = frozenset(
    (
        *("a", "an", "and", "as", "at", "by", "for", "from", "in", "into", "is", "it", "its", "of", "on", "or", "that"),
        *("the", "then", "there", "this", "to", "up", "with", "you", "your"),
    )
)


@lru_cache(maxsize=4096)
def words_of(text: str) -> frozenset[str]:
    """The words that mean something, without endings and variables."""
    found = _WORD.findall(normalise(_VARIABLE.sub(" ", text)))
    return frozenset(_ENDING.sub("", word) if len(word) > 4 else word for word in found if word not in EMPTY)


def shared(one: frozenset[str], other: frozenset[str]) -> float:
    """Words in both, of words in either."""
    return len(one & other) / len(one | other) if one and other else 0.0


def held(one: frozenset[str], within: frozenset[str]) -> float:
    """Of the words of one, how many the other has too."""
    return len(one & within) / len(one) if one else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Vectors:
    """Attributes: `by_text` are vectors of length one."""

    by_text: Mapping[str, Sequence[float]]

    def alike(self, one: str, other: str) -> float:
        return sum(a * b for a, b in zip(self.by_text[one], self.by_text[other], strict=True))


def vectors_of(texts: Sequence[str], *, endpoint: EmbeddingEndpoint | None) -> Vectors | None:
    """Errors as `embed`; None without an endpoint."""
    if endpoint is None:
        return None
    found: dict[str, Sequence[float]] = {}
    for start in range(0, len(texts), endpoint.batch):
        part = texts[start : start + endpoint.batch]
        for text, vector in zip(part, embed(endpoint, part), strict=True):
            length = math.hypot(*vector) or 1.0
            found[text] = [value / length for value in vector]
    return Vectors(by_text=found)
