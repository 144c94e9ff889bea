"""The classes of private data, and one place where some was found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal[
    "email",
    "phone",
    "address",
    "birth_date",
    "national_id",
    "card",
    "bank",
    "health",
    "password",
    "key",
    "code",
    "sensitive",
    "term",
    "personal",
    "financial",
    "security",
    "other",
]
KINDS: tuple[Kind, ...] = get_args(Kind)

FAMILIES: dict[Kind, str] = {
    **dict.fromkeys(("email", "phone", "address", "birth_date", "national_id", "personal"), "PERSONAL"),
    **dict.fromkeys(("card", "bank", "financial"), "FINANCIAL"),
    "health": "HEALTH",
    **dict.fromkeys(("password", "key", "code", "security"), "SECURITY"),
    "sensitive": "SENSITIVE",
    **dict.fromkeys(("term", "other"), "OTHER"),
}
"""The paper's classes (AgentSymbiotic, appendix J) by ours. A model answers in these; rules know finer ones."""

Source = Literal["pattern", "words", "form", "encoded", "own list", "model", "no verdict"]


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Hit:
    """Something private at `text[start:end]`. A hit of the whole text says that it is, not where."""

    start: int
    end: int
    kind: Kind
    source: Source


def merged(hits: list[Hit]) -> list[Hit]:
    """In order, of overlapping ones the longest."""
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda each: (each.start, -each.end)):
        if not kept or hit.start >= kept[-1].end:
            kept.append(hit)
        elif hit.end > kept[-1].end:
            last = kept[-1]
            kept[-1] = Hit(start=last.start, end=hit.end, kind=last.kind, source=last.source)
    return kept
