"""One piece of the knowledge base: an episode from one observation to a later one, with what it does in words."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Literal

from components.text import without_references
from components.trajectories.schema import Record

FoundBy = Literal["teacher", "student", "speculative", "imported"]


class KnowledgeStep(Record):
    """An observation and what was done on it; `described` names the element in words instead of by reference."""

    observation: str
    action: str
    described: str
    reason: str = ""


class KnowledgeEntry(Record):
    """A piece of an episode from one observation to a later one.

    Attributes:
        id: digest of what the piece says; who found it and when is not part of it, so a piece is kept once, with the
            provenance of its first finder.
        intent: the goal of the whole episode; `instruction` is what this piece alone does.
        end: the observation after the last step; empty where the episode ended with it.
        start: index of the first step in the episode.
        origin: the source of an imported piece; empty for one that was played here.
        classes: of private data that its pages, its goal and its actions hold, as far as was known when it was made.
    """

    id: str
    task_id: str
    template: str
    seed: int
    intent: str
    instruction: str
    summary: str
    steps: tuple[KnowledgeStep, ...]
    end: str
    found_by: FoundBy
    solved: bool
    round: int
    episode_key: str
    start: int
    origin: str = ""
    classes: tuple[str, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything it says, each text once."""
        steps = (text for step in self.steps for text in (step.observation, step.action, step.described, step.reason))
        return tuple(dict.fromkeys((self.intent, self.instruction, self.summary, self.end, *steps)))

    @property
    def goal(self) -> str:
        """The text that strategy (b) searches beside the first page."""
        return f"{self.instruction}\n{self.intent}"

    @property
    def state(self) -> str:
        """Goal and first page, without references: what 0.1.0 searched, and a part of its digests."""
        return f"{self.goal}\n{without_references(self.steps[0].observation)}"

    @property
    def wanted(self) -> str:
        """The text that strategy (a) searches."""
        return f"{self.instruction}\n{self.summary}"


def entry_id(*, task_id: str, intent: str, steps: Sequence[KnowledgeStep], end: str) -> str:
    """Digest of a piece's content, blind to references: the same piece of another copy of the page is the same."""
    parts = [task_id, intent, without_references(end)]
    for step in steps:
        parts += [without_references(step.observation), step.described]
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()[:32]
