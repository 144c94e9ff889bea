"""A student's prompt, cut to its context, and the reading of its answer; the same wherever it runs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from components.agents.base import Decision, Turn
from components.agents.decoding import Possible
from components.agents.prompts import TaskKind, parse_completion, student_prompt
from components.models.prompting import Prompting
from components.trajectories.schema import Cost

SLIP = 4.0
"""Nats. A text that is no span of goal or page counts as a slip in copying if some span is hardly less likely."""
ALIKE = 0.85
"""It also counts as a slip if a span is this similar, however unlikely: a tiny student cannot write a rare name that it
never met. Twice the letters in common over the letters of both. Texts that differ in digits, or only in upper and lower
case, are computed, not copied, and stay.
"""
_DIGITS = re.compile(r"\d+")
NEW_TOKENS: dict[TaskKind, int] = {"action": 128, "reason_action": 320}


@dataclass(frozen=True, slots=True, kw_only=True)
class Student:
    """Asks a model folder as it was taught.

    Attributes:
        kind: whether it writes the action alone, or the reason and the action.
        temperature: 0 decides greedily. Above, a decision is drawn from a random state derived from the episode, the
            number of its steps so far and `seed`: the same whatever the batch and however often the run resumed.
    """

    prompting: Prompting
    kind: TaskKind
    temperature: float
    seed: int

    @property
    def max_new_tokens(self) -> int:
        """Tokens that it may write, at most half of its context."""
        return min(NEW_TOKENS[self.kind], self.prompting.context // 2)

    def prompt(self, turn: Turn) -> list[int]:
        """The prompt's tokens. A page that does not fit the context is cut at its end, line by line, as in training."""
        tokens: list[int] = []

        def fits(text: str) -> bool:
            tokens[:] = self.prompting.encode_prompt(text)
            return len(tokens) + self.max_new_tokens <= self.prompting.context

        text = student_prompt(turn, kind=self.kind, reads=self.prompting.reads, fits=fits)
        return tokens if fits(text) else tokens[-(self.prompting.context - self.max_new_tokens) :]

    def key(self, turn: Turn) -> str:
        """The text from which the random state of this decision is derived."""
        return f"{self.seed}\0{turn.episode}\0{len(turn.history)}"

    def may_be_a_slip(self, turn: Turn, action: str) -> bool:
        """Whether an action's text is no span of goal or page: computed, as a sum is, or copied wrongly."""
        return self.kind == "action" and not self.temperature and not Possible(turn).copied(action)

    def corrects(self, turn: Turn, copied: str, original: str, *, loss: float) -> bool:
        """Whether the action with a copied text should replace the original.

        Args:
            copied: the likeliest action whose text is a span of goal or page.
            original: the action that was written freely.
            loss: by how many nats `copied` is less likely than `original`.
        """
        return loss < SLIP or (Possible(turn, copies=True).ends(copied) and _is_alike(copied, original))

    def decision(self, text: str, *, cost: Cost, seconds: float) -> Decision:
        candidate = parse_completion(text, kind=self.kind)
        return Decision(action=candidate.action, reason=candidate.reason, cost=cost, seconds=seconds)


def _is_alike(copied: str, original: str) -> bool:
    (head, _, text), (other_head, _, other_text) = copied.partition('"'), original.partition('"')
    computed = text.casefold() == other_text.casefold() or _DIGITS.findall(text) != _DIGITS.findall(other_text)
    return (
        head == other_head and not computed and SequenceMatcher(None, text, other_text, autojunk=False).ratio() >= ALIKE
    )
