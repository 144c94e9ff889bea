"""How alike two intents are: by the sets of their words, or by vectors where an endpoint gives them."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from components.benchmarks.split import normalise
from components.trajectories.embeddings import Embedder, EmbeddingEndpoint

if TYPE_CHECKING:
    from components.trajectories.ledger import Ledger

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
    """The words of a text, lower case, without endings, variables and words that carry no meaning (`the`, `in`)."""
    words = _WORD.findall(normalise(_VARIABLE.sub(" ", text)))
    return frozenset(_ENDING.sub("", word) if len(word) > 4 else word for word in words if word not in EMPTY)


def shared(first: frozenset[str], second: frozenset[str]) -> float:
    """Jaccard index: words in both sets over words in either, from 0 to 1; 0 where one is empty."""
    return len(first & second) / len(first | second) if first and second else 0.0


def containment(words: frozenset[str], within: frozenset[str]) -> float:
    """The share of `words` that `within` has too, from 0 to 1; 0 without words."""
    return len(words & within) / len(words) if words else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Vectors:
    """Embeddings of intents. Attributes: `by_text` holds vectors of length one."""

    by_text: Mapping[str, Sequence[float]]

    def similarity(self, first: str, second: str) -> float:
        """Cosine of two texts' vectors. Raises `KeyError` for a text that was not embedded."""
        return sum(a * b for a, b in zip(self.by_text[first], self.by_text[second], strict=True))


def vectors_of(
    texts: Sequence[str], *, endpoint: EmbeddingEndpoint | None, ledger: Ledger | None = None
) -> Vectors | None:
    """Vectors of these texts, scaled to length one; None without an endpoint. Raises what `Embedder.embed` raises."""
    if endpoint is None:
        return None
    vectors: dict[str, Sequence[float]] = {}
    with closing(Embedder(endpoint, ledger=ledger)) as embedder:
        for start in range(0, len(texts), endpoint.batch):
            part = texts[start : start + endpoint.batch]
            for text, vector in zip(part, embedder.embed(part), strict=True):
                length = math.hypot(*vector) or 1.0
                vectors[text] = [value / length for value in vector]
    return Vectors(by_text=vectors)
