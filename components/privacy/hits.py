"""Classes of private data, and hits: places where some was found."""

from __future__ import annotations

from collections.abc import Iterable
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
    "page",
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
    **dict.fromkeys(("term", "page", "other"), "OTHER"),
}
"""The paper's classes (AgentSymbiotic, appendix J) by ours. A model answers in these; rules know finer ones."""

Source = Literal["pattern", "words", "form", "encoded", "own list", "analyzer", "doubted", "model", "no verdict"]


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Hit:
    """Private data at `text[start:end]`. A hit of the whole text may mean that the place in it is not known."""

    start: int
    end: int
    kind: Kind
    source: Source

    @property
    def has_place(self) -> bool:
        """False where only the whole text is known to be private, not which part of it."""
        return self.source not in ("model", "no verdict")

    @property
    def decides(self) -> bool:
        """False where an analyzer doubts what the rules found: it has a name, but the step need not stay at home."""
        return self.source != "doubted"


def merged(hits: Iterable[Hit]) -> list[Hit]:
    """The hits in order; overlapping ones become one, of the class of the first."""
    result: list[Hit] = []
    for hit in sorted(hits, key=lambda hit: (hit.start, -hit.end)):
        if not result or hit.start >= result[-1].end:
            result.append(hit)
        elif hit.end > result[-1].end:
            last = result[-1]
            result[-1] = Hit(start=last.start, end=hit.end, kind=last.kind, source=last.source)
    return result
