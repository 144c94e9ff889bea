"""Baselines without shadows: how alike two models' responses are. They stand in the same table as the audit.

They answer another question. Two models that are both right give the same answers, so similarity alone accuses able
models; the table shows by how much, and also where similarity does better than the shadows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from math import sqrt

import numpy as np

from components.verdicts.finding import Baseline
from components.verdicts.verdict import estimate

GRAM = 3


def trigram_cosine(a: str, b: str) -> float:
    """Cosine of the counts of character trigrams: 1 for equal texts, 0 for texts that share none."""
    left, right = _grams(a), _grams(b)
    if not left or not right:
        return float(a == b)
    dot = sum(count * right[gram] for gram, count in left.items())
    return dot / sqrt(sum(c * c for c in left.values()) * sum(c * c for c in right.values()))


def same_action(a: str, b: str) -> float:
    """1 when the last lines are equal: the action, where a response is a reason and then an action."""
    return float(a.rstrip().rpartition("\n")[2].strip() == b.rstrip().rpartition("\n")[2].strip())


METHODS: Mapping[str, Callable[[str, str], float]] = {
    "response similarity (trigram cosine)": trigram_cosine,
    "same action": same_action,
}


def baselines(responses: Mapping[str, Sequence[str]], *, teacher: str, level: float) -> tuple[Baseline, ...]:
    """Every method's similarity of every other source to the teacher, with bootstrap intervals over probes."""
    sources = [name for name in sorted(responses) if name != teacher]
    return tuple(
        Baseline(
            method=method,
            similarity={
                name: estimate(
                    np.array([alike(a, b) for a, b in zip(responses[teacher], responses[name], strict=True)]),
                    level=level,
                )
                for name in sources
            },
        )
        for method, alike in METHODS.items()
    )


def _grams(text: str) -> Counter[str]:
    return Counter(text[i : i + GRAM] for i in range(len(text) - GRAM + 1))
