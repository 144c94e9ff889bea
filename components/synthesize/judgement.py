"""What was decided about one trajectory, by whom and why; and how that agrees with the evaluator."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from components.results.synthesize import Agreement
from components.trajectories.schema import Outcome, Record


class Statement(Record):
    """One model's text. Attributes: `verdict`: `unreadable` if it should have given one; empty for an argument."""

    by: str
    text: str
    verdict: str = ""


class Judgement(Record):
    """Attributes:
    votes: a model's voices, or several models', each with its reasons; the judge's alone after a debate.
    debate: what was argued before it.
    criteria: the file that was judged by.
    evaluator: the benchmark's own verdict, where a model judged.
    """

    outcome: Outcome
    because: str = ""
    votes: tuple[Statement, ...] = ()
    debate: tuple[Statement, ...] = ()
    criteria: str = ""
    evaluator: Outcome | None = None

    @property
    def good(self) -> bool:
        return self.outcome is Outcome.SOLVED


class Judged(Protocol):
    """A judgement by a model, with the benchmark's own verdict beside it."""

    @property
    def outcome(self) -> Outcome: ...

    @property
    def evaluator(self) -> Outcome | None: ...


def agreement(judgements: Iterable[Judged]) -> Agreement | None:
    """How judgements by models agree with the evaluator's; None if there are none."""
    pairs = [(judgement.outcome, judgement.evaluator) for judgement in judgements if judgement.evaluator]
    if not pairs:
        return None
    solved, failed = Outcome.SOLVED, Outcome.FAILED
    return Agreement(
        both_solved=pairs.count((solved, solved)),
        both_failed=pairs.count((failed, failed)),
        judge_alone=pairs.count((solved, failed)),
        evaluator_alone=pairs.count((failed, solved)),
        undecided=sum(not outcome.counts for outcome, _ in pairs),
    )
