"""How a student is asked, wherever it runs: the prompt it was taught, cut to its context, and its answer read back."""

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
"""Nats: a text that stands nowhere is taken for a slip in copying where a span is less likely by no more than this."""
ALIKE = 0.85
"""And where a span is so alike, however unlikely: a tiny student does not write what it never met, such as a rare name.
Of the texts compared, twice the letters in common over the letters of both; numbers and cases are computed, not copied.
"""
_DIGITS = re.compile(r"\d+")
NEW_TOKENS: dict[TaskKind, int] = {"action": 128, "reason_action": 320}


@dataclass(frozen=True, slots=True, kw_only=True)
class Student:
    """
    Attributes:
        kind: whether it is asked for the action or for the reason and the action.
        temperature: 0 decides greedily. Above, a decision is drawn from a random state derived from the episode, the
            number of its steps so far and `seed`: the same whatever the batch and however often the run resumed.
    """

    prompting: Prompting
    kind: TaskKind
    temperature: float
    seed: int

    @property
    def most(self) -> int:
        """Tokens it may write; half of its context is left to what it reads."""
        return min(NEW_TOKENS[self.kind], self.prompting.context // 2)

    def prompt(self, turn: Turn) -> list[int]:
        """A page that does not fit the context is cut at its end, line by line, as in training."""
        tokens: list[int] = []

        def fits(text: str) -> bool:
            tokens[:] = self.prompting.encode_prompt(text)
            return len(tokens) + self.most <= self.prompting.context

        text = student_prompt(turn, kind=self.kind, reads=self.prompting.reads, fits=fits)
        return tokens if fits(text) else tokens[-(self.prompting.context - self.most) :]

    def key(self, turn: Turn) -> str:
        """What its random state is derived from."""
        return f"{self.seed}\0{turn.episode}\0{len(turn.history)}"

    def may_be_a_slip(self, turn: Turn, written: str) -> bool:
        """Whether a text was written that stands nowhere: computed, as a sum is, or copied wrongly."""
        return self.kind == "action" and not self.temperature and not Possible(turn).copied(written)

    def corrects(self, turn: Turn, copied: str, written: str, *, lost: float) -> bool:
        """Whether a span is what was meant.

        Args:
            copied: the action with a span of what was read, less likely than the one `written` by `lost` nats.
        """
        return lost < SLIP or (Possible(turn, copies=True).ends(copied) and _alike(copied, written))

    def decision(self, written: str, *, cost: Cost, seconds: float) -> Decision:
        said = parse_completion(written, kind=self.kind)
        return Decision(action=said.action, reason=said.reason, cost=cost, seconds=seconds)


def _alike(copied: str, written: str) -> bool:
    (acts, _, one), (also, _, other) = copied.partition('"'), written.partition('"')
    computed = one.casefold() == other.casefold() or _DIGITS.findall(one) != _DIGITS.findall(other)
    return acts == also and not computed and SequenceMatcher(None, one, other, autojunk=False).ratio() >= ALIKE
